"""The tag map on its page: which model's space it shows, its colours and filters, and what was clicked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from tagviz.figures import map as figures
from tagviz.operations.answers import ItemPage
from tagviz.operations.methods import DEFAULT
from tagviz.types import Kind, Projection, Ranking
from tagviz.ui import cached, plain, state, widgets, work
from tagviz.ui.frame import Here
from tagviz.ui.map_component import (
    ColourLayer,
    MapEvent,
    MapPoints,
    by_category,
    by_cluster,
    by_value,
    map_view,
    publish,
    read_event,
)

COLOURS = {"region": "Region", "facet": "Facet", "popularity": "Popularity", "trust": "Trust"}

STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
"""Choices of the least number of playlists."""

SIGHT = 6
"""Neighbours that are brought into view with what was searched."""

_PICKED = "picked-on-map"


@dataclass(frozen=True, eq=False)
class Map:
    """A map that is ready to be drawn. place: whose space it shows."""

    place: cached.Place
    projection: Projection
    points: MapPoints


def open_map(here: Here) -> Map | None:
    """The map of the model that is chosen; None while it is being laid out, which the page then shows."""
    place = here.place
    if place.opened_model.embedding is None:
        place = here.with_model(DEFAULT)
    if not cached.map_is_ready(place, Kind.TAG):
        st.text("This model's map is laid out once; it shows here by itself when it is ready.")
        asked = {"corpus": place.corpus, "version": place.fingerprint, "model": place.model, "kind": str(Kind.TAG)}
        work.ensure("project", asked)
        return None
    projection = cached.projection(place, Kind.TAG)
    return Map(place, projection, points(place))


@st.cache_resource(max_entries=4, show_spinner=False)
def points(place: cached.Place) -> MapPoints:
    projection = cached.projection(place, Kind.TAG)
    return publish(cached.map_files(), [projection], [_counts(place, projection)])


@st.cache_resource(max_entries=20, show_spinner=False)
def colours(place: cached.Place, by: str) -> ColourLayer:
    """The colours that the person asked for."""
    drawn, projection = points(place), cached.projection(place, Kind.TAG)
    if by == "facet":
        return by_category(drawn, [str(facet) for facet in place.opened.facets[_rows(place, projection)]], "Facet")
    if by == "popularity":
        return by_value(drawn, np.log10(1 + _counts(place, projection)), "Popularity", "in few playlists", "in many")
    if by == "trust":
        return by_value(drawn, projection.trust, "Trust", "neighbours are elsewhere", "neighbours are here")
    return by_cluster(drawn)


def choices(place: cached.Place) -> list[str]:
    """The colours that this corpus can show."""
    return [by for by in COLOURS if by != "facet" or cached.facets(place.corpus, place.fingerprint)]


def shown(place: cached.Place, least: int, facets: tuple[str, ...]) -> NDArray[np.bool_] | None:
    """Which points pass the filters; None for all."""
    if least <= 1 and not facets:
        return None
    projection = cached.projection(place, Kind.TAG)
    kept = _counts(place, projection) >= least
    if facets:
        kept &= np.isin(place.opened.facets[_rows(place, projection)].astype(str), facets)
    return kept


def draw(drawn: Map, colour: str, page: ItemPage | None, kept: NDArray[np.bool_] | None) -> MapEvent:
    """The map with what is chosen ringed, its neighbours as lines, and what goes with a song standing out."""
    at = page.key if page else ""
    on_map = bool(at) and drawn.points.row(at) >= 0
    return map_view(
        drawn.points,
        colour=colours(drawn.place, colour),
        selected=at if on_map else None,
        lines=_lines(page.neighbours) if on_map and page else (),
        highlight=() if on_map or page is None else tuple(page.together["key"]),
        shown=kept,
        fly_to=[at, *page.neighbours.keys[:SIGHT]] if on_map and page and st.session_state.get(_PICKED) != at else (),
        title=f"Map of the tags of {plain.one_line(drawn.place.corpus, 40)}",
        key="map",
        on_pick=lambda: _take(drawn.points, kept),
    )


def draw_plain(drawn: Map, page: ItemPage | None) -> None:
    """The same map without WebGL 2: slower, and a click on it does nothing."""
    near = drawn.points.rows([page.key, *page.neighbours.keys]) if page else []
    counts = _counts(drawn.place, drawn.projection)
    plain_map = figures.figure(drawn.projection, counts, highlight=near, dark=widgets.dark())
    st.caption("This browser has no WebGL 2, so this is the plain map. Search above to open a tag.")
    widgets.figure(plain_map, "map", f"Map of the tags of {plain.one_line(drawn.place.corpus, 40)}")


def trust_sentence(projection: Projection) -> str:
    """How far the map can be believed, in one sentence."""
    kept = 10 * projection.measures.get("trust", float(projection.trust.mean()))
    return (
        f"How far to believe the map: of a tag's ten nearest tags, about {kept:.0f} also lie nearest on it. A flat "
        "picture cannot keep all; the lists beside it are measured in the full space."
    )


def _lines(near: Ranking) -> list[tuple[str, float]]:
    return [(key, float(score)) for key, score in zip(near.keys, near.scores, strict=True)]


def _take(drawn: MapPoints, kept: NDArray[np.bool_] | None) -> None:
    event = read_event(drawn, "map", kept)
    if event.picked is None:
        return
    if event.add and event.picked:
        state.add("tag", event.picked.partition(":")[2])
        return
    st.session_state[_PICKED] = event.picked
    state.put(at=event.picked)


def _rows(place: cached.Place, projection: Projection) -> NDArray[np.int32]:
    return place.opened.vocab(projection.vocab.kind).find(list(projection.vocab.ids))


def _counts(place: cached.Place, projection: Projection) -> NDArray[np.int64]:
    counts: NDArray[np.int64] = place.opened.counts(projection.vocab.kind)[_rows(place, projection)]
    return counts
