"""Tag map: where does this lie?"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from tagviz.ui import (
    cached,
    frame,
    map_layers,
    map_tools,
    mapping,
    pairing,
    panel,
    plain,
    state,
    taking,
    twins,
    widgets,
)
from tagviz.ui.map_layers import Look, Sheet


def tools(here: frame.Here, sheet: Sheet) -> tuple[Look, str]:
    """The row above the map: search, colours, what is on it, its layout, a second map, downloads."""
    with st.container(horizontal=True, vertical_alignment="top", gap="small"):
        map_tools.search(here, sheet)
        by, title = map_tools.colour(sheet.place)
        filters = map_tools.filters(sheet.place)
        map_tools.layout(sheet)
        other = map_tools.beside(here, sheet)
        taking.offer(sheet)
    return Look(by, title, filters), other


def asked(here: frame.Here, sheet: Sheet) -> mapping.Asked:
    """What the address asks of the map."""
    at, to, say = state.value("at"), state.value("to"), state.value("say")
    page = cached.item_page(sheet.place, at) if at else None
    near = page.neighbours if page else None
    if at and near is not None and not near.keys:
        near = map_layers.hosts(sheet.place, at)
    within = state.current("within", 0.0)
    if at and within:
        near = map_layers.related(sheet.place, at, within)
    way = map_layers.way(sheet.place, sheet.layout, at, to) if at and to else None
    spot = map_layers.spot(sheet.place, sheet.layout, say) if say and not at else None
    return mapping.Asked(page, near, way, spot, say)


def beside(here: frame.Here, sheet: Sheet, question: mapping.Asked, keys: tuple[str, ...]) -> None:
    """The panel: what is chosen."""
    if keys:
        panel.selection(here, keys)
    elif question.way is not None:
        pairing.pair(here, question.way)
    elif question.page is not None:
        panel.item(here, question.page, sheet.place, question.near)
    elif question.spot is not None:
        panel.phrase(here, question.phrase, question.spot)


here = frame.open_page("Tag map", "Where does this lie?")
with widgets.forgiving():
    sheet = mapping.open_map(here)
    if sheet is not None:
        look, other = tools(here, sheet)
        question = mapping.Asked()
        with widgets.forgiving():
            question = asked(here, sheet)
        question = replace(question, look=look)
        if other:
            held = twins.draw(here, sheet, question, other)
            lower = st.grid(3, min_column_width=260, gap="medium")
            with lower.cell(column_span=2):
                twins.disagreement(here, sheet, other)
            with lower.cell():
                beside(here, sheet, question, held)
        else:
            held = mapping.selection(sheet, look.filters)
            open_panel = bool(held or question.page or question.spot)
            grid = st.grid(3, min_column_width=260, gap="medium")
            with grid.cell(column_span=2 if open_panel else 3):
                event = mapping.draw(here, sheet, question)
                if not event.supported:
                    mapping.draw_plain(sheet, question.page)
                hint = "" if open_panel else "Click a tag, Shift-click a second for the way there. "
                hint += "Drag to turn it. " if sheet.projection.xy.shape[1] > 2 else ""
                borrowed = "" if sheet.place == here.place else "The model has no space: this is Spectral's. "
                told = plain.escape(hint + borrowed + mapping.trust_sentence(sheet.projection), 400)
                st.caption(told, help=mapping.trust_numbers(sheet.projection))
            if open_panel:
                with grid.cell():
                    beside(here, sheet, question, held)
