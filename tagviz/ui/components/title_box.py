"""The search box whose text is the title of a query, or another parameter of the URL that is read like one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tagviz.types import Kind
from tagviz.ui import cache, url_state
from tagviz.ui.components import readings, search_box
from tagviz.ui.components.search_box import Field, Option, items
from tagviz.ui.context import PageContext

TITLE = "title"
"""The parameter of the title."""


def current(param: str = TITLE) -> str:
    """Return the text of the URL; of a long one the beginning, as the field says."""
    return url_state.param(param)[: search_box.LONGEST]


def store(text: str, param: str = TITLE, **others: str) -> None:
    """Put a text into the URL; the readings of another text go.

    Args:
        text: The text.
        param: Its parameter.
        others: Further parameters that change with it.
    """
    title = text[: search_box.LONGEST].strip()
    if title != current(param):
        match = url_state.param("match") if title else ""
        url_state.set_params(**{param: title, "reading": readings.of_title(title), "match": match, **others})


@dataclass(frozen=True)
class TextSearch:
    """A search box for a text or an item.

    Attributes:
        field: The field.
        kinds: Kinds whose items are offered.
        param: The parameter that keeps the text.
        on_item: Called with the key of an item that is chosen.
        clears: Parameters that a new text removes.
    """

    field: Field
    kinds: tuple[Kind, ...]
    on_item: Callable[[str], None]
    param: str = TITLE
    clears: tuple[str, ...] = ()


def show(here: PageContext, box: TextSearch) -> str:
    """Show the box within a fragment, and return the text as it is now; Enter puts it into the URL.

    Args:
        here: Corpus and model of the page.
        box: The box.
    """

    def options(text: str) -> Sequence[Option]:
        return [items.option_of(item, here.names) for item in items.hits(here, text, box.kinds, tuple(Kind))]

    def entered(text: str) -> None:
        store(text, box.param, **dict.fromkeys(box.clears, ""))
        items.rerun_page()

    def chosen(key: str) -> None:
        box.on_item(key)
        items.rerun_page()

    return search_box.show(box.field, url_state.param(box.param), options, entered, chosen)


def name_item(here: PageContext, key: str) -> None:
    """Make an item the title, which is then read as this item.

    Args:
        here: Corpus and model of the page.
        key: The item's key.
    """
    label = cache.item(*here.names, key).label
    url_state.set_params(title=label, reading=[f"{label}{readings.ARROW}{key}"], match="")
