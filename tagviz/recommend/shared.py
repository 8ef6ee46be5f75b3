"""Small helpers that several recommenders use."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.errors import BadParameter
from tagviz.types import Floats, Kind, Reason

MOST_REASONS = 8
"""How many reasons of each sort an item is given."""


def check_kind(kind: Kind, kinds: frozenset[Kind], method: str) -> None:
    if kind not in kinds:
        able = ", ".join(sorted(kinds)) or "nothing"
        raise BadParameter(
            f"{method} does not recommend {kind}s", f"it recommends {able}", "choose another kind or method"
        )


def times_rows(matrix: sp.csr_matrix, weights: NDArray[np.floating]) -> sp.csr_matrix:
    """diag(weights) · matrix, float32; its pattern is shared, not copied."""
    values = matrix.data * np.repeat(weights.astype(np.float32, copy=False), np.diff(matrix.indptr))
    return sp.csr_matrix((values, matrix.indices, matrix.indptr), shape=matrix.shape)


def times_columns(matrix: sp.csr_matrix, weights: NDArray[np.floating]) -> sp.csr_matrix:
    """matrix · diag(weights), float32; its pattern is shared, not copied."""
    values = matrix.data * weights[matrix.indices].astype(np.float32, copy=False)
    return sp.csr_matrix((values, matrix.indices, matrix.indptr), shape=matrix.shape)


def row_normalised(matrix: sp.csr_matrix) -> sp.csr_matrix:
    """Each row divided by its Euclidean length; empty rows stay empty."""
    return times_rows(matrix, inverse_lengths(matrix))


def inverse_lengths(matrix: sp.csr_matrix) -> Floats:
    """1 / the Euclidean length of each row, 0 for empty rows."""
    owners = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    lengths = np.sqrt(np.bincount(owners, weights=np.square(matrix.data), minlength=matrix.shape[0]))
    return np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0).astype(np.float32)


def top_of_rows(matrix: sp.csr_matrix, k: int) -> sp.csr_matrix:
    """The k largest entries of each row (all where there are fewer); ties at the edge go to the lower column."""
    if matrix.nnz == 0 or np.diff(matrix.indptr).max() <= k:
        return matrix
    matrix.sort_indices()
    keep = np.ones(matrix.nnz, dtype=bool)
    for row in np.flatnonzero(np.diff(matrix.indptr) > k):
        start, stop = matrix.indptr[row], matrix.indptr[row + 1]
        values = matrix.data[start:stop]
        edge = np.partition(values, len(values) - k)[len(values) - k]
        above = values > edge
        ties = np.flatnonzero(values == edge)[: k - int(above.sum())]
        above[ties] = True
        keep[start:stop] = above
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))[keep]
    return sp.csr_matrix((matrix.data[keep], (rows, matrix.indices[keep])), shape=matrix.shape)


def reasons(
    contributions: NDArray[np.floating],
    names: Sequence[tuple[str, str]],
    via: str = "asked",
    total: float | None = None,
) -> list[Reason]:
    """The largest positive contributions as shares of `total` (default: of their sum), merged by key, largest first."""
    merged: dict[str, list[float | str]] = {}
    for value, (key, label) in zip(contributions, names, strict=True):
        entry = merged.setdefault(key, [0.0, label])
        entry[0] = float(entry[0]) + float(value)
    whole = total if total else sum(max(0.0, float(value)) for value, _ in merged.values())
    if whole <= 0:
        return []
    ranked = sorted(merged.items(), key=lambda item: -float(item[1][0]))[:MOST_REASONS]
    return [Reason(key, str(label), float(value) / whole, via) for key, (value, label) in ranked if float(value) > 0]  # type: ignore[arg-type]


def dense(matrix: sp.spmatrix) -> Floats:
    """A sparse product as a dense float32 array."""
    return np.asarray(matrix.toarray(), dtype=np.float32)
