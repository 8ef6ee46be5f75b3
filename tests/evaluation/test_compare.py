"""Significance of differences between models."""

from __future__ import annotations

import numpy as np
import pytest

from tagviz.errors import InvalidParameterError
from tagviz.evaluation import compare, metrics
from tagviz.types import Kind
from tests.evaluation.reports import random_report, report_of


def test_better_worse_and_not_enough_to_tell() -> None:
    tag = Kind.TAG
    truth = {tag: [["a"]] * 40}
    right, wrong = [["a", "b"]] * 40, [["b", "c"]] * 40
    mixed = [["b", "a"]] * 5 + [["a", "b"]] * 35
    report = report_of(truth, {"good": {tag: right}, "bad": {tag: wrong}, "nearly": {tag: mixed}, "twin": {tag: right}})
    table = compare.compare(report, "ndcg", tag, 2).set_index(["a", "b"])
    assert table.loc[("good", "bad"), "outcome"] == "better"
    assert table.loc[("bad", "nearly"), "outcome"] == "worse"
    assert table.loc[("good", "twin"), "outcome"] == "no difference"
    assert table.loc[("good", "bad"), ["wins", "losses", "ties"]].tolist() == [40, 0, 0]
    assert table.loc[("good", "bad"), "difference"] == 1.0
    few = report_of({tag: [["a"]] * 3}, {"good": {tag: right[:3]}, "bad": {tag: wrong[:3]}})
    assert compare.compare(few, "ndcg", tag, 2).iloc[0]["outcome"] == "not enough questions to tell"
    assert compare.outcomes_for(table.reset_index(), "bad") == {
        "good": "worse",
        "nearly": "worse",
        "twin": "worse",
    }


def test_the_arena_score_is_compared_by_its_mean() -> None:
    report = random_report()
    table = compare.compare(report, "arena").set_index(["a", "b"])
    means = metrics.summary(report, resamples=0).set_index("model")["arena"]
    for (a, b), row in table.iterrows():
        assert row["difference"] == pytest.approx(means[a] - means[b], abs=1e-12)
        assert row["low"] < row["difference"] < row["high"]


def test_the_same_seed_gives_the_same_table() -> None:
    report = random_report()
    assert compare.compare(report).equals(compare.compare(report))
    with pytest.raises(InvalidParameterError, match="ndcg"):
        compare.compare(report, "x")


T, S = Kind.TAG, Kind.SONG


def test_few_questions_have_an_interval_too() -> None:
    """Of four playlists one hides tags: most resamples draw it, and those that do not have nothing to say."""
    truth = {T: [["a"], [], [], []], S: [["1"]] * 4}
    report = report_of(truth, {name: {T: [[tag]] * 4, S: [["1"]] * 4} for name, tag in (("good", "a"), ("bad", "x"))})
    row = compare.compare(report, "recall", T, 1).iloc[0]
    assert (row["difference"], row["low"], row["high"], row["questions"]) == (1.0, 1.0, 1.0, 1)
    assert row["outcome"] == compare.UNCLEAR
    table = metrics.summary(report, T, 1)
    assert np.isfinite(table[["recall_low", "recall_high"]].to_numpy()).all()


def test_models_without_a_common_question_cannot_be_told_apart() -> None:
    nothing = np.full((3, 1), np.nan)
    assert compare.with_significance([("a", "b")], nothing, np.arange(3)).empty
    table = compare.with_significance(
        [("a", "b"), ("a", "c")], np.column_stack([nothing[:, 0], [1.0, 1.0, 1.0]]), np.arange(3)
    )
    assert table["outcome"].tolist() == [compare.UNCLEAR] * 2
    assert np.isnan(table["difference"].iloc[0])
