"""Neighbours: the playlists most like the query, and what they hold.

sim(q, p) = cos(q·w, p·w) over the joint matrix with weights w = block weight · idf^`idf`;
s_j = Σ over the k most similar playlists of sim^`power` · [p holds j] / n_j^`popularity`.

Only playlists that hold something the query does not are looked at: a short query ("rock") equals so many short
playlists that otherwise none of the k would have anything to add.

User-based collaborative filtering with idf weighting (Breese, Heckerman & Kadie 1998, "Empirical analysis of
predictive algorithms"); for playlists: Kelen, Berecz, Béres & Benczúr 2018, "Efficient K-NN for playlist continuation".
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from tagviz.params import knob
from tagviz.recommend.counting import Counting, divided
from tagviz.recommend.features import BlockParams, holders
from tagviz.recommend.shared import (
    check_kind,
    dense,
    inverse_lengths,
    row_normalised,
    times_columns,
    times_rows,
    top_of_rows,
)
from tagviz.types import Asked, Corpus, Floats, Ints, Kind, Reason


class NeighboursParams(BlockParams):
    """Settings of playlist neighbours."""

    k: int = knob(
        300, "How many playlists are looked at; more is smoother", first=True, ge=1, low=50, high=1000, log=True
    )
    power: float = knob(
        2.0, "Exponent on the similarity; larger trusts the nearest more", first=True, ge=0, low=0.5, high=6
    )
    idf: float = knob(1.0, "Exponent on the idf weight; larger trusts rare items more", ge=0, low=0, high=2)
    popularity: float = knob(
        0.15, "Exponent on an item's count that its score is divided by; larger means less known", ge=0, low=0, high=0.5
    )


class Neighbours(Counting):
    """idf-weighted playlist k-nearest-neighbours."""

    method = "neighbours"
    parameters = NeighboursParams
    params: NeighboursParams

    def __init__(self, corpus: Corpus, params: NeighboursParams) -> None:
        super().__init__(corpus, params)
        self._weights = self.features.block_weights * self.features.idf**params.idf
        lengths = inverse_lengths(times_columns(self.features.matrix, self._weights))
        self._playlists = times_columns(times_rows(self.features.holders, self._weights), lengths)
        self._items = {kind: divided(corpus, kind, params.popularity) for kind in self.kinds}
        self._holders = {kind: holders(corpus, kind) for kind in self.kinds}

    def score(self, asked: Asked, kind: Kind) -> Floats:
        check_kind(kind, self.kinds, self.method)
        return dense(self._nearest(self._asked(asked), asked, kind) @ self._items[kind])

    def explain(self, asked: Asked, kind: Kind, rows: Ints) -> tuple[tuple[Reason, ...], ...]:
        """Exact: the score is a sum over playlists, and each one's part is shared among what is common."""
        check_kind(kind, self.kinds, self.method)
        query = self._asked(asked)
        nearest = self._nearest(query, asked, kind)
        playlists = nearest.indices
        common = self._playlists[query.indices][:, playlists].multiply(query.data[:, None]).tocsc()
        shares = sp.csr_matrix(common @ sp.diags(1.0 / np.maximum(np.asarray(common.sum(axis=0)).ravel(), 1e-12)))
        brought = sp.csc_matrix(sp.diags(nearest.data) @ self._items[kind][playlists])[:, rows]
        return self.told(query.indices, dense(shares @ brought), playlists, brought)

    def _asked(self, asked: Asked) -> sp.csr_matrix:
        return row_normalised(times_columns(self.features.of(asked), self._weights))

    def _nearest(self, query: sp.csr_matrix, asked: Asked, kind: Kind) -> sp.csr_matrix:
        """(q, playlists): similarity^power of each query's k nearest playlists that have something to add."""
        similar = sp.csr_matrix(query @ self._playlists)
        similar = top_of_rows(_without(similar, self._exhausted(asked, kind)), self.params.k)
        similar.data = similar.data**self.params.power
        return similar

    def _exhausted(self, asked: Asked, kind: Kind) -> sp.csr_matrix:
        """(q, playlists): 1 where the query holds every item of this kind that the playlist holds."""
        common = sp.csr_matrix(asked.items[kind].astype(bool).astype(np.float32) @ self._holders[kind])
        common.data = (common.data >= np.diff(self.corpus.matrix(kind).indptr)[common.indices]).astype(np.float32)
        common.eliminate_zeros()
        return common


def _without(matrix: sp.csr_matrix, out: sp.csr_matrix) -> sp.csr_matrix:
    """The matrix without the entries where `out` has one."""
    if out.nnz == 0:
        return matrix
    kept = sp.csr_matrix(matrix - matrix.multiply(out))
    kept.eliminate_zeros()
    return kept
