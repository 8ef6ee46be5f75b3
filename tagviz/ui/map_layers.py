"""What lies on a map and in which colours: remembered by names, so that a click computes nothing anew."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from tagviz.figures import map as figures
from tagviz.figures.profile import SCRIPTS
from tagviz.operations import exploring, previews
from tagviz.operations import maps as map_room
from tagviz.project.layout import LayoutParams
from tagviz.project.place import Spot
from tagviz.types import Kind, Projection, Ranking, frozen
from tagviz.ui import cached
from tagviz.ui.map_component import (
    DARK,
    LIGHT,
    ColourLayer,
    MapPoints,
    by_category,
    by_cluster,
    by_heat,
    by_value,
    publish,
)

COLOURS = {
    "region": "Region",
    "facet": "Facet",
    "popularity": "Popularity",
    "trend": "Trend over the years",
    "script": "Script",
    "trust": "Trust in the map",
    "heat": "Heat of a title",
}

GUESTS = (Kind.SONG, Kind.WORD, Kind.GENRE, Kind.ARTIST, Kind.PLAYLIST)
"""What can be shown on the map of the tags besides them."""


@dataclass(frozen=True)
class Layout:
    """The knobs of a layout that a page offers (see `LayoutParams`)."""

    method: str = LayoutParams.model_fields["method"].default
    neighbours: int = LayoutParams.model_fields["neighbours"].default
    min_dist: float = LayoutParams.model_fields["min_dist"].default

    @property
    def values(self) -> dict[str, Any]:
        """Only what differs from the defaults, so that jobs and maps of the defaults go by no settings."""
        return {name: given for name, given in vars(self).items() if given != LayoutParams.model_fields[name].default}


@dataclass(frozen=True)
class Filters:
    """What is left out. least: playlists that a point must be in. facets: the only ones of the tags (none: all).
    since, until: the only years whose playlists count (0: all)."""

    least: int = 1
    facets: tuple[str, ...] = ()
    since: int = 0
    until: int = 0


@dataclass(frozen=True)
class Look:
    """How a map is drawn. by: one of COLOURS. title: the playlist's title whose heat is asked."""

    by: str = "region"
    title: str = ""
    filters: Filters = Filters()


@dataclass(frozen=True)
class Sheet:
    """A map by names only. guests: the kinds that are shown besides tags. over: the model whose map it is laid over."""

    place: cached.Place
    layout: Layout = Layout()
    guests: tuple[Kind, ...] = ()
    over: cached.Place | None = None

    @property
    def ready(self) -> bool:
        return map_room.is_ready(cached.workspace(), self.place.opened_model, Kind.TAG, self.layout.values)

    @cached_property
    def projection(self) -> Projection:
        return _projection(self.place, self.layout, self.over)

    @property
    def projections(self) -> list[Projection]:
        return [self.projection, *(guests(self.place, self.layout, self.over, kind) for kind in self.guests)]


@st.cache_resource(max_entries=6, show_spinner=False)
def _projection(place: cached.Place, layout: Layout, over: cached.Place | None) -> Projection:
    made = (
        map_room.open_map(cached.workspace(), place.opened, place.opened_model, Kind.TAG, layout.values)
        if layout.values
        else cached.projection(place, Kind.TAG)
    )
    return made if over is None else exploring.beside(made, cached.projection(over, Kind.TAG))


@st.cache_resource(max_entries=8, show_spinner="Placing them on the map")
def guests(place: cached.Place, layout: Layout, over: cached.Place | None, kind: Kind) -> Projection:
    return exploring.guests(place.opened, place.opened_model, kind, _projection(place, layout, over))


@st.cache_resource(max_entries=8, show_spinner=False)
def points(sheet: Sheet) -> MapPoints:
    return publish(cached.map_files(), sheet.projections, [_counts(sheet, made) for made in sheet.projections])


@st.cache_resource(max_entries=40, show_spinner=False)
def colours(sheet: Sheet, by: str, title: str = "", judge: cached.Place | None = None) -> ColourLayer:
    """The colours that the person asked for. judge: the model whose scores for `title` are the heat."""
    drawn, corpus = points(sheet), sheet.place.opened
    if by == "facet":
        own = [str(facet) for facet in corpus.facets[_rows(sheet, sheet.projection)]]
        return by_category(drawn, own + [""] * (len(drawn) - len(own)), COLOURS[by])
    if by == "script":
        labels = [label for made in sheet.projections for label in made.vocab.label_list(np.arange(len(made.vocab)))]
        found = [SCRIPTS.get(script, script) for script in exploring.scripts(labels)]
        return by_category(drawn, found, COLOURS[by])
    if by == "popularity":
        return by_value(drawn, np.log10(1 + counts(sheet)), COLOURS[by], "in few playlists", "in many")
    if by == "trend":
        slopes = np.concatenate(
            [exploring.trends(corpus, made.vocab.kind)[_rows(sheet, made)] for made in sheet.projections]
        )
        return by_value(drawn, slopes, COLOURS[by], "falling", "growing", middle=0.0)
    if by == "trust":
        trust = np.concatenate([made.trust for made in sheet.projections])
        return by_value(drawn, trust, COLOURS[by], "neighbours elsewhere", "near")
    if by == "heat" and title and judge is not None:
        return by_heat(drawn, _heat(sheet, title, judge), f"Scores for “{title}”")
    return by_cluster(drawn, like=None if sheet.over is None else cached.projection(sheet.over, Kind.TAG))


