"""Arguments that the command line reads in a way of its own."""

from __future__ import annotations

from argparse import Action, ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from typing import Any

from tagviz.errors import InvalidParameterError


class Columns(Action):
    """Collects `role=name` pairs; a role that is given twice has several columns. The name is kept as typed."""

    def __call__(self, parser: ArgumentParser, namespace: Namespace, values: Any, option: str | None = None) -> None:
        columns = dict(getattr(namespace, self.dest) or {})
        role, equals, name = str(values).partition("=")
        role = role.strip()
        if not equals or not role or not name:
            raise InvalidParameterError(
                f"{values!r} is no column", "it looks like role=name, such as tags=genre", "correct it"
            )
        columns[role] = f"{columns[role]}\n{name}" if role in columns else name
        setattr(namespace, self.dest, columns)


class Settings(Action):
    """Collects `key=value` pairs into a dictionary."""

    def __call__(self, parser: ArgumentParser, namespace: Namespace, values: Any, option: str | None = None) -> None:
        settings = dict(getattr(namespace, self.dest) or {})
        for pair in values if isinstance(values, Sequence) and not isinstance(values, str) else [values]:
            key, equals, value = pair.partition("=")
            if not equals or not key:
                raise InvalidParameterError(f"{pair!r} is no setting", "a setting looks like key=value", "correct it")
            settings[key] = value
        setattr(namespace, self.dest, settings)


class ColdProtocol(Action):
    """`--cold songs`: short for the protocol of that name."""

    def __call__(self, parser: ArgumentParser, namespace: Namespace, values: Any, option: str | None = None) -> None:
        setattr(namespace, self.dest, values)
        namespace.protocol = "cold"


def positive(text: str) -> int:
    """Read a whole number from 1 on."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is no whole number from 1")
    return int(text)
