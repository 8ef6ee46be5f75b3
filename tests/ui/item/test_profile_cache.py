"""What the page of an item shows, cached."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tagviz.ui import cache
from tagviz.ui.context import PageContext
from tagviz.ui.item import profile_cache


def test_a_profile_and_each_models_view(app: Callable[..., AppTest]) -> None:
    app()
    here = PageContext(next(info for info in cache.corpora() if info.name == "awkward"), "spectral")
    assert profile_cache.profile(here.model_key, "tag:tag0").page.label == "tag0"
    (ranking,) = profile_cache.nearest_by_model(here.model_key, "tag:tag0")
    assert len(ranking.keys) == profile_cache.NEAREST
