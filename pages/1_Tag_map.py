"""Tag map: where is this tag, and what is near it?"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from tagviz.errors import InvalidParameterError, NotReadyError
from tagviz.operations.registry import DEFAULT
from tagviz.projection.out_of_sample import Spot
from tagviz.types import Query
from tagviz.ui import cache, context, formatting, model_names, page_layout, pages, url_state
from tagviz.ui.components import errors, readings, title_box
from tagviz.ui.components.map import MapSlot
from tagviz.ui.i18n import _
from tagviz.ui.tag_map import compare, export, item_panel, layers, map_view, path_panel, toolbar
from tagviz.ui.tag_map.layers import MapKey, MapStyle

DRAWER_PX = 400
"""Width of the drawer in assets/page.css: the map brings what is searched into view beside it."""


def show_toolbar(here: context.PageContext, map_key: MapKey) -> tuple[MapStyle, str]:
    """Show the toolbar; return the style of the map, and the second map ("" for none)."""
    with st.container(horizontal=True, vertical_alignment="top", gap="small"):
        toolbar.search(here, map_key)
        with st.container(horizontal=True, vertical_alignment="top", gap="small", key="map-tools", width="content"):
            colour, detail = toolbar.colour(map_key.model_key)
            filters = toolbar.filters(map_key.model_key)
            toolbar.layout(map_key)
            other = toolbar.second_map(here, map_key)
            export.show(map_key)
    return MapStyle(colour, detail, filters), other


def question_of_url(here: context.PageContext, map_key: MapKey) -> map_view.MapQuestion:
    """Return what the URL asks of the map."""
    item, target, phrase = url_state.param("item"), url_state.param("target"), title_box.current("phrase")
    query = readings.query_of(map_key.model_key.opened, phrase)
    if phrase and not item:
        item = layers.named_item(map_key.model_key, query)
    page = cache.item_page(map_key.model_key, item) if item else None
    near = page.neighbours if page else None
    if item and near is not None and not near.keys:
        near = layers.tags_of_guest(map_key.model_key, item)
    least = url_state.current_value("min_similarity", 0.0)
    if item and least:
        near = layers.similar_items(map_key.model_key, item, least)
    path = layers.path(map_key.model_key, map_key.layout, item, target) if item and target else None
    spot = spot_of_text(here, map_key, query) if phrase and not item else None
    return map_view.MapQuestion(page, near, path, spot, phrase)


def spot_of_text(here: context.PageContext, map_key: MapKey, query: Query) -> Spot:
    """Return where a typed text lies, by the model of the page or, if that knows nothing of it, by the default one."""
    try:
        return layers.text_spot(map_key.model_key, map_key.layout, query, here.model_key)
    except (InvalidParameterError, NotReadyError):
        return layers.text_spot(
            map_key.model_key, map_key.layout, query, here.with_model(cache.default(here.corpus.fingerprint))
        )


def show_readings(here: context.PageContext) -> None:
    """Show how the text in the search was read."""
    phrase = title_box.current("phrase")
    if phrase and not url_state.param("item"):
        corpus = here.model_key.opened
        readings.show(here, phrase, readings.matches(corpus, readings.query_of(corpus, phrase)), "phrase")


def show_panel(
    here: context.PageContext, map_key: MapKey, question: map_view.MapQuestion, selected: tuple[str, ...]
) -> None:
    """Show the panel of what is selected."""
    if selected:
        item_panel.show_selection(here, selected)
    elif question.path is not None:
        path_panel.show(here, question.path)
    elif question.page is not None:
        item_panel.show(here, question.page, map_key.model_key, question.near)
    elif question.spot is not None:
        item_panel.show_phrase(here, question.phrase, question.spot)


def show_two_maps(here: context.PageContext, map_key: MapKey, question: map_view.MapQuestion, other: str) -> None:
    """Show two maps, the tags on which they differ, and the panel."""
    selected = compare.draw(here, map_key, question, other)
    lower = st.grid(3, min_column_width=260, gap="medium")
    with lower.cell(column_span=2):
        compare.differences(here, map_key, other)
    with lower.cell():
        show_panel(here, map_key, question, selected)


def show_one_map(here: context.PageContext, map_key: MapKey, question: map_view.MapQuestion) -> None:
    """Show one map, and over it a drawer with the panel of what is selected, so that the map keeps its width."""
    selected = map_view.selection(map_key, question.style.filters)
    with_panel = bool(selected or question.page or question.spot)
    with st.container(key="map-stage"):
        event = map_view.draw(here, map_key, question, MapSlot(covered=DRAWER_PX if with_panel else 0))
        if with_panel:
            with st.container(key="map-drawer", gap="xsmall"):
                show_panel(here, map_key, question, selected)
    if not event.supported:
        map_view.draw_without_webgl(map_key, question.page)
    st.caption(hints(here, map_key, with_panel), help=map_view.accuracy_measures(map_key.projection))


def hints(here: context.PageContext, map_key: MapKey, with_panel: bool) -> str:
    """Return the line below the map: how to use it, whose map it is, and how accurate it is."""
    parts = []
    if not with_panel:
        parts.append(_("Click a tag to select it, Shift-click another for the path between them."))
    if map_key.projection.xy.shape[1] > 2:
        parts.append(_("Drag to rotate."))
    if map_key.model_key != here.model_key:
        model = model_names.model_label(DEFAULT, map_key.model_key.fingerprint)
        parts.append(_("This model has no map of its own; shown: {model}.").format(model=model))
    parts.append(map_view.accuracy(map_key.projection))
    return formatting.escape(" ".join(parts), 400)


here = page_layout.open_page(pages.TAG_MAP)
with errors.show_errors():
    map_key = map_view.open_map(here)
    if map_key is not None:
        style, other = show_toolbar(here, map_key)
        show_readings(here)
        question = map_view.MapQuestion()
        with errors.show_errors():
            question = question_of_url(here, map_key)
        question = replace(question, style=style)
        if other:
            show_two_maps(here, map_key, question, other)
        else:
            show_one_map(here, map_key, question)
