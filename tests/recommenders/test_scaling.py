"""Scales of numbers: ranks as normal quantiles, standard deviations, medians for what is missing."""

from __future__ import annotations

import numpy as np

from tagviz.recommenders.scaling import CLIP, Scaling

NUMBERS = np.random.default_rng(0).lognormal(size=(2000, 3)).astype(np.float32)


def test_ranks_are_normal_whatever_the_numbers_were() -> None:
    ranks = Scaling.fit(NUMBERS).apply(NUMBERS, "ranks")
    assert np.abs(ranks.mean(axis=0)).max() < 0.02
    assert np.abs(ranks.std(axis=0) - 1).max() < 0.03
    assert (np.diff(ranks[np.argsort(NUMBERS[:, 0]), 0]) >= 0).all()


def test_units_are_standard_deviations_within_bounds() -> None:
    units = Scaling.fit(NUMBERS).apply(np.array([[1e9, -1e9, NUMBERS[:, 2].mean()]], dtype=np.float32), "units")
    np.testing.assert_allclose(units, [[CLIP, -CLIP, 0]], atol=1e-5)


def test_a_missing_number_is_the_median() -> None:
    scaling = Scaling.fit(NUMBERS)
    np.testing.assert_allclose(scaling.apply(np.full((1, 3), np.nan, dtype=np.float32), "ranks"), 0, atol=0.02)


def test_a_number_that_most_songs_share_lies_in_the_middle_of_its_ranks() -> None:
    numbers = np.array([[0.0]] * 80 + [[1.0]] * 20, dtype=np.float32)
    low, high = Scaling.fit(numbers).apply(np.array([[0.0], [1.0]], dtype=np.float32), "ranks")[:, 0]
    assert -0.4 < low < -0.1
    assert 1.1 < high < 1.5
