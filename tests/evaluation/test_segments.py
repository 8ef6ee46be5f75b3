"""Segments of questions and of hidden items."""

from __future__ import annotations

import numpy as np
import pytest

from tagviz.errors import InvalidParameterError
from tagviz.evaluation import (
    metrics,
    segments,
)
from tagviz.evaluation.report import EvalReport
from tagviz.types import Kind
from tests.evaluation.reports import random_report, report_of

T, S = Kind.TAG, Kind.SONG


@pytest.fixture(scope="module")
def drawn() -> EvalReport:
    return random_report()


@pytest.mark.parametrize("by", segments.SEGMENTS)
def test_segments_cover_the_questions(drawn: EvalReport, by: str) -> None:
    table = segments.segments(drawn, by, T, 10, resamples=50)
    part = table[table["model"] == "m1"]
    if by in segments.OF_QUESTIONS:
        total = np.average(part["ndcg"], weights=part["questions"])
        assert total == pytest.approx(np.nanmean(metrics.scores(drawn, "m1", T, 10)["ndcg"]))
        assert part["questions"].sum() == (drawn.truth_size(T) > 0).sum()
        assert (part["ndcg_low"] <= part["ndcg"]).all()
    rows = segments.questions_in_segment(drawn, by, part["segment"].iloc[0])
    assert len(rows) >= part["questions"].iloc[0]
    with pytest.raises(InvalidParameterError):
        segments.segments(drawn, "x")


def test_recall_of_a_band_counts_only_its_items() -> None:
    # bands by alphabet: a head, b middle, c tail
    report = report_of({T: [["a", "b", "c"]]}, {"m": {T: [["a", "c"]]}})
    table = segments.segments(report, "popularity", T, 1, resamples=10).set_index("segment")
    assert table["recall"].to_dict() == {"head": 1.0, "middle": 0.0, "tail": 0.0}
