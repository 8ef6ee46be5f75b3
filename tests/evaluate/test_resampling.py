"""Intervals and tests: known cases, and how often they are right on made-up truths."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from tagviz.errors import BadParameter
from tagviz.evaluate import compare, metrics
from tagviz.evaluate.resampling import holm, intervals, resampled, sign_flip
from tagviz.types import Kind
from tests.evaluate.reports import random_report, report_of


def test_resampled_means_spread_like_the_standard_error() -> None:
    values = np.random.default_rng(0).normal(size=(2000, 1))
    means = resampled(values, np.arange(2000), 2000)
    assert means.std() == pytest.approx(values.std() / np.sqrt(2000), rel=0.1)
    assert means.mean() == pytest.approx(values.mean(), abs=0.002)


def test_what_belongs_together_is_drawn_together() -> None:
    # 100 groups of 20 equal values: only 100 independent observations
    values = np.repeat(np.random.default_rng(0).normal(size=100), 20)[:, None]
    alone, together = (
        resampled(values, codes, 1000).std() for codes in (np.arange(2000), np.repeat(np.arange(100), 20))
    )
    assert together / alone == pytest.approx(np.sqrt(20), rel=0.15)


def test_unknown_values_do_not_count() -> None:
    values = np.array([[1.0, 1.0], [1.0, np.nan], [1.0, 3.0]])
    means = resampled(values, np.arange(3), 500)
    assert (means[:, 0] == 1).all()
    kept = means[~np.isnan(means[:, 1]), 1]
    # all three draws are the unknown one with p = 1/27
    assert 0.01 < 1 - len(kept) / 500 < 0.08
    assert set(np.round(kept, 6)) <= {1.0, 1.666667, 2.0, 2.333333, 3.0}


def test_the_interval_holds_the_truth_about_95_times_in_100() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=(200, 400))
    low, high = intervals(resampled(values, np.arange(200), 500))
    assert 0.92 < ((low < 0) & (high > 0)).mean() < 0.975


def test_sign_flip_agrees_with_every_possible_flip() -> None:
    differences = np.array([0.5, 0.2, -0.1, 0.4, 0.3, 0.6, -0.2, 0.1])
    flips = [abs(sum(s * d for s, d in zip(signs, differences, strict=True))) for signs in product((1, -1), repeat=8)]
    exact = np.mean([total >= abs(differences.sum()) - 1e-9 for total in flips])
    assert sign_flip(differences[:, None], np.arange(8), 20_000)[0] == pytest.approx(exact, abs=0.01)


def test_sign_flip_is_not_fooled_by_repeated_questions() -> None:
    rng = np.random.default_rng(2)
    once = rng.normal(0.25, 1, 30)
    many = np.repeat(once, 40)
    apart = sign_flip(many[:, None], np.arange(1200))[0]
    together = sign_flip(many[:, None], np.repeat(np.arange(30), 40))[0]
    assert apart < 0.01 < together


def test_chance_alone_is_called_significant_about_5_times_in_100() -> None:
    p = sign_flip(np.random.default_rng(3).normal(size=(100, 500)), np.arange(100))
    assert 0.025 < (p < 0.05).mean() < 0.08


def test_holm_by_hand() -> None:
    # sorted .01 .02 .04 → ×3 .03, ×2 .04, ×1 .04
    assert holm(np.array([0.04, 0.01, 0.02])).tolist() == pytest.approx([0.04, 0.03, 0.04])
    assert holm(np.array([0.5, 0.9])).tolist() == [1.0, 1.0]


def test_better_worse_and_not_enough_to_tell() -> None:
    tag = Kind.TAG
    truth = {tag: [["a"]] * 40}
    right, wrong = [["a", "b"]] * 40, [["b", "c"]] * 40
    mixed = [["b", "a"]] * 5 + [["a", "b"]] * 35
    report = report_of(truth, {"good": {tag: right}, "bad": {tag: wrong}, "nearly": {tag: mixed}, "twin": {tag: right}})
    table = compare.compare(report, "ndcg", tag, 2).set_index(["a", "b"])
    assert table.loc[("good", "bad"), "verdict"] == "better"
    assert table.loc[("bad", "nearly"), "verdict"] == "worse"
    assert table.loc[("good", "twin"), "verdict"] == "no difference"
    assert table.loc[("good", "bad"), ["wins", "losses", "ties"]].tolist() == [40, 0, 0]
    assert table.loc[("good", "bad"), "difference"] == 1.0
    few = report_of({tag: [["a"]] * 3}, {"good": {tag: right[:3]}, "bad": {tag: wrong[:3]}})
    assert compare.compare(few, "ndcg", tag, 2).iloc[0]["verdict"] == "not enough questions to tell"
    assert compare.verdicts(table.reset_index(), "bad") == {"good": "worse", "nearly": "worse", "twin": "worse"}


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
    with pytest.raises(BadParameter, match="ndcg"):
        compare.compare(report, "x")
