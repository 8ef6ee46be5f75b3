"""Factors: weighted matrix factorisation by alternating least squares, with the library `implicit`.

Minimises Σ c_pi (1 − x_p·y_i)² over observed items + Σ (x_p·y_i)² over the others + λ(‖x‖² + ‖y‖²), with c = `alpha` ·
block weight.

A query is folded in: x = (YᵀY + λI + Σ (c_i − 1) y_i y_iᵀ)⁻¹ Σ c_i y_i over its items, s_j = x · y_j. With whitened
items z_i = L⁻¹y_i, LLᵀ = YᵀY + λI, this is s_j = z_j · Zᵀ(I + DZZᵀ)⁻¹c over the query's rows Z with D = diag(c − 1)
(the push-through identity): the system is as large as the query instead of the number of factors.

Hu, Koren & Volinsky 2008, "Collaborative filtering for implicit feedback datasets"; solved by conjugate gradients,
Takács, Pilászy & Tikk 2011.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from math import ceil
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.params import param
from tagviz.recommenders.features import BlockParams, Features
from tagviz.recommenders.item_space import blocks
from tagviz.recommenders.sparse_ops import check_kind, reasons, scale_columns
from tagviz.training import WARM_START_SHARE, Arrays, TrainingContext
from tagviz.types import Corpus, Floats, Ints, Kind, Progress, QueryBatch, Reason, readonly

STORES_WHITENED = 100_000
"""Number of items from which the whitened vectors are stored as well, since computing them takes seconds."""


class FactorsParams(BlockParams):
    """Parameters of alternating least squares."""

    tag: float = param(1.2, "Weight of tags", ge=0, low=0.25, high=4, log=True)
    word: float = param(0.23, "Weight of title words", ge=0, low=0.05, high=2, log=True)
    title: float = param(1.9, "Weight of the whole title read as a tag", ge=0, low=0.25, high=8, log=True)
    genre: float = param(0.69, "Weight of the songs' genres", ge=0, low=0.05, high=2, log=True)
    factors: int = param(
        256, "Length of the vectors; more distinguishes finer tastes", first=True, ge=2, low=32, high=384, log=True
    )
    l2: float = param(
        130.0,
        "Penalty λ; larger gives shorter vectors and more general recommendations",
        first=True,
        ge=1e-3,
        low=1,
        high=200,
        log=True,
    )
    alpha: float = param(70.0, "Confidence in observed items against missing ones", ge=0.1, low=1, high=200, log=True)
    iterations: int = param(15, "Passes over the data", ge=1)


class Factors:
    """ALS over the joint matrix; queries are folded in, so that nothing is refitted for a new playlist."""

    method = "factors"

    def __init__(self, corpus: Corpus, params: FactorsParams, vectors: Floats, whitened: Floats | None = None) -> None:
        """Create the method from its vectors.

        Args:
            corpus: Training playlists.
            params: Parameters.
            vectors: float32 (columns of the joint matrix, factors).
            whitened: Whitened vectors, where they are stored.
        """
        self.corpus = corpus
        self.params = params
        self.kinds = frozenset(kind for kind in (Kind.TAG, Kind.SONG) if corpus.has(kind) and getattr(params, kind) > 0)
        self.features = Features(corpus, params)
        self.vectors = vectors
        self._whitened = _whiten(vectors, params.l2) if whitened is None else whitened

    @classmethod
    def fit(cls, corpus: Corpus, params: FactorsParams, tools: TrainingContext) -> Factors:
        """Fit the vectors.

        Args:
            corpus: Training playlists.
            params: Parameters.
            tools: Seed, threads, progress callback, compute backend, and a model to start from.
        """
        from threadpoolctl import threadpool_limits

        from tagviz.recommenders.als import DistributedALS

        features = Features(corpus, params)
        weighted = scale_columns(features.matrix, features.block_weights)
        older = tools.start if isinstance(tools.start, Factors) else None
        iterations = params.iterations if older is None else ceil(WARM_START_SHARE * params.iterations)

        def report(iteration: int, seconds: float, loss: float) -> None:
            del seconds, loss
            tools.progress(Progress("Factorising", (iteration + 1) / iterations))

        # implicit runs its own threads; a BLAS that starts more inside each makes it many times slower
        with threadpool_limits(1, "blas"):
            model = DistributedALS(
                tools.engine,
                factors=params.factors,
                regularization=params.l2,
                alpha=params.alpha,
                iterations=iterations,
                random_state=tools.seed,
                num_threads=tools.threads,
            )
            if older is not None:
                model.item_factors = _warm_start_vectors(features, older, tools.seed)
            model.fit(weighted, show_progress=False, callback=report)
        return cls(corpus, params, readonly(model.item_factors, np.float32))

    @classmethod
    def restore(cls, arrays: Arrays, params: Mapping[str, Any], corpus: Corpus) -> Factors:
        """Restore the method from `state`.

        Args:
            arrays: Arrays of the state.
            params: Parameters of the state.
            corpus: The corpus it was fitted on.
        """
        return cls(corpus, FactorsParams.parse(params), readonly(arrays["vectors"], np.float32), arrays.get("white"))

    def score(self, asked: QueryBatch, kind: Kind) -> Floats:
        """Fold the queries in and score the items. Arguments as in `Recommender.score`."""
        check_kind(kind, self.kinds, self.method)
        query = self._query_matrix(asked)
        folded = np.zeros((len(asked), self._whitened.shape[1]), dtype=np.float32)
        for row in np.flatnonzero(np.diff(query.indptr)):
            part = slice(query.indptr[row], query.indptr[row + 1])
            columns = query.indices[part]
            folded[row] = self._solve(columns, query.data[part], np.ones((len(columns), 1)))[:, 0]
        return folded @ self._whitened[self.features.blocks[kind]].T

    def explain(self, asked: QueryBatch, kind: Kind, rows: Ints) -> tuple[tuple[Reason, ...], ...]:
        """Return exact reasons: given the query's items, the score is a sum over them (Hu et al., section 5).

        Arguments as in `Recommender.explain`.
        """
        check_kind(kind, self.kinds, self.method)
        query = self._query_matrix(asked)
        if not query.nnz:
            return ((),) * len(rows)
        each = self._solve(query.indices, query.data, np.eye(query.nnz))
        parts = self._whitened[self.features.blocks[kind]][rows] @ each.astype(np.float32)
        names = [self.features.name_of(int(column)) for column in query.indices]
        return tuple(tuple(reasons(part, names)) for part in parts)

    def state(self) -> tuple[Arrays, dict[str, Any]]:
        """Return arrays and parameters as `Recommender.state`."""
        whitened = {"white": self._whitened} if len(self.vectors) >= STORES_WHITENED else {}
        return {"vectors": self.vectors, **whitened}, self.params.model_dump()

    def _solve(self, columns: NDArray[Any], weights: NDArray[Any], wanted: NDArray[Any]) -> NDArray[Any]:
        """Return (factors, w): Zᵀ(I + DZZᵀ)⁻¹c of the query's items, combined by the columns of `wanted` (items, w)."""
        whitened = self._whitened[columns].astype(np.float64)
        confidence = self.params.alpha * weights.astype(np.float64)[:, None]
        system = np.eye(len(columns)) + (confidence - 1) * (whitened @ whitened.T)
        return np.asarray(whitened.T @ np.linalg.solve(system, confidence * wanted))

    def _query_matrix(self, asked: QueryBatch) -> sp.csr_matrix:
        """Return the weighted queries with known items only: an item in no playlist has a random vector."""
        query = scale_columns(self.features.of(asked), self._known).copy()  # its pattern is other members' too
        query.eliminate_zeros()
        return query

    @cached_property
    def _known(self) -> Floats:
        return self.features.block_weights * (self.features.counts > 0)


