"""Operations on rows of scores."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tagviz.score_ops import SHORT, highest_rows, is_constant, min_max_scaled, top


def test_a_row_is_constant_where_all_allowed_scores_are_equal() -> None:
    scores = np.zeros((4, 5000), dtype=np.float32)
    scores[1, 4999] = 1
    scores[2, 0] = -np.inf
    scores[3] = -np.inf
    assert is_constant(scores).tolist() == [True, False, True, True]


def test_rows_are_scaled_to_one_and_equal_ones_to_zero() -> None:
    scores = np.array([[1, 3, 2], [5, 5, 5]], dtype=np.float32)
    assert min_max_scaled(scores).tolist() == [[0, 1, 0.5], [0, 0, 0]]


@given(
    st.lists(st.sampled_from([-np.inf, 0.0, 0.25, 0.5, 1.0]) | st.floats(-1, 1, width=32), min_size=1, max_size=700),
    st.integers(1, 20),
)
def test_the_highest_are_those_that_a_sort_puts_first(values: list[float], n: int) -> None:
    scores = np.array(values, dtype=np.float32)
    n = min(n, len(scores))
    rows = np.arange(len(scores))
    by_score_then_row = np.lexsort((rows, -scores))
    assert highest_rows(scores, n).tolist() == sorted(by_score_then_row[:n])
    popular = rows % 3
    answered = [row for row in np.lexsort((rows, -popular, -scores)) if scores[row] > -np.inf]
    assert top(scores, popular, n).tolist() == answered[:n]


def test_the_highest_of_many_scores_are_those_that_a_sort_puts_first() -> None:
    rng = np.random.default_rng(2)
    for values in (rng.random(SHORT + 70), rng.integers(0, 50, SHORT + 70), np.sort(rng.random(3 * SHORT))):
        scores = np.asarray(values, dtype=np.float32)
        for n in (1, 150, 2000):
            assert highest_rows(scores, n).tolist() == sorted(np.lexsort((np.arange(len(scores)), -scores))[:n])
