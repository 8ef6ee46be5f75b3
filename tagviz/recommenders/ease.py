"""EASE: the linear model that best predicts each item of a playlist from its other items, in closed form.

P = (XᵀX + λI + p/(1−p)·diag(XᵀX))⁻¹, B_ij = −P_ij / P_jj off the diagonal, s = q B.

Steck 2019, "Embarrassingly shallow autoencoders for sparse data"; the dropout term p on the diagonal is EDLAE, Steck
2020, "Autoencoders that don't overfit towards the identity". It inverts a dense items × items matrix, hence it suits
tags and small catalogues only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.errors import InvalidParameterError
from tagviz.params import param
from tagviz.recommenders.features import BlockParams, Features
from tagviz.recommenders.sparse_ops import check_kind, dense, reasons
from tagviz.training import Arrays, TrainingContext
from tagviz.types import Corpus, Floats, Ints, Kind, Progress, QueryBatch, Reason, readonly


class EaseParams(BlockParams):
    """Parameters of EASE."""

    l2: float = param(
        10.0,
        "Ridge penalty λ; larger relies on what many playlists agree on",
        first=True,
        ge=1e-3,
        low=1,
        high=1000,
        log=True,
    )
    dropout: float = param(
        0.7,
        "Share of the input dropped while fitting; larger depends less on single items",
        first=True,
        ge=0,
        le=0.95,
        low=0,
        high=0.9,
    )
    length: float = param(
        0.6, "Exponent on a playlist's length; larger trusts short playlists more", ge=0, low=0, high=2
    )
    min_count: int = param(2, "Items in fewer playlists are left out", ge=1)
    keep: int = param(
        400, "Largest weights kept per recommended item; more is closer to the full model and larger on disk", ge=10
    )
    max_items: int = param(16000, "Largest number of items: memory grows with its square, time with its cube", ge=10)


class Ease:
    """EDLAE over the joint matrix; only the `keep` largest weights per recommended item are stored."""

    method = "ease"

    def __init__(self, corpus: Corpus, params: EaseParams, weights: Mapping[Kind, sp.csr_matrix]) -> None:
        """Create the method from its weights.

        Args:
            corpus: Training playlists.
            params: Parameters.
            weights: Per kind CSR (columns of the joint matrix, n_kind).
        """
        self.corpus = corpus
        self.params = params
        self.kinds = frozenset(weights)
        self.features = Features(corpus, params)
        self._weights = weights

    @staticmethod
    def used_columns(features: Features, params: EaseParams) -> NDArray[np.int64]:
        """Return the columns of the joint matrix that are used for training.

        Args:
            features: Joint matrix of the corpus.
            params: Parameters.
        """
        return np.flatnonzero(features.counts >= params.min_count)

    @classmethod
    def fit(cls, corpus: Corpus, params: EaseParams, tools: TrainingContext) -> Ease:
        """Solve the model.

        Args:
            corpus: Training playlists.
            params: Parameters.
            tools: Progress callback.

        Raises:
            InvalidParameterError: More than `max_items` items occur in `min_count` playlists.
        """
        features = Features(corpus, params)
        used_columns = cls.used_columns(features, params)
        if len(used_columns) > params.max_items:
            raise InvalidParameterError(
                f"EASE is not for {len(used_columns):,} items",
                f"it inverts a matrix of that size; at most {params.max_items:,} are accepted",
                "raise min_count, or use cooccurrence, factors or neighbours",
            )
        tools.progress(Progress("Inverting", None, f"{len(used_columns):,} items"))
        matrix = features.matrix[:, used_columns]
        lengths = np.maximum(1, np.diff(matrix.indptr)).astype(np.float32)
        matrix = sp.csr_matrix(
            sp.diags(lengths ** (-params.length / 2)) @ matrix @ sp.diags(features.block_weights[used_columns])
        )
        solved = _solve(dense(matrix.T @ matrix), params.l2, params.dropout)
        weights = {}
        for kind in (Kind.TAG, Kind.SONG):
            block = features.blocks.get(kind)
            if block is not None and corpus.has(kind):
                chosen = np.flatnonzero((used_columns >= block.start) & (used_columns < block.stop))
                shape = (features.width, block.stop - block.start)
                weights[kind] = _largest(
                    solved, used_columns, chosen, used_columns[chosen] - block.start, shape, params.keep
                )
        return cls(corpus, params, weights)

    @classmethod
    def restore(cls, arrays: Arrays, params: Mapping[str, Any], corpus: Corpus) -> Ease:
        """Restore the method from `state`.

        Args:
            arrays: Arrays of the state.
            params: Parameters of the state.
            corpus: The corpus it was fitted on.
        """
        parsed = EaseParams.parse(params)
        width = Features(corpus, parsed).width
        weights = {}
        for kind in (Kind.TAG, Kind.SONG):
            if f"{kind}.data" in arrays:
                parts = (arrays[f"{kind}.data"], arrays[f"{kind}.indices"], arrays[f"{kind}.indptr"])
                weights[kind] = sp.csr_matrix(parts, shape=(width, len(corpus.vocab(kind))))
        return cls(corpus, parsed, weights)

    def score(self, asked: QueryBatch, kind: Kind) -> Floats:
        """Score items by s = q B. Arguments as in `Recommender.score`."""
        check_kind(kind, self.kinds, self.method)
        return dense(self._query_matrix(asked) @ self._weights[kind])

    def explain(self, asked: QueryBatch, kind: Kind, rows: Ints) -> tuple[tuple[Reason, ...], ...]:
        """Return exact reasons: the score is a sum over the query's items. Arguments as in `Recommender.explain`."""
        check_kind(kind, self.kinds, self.method)
        query = self._query_matrix(asked)
        parts = dense(sp.diags(query.data) @ self._weights[kind][query.indices][:, rows])
        names = [self.features.name_of(int(column)) for column in query.indices]
        return tuple(tuple(reasons(parts[:, number], names)) for number in range(len(rows)))

    def state(self) -> tuple[Arrays, dict[str, Any]]:
        """Return arrays and parameters as `Recommender.state`."""
        arrays: Arrays = {}
        for kind, weights in self._weights.items():
            arrays[f"{kind}.data"] = readonly(weights.data, np.float32)
            arrays[f"{kind}.indices"] = readonly(weights.indices, np.int32)
            arrays[f"{kind}.indptr"] = readonly(weights.indptr, np.int64)
        return arrays, self.params.model_dump()

    def _query_matrix(self, asked: QueryBatch) -> sp.csr_matrix:
        return sp.csr_matrix(self.features.of(asked) @ sp.diags(self.features.block_weights))


