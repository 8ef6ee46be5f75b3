"""Operations on sparse matrices against dense arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from tagviz.errors import InvalidParameterError
from tagviz.recommenders.sparse_ops import check_kind, reasons, row_normalised, scale_columns, scale_rows, top_of_rows
from tagviz.types import Kind


def test_the_largest_entries_of_a_row_are_kept() -> None:
    matrix = sp.csr_matrix(np.array([[3, 1, 2, 2], [0, 0, 1, 0]], dtype=np.float32))
    assert top_of_rows(matrix, 2).toarray().tolist() == [[3, 0, 2, 0], [0, 0, 1, 0]]


def test_rows_and_columns_are_scaled_without_copying_the_pattern() -> None:
    matrix = sp.csr_matrix(np.array([[3, 4], [0, 2]], dtype=np.float32))
    assert scale_rows(matrix, np.array([2.0, 10.0])).toarray().tolist() == [[6, 8], [0, 20]]
    scaled = scale_columns(matrix, np.array([2.0, 10.0]))
    assert scaled.toarray().tolist() == [[6, 40], [0, 20]]
    assert np.shares_memory(scaled.indices, matrix.indices)
    np.testing.assert_allclose(row_normalised(matrix).toarray(), [[0.6, 0.8], [0, 1]], rtol=1e-6)


def test_reasons_are_merged_by_key_and_largest_first() -> None:
    names = [("tag:a", "a"), ("tag:b", "b"), ("tag:a", "a"), ("tag:c", "c")]
    shares = reasons(np.array([1.0, 3.0, 1.0, -5.0]), names)
    assert [(reason.key, reason.weight) for reason in shares] == [("tag:b", 0.6), ("tag:a", 0.4)]


def test_a_kind_that_a_method_lacks_is_named() -> None:
    with pytest.raises(InvalidParameterError, match="does not recommend songs"):
        check_kind(Kind.SONG, frozenset({Kind.TAG}), "test")
