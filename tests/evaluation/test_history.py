"""Evaluations over time, and two of them side by side."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tagviz.errors import NotReadyError
from tagviz.evaluation import compare, history, metrics
from tagviz.evaluation.report import EvaluatedModel
from tagviz.types import Kind
from tests.evaluation.reports import random_report, report_of

T, S = Kind.TAG, Kind.SONG


def test_the_brief_is_plain_json_and_says_what_the_table_says() -> None:
    report = random_report(questions=40)
    told = json.loads(json.dumps(history.brief(report)))
    assert [(entry["kind"], entry["model"]) for entry in told] == [
        (k, f"m{n}") for k in ("tag", "song") for n in range(3)
    ]
    expected = metrics.summary(report, S, 10, resamples=0)
    assert [entry["recall"] for entry in told[3:]] == pytest.approx(expected["recall"].tolist())
    only_tags = history.brief(report_of({T: [["a"]]}, {"m": {T: [["a"]]}}))
    assert (only_tags[0]["k"], only_tags[0]["recall"], only_tags[0]["arena"]) == (1, 1.0, None)


def test_a_history_is_in_the_order_of_time() -> None:
    report = report_of({T: [["a"], ["b"]]}, {"m": {T: [["a"], ["x"]]}})
    documents = [
        {
            "id": ident,
            "created": created,
            "summary": history.brief(report),
            "models": [{"label": "m", "method": "ease"}],
        }
        for ident, created in (("late", "2021-01-01T00:00:00+00:00"), ("early", "2020-01-01T00:00:00+00:00"))
    ]
    frame = history.history(documents, T)
    assert frame["report"].tolist() == ["early", "late"]
    assert frame["recall"].tolist() == [0.5, 0.5]
    assert frame["method"].tolist() == ["ease", "ease"]
    assert history.history(documents, S).empty
    assert history.history([], T).empty


def test_two_reports_are_compared_on_the_questions_that_both_ask() -> None:
    truth = [["a"], ["b"], ["c"], ["d"]]
    first = report_of({T: truth}, {"old": {T: [["x"], ["b"], ["x"], ["d"]]}})
    # the third question hides something else, so three are the same: lost, tied, tied by the old one
    second = report_of({T: [["a"], ["b"], ["e"], ["d"]]}, {"new": {T: [["a"], ["b"], ["e"], ["d"]]}})
    rows = history.common(first, second)
    assert [part.tolist() for part in rows] == [[0, 1, 3], [0, 1, 3]]
    row = history.difference(first, second, [("old", "new")], T, "recall", 1).iloc[0]
    assert (row["questions"], row["wins"], row["losses"], row["ties"]) == (3, 0, 1, 2)
    assert row["difference"] == pytest.approx(-1 / 3)
    assert row["outcome"] == compare.UNCLEAR


def test_two_reports_in_another_order_of_items_and_questions_ask_the_same() -> None:
    one = report_of({T: [["a", "b"], ["c"]]}, {"m": {T: [["a"], ["c"]]}}, shown={T: [["z"], []]})
    other = report_of({T: [["c"], ["b", "a"]]}, {"n": {T: [["q"], ["a"]]}}, shown={T: [[], ["z"]]})
    other.questions["id"] = ["p1", "p0"]
    assert [part.tolist() for part in history.common(one, other)] == [[0, 1], [1, 0]]
    assert history.difference(one, other, [("m", "n")], T, "recall", 1).iloc[0]["wins"] == 1


def test_reports_of_different_questions_cannot_be_compared() -> None:
    one, other = (report_of({T: [[tag]]}, {"m": {T: [["a"]]}}) for tag in "ab")
    with pytest.raises(NotReadyError, match="different questions"):
        history.difference(one, other, [("m", "m")], T)


def test_what_differs_is_named() -> None:
    report = report_of({T: [["a"]]}, {"m": {T: [["a"]]}})
    models = tuple(EvaluatedModel("m", "word2vec", "w-1", {"window": w}) for w in (5, 10))
    one, other = (replace(report, models=(model,), seed=seed) for model, seed in zip(models, (1, 2), strict=True))
    table = history.settings(one, other, "m", "m").set_index("setting")
    assert table.loc["window"].tolist() == ["5", "10"]
    assert set(table.index) == {"seed", "window"}
