"""Co-occurrence: items that are in the same playlists as those of the query, corrected for popularity.

s_j = Σ_i q_i C_ij / (n_i^a · n_j^b) with C = Σ over playlists of x xᵀ / |p|^`length`. C is never computed: (q Xᵀ) X are
two sparse products.

Item-based collaborative filtering (Deshpande & Karypis 2004, "Item-based top-N recommendation algorithms") with the
asymmetric normalisation of Aiolli 2013, "Efficient top-N recommendation for very large scale binary rated datasets";
with length = 1 it is the random walk RP3β of Paudel et al. 2017, "Updatable, accurate, diverse, and scalable
recommendations for interactive applications".
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.params import param
from tagviz.recommenders.features import BlockParams, row_block
from tagviz.recommenders.memory_based import MemoryBased, discounted_transposed, popularity_discount
from tagviz.recommenders.sparse_ops import check_kind, dense, scale_columns
from tagviz.types import Corpus, Floats, Ints, Kind, QueryBatch, Reason

LARGE = 500_000
"""Number of entries of the playlists from which only the playlists of each query are read; below, all are multiplied.
"""
CACHED = 4096
"""Items that are scored at a time."""
SHARE = 0.25
"""Share of all entries above which a product with all playlists is faster than one with those of the query."""


class CooccurrenceParams(BlockParams):
    """Parameters of normalised co-occurrence."""

    tag: float = param(0.3, "Weight of tags", ge=0, low=0.1, high=4, log=True)
    word: float = param(0.3, "Weight of title words", ge=0, low=0.1, high=4, log=True)
    title: float = param(2.5, "Weight of the whole title read as a tag", ge=0, low=0.1, high=4, log=True)
    a: float = param(
        0.7,
        "Exponent on a query item's count; larger gives rare items of the query more weight",
        first=True,
        ge=0,
        low=0,
        high=1.2,
    )
    b: float = param(
        0.15, "Exponent on a recommended item's count; larger recommends rarer items", first=True, ge=0, low=0, high=1
    )
    length: float = param(
        0.6, "Exponent on a playlist's length; larger trusts short playlists more", ge=0, low=0, high=2
    )


class Cooccurrence(MemoryBased):
    """Normalised item–item co-occurrence over the joint matrix."""

    method = "cooccurrence"
    parameters = CooccurrenceParams
    params: CooccurrenceParams

    def __init__(self, corpus: Corpus, params: CooccurrenceParams) -> None:
        """Prepare the weighted playlists.

        Args:
            corpus: The playlists.
            params: Parameters.
        """
        super().__init__(corpus, params)
        lengths = np.maximum(1, np.diff(self.features.matrix.indptr)).astype(np.float32)
        by_count = np.maximum(1, self.features.counts).astype(np.float32) ** -params.a
        self._column_weights = self.features.block_weights * by_count
        self._playlists = scale_columns(self.features.transposed, lengths**-params.length)
        self._discount = {kind: popularity_discount(corpus, kind, params.b) for kind in self.kinds}
        self._items = {kind: discounted_transposed(corpus, kind, params.b) for kind in self.kinds}

    def score(self, asked: QueryBatch, kind: Kind) -> Floats:
        """Score items by the formula of the module. Arguments as in `Recommender.score`."""
        check_kind(kind, self.kinds, self.method)
        weights, lists = sp.csr_matrix(self._query_matrix(asked) @ self._playlists), self.corpus.matrix(kind)
        scores = np.empty((len(asked), lists.shape[1]), dtype=np.float32)
        held = np.concatenate([[0], np.cumsum(np.diff(lists.indptr)[weights.indices])])[weights.indptr]
        many = np.diff(held) > (SHARE * lists.nnz if lists.nnz > LARGE else -1)
        rarity = self._discount[kind]
        for row in np.flatnonzero(~many):
            part = slice(weights.indptr[row], weights.indptr[row + 1])
            np.multiply(lists[weights.indices[part]].T @ weights.data[part], rarity, out=scores[row])
        if many.any():
            self._score_with_all(weights[many], kind, many, scores)
        return scores

    def _score_with_all(self, weights: sp.csr_matrix, kind: Kind, rows: NDArray[np.bool_], scores: Floats) -> None:
        """Score these rows by a product with all playlists, a block of items at a time."""
        items, dense_weights = self._items[kind], np.ascontiguousarray(dense(weights).T)
        for start in range(0, items.shape[0], CACHED):  # transposed while the processor's cache holds it
            block = slice(start, min(start + CACHED, items.shape[0]))
            scores[rows, block] = (row_block(items, block) @ dense_weights).T

    def explain(self, asked: QueryBatch, kind: Kind, rows: Ints) -> tuple[tuple[Reason, ...], ...]:
        """Return exact reasons: the score is a sum over the query's items, and over playlists.

        Arguments as in `Recommender.explain`.
        """
        check_kind(kind, self.kinds, self.method)
        query = self._query_matrix(asked)
        items = sp.csc_matrix(self._items[kind][rows].T)
        by_item = dense(sp.diags(query.data) @ self._playlists[query.indices] @ items)
        by_playlist = sp.csc_matrix(sp.diags(dense(query @ self._playlists).ravel()) @ items)
        return self.combined_reasons(query.indices, by_item, np.arange(len(self.corpus)), by_playlist)

    def _query_matrix(self, asked: QueryBatch) -> sp.csr_matrix:
        return scale_columns(self.features.of(asked), self._column_weights)
