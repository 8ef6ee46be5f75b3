"""Heatmaps of the evaluation."""

from __future__ import annotations

import numpy as np

from tagviz.figures import heatmaps as heatmap_figures
from tagviz.figures import template


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_light_is_good_in_both_themes() -> None:
    import plotly.colors

    ends = plotly.colors.get_colorscale(template.LIGHT_IS_GOOD)
    brightness = [luminance(colour) for _, colour in ends]
    assert brightness == sorted(brightness)
    for dark in (False, True):
        scale = heatmap_figures.similarity_heatmap(np.eye(2), ["1", "2"], ["a", "b"], "t", dark=dark).data[0].colorscale
        assert [colour for _, colour in scale] == [colour for _, colour in ends]


def test_equal_labels_stay_apart() -> None:
    figure = heatmap_figures.similarity_heatmap(np.eye(2), ["x" * 40 + "1", "x" * 40 + "2"], ["a", "b"], "t")
    assert len(set(figure.data[0].y)) == 2
