"""The panel of two points."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tagviz.projection.paths import Separation
from tagviz.ui import pages
from tagviz.ui.tag_map.path_panel import explanation, ordinal
from tests.ui.screen import texts


def test_two_points_are_explained_in_words() -> None:
    torn = Separation(0.8, 2, 3, 1.2, 400, 300, ())
    assert "had to separate them" in explanation(torn, "rain", "비")
    assert "비 is the 2nd nearest to rain" in explanation(torn, "rain", "비")
    crowded = Separation(0.1, 300, 200, 0.1, 3, 4, ())
    assert "close on the map only" in explanation(crowded, "a", "b")
    assert "agrees with the embedding" in explanation(Separation(0.9, 2, 2, 0.1, 2, 2, ()), "a", "b")


def test_ordinals() -> None:
    assert [ordinal(number) for number in (1, 2, 3, 11, 112, 1203)] == ["1st", "2nd", "3rd", "11th", "112th", "1,203rd"]


def test_a_path_is_shown_and_cleared(app: Callable[..., AppTest]) -> None:
    test = app(pages.TAG_MAP.path, item="tag:tag0", target="tag:tag4")
    assert not test.exception
    assert "tag0 → tag4" in texts(test)
    steps = next(frame.value for frame in test.dataframe if "similarity" in frame.value.columns)
    assert (steps["label"].iloc[0], steps["label"].iloc[-1]) == ("tag0", "tag4")
    test.button(key="clear-path").click().run()
    assert "target" not in test.query_params