def _solve(gram: Floats, l2: float, dropout: float) -> Floats:
    """Return B of the formula above, (items, items) with a zero diagonal; `gram` is overwritten."""
    from scipy.linalg import lapack

    diagonal = np.arange(len(gram))
    gram[diagonal, diagonal] += l2 + dropout / (1 - dropout) * gram[diagonal, diagonal]
    factor, failed = lapack.spotrf(gram, lower=0, overwrite_a=1, clean=1)
    inverse, failed_too = lapack.spotri(factor, lower=0, overwrite_c=1)
    if failed or failed_too:
        raise InvalidParameterError(
            "EASE could not be solved", "the matrix is not positive definite in float32", "use a larger l2"
        )
    inverse = np.triu(inverse) + np.triu(inverse, 1).T
    inverse /= -inverse[diagonal, diagonal]
    inverse[diagonal, diagonal] = 0
    return np.asarray(inverse, dtype=np.float32)


def _largest(
    solved: Floats,
    used_columns: NDArray[Any],
    chosen: NDArray[Any],
    targets: NDArray[Any],
    shape: tuple[int, int],
    keep: int,
) -> sp.csr_matrix:
    """Return the `keep` largest weights by magnitude of each chosen column as CSR (all columns, items of the kind)."""
    keep = min(keep, len(solved))
    rows, columns, values = [], [], []
    for start in range(0, len(chosen), 512):
        part = solved[:, chosen[start : start + 512]]
        best = np.argpartition(-np.abs(part), keep - 1, axis=0)[:keep]
        rows.append(used_columns[best].ravel())
        columns.append(np.broadcast_to(targets[start : start + 512], best.shape).ravel())
        values.append(np.take_along_axis(part, best, axis=0).ravel())
    if not rows:
        return sp.csr_matrix(shape, dtype=np.float32)
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return sp.csr_matrix(entries, shape=shape, dtype=np.float32)
