"""Intervals and tests: known cases, and how often they are right on made-up truths."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from tagviz.evaluation.resampling import bootstrap_means, holm, intervals, sign_flip


def test_resampled_means_spread_like_the_standard_error() -> None:
    values = np.random.default_rng(0).normal(size=(2000, 1))
    means = bootstrap_means(values, np.arange(2000), 2000)
    assert means.std() == pytest.approx(values.std() / np.sqrt(2000), rel=0.1)
    assert means.mean() == pytest.approx(values.mean(), abs=0.002)


def test_what_belongs_together_is_drawn_together() -> None:
    # 100 groups of 20 equal values: only 100 independent observations
    values = np.repeat(np.random.default_rng(0).normal(size=100), 20)[:, None]
    alone, together = (
        bootstrap_means(values, codes, 1000).std() for codes in (np.arange(2000), np.repeat(np.arange(100), 20))
    )
    assert together / alone == pytest.approx(np.sqrt(20), rel=0.15)


def test_unknown_values_do_not_count() -> None:
    values = np.array([[1.0, 1.0], [1.0, np.nan], [1.0, 3.0]])
    means = bootstrap_means(values, np.arange(3), 500)
    assert (means[:, 0] == 1).all()
    kept = means[~np.isnan(means[:, 1]), 1]
    # all three draws are the unknown one with p = 1/27
    assert 0.01 < 1 - len(kept) / 500 < 0.08
    assert set(np.round(kept, 6)) <= {1.0, 1.666667, 2.0, 2.333333, 3.0}


def test_the_interval_holds_the_truth_about_95_times_in_100() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=(200, 400))
    low, high = intervals(bootstrap_means(values, np.arange(200), 500))
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
