"""The points of a map and their colours, cached by name, so that a click computes nothing again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from tagviz.figures import tag_map as figures
from tagviz.figures.profile import SCRIPTS
from tagviz.operations import maps as map_operations
from tagviz.operations.maps import explore
from tagviz.operations.maps import previews as preview_operations
from tagviz.projection.layout import LayoutParams
from tagviz.projection.out_of_sample import Spot
from tagviz.types import Kind, Projection, Query, Ranking, readonly
from tagviz.ui import cache, formatting
from tagviz.ui.components import readings
from tagviz.ui.components.map import (
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
from tagviz.ui.i18n import N_, _, language, lazy, translated
from tagviz.ui.tag_map import feature_layer

COLOURS = {
    "region": N_("Region"),
    "facet": N_("Facet"),
    "popularity": N_("Popularity"),
    "trend": N_("Trend over the years"),
    "script": N_("Script"),
    "trust": N_("Accuracy of the map"),
    "relevance": N_("Relevance to a title"),
    "feature": N_("Song features"),
}
"""What the colours can show."""

GUESTS = (Kind.SONG, Kind.WORD, Kind.GENRE, Kind.ARTIST, Kind.PLAYLIST)
"""Kinds that can be shown on the map besides tags."""


@dataclass(frozen=True)
class Layout:
    """The parameters of a layout that the page offers (see `LayoutParams`).

    Attributes:
        method: Layout method.
        neighbours: Number of neighbours that are kept together.
        min_dist: Minimum distance of two points.
    """

    method: str = LayoutParams.model_fields["method"].default
    neighbours: int = LayoutParams.model_fields["neighbours"].default
    min_dist: float = LayoutParams.model_fields["min_dist"].default

    @property
    def values(self) -> dict[str, Any]:
        """The parameters that differ from the defaults."""
        return {
            name: number for name, number in vars(self).items() if number != LayoutParams.model_fields[name].default
        }


@dataclass(frozen=True)
class Filters:
    """Which points are hidden.

    Attributes:
        least: Minimum number of playlists of an item.
        facets: Facets of the tags that are shown; () for all.
        since: First year of the playlists that count; 0 for all years.
        until: Last year.
    """

    least: int = 1
    facets: tuple[str, ...] = ()
    since: int = 0
    until: int = 0


@dataclass(frozen=True)
class MapStyle:
    """How a map is drawn.

    Attributes:
        colour: One of COLOURS.
        detail: The playlist title for `colour="relevance"`, the number for `colour="feature"`.
        filters: Which points are hidden.
    """

    colour: str = "region"
    detail: str = ""
    filters: Filters = Filters()


@dataclass(frozen=True)
class MapKey:
    """A map, by names only.

    Attributes:
        model_key: The model whose embedding is shown.
        layout: Parameters of the layout.
        guests: Kinds that are shown besides tags.
        over: The model with whose map this one is aligned; None for none.
    """

    model_key: cache.ModelKey
    layout: Layout = Layout()
    guests: tuple[Kind, ...] = ()
    over: cache.ModelKey | None = None

    @property
    def ready(self) -> bool:
        """Whether the map has been computed."""
        return map_operations.is_ready(cache.context(), self.model_key.opened_model, Kind.TAG, self.layout.values)

    @cached_property
    def projection(self) -> Projection:
        """The map of the tags."""
        return _projection(self.model_key, self.layout, self.over)

    @property
    def projections(self) -> list[Projection]:
        """The map of the tags, and of each other kind that is shown."""
        return [self.projection, *(guests(self.model_key, self.layout, self.over, kind) for kind in self.guests)]


def title(model_key: cache.ModelKey) -> str:
    """Return the title of a corpus's map."""
    return _("Tag map of {corpus}").format(corpus=formatting.one_line(model_key.corpus, 40))


@st.cache_resource(max_entries=6, show_spinner=False)
def _projection(model_key: cache.ModelKey, layout: Layout, over: cache.ModelKey | None) -> Projection:
    projection = (
        map_operations.open_map(cache.context(), model_key.opened, model_key.opened_model, Kind.TAG, layout.values)
        if layout.values
        else cache.projection(model_key, Kind.TAG)
    )
    return projection if over is None else explore.beside(projection, cache.projection(over, Kind.TAG))


@st.cache_resource(max_entries=8, show_spinner=lazy("Placing items on the map"))
def guests(model_key: cache.ModelKey, layout: Layout, over: cache.ModelKey | None, kind: Kind) -> Projection:
    """Return the positions of items of another kind on the map of the tags."""
    return explore.guests(model_key.opened, model_key.opened_model, kind, _projection(model_key, layout, over))


