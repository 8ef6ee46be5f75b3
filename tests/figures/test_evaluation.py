"""The look of figures: contrast, colours, safe text, the same shapes in both themes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from tagviz.figures import evaluation as draw
from tagviz.figures import template
from tagviz.figures.places import rank_histogram

PAGES = {False: "#FFFFFF", True: "#11151C"}
EVIL = '<a href="x">b</a> & <b>c</b>'


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_text_can_be_read(dark: bool) -> None:
    for ink in (template.ink(dark), template.soft_ink(dark)):
        assert contrast(ink, PAGES[dark]) >= 4.5
        assert contrast(ink, template.paper(dark)) >= 4.5


def test_after_the_colours_comes_grey() -> None:
    assert len(set(template.COLOURS)) == 7
    assert [template.colour(number) for number in (0, 7, 99)] == [template.COLOURS[0], template.GREY, template.GREY]


def test_markup_is_shown_not_obeyed() -> None:
    assert template.safe(EVIL) == '&lt;a href="x"&gt;b&lt;/a&gt; &amp; &lt;b&gt;c&lt;/b&gt;'
    assert template.safe("a\nb  c") == "a b c"
    assert template.safe("abcdef", 4) == "abc…"
    assert template.wrapped("one two", 3) == "one<br>two"


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
    shares = {EVIL: np.array([0.5, 0.2, 0.3]), "m": np.array([0.1, 0.1, 0.8])}
    return [
        draw.similarity_heatmap(values, ["1", "2"], [EVIL, "b"], EVIL, dark=dark),
        draw.instead_heatmap(values, [EVIL, "b"], EVIL, np.array([3, 4]), dark),
        rank_histogram(
            ["1", "2", "not found"], shares, EVIL, "tag", {EVIL: 1, "m": np.inf}, np.array([1, 2]), dark=dark
        ),
        rank_histogram(["1", "2", "not found"], shares, EVIL, cumulative=True, dark=dark),
        draw.metric_dots(table, ["ndcg", "recall"], EVIL, dark),
        draw.segments_dots(parts, "ndcg", EVIL, EVIL, dark),
        draw.agreement_heatmap(values, [EVIL, "m"], EVIL, dark),
        draw.distribution({EVIL: np.array([0.1, 0.2, np.nan]), "m": np.array([0.3])}, EVIL, "cosine", dark=dark),
        draw.history(runs, "ndcg", EVIL, dark),
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


def test_light_is_good_in_both_themes() -> None:
    import plotly.colors

    ends = plotly.colors.get_colorscale(template.LIGHT_IS_GOOD)
    brightness = [luminance(colour) for _, colour in ends]
    assert brightness == sorted(brightness)
    for dark in (False, True):
        scale = draw.similarity_heatmap(np.eye(2), ["1", "2"], ["a", "b"], "t", dark=dark).data[0].colorscale
        assert [colour for _, colour in scale] == [colour for _, colour in ends]


def test_equal_labels_stay_apart() -> None:
    figure = draw.similarity_heatmap(np.eye(2), ["x" * 40 + "1", "x" * 40 + "2"], ["a", "b"], "t")
    assert len(set(figure.data[0].y)) == 2


def test_a_cell_and_a_bar_say_where_they_are() -> None:
    heatmap = draw.similarity_heatmap(np.zeros((3, 2)), list("abc"), list("de"), "t").data[1]
    assert heatmap.customdata[5].tolist() == [2, 1, 0]
    bars = rank_histogram(["1", "not found"], {"a": np.array([1, 0.0]), "b": np.array([0.5, 0.5])}, "t").data
    assert [bar.customdata.tolist() for bar in bars] == [[[0, 0]], [[0, 1]], [[1, 0]], [[1, 1]]]
