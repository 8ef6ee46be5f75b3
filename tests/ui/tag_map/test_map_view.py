"""The map on its page."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import numpy as np
from streamlit.testing.v1 import AppTest

from tagviz.types import Projection
from tagviz.ui import pages
from tagviz.ui.tag_map import map_view
from tests.ui.screen import texts


def test_the_accuracy_in_words_and_in_measures() -> None:
    measures = {"trust": 0.62, "trustworthiness": 0.9, "continuity": 0.8}
    projection = cast(Projection, SimpleNamespace(measures=measures, trust=np.zeros(3)))
    assert map_view.accuracy(projection) == (
        "Map accuracy: about 6 of a tag's 10 nearest neighbours are also near here."
    )
    assert map_view.accuracy_measures(projection).startswith("Trustworthiness 0.90, continuity 0.80")


def test_the_layout_of_the_address_and_nonsense_in_it(app: Callable[..., AppTest]) -> None:
    test = app(pages.TAG_MAP.path, layout="nonsense", n_neighbors="9999", min_dist="x")
    assert not test.exception
    assert "Map accuracy" in texts(test)


def test_a_model_without_an_embedding_shows_the_map_of_another(app: Callable[..., AppTest]) -> None:
    test = app(pages.TAG_MAP.path, model="popularity")
    assert not test.exception
    assert "This model has no map of its own" in texts(test)


def test_a_map_that_is_not_there_is_computed_as_a_job(app: Callable[..., AppTest]) -> None:
    test = app(pages.TAG_MAP.path, layout="pca", n_neighbors="7")
    assert not test.exception
    assert "This map is computed once" in texts(test)
    assert "Compute the map of awkward" in texts(test)