@st.cache_resource(max_entries=8, show_spinner=False)
def points(map_key: MapKey) -> MapPoints:
    """Return the points of a map, packed for the browser."""
    return publish(cache.map_files(), map_key.projections, [_counts(map_key, one) for one in map_key.projections])


def colours(map_key: MapKey, colour: str, detail: str = "", model: cache.ModelKey | None = None) -> ColourLayer:
    """Return the colours of a map.

    Args:
        map_key: The map.
        colour: One of COLOURS.
        detail: The playlist title for `colour="relevance"`, the number for `colour="feature"`.
        model: The model whose scores for the title are the relevance.
    """
    version = feature_layer.version(map_key.model_key) if colour == "feature" else ""
    return _colours(map_key, colour, detail, model, language(), version)


@st.cache_resource(max_entries=40, show_spinner=False)
def _colours(
    map_key: MapKey, colour: str, detail: str, model: cache.ModelKey | None, language: str, version: str
) -> ColourLayer:
    del language, version  # of the legend; of the numbers of the songs
    drawn, corpus, name = points(map_key), map_key.model_key.opened, _(COLOURS[colour])
    if colour == "facet":
        own = [str(facet) for facet in corpus.facets[_rows(map_key, map_key.projection)]]
        return by_category(drawn, own + [""] * (len(drawn) - len(own)), name)
    if colour == "script":
        labels = [label for one in map_key.projections for label in one.vocab.label_list(np.arange(len(one.vocab)))]
        return by_category(drawn, [translated(SCRIPTS.get(script, script)) for script in explore.scripts(labels)], name)
    if colour == "popularity":
        return by_value(drawn, np.log10(1 + counts(map_key)), name, _("in few playlists"), _("in many playlists"))
    if colour == "trend":
        slopes = np.concatenate(
            [explore.trends(corpus, one.vocab.kind)[_rows(map_key, one)] for one in map_key.projections]
        )
        return by_value(drawn, slopes, name, _("falling"), _("rising"), middle=0.0)
    if colour == "trust":
        trust = np.concatenate([one.trust for one in map_key.projections])
        return by_value(drawn, trust, name, _("neighbours far away"), _("neighbours near"))
    if colour == "relevance" and detail and model is not None:
        return by_heat(drawn, _relevance(map_key, detail, model), _("Relevance to “{title}”").format(title=detail))
    if colour == "feature" and (layer := feature_layer.layer(drawn, map_key.model_key, map_key.projections, detail)):
        return layer
    return by_cluster(drawn, name, like=None if map_key.over is None else cache.projection(map_key.over, Kind.TAG))


def _relevance(map_key: MapKey, title: str, model: cache.ModelKey) -> NDArray[np.float64]:
    """Return a model's scores for a title, one per point, NaN where it has none."""
    known = model.opened_model.recommender.kinds
    parts = []
    for one in map_key.projections:
        if one.vocab.kind in known:
            scores = explore.relevance(model.opened, model.opened_model, Query(title=title), one.vocab.kind)
            parts.append(scores[_rows(map_key, one)].astype(np.float64))
        else:
            parts.append(np.full(len(one.vocab), np.nan))
    return np.concatenate(parts)


def choices(model_key: cache.ModelKey) -> list[str]:
    """Return the colours that the corpus can show."""
    missing = set()
    if not cache.facets(model_key.corpus, model_key.fingerprint):
        missing.add("facet")
    if years(model_key) is None:
        missing.add("trend")
    return [name for name in COLOURS if name not in missing]


def kinds(model_key: cache.ModelKey) -> list[Kind]:
    """Return the kinds that can be shown besides tags."""
    return [kind for kind in GUESTS if model_key.opened.has(kind)]


@st.cache_resource(max_entries=12, show_spinner=False)
def shown(map_key: MapKey, filters: Filters) -> NDArray[np.bool_] | None:
    """Return which points pass the filters, bool per row; None for all. Facets apply to tags only."""
    if filters == Filters():
        return None
    corpus, parts = map_key.model_key.opened, []
    for one in map_key.projections:
        kind, rows = one.vocab.kind, _rows(map_key, one)
        playlists = corpus.counts(kind)
        if filters.since:
            playlists = explore.between(corpus, kind, filters.since, filters.until)
        parts.append(playlists[rows] >= (1 if kind is Kind.PLAYLIST else filters.least))
    kept = np.concatenate(parts)
    if filters.facets:
        tags = len(map_key.projection.vocab)
        kept[:tags] &= np.isin(corpus.facets[_rows(map_key, map_key.projection)].astype(str), filters.facets)
    mask: NDArray[np.bool_] = readonly(kept)
    return mask


