"""Metrics: by hand, against a loop written from the published rule, and against ranx."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tagviz.errors import InvalidParameterError, NotFoundError
from tagviz.evaluation import metrics
from tagviz.evaluation.report import EvalReport
from tagviz.types import Kind
from tests.evaluation.ranx_reference import ranx_reference
from tests.evaluation.reports import random_report, report_of

T, S = Kind.TAG, Kind.SONG


@pytest.fixture(scope="module")
def drawn() -> EvalReport:
    return random_report()


def lists(report: EvalReport, label: str, kind: Kind) -> list[tuple[set[int], list[int]]]:
    truth = report.hidden[kind]
    return [
        (set(truth[row].indices.tolist()), [item for item in answer if item >= 0])
        for row, answer in enumerate(report.rows[label, kind].tolist())
    ]


def test_one_question_by_hand() -> None:
    report = report_of({T: [["a", "b", "c"]]}, {"m": {T: [["x", "a", "y", "c"]]}})
    at = metrics.scores(report, "m", T, 4)
    assert at["precision"][0] == 2 / 4
    assert at["recall"][0] == 2 / 3
    assert at["f1"][0] == pytest.approx(2 * (2 / 4) * (2 / 3) / (2 / 4 + 2 / 3))
    assert at["hit"][0] == 1
    assert at["mrr"][0] == 1 / 2
    # hits at places 2 and 4, ideal at 1, 2, 3
    dcg, ideal = 1 / math.log2(3) + 1 / math.log2(5), 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert at["ndcg"][0] == pytest.approx(dcg / ideal, abs=1e-12)
    first = metrics.scores(report, "m", T, 2)
    assert first["ndcg"][0] == pytest.approx((1 / math.log2(3)) / ideal, abs=1e-12)
    assert first["ndcg_cut"][0] == pytest.approx((1 / math.log2(3)) / (1 + 1 / math.log2(3)), abs=1e-12)
    assert metrics.scores(report, "m", T, 1)["hit"][0] == metrics.scores(report, "m", T, 1)["mrr"][0] == 0


def test_means_are_over_questions_not_over_items() -> None:
    report = report_of({T: [["a"], ["b", "c", "d", "e"]]}, {"m": {T: [["a", "x"], ["y", "z"]]}})
    table = metrics.summary(report, T, 2).iloc[0]
    assert table["recall"] == (1 + 0) / 2
    assert table["precision"] == (1 / 2 + 0) / 2
    # the mean of the F1 values (2/3 and 0), not the F1 of the means
    assert table["f1"] == pytest.approx((2 / 3 + 0) / 2)


def test_the_arenas_ndcg_agrees_with_its_rule_as_a_loop(drawn: EvalReport) -> None:
    for kind in (S, T):
        values = []
        for truth, answer in lists(drawn, "m1", kind):
            if truth:
                gained = sum(1 / math.log(place + 2) for place, item in enumerate(answer) if item in truth)
                values.append(gained / sum(1 / math.log(place + 2) for place in range(len(truth))))
        ours = metrics.scores(drawn, "m1", kind, 30)["ndcg"]
        assert np.nanmean(ours) == pytest.approx(float(np.mean(values)), abs=1e-12)


@pytest.mark.parametrize("kind", [S, T])
def test_agrees_with_ranx(drawn: EvalReport, kind: Kind) -> None:
    names = {
        "precision": "precision",
        "recall": "recall",
        "f1": "f1",
        "ndcg": "ndcg_cut",
        "hit_rate": "hit",
        "mrr": "mrr",
    }
    some = [(question, pair) for question, pair in enumerate(lists(drawn, "m0", kind)) if pair[0]]
    ks = (1, 3, 10, 30)
    theirs = ranx_reference([pair for _, pair in some], [f"{name}@{k}" for name in names for k in ks])
    rows = [question for question, _ in some]
    for k in ks:
        ours = metrics.scores(drawn, "m0", kind, k)
        for name, mine in names.items():
            assert np.abs(ours[mine][rows] - theirs[f"{name}@{k}"]).max() < 1e-9, f"{name}@{k}"


def test_ndcg_at_full_depth_agrees_with_ranx_where_both_ideals_are_the_same() -> None:
    report = random_report(questions=60, n=60, items=60, seed=4)
    theirs = ranx_reference([pair for pair in lists(report, "m0", S) if pair[0]], ["ndcg@60"])["ndcg@60"]
    ours = metrics.scores(report, "m0", S, 60)["ndcg"]
    assert np.abs(ours[~np.isnan(ours)] - theirs).max() < 1e-9


def test_a_question_that_hides_nothing_of_a_kind_does_not_count_for_it() -> None:
    report = report_of(
        {T: [["a"], []], S: [[], ["1"]]},
        {"m": {T: [["a"], ["a"]], S: [["1"], ["1"]]}},
    )
    for kind, row in ((T, 0), (S, 1)):
        table = metrics.summary(report, kind, 1).iloc[0]
        assert table["recall"] == 1.0
        assert (table["questions"], table["empty"]) == (1, 1)
        assert np.isnan(metrics.scores(report, "m", kind, 1)["ndcg"][1 - row])
    assert metrics.summary(report, T, 1).iloc[0]["arena"] == pytest.approx(0.85 + 0.15)


def test_the_arena_score_weighs_songs_and_tags() -> None:
    report = report_of({T: [["a"]], S: [["1"]]}, {"m": {T: [["x", "a"]], S: [["1", "2"]]}})
    table = metrics.summary(report, T, 2).iloc[0]
    assert (table["song_ndcg"], table["tag_ndcg"]) == (1.0, pytest.approx(1 / math.log2(3)))
    assert table["arena"] == pytest.approx(0.85 * 1 + 0.15 / math.log2(3))
    assert table["arena_low"] <= table["arena"] <= table["arena_high"]


def test_a_model_without_a_kind_has_no_numbers_there() -> None:
    report = report_of({T: [["a"]], S: [["1"]]}, {"tags only": {T: [["a"]]}, "both": {T: [["a"]], S: [["1"]]}})
    table = metrics.summary(report, S, 1).set_index("model")
    assert np.isnan(table.loc["tags only", ["recall", "song_ndcg", "arena"]].to_numpy(dtype=float)).all()
    assert table.loc["both", "arena"] == pytest.approx(1.0)
    with pytest.raises(NotFoundError, match="both"):
        report.check("tags only", S)


def test_cases_and_rows_choose_questions(drawn: EvalReport) -> None:
    chosen = (drawn.questions["case"] == "title").to_numpy()
    expected = np.nanmean(metrics.scores(drawn, "m2", T, 5)["ndcg"][chosen])
    assert metrics.summary(drawn, T, 5, case="title").iloc[2]["ndcg"] == pytest.approx(expected)
    assert metrics.summary(drawn, T, 5, rows=chosen, resamples=0).iloc[2]["ndcg"] == pytest.approx(expected)
    with pytest.raises(InvalidParameterError, match="songs\\+tags"):
        metrics.summary(drawn, T, 5, case="x")


def test_k_must_be_within_what_was_recommended(drawn: EvalReport) -> None:
    for k in (0, 31):
        with pytest.raises(InvalidParameterError, match="30 tags"):
            metrics.scores(drawn, "m0", T, k)


def test_recall_never_falls_with_k(drawn: EvalReport) -> None:
    recalls = [metrics.scores(drawn, "m0", T, k)["recall"] for k in range(1, 31)]
    assert (np.nan_to_num(np.diff(recalls, axis=0)) >= 0).all()
