"""The playlists behind what was clicked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tagviz.ui import pages
from tests.ui.screen import texts

Open = Callable[..., AppTest]
PAGE = pages.EVALUATE.path


@pytest.mark.parametrize(
    ("drilldown", "title"),
    [
        ("part|spectral|popularity|head", "of the segment “head” with the worst results of Spectral"),
        ("part|spectral|case|songs+tags", "“songs and tags shown”"),
        ("pair|spectral|popularity", "where Spectral is better than Popularity"),
        ("pair|spectral|nobody", "with the worst results of Spectral"),
        ("instead|spectral|0|0", "was hidden and Spectral found it"),
        ("similarity|spectral|0|0", "the least similar first"),
        ("part|spectral|nothing|at all", "There is no segment"),
    ],
)
def test_what_was_clicked_is_in_the_address(app: Open, drilldown: str, title: str) -> None:
    test = app(PAGE, drilldown=drilldown)
    assert not test.exception
    assert title in texts(test)


def test_both_readings_of_the_heatmap_are_there_for_one_playlist(app: Open) -> None:
    address = {"drilldown": "similarity|spectral|0|0"}
    assert "Closest of our" in texts(app(PAGE, **address))
    test = app(PAGE, **address, heatmap="instead")
    assert not test.exception
    assert "in our first 10" in texts(test)


def tables(test: AppTest) -> list[list[str]]:
    """The columns of each table on the page."""
    return [list(element.value.columns) for element in test.dataframe]


def test_what_a_model_suggested_for_a_playlist_can_be_judged(app: Open) -> None:
    test = app(pages.EVALUATE.path, drilldown="model|spectral")
    test.run()
    assert not test.exception
    judged = [columns for columns in tables(test) if columns[-3:] == ["right", "wrong", "instead"]]
    assert len(judged) == 2, "one list a model"
