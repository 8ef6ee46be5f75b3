"""The highest of many scores, found without sorting them all."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tagviz.ranking import leading, nth_largest


@given(
    st.lists(st.sampled_from([-np.inf, 0.0, 0.25, 0.5, 1.0]) | st.floats(-1, 1, width=32), min_size=1, max_size=700),
    st.integers(1, 20),
)
def test_the_nth_largest_is_where_a_sort_has_it(values: list[float], n: int) -> None:
    scores = np.array(values, dtype=np.float32)
    n = min(n, len(scores))
    assert nth_largest(scores, n) == np.sort(scores)[::-1][n - 1]
    by_score_then_row = np.lexsort((np.arange(len(scores)), -scores))
    assert leading(scores, n).tolist() == sorted(by_score_then_row[:n])
