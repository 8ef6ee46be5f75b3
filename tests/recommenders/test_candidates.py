"""Candidates of the members, and their nDCG."""

from __future__ import annotations

import numpy as np
import pytest

from tagviz.recommenders.candidates import best_first, from_scores, stack
from tagviz.types import Kind
from tests.recommenders.queries import asks, judged, small


def test_ndcg_of_an_order() -> None:
    one = judged(0).select(np.array([0]))
    values = -np.arange(20, dtype=np.float32)[None]
    assert one.ndcg(values, 10)[0] == pytest.approx(1.0)
    # the hidden item in third place: 1 / log2(4), against 1 / log2(2)
    values[0, 0] = -2.5
    assert one.ndcg(values, 10)[0] == pytest.approx(0.5)
    values[0, 0] = -19.5
    assert one.ndcg(values, 10)[0] == 0


def test_candidates_leave_out_what_is_asked() -> None:
    corpus = small()
    asked = asks(corpus, ["a"])
    scores = np.array([[0.9, 0.5, 0.6, 0.1]], dtype=np.float32)
    pool = from_scores([scores], asked, Kind.TAG, most=3)
    # the three best are a, c, b; a is asked
    assert sorted(pool.rows[0]) == [1, 2]


def test_batches_of_different_widths_are_stacked() -> None:
    wide = judged(0)
    narrow = wide.take(np.tile(np.arange(5), (40, 1)))
    joined = stack([wide, narrow])
    assert joined.hits.shape == (80, 20)
    assert (joined.candidates.rows[40:, 5:] == -1).all()
    order = np.concatenate([wide.candidates.scores, np.zeros_like(wide.candidates.scores)])[:, :, 0]
    np.testing.assert_array_equal(joined.ndcg(order, 10)[:40], wide.ndcg(order[:40], 10))


def test_the_lowest_costs_come_first() -> None:
    costs = np.array([[3, 1, 2, 0]], dtype=np.float32)
    assert best_first(costs, 2).tolist() == [[3, 1]]
    assert best_first(costs, 9).tolist() == [[3, 1, 2, 0]]