def _warm_start_vectors(features: Features, older: Factors, seed: int) -> Floats:
    """Return (columns, factors): an older model's vectors for known columns, near zero for new ones as ALS starts."""
    size = older.vectors.shape[1]
    vectors = np.random.default_rng(seed).random((features.width, size), dtype=np.float32) * np.float32(0.01)
    rows = older.features.keys.get_indexer(features.keys)
    vectors[rows >= 0] = older.vectors[rows[rows >= 0]]
    return np.asarray(vectors)


def _whiten(vectors: Floats, l2: float) -> Floats:
    """Return rows z = L⁻¹y with LLᵀ = YᵀY + λI: inner products under that matrix's inverse are plain ones of these."""
    from scipy.linalg import cholesky, solve_triangular

    gram = l2 * np.eye(vectors.shape[1])
    for block in blocks(len(vectors), 2 * vectors.shape[1]):
        wide = vectors[block].astype(np.float64)
        gram += wide.T @ wide
    lower = cholesky(gram, lower=True)
    whitened = np.empty(vectors.shape, dtype=np.float32)
    for block in blocks(len(vectors), 2 * vectors.shape[1]):
        whitened[block] = solve_triangular(lower, vectors[block].astype(np.float64).T, lower=True).T
    return readonly(whitened)