def years(model_key: cache.ModelKey) -> tuple[int, int] | None:
    """Return the first and the last year of the dated playlists; None if there are fewer than two years."""
    dated = model_key.opened.playlists["date"].dt.year.dropna()
    return (int(dated.min()), int(dated.max())) if dated.nunique() > 1 else None


def counts(map_key: MapKey) -> NDArray[np.int64]:
    """Return the size of each point (see `explore.weight`)."""
    return np.concatenate([_counts(map_key, one) for one in map_key.projections])


@st.cache_data(max_entries=200, show_spinner=lazy("Reading the phrase"))
def text_spot(model_key: cache.ModelKey, layout: Layout, query: Query, answering: cache.ModelKey) -> Spot:
    """Return the position of a typed text on the map.

    Args:
        model_key: The model of the map.
        layout: The layout of the map.
        query: The text, with its readings.
        answering: The model that says which tags fit the text.
    """
    return explore.spot(answering.opened, answering.opened_model, query, _projection(model_key, layout, None))


def named_item(model_key: cache.ModelKey, query: Query) -> str:
    """Return the key of the tag, song or title word that a typed text names and nothing else besides; "" for none."""
    asked = [match for match in readings.matches(model_key.opened, query) if match.role != "off"]
    known = [str(kind) for kind in (Kind.TAG, *GUESTS, Kind.SONG)]
    if len(asked) == 1 and asked[0].role == "asked" and asked[0].key.partition(":")[0] in known:
        return asked[0].key
    return ""


@st.cache_data(max_entries=200, show_spinner=False)
def path(model_key: cache.ModelKey, layout: Layout, start: str, target: str) -> explore.ItemPath:
    """Return the path from one item to another."""
    return explore.path(model_key.opened, model_key.opened_model, _projection(model_key, layout, None), start, target)


@st.cache_data(max_entries=10, show_spinner=lazy("Comparing the two embeddings"))
def differences(first: cache.ModelKey, second: cache.ModelKey) -> pd.DataFrame:
    """Return the tags that both models know, those with the fewest common neighbours first."""
    return explore.compare(first.opened_model, second.opened_model)


@st.cache_data(max_entries=300, show_spinner=lazy("Asking every model"))
def nearest_by_model(model_key: cache.ModelKey, key: str) -> list[Ranking]:
    """Return the nearest tags of an item in every model with an embedding."""
    return explore.opinions(cache.context(), model_key.opened, key)


@st.cache_data(max_entries=300, show_spinner=False)
def similar_items(model_key: cache.ModelKey, key: str, least: float) -> Ranking | None:
    """Return the items with at least this cosine similarity."""
    return explore.related(model_key.opened, model_key.opened_model, key, least)


@st.cache_data(max_entries=300, show_spinner=False)
def tags_of_guest(model_key: cache.ModelKey, key: str) -> Ranking:
    """Return the tags among which an item without a vector of its own is placed."""
    return explore.hosts(model_key.opened, model_key.opened_model, key)


def has_previews(model_key: cache.ModelKey) -> bool:
    """Return whether there are previews of layouts (see `previews`)."""
    return preview_operations.are_ready(cache.context(), model_key.opened_model)


@st.cache_resource(max_entries=6, show_spinner=False)
def previews(model_key: cache.ModelKey, dark: bool) -> list[tuple[Layout, bytes]]:
    """Return settings of a layout, each with a PNG of a sample, in the colours of the map's regions."""
    shown = cache.projection(model_key, Kind.TAG)
    regions = shown.levels[0] if shown.levels else np.zeros(len(shown.vocab), dtype=np.int32)
    palette, pictures = (DARK if dark else LIGHT), []
    for preview in preview_operations.open_all(cache.context(), model_key.opened_model):
        sample = preview.projection
        tones = [palette[region % len(palette)] for region in regions[shown.vocab.find(list(sample.vocab.ids))]]
        settings = Layout(neighbours=preview.values["neighbours"], min_dist=preview.values["min_dist"])
        pictures.append((settings, figures.thumbnail(sample.xy, tones, dark)))
    return pictures


def spelling_variants(model_key: cache.ModelKey, key: str) -> list[str]:
    """Return the other spellings of a tag."""
    return explore.variants(cache.near_duplicates(model_key.corpus, model_key.fingerprint), key)


def _rows(map_key: MapKey, projection: Projection) -> NDArray[np.int32]:
    """Return the rows of the map's items in the corpus."""
    return map_key.model_key.opened.vocab(projection.vocab.kind).find(list(projection.vocab.ids))


def _counts(map_key: MapKey, projection: Projection) -> NDArray[np.int64]:
    weights = explore.weight(map_key.model_key.opened, projection.vocab.kind)
    sizes: NDArray[np.int64] = weights[_rows(map_key, projection)]
    return sizes
