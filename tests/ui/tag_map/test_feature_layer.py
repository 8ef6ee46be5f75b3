"""Colours of the map by a number of the songs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tagviz.types import Kind
from tagviz.ui import cache, pages
from tagviz.ui.tag_map import feature_layer, layers
from tagviz.ui.tag_map.layers import MapKey
from tests.ui.screen import texts

Open = Callable[..., AppTest]


def test_without_numbers_the_map_says_how_to_add_some(app: Open) -> None:
    test = app(pages.TAG_MAP.path, colour="feature")
    assert not test.exception
    assert "This corpus has no song features" in texts(test)


@pytest.mark.usefixtures("with_numbers")
def test_a_number_colours_tags_and_songs(app: Open) -> None:
    test = app(pages.TAG_MAP.path, colour="feature", feature="sound/mean40", show="song")
    assert not test.exception
    assert test.selectbox(key=feature_layer.PARAM).value == "sound/mean40"
    test.selectbox(key=feature_layer.PARAM).set_value("sound/rhythm3").run()
    assert test.query_params["feature"] == "sound/rhythm3"
    corpus = next(info for info in cache.corpora() if info.name == "awkward")
    model_key = cache.ModelKey("awkward", corpus.fingerprint, cache.resolved(corpus.fingerprint, "spectral"))
    map_key = MapKey(model_key, guests=(Kind.SONG,))
    layer = layers.colours(map_key, "feature", "sound/mean40")
    assert layer.kind == "scale"
    assert layer.title.startswith("level at 4,")
    assert layer.low.startswith("≤ ")
    assert layer.high.startswith("≥ ")
    drawn = layers.points(map_key)
    assert feature_layer.layer(drawn, model_key, map_key.projections, "sound/nothing") is None
    assert feature_layer.layer(drawn, model_key, map_key.projections, "nothing/level") is None
    assert layers.colours(map_key, "feature", "nothing").kind == "categories"


@pytest.mark.usefixtures("with_numbers")
def test_the_panel_of_a_song_shows_what_sounds_like_it(app: Open) -> None:
    test = app(pages.TAG_MAP.path, item="song:s0")
    assert not test.exception
    assert "Sound" in [tab.label for tab in test.tabs]
