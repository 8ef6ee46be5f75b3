"""Sentences on tables and figures."""

from __future__ import annotations

import pytest

from tagviz.evaluation import (
    captions,
    compare,
    metrics,
    rank_histogram,
)
from tagviz.evaluation.report import EvalReport
from tagviz.types import Kind
from tests.evaluation.reports import random_report, report_of

T, S = Kind.TAG, Kind.SONG


@pytest.fixture(scope="module")
def drawn() -> EvalReport:
    return random_report()


def test_sentences() -> None:
    assert captions.precision_sentence(0.32, 5) == "Of the 5 tags we suggest, 1.6 are right."
    assert captions.precision_sentence(0.2, 5) == "Of the 5 tags we suggest, 1 is right."
    assert captions.recall_sentence(0.424, 10, S) == "The first 10 hold 42 % of the hidden songs."
    assert captions.share(0.0042) == "0.4 %"
    report = report_of({T: [["a"]] * 3}, {"m": {T: [["x", "a"], ["a", "x"], ["x", "a"]]}})
    assert (
        captions.histogram_title(rank_histogram.histogram(report, T, 2), "m")
        == "Half of the right tags come in the first 2"
    )
    table, pairs = metrics.summary(report, T, 2), compare.compare(report, k=2)
    assert captions.table_sentence(table, pairs, 2) == "Of the 2 tags we suggest, 1 is right."


def test_a_lead_that_may_be_chance_is_not_called_one(drawn: EvalReport) -> None:
    sentence = captions.table_sentence(metrics.summary(drawn), compare.compare(drawn), 10)
    assert "not enough to tell" in sentence