def _heat(sheet: Sheet, title: str, judge: cached.Place) -> NDArray[np.float64]:
    known = judge.opened_model.recommender.kinds
    parts = []
    for made in sheet.projections:
        if made.vocab.kind in known:
            scores = exploring.heat(judge.opened, judge.opened_model, title, made.vocab.kind)
            parts.append(scores[_rows(sheet, made)].astype(np.float64))
        else:
            parts.append(np.full(len(made.vocab), np.nan))
    return np.concatenate(parts)


def choices(place: cached.Place) -> list[str]:
    """The colours that this corpus can show."""
    missing = set()
    if not cached.facets(place.corpus, place.fingerprint):
        missing.add("facet")
    if years(place) is None:
        missing.add("trend")
    return [by for by in COLOURS if by not in missing]


def kinds(place: cached.Place) -> list[Kind]:
    """What can be shown besides tags."""
    return [kind for kind in GUESTS if place.opened.has(kind)]


@st.cache_resource(max_entries=12, show_spinner=False)
def shown(sheet: Sheet, filters: Filters) -> NDArray[np.bool_] | None:
    """Which points pass the filters; None for all. Facets leave other tags out, and touch no other kind."""
    if filters == Filters():
        return None
    corpus, parts = sheet.place.opened, []
    for made in sheet.projections:
        kind, rows = made.vocab.kind, _rows(sheet, made)
        held = corpus.counts(kind)
        if filters.since:
            held = exploring.between(corpus, kind, filters.since, filters.until)
        parts.append(held[rows] >= (1 if kind is Kind.PLAYLIST else filters.least))
    kept = np.concatenate(parts)
    if filters.facets:
        tags = len(sheet.projection.vocab)
        kept[:tags] &= np.isin(corpus.facets[_rows(sheet, sheet.projection)].astype(str), filters.facets)
    return frozen(kept)


def years(place: cached.Place) -> tuple[int, int] | None:
    """The first and the last year of the dated playlists; None where they are of one year, or of none."""
    found = place.opened.playlists["date"].dt.year.dropna()
    return (int(found.min()), int(found.max())) if found.nunique() > 1 else None


def counts(sheet: Sheet) -> NDArray[np.int64]:
    """How big each point is (see `exploring.weight`)."""
    return np.concatenate([_counts(sheet, made) for made in sheet.projections])


@st.cache_data(max_entries=200, show_spinner="Reading the phrase")
def spot(place: cached.Place, layout: Layout, phrase: str) -> Spot:
    return exploring.spot(cached.workspace(), place.opened, phrase, _projection(place, layout, None))


@st.cache_data(max_entries=200, show_spinner=False)
def way(place: cached.Place, layout: Layout, start: str, goal: str) -> exploring.Way:
    return exploring.way(place.opened, place.opened_model, _projection(place, layout, None), start, goal)


@st.cache_data(max_entries=10, show_spinner="Comparing the two spaces")
def differences(first: cached.Place, second: cached.Place) -> pd.DataFrame:
    return exploring.compare(first.opened_model, second.opened_model)


@st.cache_data(max_entries=300, show_spinner="Asking every model")
def opinions(place: cached.Place, key: str) -> list[Ranking]:
    return exploring.opinions(cached.workspace(), place.opened, key)


@st.cache_data(max_entries=300, show_spinner=False)
def related(place: cached.Place, key: str, least: float) -> Ranking | None:
    return exploring.related(place.opened, place.opened_model, key, least)


@st.cache_data(max_entries=300, show_spinner=False)
def hosts(place: cached.Place, key: str) -> Ranking:
    return exploring.hosts(place.opened, place.opened_model, key)


def are_tried(place: cached.Place) -> bool:
    """Whether there are previews of layouts (see `tried`)."""
    return previews.are_ready(cached.workspace(), place.opened_model)


@st.cache_resource(max_entries=6, show_spinner=False)
def tried(place: cached.Place, dark: bool) -> list[tuple[Layout, bytes]]:
    """Settings of a layout, and a PNG of what each makes of a sample, in the colours of the map's regions."""
    shown = cached.projection(place, Kind.TAG)
    regions = shown.levels[0] if shown.levels else np.zeros(len(shown.vocab), dtype=np.int32)
    palette, found = (DARK if dark else LIGHT), []
    for preview in previews.open_all(cached.workspace(), place.opened_model):
        made = preview.projection
        tones = [palette[region % len(palette)] for region in regions[shown.vocab.find(list(made.vocab.ids))]]
        picture = figures.thumbnail(made.xy, tones, dark)
        found.append((Layout(neighbours=preview.values["neighbours"], min_dist=preview.values["min_dist"]), picture))
    return found


def variants(place: cached.Place, key: str) -> list[str]:
    return exploring.variants(cached.folding(place.corpus, place.fingerprint), key)


def _rows(sheet: Sheet, made: Projection) -> NDArray[np.int32]:
    return sheet.place.opened.vocab(made.vocab.kind).find(list(made.vocab.ids))


def _counts(sheet: Sheet, made: Projection) -> NDArray[np.int64]:
    found: NDArray[np.int64] = exploring.weight(sheet.place.opened, made.vocab.kind)[_rows(sheet, made)]
    return found
