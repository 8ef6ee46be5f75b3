"""Cooccurrence: what stands in the same playlists as the asked items, corrected for how common both are.

s_j = Σ_i q_i C_ij / (n_i^a · n_j^b) with C = Σ over playlists of x xᵀ / |p|^`length`, never formed: (q Xᵀ) X,
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

from tagviz.params import knob
from tagviz.recommend.counting import Counting, divided_holders, fewer
from tagviz.recommend.features import BlockParams, part_of_rows
from tagviz.recommend.shared import check_kind, dense, times_columns
from tagviz.types import Asked, Corpus, Floats, Ints, Kind, Reason

LARGE = 500_000
"""Entries of the playlists from which each question's own ones are looked up; fewer are multiplied in one go."""
CACHED = 4096
"""Items that are scored at a time."""
SHARE = 0.25
"""Of what all playlists hold, the part from which a product with all of them is quicker than one with those that count:
a common tag is in thousands."""


class CooccurrenceParams(BlockParams):
    """Settings of normalised co-occurrence."""

    tag: float = knob(0.3, "Weight of tags", ge=0, low=0.1, high=4, log=True)
    word: float = knob(0.3, "Weight of title words", ge=0, low=0.1, high=4, log=True)
    title: float = knob(2.5, "Weight of the whole title read as a tag", ge=0, low=0.1, high=4, log=True)
    a: float = knob(
        0.7,
        "Exponent on the asked item's count; larger listens more to rare asked items",
        first=True,
        ge=0,
        low=0,
        high=1.2,
    )
    b: float = knob(
        0.15, "Exponent on the answered item's count; larger answers with rarer items", first=True, ge=0, low=0, high=1
    )
    length: float = knob(
        0.6, "Exponent on a playlist's length; larger trusts short playlists more", ge=0, low=0, high=2
    )


class Cooccurrence(Counting):
    """Normalised item–item co-occurrence over the joint matrix."""

    method = "cooccurrence"
    parameters = CooccurrenceParams
    params: CooccurrenceParams

    def __init__(self, corpus: Corpus, params: CooccurrenceParams) -> None:
        super().__init__(corpus, params)
        lengths = np.maximum(1, np.diff(self.features.matrix.indptr)).astype(np.float32)
        by_count = np.maximum(1, self.features.counts).astype(np.float32) ** -params.a
        self._column_weights = self.features.block_weights * by_count
        self._playlists = times_columns(self.features.holders, lengths**-params.length)
        self._fewer = {kind: fewer(corpus, kind, params.b) for kind in self.kinds}
        self._answers = {kind: divided_holders(corpus, kind, params.b) for kind in self.kinds}

    def score(self, asked: Asked, kind: Kind) -> Floats:
        check_kind(kind, self.kinds, self.method)
        weights, lists = sp.csr_matrix(self._asked(asked) @ self._playlists), self.corpus.matrix(kind)
        result = np.empty((len(asked), lists.shape[1]), dtype=np.float32)
        held = np.concatenate([[0], np.cumsum(np.diff(lists.indptr)[weights.indices])])[weights.indptr]
        many = np.diff(held) > (SHARE * lists.nnz if lists.nnz > LARGE else -1)
        rarity = self._fewer[kind]
        for row in np.flatnonzero(~many):
            part = slice(weights.indptr[row], weights.indptr[row + 1])
            np.multiply(lists[weights.indices[part]].T @ weights.data[part], rarity, out=result[row])
        if many.any():
            self._all(weights[many], kind, many, result)
        return result

    def _all(self, weights: sp.csr_matrix, kind: Kind, rows: NDArray[np.bool_], result: Floats) -> None:
        """Fills in these rows by a product with all playlists, item after item."""
        answers, dense_weights = self._answers[kind], np.ascontiguousarray(dense(weights).T)
        for start in range(0, answers.shape[0], CACHED):  # turned while the processor's cache holds it
            block = slice(start, min(start + CACHED, answers.shape[0]))
            result[rows, block] = (part_of_rows(answers, block) @ dense_weights).T

    def explain(self, asked: Asked, kind: Kind, rows: Ints) -> tuple[tuple[Reason, ...], ...]:
        """Exact: the score is a sum over asked items, and a sum over the playlists they share with the item."""
        check_kind(kind, self.kinds, self.method)
        query = self._asked(asked)
        items = sp.csc_matrix(self._answers[kind][rows].T)
        by_item = dense(sp.diags(query.data) @ self._playlists[query.indices] @ items)
        by_playlist = sp.csc_matrix(sp.diags(dense(query @ self._playlists).ravel()) @ items)
        return self.told(query.indices, by_item, np.arange(len(self.corpus)), by_playlist)

    def _asked(self, asked: Asked) -> sp.csr_matrix:
        return times_columns(self.features.of(asked), self._column_weights)
