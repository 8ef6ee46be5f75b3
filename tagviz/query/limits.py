"""How much one query may hold; more than anyone means ends in one clear sentence, the same in all places."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from tagviz import text
from tagviz.errors import InvalidParameterError

MOST_TERMS = 1_000
"""Tags, songs or things to avoid that one query may hold."""


def check_count(name: str, terms: Collection[Any], of: str = "") -> None:
    """Raises InvalidParameterError for more terms than anyone means; `of` says which question holds them."""
    if len(terms) > MOST_TERMS:
        detail = f"{of}{len(terms):,} given, at most {MOST_TERMS:,}"
        raise InvalidParameterError(f"Too many {name}", detail, "ask with fewer")


def check_length(term: str, of: str = "") -> None:
    """Raises InvalidParameterError for a term that is longer than anyone means; `of` says which question holds it."""
    if len(term) > text.LONGEST_TITLE:
        begins = f"it begins {text.clean(term[:30])!r}"
        detail = f"{of}{len(term):,} characters, at most {text.LONGEST_TITLE:,}; {begins}"
        raise InvalidParameterError("A term is too long", detail, "shorten it")
