"""Neighbours: playlist k-nearest-neighbours, the items of the playlists most similar to the query.

sim(q, p) = cos(q·w, p·w) over the joint matrix with weights w = block weight · idf^`idf`;
s_j = Σ over the k most similar playlists of sim^`power` · [p contains j] / n_j^`popularity`.

Only playlists with an item that the query lacks are considered: a short query ("rock") equals so many short playlists
that otherwise none of the k would add anything.

User-based collaborative filtering with idf weighting (Breese, Heckerman & Kadie 1998, "Empirical analysis of predictive
algorithms"); for playlists: Kelen, Berecz, Béres & Benczúr 2018, "Efficient K-NN for playlist continuation".
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from tagviz.params import param
from tagviz.recommenders.features import BlockParams, transposed
from tagviz.recommenders.memory_based import MemoryBased, discounted
from tagviz.recommenders.sparse_ops import (
    check_kind,
    dense,
    inverse_lengths,
    row_normalised,
    scale_columns,
    scale_rows,
    top_of_rows,
)
from tagviz.types import Corpus, Floats, Ints, Kind, QueryBatch, Reason


class NeighboursParams(BlockParams):
    """Parameters of playlist k-nearest-neighbours."""

    k: int = param(300, "Number of similar playlists; more is smoother", first=True, ge=1, low=50, high=1000, log=True)
    power: float = param(
        2.0, "Exponent on the similarity; larger trusts the nearest more", first=True, ge=0, low=0.5, high=6
    )
    idf: float = param(1.0, "Exponent on the idf weight; larger trusts rare items more", ge=0, low=0, high=2)
    popularity: float = param(
        0.15,
        "Exponent on an item's count, by which its score is divided; larger recommends rarer items",
        ge=0,
        low=0,
        high=0.5,
    )


class Neighbours(MemoryBased):
    """Playlist k-nearest-neighbours with idf weights."""

    method = "neighbours"
    parameters = NeighboursParams
    params: NeighboursParams

    def __init__(self, corpus: Corpus, params: NeighboursParams) -> None:
        """Prepare the weighted playlists.

        Args:
            corpus: The playlists.
            params: Parameters.
        """
        super().__init__(corpus, params)
        self._weights = self.features.block_weights * self.features.idf**params.idf
        lengths = inverse_lengths(scale_columns(self.features.matrix, self._weights))
        self._playlists = scale_columns(scale_rows(self.features.transposed, self._weights), lengths)
        self._items = {kind: discounted(corpus, kind, params.popularity) for kind in self.kinds}
        self._transposed = {kind: transposed(corpus, kind) for kind in self.kinds}

    def score(self, asked: QueryBatch, kind: Kind) -> Floats:
        """Score items by the formula of the module. Arguments as in `Recommender.score`."""
        check_kind(kind, self.kinds, self.method)
        return dense(self._nearest(self._query_matrix(asked), asked, kind) @ self._items[kind])

    def explain(self, asked: QueryBatch, kind: Kind, rows: Ints) -> tuple[tuple[Reason, ...], ...]:
        """Return exact reasons: the score is a sum over playlists, each shared among the items it has in common.

        Arguments as in `Recommender.explain`.
        """
        check_kind(kind, self.kinds, self.method)
        query = self._query_matrix(asked)
        nearest = self._nearest(query, asked, kind)
        playlists = nearest.indices
        common = self._playlists[query.indices][:, playlists].multiply(query.data[:, None]).tocsc()
        shares = sp.csr_matrix(common @ sp.diags(1.0 / np.maximum(np.asarray(common.sum(axis=0)).ravel(), 1e-12)))
        brought = sp.csc_matrix(sp.diags(nearest.data) @ self._items[kind][playlists])[:, rows]
        return self.combined_reasons(query.indices, dense(shares @ brought), playlists, brought)

    def _query_matrix(self, asked: QueryBatch) -> sp.csr_matrix:
        return row_normalised(scale_columns(self.features.of(asked), self._weights))

    def _nearest(self, query: sp.csr_matrix, asked: QueryBatch, kind: Kind) -> sp.csr_matrix:
        """Return CSR (q, playlists): similarity^power of the k nearest playlists that have something to add."""
        similar = sp.csr_matrix(query @ self._playlists)
        similar = top_of_rows(_remove_entries(similar, self._without_new_items(asked, kind)), self.params.k)
        similar.data = similar.data**self.params.power
        return similar

    def _without_new_items(self, asked: QueryBatch, kind: Kind) -> sp.csr_matrix:
        """Return CSR (q, playlists): 1 where the query contains every item of this kind that the playlist has."""
        common = sp.csr_matrix(asked.items[kind].astype(bool).astype(np.float32) @ self._transposed[kind])
        common.data = (common.data >= np.diff(self.corpus.matrix(kind).indptr)[common.indices]).astype(np.float32)
        common.eliminate_zeros()
        return common


def _remove_entries(matrix: sp.csr_matrix, out: sp.csr_matrix) -> sp.csr_matrix:
    """Return the matrix without the entries where `out` has one."""
    if out.nnz == 0:
        return matrix
    kept = sp.csr_matrix(matrix - matrix.multiply(out))
    kept.eliminate_zeros()
    return kept
