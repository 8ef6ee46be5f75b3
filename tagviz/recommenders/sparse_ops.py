"""Operations on sparse matrices and reasons that several recommenders share."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.errors import InvalidParameterError
from tagviz.types import Floats, Kind, Reason

MOST_REASONS = 8
"""Largest number of reasons of each type per item."""


def check_kind(kind: Kind, kinds: frozenset[Kind], method: str) -> None:
    """Check that a method recommends a kind.

    Args:
        kind: The wanted kind.
        kinds: Kinds that the method recommends.
        method: Name of the method for the message.

    Raises:
        InvalidParameterError: It does not.
    """
    if kind not in kinds:
        able = ", ".join(sorted(kinds)) or "nothing"
        raise InvalidParameterError(
            f"{method} does not recommend {kind}s",
            f"it recommends {able}; items on fewer playlists than its min_count are left out",
            "choose another model, or train one with a smaller min_count",
        )


def scale_rows(matrix: sp.csr_matrix, weights: NDArray[np.floating]) -> sp.csr_matrix:
    """Return diag(weights) · matrix as float32; the pattern is shared, not copied.

    Args:
        matrix: CSR (n, m).
        weights: (n,).
    """
    return with_values(matrix, matrix.data * np.repeat(weights.astype(np.float32, copy=False), np.diff(matrix.indptr)))


def scale_columns(matrix: sp.csr_matrix, weights: NDArray[np.floating]) -> sp.csr_matrix:
    """Return matrix · diag(weights) as float32; the pattern is shared, not copied.

    Args:
        matrix: CSR (n, m).
        weights: (m,).
    """
    return with_values(matrix, matrix.data * weights[matrix.indices].astype(np.float32, copy=False))


def with_values(matrix: sp.csr_matrix, values: NDArray[np.floating]) -> sp.csr_matrix:
    """Return a matrix of the same pattern, which is shared, with other values.

    A shallow copy: scipy's constructor checks every matrix anew, which for one query takes longer than its products.

    Args:
        matrix: CSR (n, m).
        values: float32 (entries,).
    """
    other = copy(matrix)
    other.data = values
    return other


def row_normalised(matrix: sp.csr_matrix) -> sp.csr_matrix:
    """Divide each row by its Euclidean length; empty rows stay empty."""
    return scale_rows(matrix, inverse_lengths(matrix))


def inverse_lengths(matrix: sp.csr_matrix) -> Floats:
    """Return float32 (n,) 1 / the Euclidean length of each row, 0 for empty rows."""
    owners = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    lengths = np.sqrt(np.bincount(owners, weights=np.square(matrix.data), minlength=matrix.shape[0]))
    return np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0).astype(np.float32)


def top_of_rows(matrix: sp.csr_matrix, k: int) -> sp.csr_matrix:
    """Keep the k largest entries of each row; ties at the edge go to the lower column.

    Args:
        matrix: CSR (n, m).
        k: Number of entries per row.
    """
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
    """Turn contributions into reasons: the largest positive ones as shares, merged by key, largest first.

    Args:
        contributions: (m,) contribution of each reason.
        names: Key and label of each reason.
        via: Type of the reasons.
        total: Total of which the shares are computed; None: the sum of the positive contributions.
    """
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
    """Return a sparse matrix as a dense float32 array."""
    return np.asarray(matrix.toarray(), dtype=np.float32)
