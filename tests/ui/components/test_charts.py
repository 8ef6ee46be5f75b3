"""Figures."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tagviz.ui import pages


@pytest.mark.parametrize("file_format", ["png", "svg"])
def test_a_figure_is_saved_in_the_chosen_format(app: Callable[..., AppTest], file_format: str) -> None:
    test = app(pages.DATA.path, figure_format=file_format)
    charts = test.get("plotly_chart")
    assert charts
    for chart in charts:
        config = json.loads(chart.proto.config)
        assert config["toImageButtonOptions"]["format"] == file_format
