"""The tag map on its page: which model it shows, what is asked of it, and what was clicked."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from tagviz.errors import TagvizError
from tagviz.figures import tag_map as figures
from tagviz.operations.items import ItemPage
from tagviz.operations.maps.explore import ItemPath
from tagviz.operations.registry import DEFAULT
from tagviz.projection.out_of_sample import Spot
from tagviz.types import Kind, Projection, Ranking
from tagviz.ui import cache, url_state
from tagviz.ui.components import charts, errors, jobs
from tagviz.ui.components.map import (
    ColourLayer,
    MapEvent,
    MapPoints,
    MapScene,
    MapSlot,
    map_view,
    read_event,
)
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import _
from tagviz.ui.tag_map import layers
from tagviz.ui.tag_map.layers import Filters, Layout, MapKey, MapStyle

STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
"""Choices of the minimum number of playlists."""

NEIGHBOURS_IN_VIEW = 6
"""Neighbours that are brought into view with an item that was searched."""

_CLICKED = "clicked-on-map"


@dataclass(frozen=True, eq=False)
class MapQuestion:
    """What is shown on the map besides its points.

    Attributes:
        page: Page of the selected item.
        near: Its neighbours, to which lines are drawn.
        path: Path from it to a second item.
        spot: Position of a phrase.
        phrase: The phrase.
        style: Colours and filters.
        highlighted: Keys that stand out because they are selected on the other map.
    """

    page: ItemPage | None = None
    near: Ranking | None = None
    path: ItemPath | None = None
    spot: Spot | None = None
    phrase: str = ""
    style: MapStyle = field(default_factory=MapStyle)
    highlighted: tuple[str, ...] = ()


def layout() -> Layout:
    """Return the layout that the URL asks for."""
    standard = Layout()
    return Layout(
        url_state.current_value("layout", standard.method, ("umap", "densmap", "pca", "umap3")),
        url_state.current_value("n_neighbors", standard.neighbours, range(2, 201)),
        url_state.current_value("min_dist", standard.min_dist),
    )


def open_map(here: PageContext, ref: str = "", over: cache.ModelKey | None = None) -> MapKey | None:
    """Return a map; None while it is computed, which the page then shows.

    A map that must be computed starts from the map of `over` or of the default model, so that positions change little.

    Args:
        here: Corpus and model of the page.
        ref: The model; "" for that of the page.
        over: The model with whose map this one is aligned.
    """
    model_key = here.with_model(ref) if ref else here.model_key
    if model_key.opened_model.embedding is None:
        model_key = here.with_model(DEFAULT)
    guests = tuple(kind for kind in layers.kinds(model_key) if kind in url_state.params("show"))
    map_key = MapKey(model_key, layout() if over is None else Layout(), guests, over)
    if map_key.ready:
        return map_key
    st.text(_("This map is computed once. It appears here when it is ready."))
    arguments = {
        "corpus": model_key.corpus,
        "version": model_key.fingerprint,
        "model": model_key.model,
        "kind": str(Kind.TAG),
    }
    start = over or (model_key if map_key.layout.values else here.with_model(DEFAULT))
    if _has_map(start):
        arguments["start"] = start.model
        if start.corpus != model_key.corpus:
            arguments |= {"start_corpus": start.corpus, "start_version": start.fingerprint}
    jobs.ensure("project", {**arguments, **({"values": map_key.layout.values} if map_key.layout.values else {})})
    return None


def _has_map(model_key: cache.ModelKey) -> bool:
    """Return whether there is a map of a model; not where the model cannot be trained on this corpus."""
    try:
        return model_key.opened_model.embedding is not None and MapKey(model_key).ready
    except TagvizError:
        return False


def draw(here: PageContext, map_key: MapKey, question: MapQuestion, slot: MapSlot = MapSlot()) -> MapEvent:
    """Draw the map: the selected item ringed, lines to its neighbours, and tags that go with a song highlighted."""
    drawn = layers.points(map_key)
    page = question.page
    key = page.key if page else ""
    on_map = bool(key) and drawn.row(key) >= 0
    shown = layers.shown(map_key, question.style.filters)
    near = question.near if on_map and question.near is not None and not question.path else None
    scene = MapScene(
        _colours(here, map_key, question.style),
        selected=key if on_map else None,
        lines=_lines(near) if near else (),
        path=question.path.trip.keys if question.path else (),
        highlight=question.highlighted or (() if on_map or page is None else tuple(page.together["key"])),
        shown=shown,
        fly_to=_in_view(question, key, near, on_map),
        guest=(question.spot.at, question.phrase) if question.spot else None,
        title=layers.title(map_key.model_key),
    )
    return map_view(drawn, scene, slot, on_pick=lambda: _on_click(drawn, shown, slot.key))


def _colours(here: PageContext, map_key: MapKey, style: MapStyle) -> ColourLayer:
    """Return the colours; for a title that the model cannot use, show the error and return the first choice."""
    try:
        return layers.colours(map_key, style.colour, style.detail, here.model_key)
    except TagvizError as error:
        errors.show_error(error)
        return layers.colours(map_key, layers.choices(map_key.model_key)[0])


def _in_view(question: MapQuestion, key: str, near: Ranking | None, on_map: bool) -> tuple[str, ...]:
    """Return the keys to bring into view; an item that was clicked on the map stays where it is."""
    if question.path:
        return question.path.trip.keys
    if question.spot:
        return tuple(other for other, _score in question.spot.near)
    if not on_map or st.session_state.get(_CLICKED) == key:
        return ()
    return (key, *near.keys[:NEIGHBOURS_IN_VIEW]) if near else (key,)


def selection(map_key: MapKey, filters: Filters, key: str = "map") -> tuple[str, ...]:
    """Return the keys of the lasso selection, before the map is drawn in this run."""
    inside = read_event(layers.points(map_key), key, layers.shown(map_key, filters)).selection
    return inside.keys if inside else ()


def draw_without_webgl(map_key: MapKey, page: ItemPage | None) -> None:
    """Draw the map as a Plotly figure, without clicks."""
    near = (
        layers.points(MapKey(map_key.model_key, map_key.layout)).rows([page.key, *page.neighbours.keys]) if page else []
    )
    counts = layers.counts(MapKey(map_key.model_key, map_key.layout))
    figure = figures.figure(map_key.projection, counts, highlight=near, dark=charts.dark())
    st.caption(_("This browser does not support WebGL 2, so a simple map is shown. Use the search to open a tag."))
    charts.figure(figure, "map", layers.title(map_key.model_key))


def accuracy(projection: Projection) -> str:
    """Return how accurate the map is, in one sentence."""
    near = 10 * projection.measures.get("trust", float(projection.trust.mean()))
    return _("Map accuracy: about {n:.0f} of a tag's 10 nearest neighbours are also near here.").format(n=near)


def accuracy_measures(projection: Projection) -> str:
    """Return the accuracy in the measures of the literature."""
    trustworthiness = projection.measures.get("trustworthiness", np.nan)
    continuity = projection.measures.get("continuity", np.nan)
    text = _("Trustworthiness {trustworthiness:.2f}, continuity {continuity:.2f}; 1 is best.")
    return text.format(trustworthiness=trustworthiness, continuity=continuity)


def _lines(near: Ranking) -> list[tuple[str, float]]:
    return [(key, float(score)) for key, score in zip(near.keys, near.scores, strict=True)]


def _on_click(drawn: MapPoints, shown: NDArray[np.bool_] | None, key: str) -> None:
    """Select the clicked point; with Shift make it the target of a path from the selected one."""
    event = read_event(drawn, key, shown)
    if event.picked is None:
        return
    if event.add and event.picked and url_state.param("item"):
        url_state.set_params(target=event.picked)
        return
    st.session_state[_CLICKED] = event.picked
    url_state.set_params(item=event.picked, target="", phrase="")
