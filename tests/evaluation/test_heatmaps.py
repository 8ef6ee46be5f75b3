"""The two heatmaps by hand, and the questions behind their cells."""

from __future__ import annotations

import numpy as np
import pytest

from tagviz.errors import InvalidParameterError
from tagviz.evaluation import (
    captions,
    heatmaps,
)
from tagviz.evaluation.report import EvalReport
from tagviz.types import Kind
from tests.evaluation.reports import random_report, report_of

T, S = Kind.TAG, Kind.SONG


@pytest.fixture(scope="module")
def drawn() -> EvalReport:
    return random_report()


def test_similarity_heatmap_by_hand() -> None:
    vectors = {"a": [1, 0], "b": [0, 1], "c": [0.6, 0.8]}
    report = report_of(
        {T: [["a", "b"], ["b"]]}, {"m": {T: [["c", "a"], ["a", "c"]]}}, vectors=vectors, counts={"a": 5, "b": 2}
    )
    shape = heatmaps.similarity(report, "m", 2)
    # first column: the most common hidden tag (a, b); second: only question 0 (b)
    assert shape.values == pytest.approx(np.array([[(0.6 + 0) / 2, 0.8], [(1 + 0.8) / 2, 0]]), abs=1e-3)
    # best of two per hidden tag: a 1, b .8, b .8
    assert shape.best == pytest.approx((1 + 0.8 + 0.8) / 3, abs=1e-3)
    one = heatmaps.similarity_of(report, "m", 0, 2)
    assert (one.rows, one.columns) == (("c", "a"), ("a", "b"))
    assert one.values == pytest.approx(np.array([[0.6, 0.8], [1, 0]]), abs=1e-3)
    assert heatmaps.questions_in_cell(report, "m", 0, 0).tolist() == [1, 0]
    with pytest.raises(InvalidParameterError):
        heatmaps.similarity(report_of({T: [["a"]]}, {"m": {T: [["a"]]}}), "m")


def test_instead_heatmap_by_hand() -> None:
    report = report_of({T: [["a"], ["a"], ["b"]]}, {"m": {T: [["a", "x"], ["b", "x"], ["a", "b"]]}})
    shape = heatmaps.instead(report, "m", 2)
    at = {name: number for number, name in enumerate(shape.names)}
    # a is hidden twice: found once; once missed, with b and x instead (half each)
    assert shape.values[at["a"], at["a"]] == 1 / 2
    assert shape.values[at["a"], at["b"]] == 1 / 4
    assert shape.other[at["a"]] == pytest.approx(1 / 4)
    assert shape.values[at["b"]].tolist() == [1.0 if name == "b" else 0.0 for name in shape.names]
    a, b = (int(shape.tags[at[name]]) for name in "ab")
    assert heatmaps.questions_instead(report, "m", a, b, 2).tolist() == [1]
    assert heatmaps.questions_instead(report, "m", a, a, 2).tolist() == [0]


def test_instead_of_one_question_by_hand() -> None:
    counts = {"a": 9, "b": 5, "c": 2, "d": 1}
    report = report_of({T: [["a", "b", "c"], ["d"]]}, {"m": {T: [["x", "a", "y", "b"], ["d"]]}}, counts=counts)
    shape = heatmaps.instead_of(report, "m", 0, 3)
    assert (shape.rows, shape.columns, shape.found) == (("a", "b", "c"), ("x", "a", "y"), 1)
    # a is found; b is beyond the first three, c nowhere: x and y share the blame
    assert shape.values.tolist() == [[0, 1, 0], [0.5, 0, 0.5], [0.5, 0, 0.5]]
    said = "1 of the 3 hidden tags is in our first 3; instead of the others, first of all “x”"
    assert captions.instead_of_title(shape) == said
    right = heatmaps.instead_of(report, "m", 1, 3)
    assert right.values.tolist() == [[1]]
    assert captions.instead_of_title(right) == "1 of the 1 hidden tags is in our first 1"


def test_the_mean_over_questions_of_one_is_the_whole(drawn: EvalReport) -> None:
    whole = heatmaps.instead(drawn, "m0", 10)
    names = drawn.items[T].vocab.label_list(whole.tags)
    total = np.zeros_like(whole.values)
    for question in range(len(drawn)):
        one = heatmaps.instead_of(drawn, "m0", question, 10)
        for row, hidden in enumerate(one.rows):
            for column, given in enumerate(one.columns):
                if hidden in names and given in names:
                    total[names.index(hidden), names.index(given)] += one.values[row, column]
    assert total / whole.counts[:, None] == pytest.approx(whole.values, abs=1e-9)


def test_instead_rows_are_shares(drawn: EvalReport) -> None:
    shape = heatmaps.instead(drawn, "m0", 10)
    assert len(shape.tags) == heatmaps.TAGS
    assert shape.other.min() > -1e-9
    recall = [(drawn.ranks["m0", T][drawn.hidden[T].indices == tag] - 1) for tag in shape.tags]
    expected = [((place >= 0) & (place < 10)).mean() for place in recall]
    assert shape.values.diagonal() == pytest.approx(expected)
