"""Rank histograms by hand, and their bars on random reports."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tagviz.evaluation import metrics, rank_histogram
from tagviz.evaluation.report import EvalReport
from tagviz.types import Kind
from tests.evaluation.reports import random_report, report_of

T, S = Kind.TAG, Kind.SONG


@pytest.fixture(scope="module")
def drawn() -> EvalReport:
    return random_report()


def test_rank_histogram_by_hand() -> None:
    # places of the hidden items: 1, 3, not found, 2
    report = report_of({T: [["a", "b"], ["c", "d"]]}, {"m": {T: [["a", "x", "b"], ["x", "d", "y"]]}})
    shape = rank_histogram.histogram(report, T, 3)
    assert shape.bars == ["1", "2", "3", "not found"]
    assert shape.shares["m"].tolist() == [1 / 4, 1 / 4, 1 / 4, 1 / 4]
    assert (shape.found["m"], shape.median["m"], shape.items) == (3 / 4, 2, 4)
    assert rank_histogram.questions_in_bar(report, "m", T, 3, 0).tolist() == [0]
    assert rank_histogram.questions_in_bar(report, "m", T, 3, 3).tolist() == [1]
    uneven = report_of({T: [["a", "b", "c"], ["d"]]}, {"m": {T: [["x", "y", "z"], ["d", "x", "y"]]}})
    assert rank_histogram.histogram(uneven, T, 3).found["m"] == 1 / 2, "a playlist counts, not an item"
    cut = rank_histogram.histogram(report, T, 1)
    assert cut.shares["m"].tolist() == [1 / 4, 3 / 4]
    assert cut.median["m"] == math.inf


def test_histogram_bars_cover_every_place(drawn: EvalReport) -> None:
    for k in (1, 7, 20, 21, 30):
        shape = rank_histogram.histogram(drawn, S, k)
        assert len(shape.starts) <= rank_histogram.MOST_BARS
        assert (shape.starts[1:] == shape.ends[:-1] + 1).all()
        assert (shape.starts[0], shape.ends[-1]) == (1, k)
        assert shape.shares["m0"].sum() == pytest.approx(1)
        recalled = np.nanmean(metrics.scores(drawn, "m0", S, k)["recall"])
        assert shape.found["m0"] == pytest.approx(recalled)
        assert 1 - shape.shares["m0"][-1] == pytest.approx(recalled)
