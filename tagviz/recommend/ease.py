"""EASE: the linear model that best predicts each item of a playlist from the playlist's other items, in closed form.

P = (XᵀX + λI + p/(1−p)·diag(XᵀX))⁻¹, B_ij = −P_ij / P_jj off the diagonal, s = q B.

Steck 2019, "Embarrassingly shallow autoencoders for sparse data"; the dropout term p on the diagonal is EDLAE,
Steck 2020, "Autoencoders that don't overfit towards the identity". Needs a dense items × items inverse, hence tags and
small catalogues only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.errors import BadParameter
from tagviz.methods import Arrays, Tools
from tagviz.params import knob
from tagviz.recommend.features import BlockParams, Features
from tagviz.recommend.shared import check_kind, dense, reasons
from tagviz.types import Asked, Corpus, Floats, Ints, Kind, Progress, Reason, frozen


class EaseParams(BlockParams):
    """Settings of EASE."""

    l2: float = knob(
        10.0,
        "Ridge penalty λ; larger keeps to what many playlists agree on",
        first=True,
        ge=1e-3,
        low=1,
        high=1000,
        log=True,
    )
    dropout: float = knob(
        0.7,
        "Share of the input thought away while fitting; larger leans less on a single item",
        first=True,
        ge=0,
        le=0.95,
        low=0,
        high=0.9,
    )
    length: float = knob(
        0.6, "Exponent on a playlist's length; larger trusts short playlists more", ge=0, low=0, high=2
    )
    min_count: int = knob(2, "Items in fewer playlists are left out", ge=1)
    keep: int = knob(
        400, "Weights kept per answered item (the largest); more is closer to the full model, and larger on disk", ge=10
    )
    max_items: int = knob(
        16000, "More items than this are refused: memory grows with their square, time with their cube", ge=10
    )


class Ease:
    """EDLAE over the joint matrix; weights kept sparse, `keep` per answered item."""

    method = "ease"

    def __init__(self, corpus: Corpus, params: EaseParams, weights: Mapping[Kind, sp.csr_matrix]) -> None:
        self.corpus = corpus
        self.params = params
        self.kinds = frozenset(weights)
        self.features = Features(corpus, params)
        self._weights = weights

    @staticmethod
    def used(features: Features, params: EaseParams) -> NDArray[np.int64]:
        """The columns that are learned from."""
        return np.flatnonzero(features.counts >= params.min_count)

    @classmethod
    def fit(cls, corpus: Corpus, params: EaseParams, tools: Tools) -> Ease:
        """Raises BadParameter when more than `max_items` items occur in `min_count` playlists."""
        features = Features(corpus, params)
        used = cls.used(features, params)
        if len(used) > params.max_items:
            raise BadParameter(
                f"EASE is not for {len(used):,} items",
                f"it inverts a matrix of that size; at most {params.max_items:,} are accepted",
                "raise min_count, or use cooccurrence, factors or neighbours",
            )
        tools.progress(Progress("Inverting", None, f"{len(used):,} items"))
        matrix = features.matrix[:, used]
        lengths = np.maximum(1, np.diff(matrix.indptr)).astype(np.float32)
        matrix = sp.csr_matrix(
            sp.diags(lengths ** (-params.length / 2)) @ matrix @ sp.diags(features.block_weights[used])
        )
        solved = _solve(dense(matrix.T @ matrix), params.l2, params.dropout)
        weights = {}
        for kind in (Kind.TAG, Kind.SONG):
            block = features.blocks.get(kind)
            if block is not None and corpus.has(kind):
                chosen = np.flatnonzero((used >= block.start) & (used < block.stop))
                shape = (features.width, block.stop - block.start)
                weights[kind] = _largest(solved, used, chosen, used[chosen] - block.start, shape, params.keep)
        return cls(corpus, params, weights)

    @classmethod
    def restore(cls, arrays: Arrays, params: Mapping[str, Any], corpus: Corpus) -> Ease:
        parsed = EaseParams.parse(params)
        width = Features(corpus, parsed).width
        weights = {}
        for kind in (Kind.TAG, Kind.SONG):
            if f"{kind}.data" in arrays:
                parts = (arrays[f"{kind}.data"], arrays[f"{kind}.indices"], arrays[f"{kind}.indptr"])
                weights[kind] = sp.csr_matrix(parts, shape=(width, len(corpus.vocab(kind))))
        return cls(corpus, parsed, weights)

    def score(self, asked: Asked, kind: Kind) -> Floats:
        check_kind(kind, self.kinds, self.method)
        return dense(self._asked(asked) @ self._weights[kind])

    def explain(self, asked: Asked, kind: Kind, rows: Ints) -> tuple[tuple[Reason, ...], ...]:
        """Exact: the score is a sum over asked items."""
        check_kind(kind, self.kinds, self.method)
        query = self._asked(asked)
        parts = dense(sp.diags(query.data) @ self._weights[kind][query.indices][:, rows])
        names = [self.features.name_of(int(column)) for column in query.indices]
        return tuple(tuple(reasons(parts[:, number], names)) for number in range(len(rows)))

    def state(self) -> tuple[Arrays, dict[str, Any]]:
        arrays: Arrays = {}
        for kind, weights in self._weights.items():
            arrays[f"{kind}.data"] = frozen(weights.data, np.float32)
            arrays[f"{kind}.indices"] = frozen(weights.indices, np.int32)
            arrays[f"{kind}.indptr"] = frozen(weights.indptr, np.int64)
        return arrays, self.params.model_dump()

    def _asked(self, asked: Asked) -> sp.csr_matrix:
        return sp.csr_matrix(self.features.of(asked) @ sp.diags(self.features.block_weights))


def _solve(gram: Floats, l2: float, dropout: float) -> Floats:
    """B of the formula above, (items, items), zero diagonal; `gram` is overwritten."""
    from scipy.linalg import lapack

    diagonal = np.arange(len(gram))
    gram[diagonal, diagonal] += l2 + dropout / (1 - dropout) * gram[diagonal, diagonal]
    factor, failed = lapack.spotrf(gram, lower=0, overwrite_a=1, clean=1)
    inverse, failed_too = lapack.spotri(factor, lower=0, overwrite_c=1)
    if failed or failed_too:
        raise BadParameter(
            "EASE could not be solved", "the matrix is not positive definite in float32", "use a larger l2"
        )
    inverse = np.triu(inverse) + np.triu(inverse, 1).T
    inverse /= -inverse[diagonal, diagonal]
    inverse[diagonal, diagonal] = 0
    return np.asarray(inverse, dtype=np.float32)


def _largest(
    solved: Floats, used: NDArray[Any], chosen: NDArray[Any], targets: NDArray[Any], shape: tuple[int, int], keep: int
) -> sp.csr_matrix:
    """The `keep` largest weights by size of each chosen column, as (all columns, items of the kind)."""
    keep = min(keep, len(solved))
    rows, columns, values = [], [], []
    for start in range(0, len(chosen), 512):
        part = solved[:, chosen[start : start + 512]]
        best = np.argpartition(-np.abs(part), keep - 1, axis=0)[:keep]
        rows.append(used[best].ravel())
        columns.append(np.broadcast_to(targets[start : start + 512], best.shape).ravel())
        values.append(np.take_along_axis(part, best, axis=0).ravel())
    if not rows:
        return sp.csr_matrix(shape, dtype=np.float32)
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return sp.csr_matrix(entries, shape=shape, dtype=np.float32)
