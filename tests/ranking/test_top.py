"""The highest of many scores, found without sorting them all."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tagviz.ranking import leading, top


@given(
    st.lists(st.sampled_from([-np.inf, 0.0, 0.25, 0.5, 1.0]) | st.floats(-1, 1, width=32), min_size=1, max_size=700),
    st.integers(1, 20),
)
def test_the_highest_are_those_that_a_sort_puts_first(values: list[float], n: int) -> None:
    scores = np.array(values, dtype=np.float32)
    n = min(n, len(scores))
    rows = np.arange(len(scores))
    by_score_then_row = np.lexsort((rows, -scores))
    assert leading(scores, n).tolist() == sorted(by_score_then_row[:n])
    popular = rows % 3
    answered = [row for row in np.lexsort((rows, -popular, -scores)) if scores[row] > -np.inf]
    assert top(scores, popular, n).tolist() == answered[:n]
