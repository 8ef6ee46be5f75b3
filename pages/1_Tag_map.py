"""Tag map: where does this lie?"""

from __future__ import annotations

import streamlit as st

from tagviz.operations.answers import ItemPage
from tagviz.types import Kind
from tagviz.ui import cached, frame, mapping, panel, picker, plain, state, widgets


def search(here: frame.Here) -> None:
    """Search as you type; what is chosen is flown to."""
    picker.one(here, "Find a tag or a song", "at", (Kind.TAG, Kind.SONG), "Find a tag or a song")


def filters(place: cached.Place) -> tuple[str, int, tuple[str, ...]]:
    """What colours the map, and what is left out of it."""
    options = mapping.choices(place)
    colour = st.segmented_control(
        "Colour by",
        options,
        format_func=mapping.COLOURS.__getitem__,
        required=True,
        label_visibility="collapsed",
        **state.tied("colour", options[0], options),
    )
    with st.popover("Filter", icon=":material/filter_alt:"):
        least = st.select_slider(
            "In at least so many playlists",
            mapping.STEPS,
            **state.tied("least", 1, mapping.STEPS),
        )
        facets = cached.facets(place.corpus, place.fingerprint)
        kept: list[str] = []
        if facets:
            kept = st.multiselect(
                "Only these facets", facets, key="only-facets", placeholder="all", persist_state="page"
            )
    return colour or options[0], int(least), tuple(kept)


def chosen(here: frame.Here, place: cached.Place) -> ItemPage | None:
    """The page of what the address says is chosen."""
    at, page = state.value("at"), None
    if at:
        with widgets.forgiving():
            page = cached.item_page(place, at)
    return page


def beside(here: frame.Here, drawn: mapping.Map, page: ItemPage | None, keys: tuple[str, ...]) -> None:
    """The panel: what is chosen, or how to begin."""
    if keys:
        panel.selection(here, keys)
    elif page is not None:
        panel.item(here, page)
    else:
        st.subheader("Click a tag", anchor=False)
        st.caption("Or draw around several with the lasso, search above, or start here:")
        with widgets.row():
            for key in cached.popular(*here.names, Kind.TAG, 18)["key"]:
                widgets.item_link(cached.item(*here.names, key), here, on_map=True)
        st.caption(f":material/info: {plain.escape(mapping.trust_sentence(drawn.projection), 400)}")


here = frame.open_page("Tag map", "Where does this lie?")
with widgets.forgiving():
    drawn = mapping.open_map(here)
    if drawn is not None:
        if drawn.place != here.place:
            st.caption("This model places nothing in a space of its own; the map shows that of Spectral.")
        with st.container(horizontal=True, vertical_alignment="center"):
            search(here)
            colour, least, facets = filters(drawn.place)
        grid = st.grid(3, min_column_width=260, gap="medium")
        left, right = grid.cell(column_span=2), grid.cell()
        page = chosen(here, drawn.place)
        with left:
            event = mapping.draw(drawn, colour, page, mapping.shown(drawn.place, least, facets))
            if not event.supported:
                mapping.draw_plain(drawn, page)
        with right:
            beside(here, drawn, page, event.selection.keys if event.selection else ())
