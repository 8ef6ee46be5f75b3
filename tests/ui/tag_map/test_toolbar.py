"""The toolbar of the map."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tagviz.ui import pages


def test_colour_filters_and_layout_are_in_the_address(app: Callable[..., AppTest]) -> None:
    test = app(pages.TAG_MAP.path, facet=["genre", "nothing"], min_playlists="5", since="2011")
    assert not test.exception
    assert test.select_slider(key="min_playlists").value == 5
    assert test.slider(key="years").value == (2011, 2014)
    test.selectbox(key="colour").set_value("popularity").run()
    assert test.query_params["colour"] == "popularity"
    test.selectbox(key="colour").set_value("relevance").run()
    test.text_input(key="relevance_title").set_value("rainy").run()
    assert test.query_params["relevance_title"] == "rainy"
    test.slider(key="layout-neighbours").set_value(7)
    next(button for button in test.button if button.label == "Recompute map").click().run()
    assert not test.exception
    assert test.query_params["n_neighbors"] == "7"
