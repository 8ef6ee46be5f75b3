"""Choosing items of the corpus with the search box, and the chosen items as pills."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from tagviz.errors import NotFoundError
from tagviz.types import Kind, key_of
from tagviz.ui import cache, formatting, url_state
from tagviz.ui.components import errors, pills, readings
from tagviz.ui.components.search_box.view import Field, Option, show
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import _

HITS = 12
"""Hits that are offered."""
MANY, MANY_PX = 20, 150
"""Chosen items from which on they scroll, and the height in pixels, so that the answer stays in view."""
_RERUN = "search-rerun"


@dataclass(frozen=True)
class ItemSearch:
    """A search box for items.

    Attributes:
        label: Its label.
        param: The URL parameter that keeps what is chosen.
        kinds: Kinds that are searched. Items of one kind are kept by their own names, of several kinds as keys.
        placeholder: Text in the empty box.
    """

    label: str
    param: str
    kinds: tuple[Kind, ...]
    placeholder: str


def hits(here: PageContext, text: str, kinds: Sequence[Kind], named: Sequence[Kind] = ()) -> list[cache.Item]:
    """Return the items that the text may name, as titles are read, then those whose names match it; at most HITS.

    Args:
        here: Corpus and model of the page.
        text: The text.
        kinds: Kinds whose names are searched.
        named: Kinds that the text may name; () for `kinds`.
    """
    if not text.strip():
        return []
    read = [cache.item(*here.names, key) for key in readings.named(here.model_key.opened, text, named or kinds)]
    found = cache.complete(*here.names, text, tuple(kinds), HITS)
    return list({item.key: item for item in (*read, *found)}.values())[:HITS]


def option_of(item: cache.Item, names: tuple[str, str], value: str = "") -> Option:
    """Return an item as an option; a tag has its facet's colour.

    Args:
        item: The item.
        names: Name and version of the corpus.
        value: What the server gets; "" for the item's key.
    """
    color = "blue" if item.kind is Kind.TAG else "gray"
    if item.facet:
        color = pills.facet_color(item.facet, cache.facets(*names))
    icon = pills.ICONS[item.kind].strip(":").removeprefix("material/")
    note = formatting.count(item.count, "playlist")
    return Option(value or item.key, formatting.one_line(item.label, 80), icon, color, note)


@st.fragment
@errors.guarded
def choose_many(here: PageContext, box: ItemSearch) -> None:
    """Choose any number of items; Enter takes the first match.

    Of one kind, unknown text can be added too; the results then say how it was understood.
    """
    rerun_if_chosen()
    chosen = url_state.params(box.param)
    field = Field(f"type-{box.param}", box.label, box.placeholder)
    show(
        field, options=_options(here, box), on_chosen=lambda term: _choose(lambda: url_state.add_param(box.param, term))
    )
    if chosen:
        st.session_state[f"chosen-{box.param}"] = list(chosen)
        with st.container(height=MANY_PX if len(chosen) > MANY else "content", border=False):
            st.pills(
                _("{label}: click one to remove it").format(label=box.label),
                chosen,
                format_func=lambda term: f"{formatting.escape(name_of(here, term, box.kinds), 50)} :material/close:",
                selection_mode="multi",
                key=f"chosen-{box.param}",
                on_change=_keep_chosen,
                args=(box.param,),
                label_visibility="collapsed",
            )


@st.fragment
@errors.guarded
def choose_one(here: PageContext, box: ItemSearch) -> None:
    """Choose one item; Enter takes the first match."""
    rerun_if_chosen()
    field = Field(f"type-{box.param}", box.label, box.placeholder, hide_label=True)
    show(
        field,
        options=_options(here, box),
        on_chosen=lambda term: _choose(lambda: url_state.set_params(**{box.param: term})),
    )


def name_of(here: PageContext, term: str, kinds: Sequence[Kind]) -> str:
    """Return what a person reads for a chosen item; an unknown one as it was typed."""
    try:
        return cache.item(*here.names, term if len(kinds) > 1 else key_of(kinds[0], term)).label
    except NotFoundError:
        return term


def rerun_if_chosen() -> None:
    """Draw the whole page again where the fragment's box has changed what the page shows; call it first."""
    if st.session_state.pop(_RERUN, False):
        st.rerun()


def rerun_page() -> None:
    """Make the fragment of the box whose callback calls this draw the whole page."""
    st.session_state[_RERUN] = True


def _options(here: PageContext, box: ItemSearch) -> Callable[[str], list[Option]]:
    """Return what gives the matches of a text, without those that are chosen already."""
    several = len(box.kinds) > 1

    def options(text: str) -> list[Option]:
        chosen = url_state.params(box.param)
        found = [(item.key if several else item.key.partition(":")[2], item) for item in hits(here, text, box.kinds)]
        matches = [option_of(item, here.names, term) for term, item in found if term not in chosen]
        spelled = {term.casefold() for term in (*chosen, *(item.label for _term, item in found))}
        if not several and text.casefold() not in spelled:
            matches.append(Option(text, _("“{text}” as typed").format(text=text)))
        return matches

    return options


def _choose(change: Callable[[], None]) -> None:
    change()
    rerun_page()


def _keep_chosen(param: str) -> None:
    url_state.set_params(**{param: st.session_state[f"chosen-{param}"]})
    rerun_page()
