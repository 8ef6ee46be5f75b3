"""The points of a map and their colours."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tagviz.types import Kind
from tagviz.ui import cache
from tagviz.ui.tag_map import layers
from tagviz.ui.tag_map.layers import Filters, Layout, MapKey


@pytest.fixture
def map_key(app: Callable[..., AppTest]) -> MapKey:
    app()
    corpus = next(info for info in cache.corpora() if info.name == "awkward")
    model = cache.resolved(corpus.fingerprint, "spectral")
    return MapKey(cache.ModelKey("awkward", corpus.fingerprint, model), guests=(Kind.SONG,))


def test_a_layout_names_only_what_differs() -> None:
    assert Layout().values == {}
    assert Layout("pca", 15, 0.5).values == {"method": "pca", "min_dist": 0.5}


def test_points_filters_and_every_colour(map_key: MapKey) -> None:
    drawn = layers.points(map_key)
    assert drawn.kinds == (Kind.TAG, Kind.SONG)
    assert len(layers.counts(map_key)) == len(drawn)
    assert layers.shown(map_key, Filters()) is None
    mask = layers.shown(map_key, Filters(least=10))
    assert mask is not None
    assert mask.tolist() == (layers.counts(map_key) >= 10).tolist()
    for colour in layers.choices(map_key.model_key):
        layer = layers.colours(map_key, colour, "rainy", map_key.model_key)
        assert layer.url, colour
    assert layers.years(map_key.model_key) == (2010, 2014)


def test_neighbours_are_at_least_as_similar_as_asked(map_key: MapKey) -> None:
    near = layers.similar_items(map_key.model_key, "tag:tag0", 0.5)
    assert near is not None
    assert all(score >= 0.5 for score in near.scores)
    (ranking,) = layers.nearest_by_model(map_key.model_key, "tag:tag0")
    assert ranking.method == "spectral"
    assert np.all(np.diff(ranking.scores) <= 0)
