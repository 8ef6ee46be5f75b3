"""The rank histogram: bars, the bar of what was not found, and the lines of cumulative shares."""

from __future__ import annotations

import numpy as np

from tagviz.figures.rank_histogram import MOST_AT_ONCE, RankShares, rank_histogram_figure

BARS = ["1", "2", "not found"]


def test_not_found_has_a_scale_of_its_own() -> None:
    ranks = RankShares(BARS, {"m": np.array([0.5, 0.2, 0.3])}, "song", {"m": 1}, np.array([1, 2]))
    figure = rank_histogram_figure(ranks, "t")
    found, missed = figure.data
    assert (list(found.y), list(missed.y), missed.yaxis) == ([0.5, 0.2], [0.3], "y2")
    assert "songs" in figure.layout.yaxis.title.text
    assert figure.layout.shapes[0].x0 == 0, "half are found at the first rank"


def test_lines_add_up() -> None:
    figure = rank_histogram_figure(RankShares(BARS, {"m": np.array([0.5, 0.2, 0.3])}), "t", cumulative=True)
    assert list(figure.data[0].y) == [0.5, 0.7]


def test_of_many_models_the_worst_wait_in_the_legend() -> None:
    shares = {f"m{n}": np.array([1 - n / 10, 0, n / 10]) for n in range(MOST_AT_ONCE + 2)}
    shown = [trace.visible for trace in rank_histogram_figure(RankShares(BARS, shares), "t").data[::2]]
    assert shown == [True] * MOST_AT_ONCE + ["legendonly"] * 2
