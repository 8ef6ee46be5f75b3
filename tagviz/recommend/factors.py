"""Factors: weighted matrix factorisation by alternating least squares, as `implicit` does it.

Minimises Σ c_pi (1 − x_p·y_i)² over what is there + Σ (x_p·y_i)² over what is not + λ(‖x‖² + ‖y‖²),
with c = `alpha` · block weight.
A query is folded in: x = (YᵀY + λI + Σ (c_i − 1) y_i y_iᵀ)⁻¹ Σ c_i y_i over its items, s_j = x · y_j. With items
whitened, z_i = L⁻¹y_i for LLᵀ = YᵀY + λI, this is s_j = z_j · Zᵀ(I + DZZᵀ)⁻¹c over the query's rows Z, D = diag(c − 1)
(the push-through identity): a system as large as the question instead of one as large as the factors.

Hu, Koren & Volinsky 2008, "Collaborative filtering for implicit feedback datasets"; solved by conjugate
gradients, Takács, Pilászy & Tikk 2011.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from math import ceil
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.methods import GOING_ON, Arrays, Tools
from tagviz.params import knob
from tagviz.recommend.features import BlockParams, Features
from tagviz.recommend.shared import check_kind, reasons, times_columns
from tagviz.recommend.space import blocks
from tagviz.types import Asked, Corpus, Floats, Ints, Kind, Progress, Reason, frozen

KEEPS_WHITE = 100_000
"""From how many items on the whitened vectors are kept beside the others, as working them out takes seconds."""


class FactorsParams(BlockParams):
    """Settings of alternating least squares."""

    tag: float = knob(1.2, "Weight of tags", ge=0, low=0.25, high=4, log=True)
    word: float = knob(0.23, "Weight of title words", ge=0, low=0.05, high=2, log=True)
    title: float = knob(1.9, "Weight of the whole title read as a tag", ge=0, low=0.25, high=8, log=True)
    genre: float = knob(0.69, "Weight of the songs' genres", ge=0, low=0.05, high=2, log=True)
    factors: int = knob(
        256, "Length of the vectors; more tells finer tastes apart", first=True, ge=2, low=32, high=384, log=True
    )
    l2: float = knob(
        130.0,
        "Penalty λ; larger keeps vectors short and answers general",
        first=True,
        ge=1e-3,
        low=1,
        high=200,
        log=True,
    )
    alpha: float = knob(70.0, "Confidence of what is there against what is not", ge=0.1, low=1, high=200, log=True)
    iterations: int = knob(15, "Passes over the data", ge=1)


class Factors:
    """ALS over the joint matrix; queries are folded in, so nothing is refitted for a new playlist."""

    method = "factors"

    def __init__(self, corpus: Corpus, params: FactorsParams, vectors: Floats, white: Floats | None = None) -> None:
        self.corpus = corpus
        self.params = params
        self.kinds = frozenset(kind for kind in (Kind.TAG, Kind.SONG) if corpus.has(kind) and getattr(params, kind) > 0)
        self.features = Features(corpus, params)
        self.vectors = vectors
        self._white = _whitened(vectors, params.l2) if white is None else white

    @classmethod
    def fit(cls, corpus: Corpus, params: FactorsParams, tools: Tools) -> Factors:
        from threadpoolctl import threadpool_limits

        from tagviz.recommend.alternating import Alternating

        features = Features(corpus, params)
        weighted = times_columns(features.matrix, features.block_weights)
        older = tools.start if isinstance(tools.start, Factors) else None
        iterations = params.iterations if older is None else ceil(GOING_ON * params.iterations)

        def report(iteration: int, seconds: float, loss: float) -> None:
            tools.progress(Progress("Factorising", (iteration + 1) / iterations))

        # implicit runs its own threads; a BLAS that starts more inside each makes it many times slower
        with threadpool_limits(1, "blas"):
            model = Alternating(
                tools.engine,
                factors=params.factors,
                regularization=params.l2,
                alpha=params.alpha,
                iterations=iterations,
                random_state=tools.seed,
                num_threads=tools.threads,
            )
            if older is not None:
                model.item_factors = _placed(features, older, tools.seed)
            model.fit(weighted, show_progress=False, callback=report)
        return cls(corpus, params, frozen(model.item_factors, np.float32))

    @classmethod
    def restore(cls, arrays: Arrays, params: Mapping[str, Any], corpus: Corpus) -> Factors:
        return cls(corpus, FactorsParams.parse(params), frozen(arrays["vectors"], np.float32), arrays.get("white"))

    def score(self, asked: Asked, kind: Kind) -> Floats:
        check_kind(kind, self.kinds, self.method)
        query = self._asked(asked)
        folded = np.zeros((len(asked), self._white.shape[1]), dtype=np.float32)
        for row in np.flatnonzero(np.diff(query.indptr)):
            part = slice(query.indptr[row], query.indptr[row + 1])
            columns = query.indices[part]
            folded[row] = self._solve(columns, query.data[part], np.ones((len(columns), 1)))[:, 0]
        return folded @ self._white[self.features.blocks[kind]].T

    def explain(self, asked: Asked, kind: Kind, rows: Ints) -> tuple[tuple[Reason, ...], ...]:
        """Exact: x is linear in the sum over asked items, given which items are asked (Hu et al., section 5)."""
        check_kind(kind, self.kinds, self.method)
        query = self._asked(asked)
        if not query.nnz:
            return ((),) * len(rows)
        each = self._solve(query.indices, query.data, np.eye(query.nnz))
        parts = self._white[self.features.blocks[kind]][rows] @ each.astype(np.float32)
        names = [self.features.name_of(int(column)) for column in query.indices]
        return tuple(tuple(reasons(part, names)) for part in parts)

    def state(self) -> tuple[Arrays, dict[str, Any]]:
        white = {"white": self._white} if len(self.vectors) >= KEEPS_WHITE else {}
        return {"vectors": self.vectors, **white}, self.params.model_dump()

    def _solve(self, columns: NDArray[Any], weights: NDArray[Any], wanted: NDArray[Any]) -> NDArray[Any]:
        """(factors, w): Zᵀ(I + DZZᵀ)⁻¹c of the asked items, added up as `wanted` (asked, w) says."""
        white = self._white[columns].astype(np.float64)
        confidence = self.params.alpha * weights.astype(np.float64)[:, None]
        system = np.eye(len(columns)) + (confidence - 1) * (white @ white.T)
        return np.asarray(white.T @ np.linalg.solve(system, confidence * wanted))

    def _asked(self, asked: Asked) -> sp.csr_matrix:
        """Known items only: what no playlist of the corpus holds has a random vector, not a meaning."""
        query = times_columns(self.features.of(asked), self._known).copy()  # its pattern is other members' too
        query.eliminate_zeros()
        return query

    @cached_property
    def _known(self) -> Floats:
        return self.features.block_weights * (self.features.counts > 0)


def _placed(features: Features, older: Factors, seed: int) -> Floats:
    """(columns, factors): what an older model knows at its place, what is new near zero, where ALS begins."""
    size = older.vectors.shape[1]
    vectors = np.random.default_rng(seed).random((features.width, size), dtype=np.float32) * np.float32(0.01)
    rows = older.features.keys.get_indexer(features.keys)
    vectors[rows >= 0] = older.vectors[rows[rows >= 0]]
    return vectors


def _whitened(vectors: Floats, l2: float) -> Floats:
    """Rows z = L⁻¹y with LLᵀ = YᵀY + λI: inner products under that matrix's inverse are plain ones of these."""
    from scipy.linalg import cholesky, solve_triangular

    gram = l2 * np.eye(vectors.shape[1])
    for block in blocks(len(vectors), 2 * vectors.shape[1]):
        wide = vectors[block].astype(np.float64)
        gram += wide.T @ wide
    lower = cholesky(gram, lower=True)
    white = np.empty(vectors.shape, dtype=np.float32)
    for block in blocks(len(vectors), 2 * vectors.shape[1]):
        white[block] = solve_triangular(lower, vectors[block].astype(np.float64).T, lower=True).T
    return frozen(white)
