"""An embedding seen from its corpus: which items have vectors, what a query holds of them, and who lies near whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.types import Asked, Corpus, Embedding, Floats, Ints, Kind

BLOCK_BYTES = 64 * 2**20
"""Size of one block of similarities while it is computed."""


@dataclass(frozen=True, eq=False)
class Space:
    """The vectors of `embedding` for the items of `corpus`; both may know items that the other does not."""

    corpus: Corpus
    embedding: Embedding

    def known(self, kind: Kind) -> tuple[NDArray[np.intp], Ints]:
        """Rows of the corpus that have a vector, and the embedding's rows (within the kind's block) of the same
        items."""
        if kind not in self._known:
            found = self.within(kind)
            rows = np.flatnonzero(found >= 0)
            self._known[kind] = rows, found[rows]
        return self._known[kind]

    @cached_property
    def _known(self) -> dict[Kind, tuple[NDArray[np.intp], Ints]]:
        return {}

    def within(self, kind: Kind) -> Ints:
        """(n_kind of the corpus,): the embedding's row of each item, within the kind's block; −1 without a vector."""
        if kind not in self._within:
            self._within[kind] = self.embedding.rows_in(self.corpus.vocab(kind))
        return self._within[kind]

    @cached_property
    def _within(self) -> dict[Kind, Ints]:
        return {}

    def held(self, kind: Kind) -> sp.csr_matrix:
        """(playlists, n_kind of the embedding): one kind's block of `playlists`."""
        if kind not in self._held:
            self._held[kind] = sp.csr_matrix(self.playlists[:, self.embedding.blocks[kind]])
        return self._held[kind]

    @cached_property
    def _held(self) -> dict[Kind, sp.csr_matrix]:
        return {}

    def asked(self, asked: Asked) -> sp.csr_matrix:
        """(q, n) float32: what each query holds of the embedding's n items, as its matrices say (1 = asked)."""
        return self._joint({kind: asked.items[kind] for kind in asked.items}, len(asked))

    @cached_property
    def playlists(self) -> sp.csr_matrix:
        """(playlists, n) float32: what each playlist of the corpus holds of the embedding's items."""
        kinds = [kind for kind in (Kind.TAG, Kind.SONG, Kind.WORD) if kind in self.embedding.vocabs]
        return self._joint({kind: self.corpus.matrix(kind) for kind in kinds}, len(self.corpus))

    @cached_property
    def playlist_vectors(self) -> Floats:
        """(playlists, d) unit float32: the mean direction of each playlist's items; zero where none has a vector."""
        return unit(np.asarray(self.playlists @ self.embedding.vectors))

    def _joint(self, matrices: dict[Kind, sp.csr_matrix], count: int) -> sp.csr_matrix:
        parts = []
        for kind, vocab in self.embedding.vocabs.items():
            if kind not in matrices:
                parts.append(sp.csr_matrix((count, len(vocab)), dtype=np.float32))
                continue
            given = matrices[kind]
            columns = self.within(kind)[given.indices]
            kept = columns >= 0
            indptr = np.concatenate([[0], np.cumsum(kept)])[given.indptr]
            shape = (count, len(vocab))
            parts.append(sp.csr_matrix((given.data[kept].astype(np.float32), columns[kept], indptr), shape=shape))
        return sp.csr_matrix(sp.hstack(parts, format="csr", dtype=np.float32))

    def spread(self, scores: Floats | sp.csr_matrix, kind: Kind, nothing: NDArray[np.bool_]) -> Floats:
        """Scores of the embedding's block (q, n_kind of it) over the corpus's items: one without a vector gets its
        row's lowest score, and a query with `nothing` known a row of zeros. Of CSR what has no entry has scored 0."""
        if sp.issparse(scores):
            return self._spread_few(sp.csr_matrix(scores), kind, nothing)
        places, absent = self._spread(kind)
        result = np.empty((scores.shape[0], len(places)), dtype=np.float32)
        result[nothing if len(absent) < len(places) else slice(None)] = 0
        if len(absent) < len(places):
            for row in np.flatnonzero(~nothing):  # row by row: at a million items memory is what takes the time
                to = np.take(scores[row], places, out=result[row], mode="clip")
                to[absent] = to.min()
        return result

    def _spread_few(self, scores: sp.csr_matrix, kind: Kind, nothing: NDArray[np.bool_]) -> Floats:
        rows, within = self.known(kind)
        every = np.array_equal(within, np.arange(scores.shape[1]))
        found = scores if every else sp.csr_matrix(scores[:, within])
        result = np.zeros((scores.shape[0], len(self.within(kind))), dtype=np.float32)
        if len(rows):
            result[np.repeat(np.arange(len(result)), np.diff(found.indptr)), rows[found.indices]] = found.data
            for row in np.flatnonzero(np.diff(found.indptr) == len(rows)):
                result[row, self._spread(kind)[1]] = result[row, rows].min()
            result[nothing] = 0
        return result

    def _spread(self, kind: Kind) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Where each item of the corpus stands in the embedding's block, and which stand nowhere (and borrow the place
        of one that does)."""
        if kind not in self._places:
            found = self.within(kind)
            places = np.where(found < 0, found.max(initial=0), found).astype(np.intp)
            self._places[kind] = places, np.flatnonzero(found < 0)
        return self._places[kind]

    @cached_property
    def _places(self) -> dict[Kind, tuple[NDArray[np.intp], NDArray[np.intp]]]:
        return {}

    def names(self, items: NDArray[np.integer]) -> list[tuple[str, str]]:
        """Key and label of items given by their row in the whole embedding."""
        items = np.asarray(items)
        named: dict[int, tuple[str, str]] = {}
        for kind, block in self.embedding.blocks.items():
            places = np.flatnonzero((items >= block.start) & (items < block.stop))
            vocab, rows = self.embedding.vocabs[kind], items[places] - block.start
            named.update(zip(places.tolist(), zip(vocab.keys(rows), vocab.label_list(rows), strict=True), strict=True))
        return [named[place] for place in range(len(items))]


def unit(vectors: Floats) -> Floats:
    """Rows of length 1; rows of zeros stay."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    result: Floats = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return result


def blocks(count: int, width: int) -> Iterator[slice]:
    """Slices over `count` rows such that a float32 block of `width` columns stays within BLOCK_BYTES."""
    size = max(1, BLOCK_BYTES // max(1, 4 * width))
    for start in range(0, count, size):
        yield slice(start, min(count, start + size))


def nearest(queries: Floats, targets: Floats, k: int) -> sp.csr_matrix:
    """(q, n) CSR of the k largest products of each query with the targets, exact, blocked; entries that are not
    positive are left out."""
    count = len(targets)
    k = min(k, count)
    rows, columns, values = [], [], []
    for block in blocks(len(queries), count):
        products = queries[block] @ targets.T
        best = (
            np.argpartition(products, count - k, axis=1)[:, count - k :]
            if k < count
            else np.tile(np.arange(count), (len(products), 1))
        )
        found = np.take_along_axis(products, best, axis=1)
        keep = found > 0
        rows.append(np.repeat(np.arange(block.start, block.stop), keep.sum(axis=1)))
        columns.append(best[keep])
        values.append(found[keep])
    if not rows:
        return sp.csr_matrix((0, count), dtype=np.float32)
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return sp.csr_matrix(entries, shape=(len(queries), count), dtype=np.float32)
