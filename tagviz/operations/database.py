"""Reading goes on without the database: what it would add is left out, and that is said."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tagviz.errors import StoreError
from tagviz.operations.context import Context

Outcome = TypeVar("Outcome")

_problems: dict[str, StoreError] = {}
"""By URL, why the last reading of a database failed."""


def read_or(context: Context, read: Callable[[], Outcome], otherwise: Callable[[], Outcome]) -> Outcome:
    """Return what the database says, or a substitute where it cannot be read (see `problem`).

    Args:
        context: The workspace.
        read: Reads the database.
        otherwise: The substitute.
    """
    try:
        outcome = read()
    except StoreError as error:
        _problems[context.database_url] = error
        return otherwise()
    _problems.pop(context.database_url, None)
    return outcome


def problem(context: Context) -> StoreError | None:
    """Return why the database could not be read the last time; None if it could."""
    return _problems.get(context.database_url)
