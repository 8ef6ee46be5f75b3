"""What training shares: parts of a matrix, and feedback as examples."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from tagviz.training import FeedbackExamples, split_rows
from tagviz.types import Kind, QueryBatch


def test_parts_have_about_as_many_entries_and_keep_their_order() -> None:
    matrix = sp.csr_matrix(np.triu(np.ones((6, 6), dtype=np.float32)))
    parts = split_rows(matrix, 3)
    assert [part.nnz for part in parts] == [6 + 5, 4, 3 + 2 + 1]
    np.testing.assert_array_equal(sp.vstack(parts).toarray(), matrix.toarray())
    assert len(split_rows(matrix, 100)) == 6


def test_feedback_counts_right_and_wrong_items() -> None:
    right = {Kind.TAG: sp.csr_matrix(np.eye(2)), Kind.SONG: sp.csr_matrix(np.ones((2, 3)))}
    wrong = {Kind.TAG: sp.csr_matrix(np.array([[0, 1], [0, 0]]))}
    assert FeedbackExamples(QueryBatch(("a", "b"), {}), right, wrong).verdicts == 2 + 6 + 1
