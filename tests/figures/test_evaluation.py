"""The look of figures: contrast, colours, safe text, the same shapes in both themes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from tagviz.evaluation.metric_registry import METRICS
from tagviz.figures import evaluation as draw
from tagviz.figures import heatmaps as heatmap_figures
from tagviz.figures import template
from tagviz.figures.rank_histogram import RankShares, rank_histogram_figure

EVIL = '<a href="x">b</a> & <b>c</b>'


def every_figure(dark: bool) -> list[go.Figure]:
    values = np.array([[0.9, 0.1], [0.2, 0.8]])
    table = pd.DataFrame(
        {
            "model": [EVIL, "m"],
            "ndcg": [0.4, 0.3],
            "ndcg_low": [0.3, 0.2],
            "ndcg_high": [0.5, 0.4],
            "recall": [0.1, 0.2],
        }
    )
    parts = table.assign(segment=EVIL, questions=5)
    runs = table.assign(created=["2020-01-01T00:00:00", "2020-01-02T00:00:00"], report=["a", "b"])
    bars = ["1", "2", "not found"]
    shares = {EVIL: np.array([0.5, 0.2, 0.3]), "m": np.array([0.1, 0.1, 0.8])}
    return [
        heatmap_figures.similarity_heatmap(values, ["1", "2"], [EVIL, "b"], EVIL, dark=dark),
        heatmap_figures.instead_heatmap(values, [EVIL, "b"], EVIL, np.array([3, 4]), dark),
        rank_histogram_figure(
            RankShares(bars, shares, "tag", {EVIL: 1, "m": np.inf}, np.array([1, 2])), EVIL, dark=dark
        ),
        rank_histogram_figure(RankShares(bars, shares), EVIL, cumulative=True, dark=dark),
        draw.metric_dots(table, [METRICS["ndcg"], METRICS["recall"]], EVIL, dark),
        draw.segments_dots(parts, METRICS["ndcg"], EVIL, EVIL, dark),
        heatmap_figures.agreement_heatmap(values, [EVIL, "m"], EVIL, dark),
        draw.distribution({EVIL: np.array([0.1, 0.2, np.nan]), "m": np.array([0.3])}, EVIL, "cosine", dark=dark),
        draw.history(runs, METRICS["ndcg"], EVIL, dark),
    ]


def texts(part: Any) -> list[str]:
    if isinstance(part, dict):
        return [found for value in part.values() for found in texts(value)]
    if isinstance(part, list | tuple):
        return [found for value in part for found in texts(value)]
    return [part] if isinstance(part, str) else []


@pytest.mark.parametrize("dark", [False, True])
def test_no_figure_obeys_markup(dark: bool) -> None:
    for figure in every_figure(dark):
        document = figure.to_plotly_json()
        document["layout"].pop("template")
        found = texts(document["layout"]) + texts(
            [{k: v for k, v in trace.items() if k != "customdata"} for trace in document["data"]]
        )
        found += [
            str(x)
            for trace in figure.data
            for x in np.ravel(np.asarray(trace.x if trace.x is not None else [], dtype=object))
        ]
        found += [
            str(y)
            for trace in figure.data
            for y in np.ravel(np.asarray(trace.y if trace.y is not None else [], dtype=object))
        ]
        assert not [text for text in found if "<a " in text or "<b>" in text]
        assert any("&lt;b&gt;" in text for text in found)


def test_both_themes_show_the_same() -> None:
    for light, dark in zip(every_figure(False), every_figure(True), strict=True):
        assert len(light.data) == len(dark.data)
        assert light.layout.template != dark.layout.template
        assert light.layout.template.layout.font.family == template.FONT
        assert (
            light.layout.template.layout.paper_bgcolor == dark.layout.template.layout.paper_bgcolor == "rgba(0,0,0,0)"
        )
        assert light.layout.height >= 150


def test_a_cell_and_a_bar_say_where_they_are() -> None:
    heatmap = heatmap_figures.similarity_heatmap(np.zeros((3, 2)), list("abc"), list("de"), "t").data[1]
    assert heatmap.customdata[5].tolist() == [2, 1, 0]
    shares = RankShares(["1", "not found"], {"a": np.array([1, 0.0]), "b": np.array([0.5, 0.5])})
    bars = rank_histogram_figure(shares, "t").data
    assert [bar.customdata.tolist() for bar in bars] == [[[0, 0]], [[0, 1]], [[1, 0]], [[1, 1]]]
