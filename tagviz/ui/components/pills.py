"""Tags, songs and playlists as pills that look the same on every page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import streamlit as st

from tagviz.types import Kind
from tagviz.ui import cache, formatting, url_state
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import _
from tagviz.ui.pages import ITEM, TAG_MAP

ICONS = {
    Kind.TAG: ":material/sell:",
    Kind.SONG: ":material/music_note:",
    Kind.WORD: ":material/title:",
    Kind.GENRE: ":material/category:",
    Kind.ARTIST: ":material/artist:",
    Kind.PLAYLIST: ":material/queue_music:",
}

_FACET_COLORS = ("blue", "orange", "green", "violet", "red", "yellow")


def facet_color(facet: str, facets: Sequence[str]) -> str:
    """Return the name of a facet's colour: the corpus's first six facets have their own, all others are grey."""
    index = facets.index(facet) if facet in facets else len(_FACET_COLORS)
    return _FACET_COLORS[index] if index < len(_FACET_COLORS) else "gray"


def pill_label(label: str, color: str = "gray", icon: str = "") -> str:
    """Return the Markdown of a pill."""
    return f":{color}-badge[{icon}{' ' if icon else ''}{formatting.escape(label, 40)}]"


def item_link(item: cache.Item, here: PageContext, stay: bool = False, key: str = "") -> None:
    """Show a tag, song or playlist as a pill that opens its page (a playlist: the map); a tag has its facet's colour.

    Args:
        item: The item.
        here: Corpus and model of the page.
        stay: The current page shows an item itself: it shows this one then. (A link from a page to itself would leave
            the URL as it is.)
        key: Key of the pill, where the page shows several of the same item.
    """
    kind = item.kind
    color = "blue" if kind is Kind.TAG else "gray"
    if item.facet:
        color = facet_color(item.facet, cache.facets(*here.names))
    label = pill_label(item.label, color, "" if kind is Kind.TAG else ICONS[kind])
    hover = _("{kind}, in {playlists}").format(
        kind=formatting.capitalize(_(formatting.KINDS[kind])), playlists=formatting.count(item.count, "playlist")
    )
    if stay:
        target = {"item": item.key}
        st.button(label, f"open-{key or item.key}", hover, url_state.set_params, kwargs=target, type="tertiary")
    else:
        page = TAG_MAP if kind is Kind.PLAYLIST else ITEM
        st.page_link(page.path, label=label, help=hover, query_params=url_state.link_params(item=item.key))


@contextmanager
def row() -> Iterator[None]:
    """Put elements side by side, such as pills; they wrap."""
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        yield
