"""The items of an embedding within a corpus: vectors, contents of queries and playlists, nearest neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.types import Corpus, Embedding, Floats, Ints, Kind, QueryBatch

BLOCK_BYTES = 64 * 2**20
"""Size of one block of similarities."""


@dataclass(frozen=True, eq=False)
class ItemSpace:
    """The vectors of an embedding for the items of a corpus; each may have items that the other lacks.

    Attributes:
        corpus: The corpus.
        embedding: The embedding.
    """

    corpus: Corpus
    embedding: Embedding

    def known(self, kind: Kind) -> tuple[NDArray[np.intp], Ints]:
        """Return the rows of the corpus items that have a vector.

        Returns:
            Their rows in the corpus, and their rows within the embedding's block of the kind.
        """
        if kind not in self._known:
            in_embedding = self.embedding_rows(kind)
            rows = np.flatnonzero(in_embedding >= 0)
            self._known[kind] = rows, in_embedding[rows]
        return self._known[kind]

    @cached_property
    def _known(self) -> dict[Kind, tuple[NDArray[np.intp], Ints]]:
        return {}

    def embedding_rows(self, kind: Kind) -> Ints:
        """Return int32 (n_kind of the corpus,): each item's row within the embedding's block; −1 without a vector."""
        if kind not in self._embedding_rows:
            self._embedding_rows[kind] = self.embedding.rows_in(self.corpus.vocab(kind))
        return self._embedding_rows[kind]

    @cached_property
    def _embedding_rows(self) -> dict[Kind, Ints]:
        return {}

    def playlists_of(self, kind: Kind) -> sp.csr_matrix:
        """Return CSR (playlists, n_kind of the embedding): the block of one kind of `playlists`."""
        if kind not in self._playlists_of:
            self._playlists_of[kind] = sp.csr_matrix(self.playlists[:, self.embedding.blocks[kind]])
        return self._playlists_of[kind]

    @cached_property
    def _playlists_of(self) -> dict[Kind, sp.csr_matrix]:
        return {}

    def query_matrix(self, asked: QueryBatch) -> sp.csr_matrix:
        """Return float32 CSR (q, n): the query weights of the embedding's n items."""
        if asked not in self._queries:
            self._queries[asked] = self._joint({kind: asked.items[kind] for kind in asked.items}, len(asked))
        return self._queries[asked]

    @cached_property
    def _queries(self) -> WeakKeyDictionary[QueryBatch, sp.csr_matrix]:
        return WeakKeyDictionary()

    @cached_property
    def playlists(self) -> sp.csr_matrix:
        """float32 CSR (playlists, n): the embedding's items in each playlist of the corpus."""
        kinds = [kind for kind in (Kind.TAG, Kind.SONG, Kind.WORD) if kind in self.embedding.vocabs]
        return self._joint({kind: self.corpus.matrix(kind) for kind in kinds}, len(self.corpus))

    @cached_property
    def playlist_vectors(self) -> Floats:
        """Mean direction of each playlist's items, unit float32 (playlists, d); zero where none has a vector."""
        return unit(np.asarray(self.playlists @ self.embedding.vectors))

    def _joint(self, matrices: dict[Kind, sp.csr_matrix], count: int) -> sp.csr_matrix:
        parts = []
        for kind, vocab in self.embedding.vocabs.items():
            if kind not in matrices:
                parts.append(sp.csr_matrix((count, len(vocab)), dtype=np.float32))
                continue
            matrix = matrices[kind]
            columns = self.embedding_rows(kind)[matrix.indices]
            kept = columns >= 0
            indptr = np.concatenate([[0], np.cumsum(kept)])[matrix.indptr]
            shape = (count, len(vocab))
            parts.append(sp.csr_matrix((matrix.data[kept].astype(np.float32), columns[kept], indptr), shape=shape))
        return sp.csr_matrix(sp.hstack(parts, format="csr", dtype=np.float32))

    def spread(self, scores: Floats | sp.csr_matrix, kind: Kind, nothing: NDArray[np.bool_]) -> Floats:
        """Map scores of the embedding's items to the items of the corpus.

        Args:
            scores: float32 (q, n_kind of the embedding), dense or CSR; a missing entry of CSR is a score of 0.
            kind: Kind of the items.
            nothing: bool (q,), queries without a known item; they get a row of zeros.

        Returns:
            float32 (q, n_kind of the corpus); an item without a vector gets the lowest score of its row.
        """
        if sp.issparse(scores):
            return self._spread_sparse(sp.csr_matrix(scores), kind, nothing)
        places, absent = self._places_of(kind)
        spread = np.empty((scores.shape[0], len(places)), dtype=np.float32)
        spread[nothing if len(absent) < len(places) else slice(None)] = 0
        if len(absent) < len(places):
            for row in np.flatnonzero(~nothing):  # row by row: at a million items memory is what takes the time
                to = np.take(scores[row], places, out=spread[row], mode="clip")
                to[absent] = to.min()
        return spread

    def _spread_sparse(self, scores: sp.csr_matrix, kind: Kind, nothing: NDArray[np.bool_]) -> Floats:
        rows, in_embedding = self.known(kind)
        every = np.array_equal(in_embedding, np.arange(scores.shape[1]))
        known = scores if every else sp.csr_matrix(scores[:, in_embedding])
        spread = np.zeros((scores.shape[0], len(self.embedding_rows(kind))), dtype=np.float32)
        if len(rows):
            spread[np.repeat(np.arange(len(spread)), np.diff(known.indptr)), rows[known.indices]] = known.data
            for row in np.flatnonzero(np.diff(known.indptr) == len(rows)):
                spread[row, self._places_of(kind)[1]] = spread[row, rows].min()
            spread[nothing] = 0
        return spread

    def _places_of(self, kind: Kind) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return each corpus item's place in the embedding's block, and the items without one (they borrow a place)."""
        if kind not in self._places:
            in_embedding = self.embedding_rows(kind)
            places = np.where(in_embedding < 0, in_embedding.max(initial=0), in_embedding).astype(np.intp)
            self._places[kind] = places, np.flatnonzero(in_embedding < 0)
        return self._places[kind]

    @cached_property
    def _places(self) -> dict[Kind, tuple[NDArray[np.intp], NDArray[np.intp]]]:
        return {}

    def names(self, items: NDArray[np.integer]) -> list[tuple[str, str]]:
        """Return key and label of items by their rows in the whole embedding."""
        items = np.asarray(items)
        named: dict[int, tuple[str, str]] = {}
        for kind, block in self.embedding.blocks.items():
            places = np.flatnonzero((items >= block.start) & (items < block.stop))
            vocab, rows = self.embedding.vocabs[kind], items[places] - block.start
            named.update(zip(places.tolist(), zip(vocab.keys(rows), vocab.label_list(rows), strict=True), strict=True))
        return [named[place] for place in range(len(items))]


def unit(vectors: Floats) -> Floats:
    """Scale rows to length 1; rows of zeros stay."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Floats = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return scaled


def blocks(count: int, width: int) -> Iterator[slice]:
    """Yield slices of rows such that a float32 block stays within BLOCK_BYTES.

    Args:
        count: Number of rows.
        width: Number of columns.
    """
    size = max(1, BLOCK_BYTES // max(1, 4 * width))
    for start in range(0, count, size):
        yield slice(start, min(count, start + size))


def nearest(queries: Floats, targets: Floats, k: int) -> sp.csr_matrix:
    """Find the k largest positive products of each query with the targets; exact, computed in blocks.

    Args:
        queries: float32 (q, d).
        targets: float32 (n, d).
        k: Number of targets per query.

    Returns:
        CSR (q, n) of the products.
    """
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
        similarities = np.take_along_axis(products, best, axis=1)
        keep = similarities > 0
        rows.append(np.repeat(np.arange(block.start, block.stop), keep.sum(axis=1)))
        columns.append(best[keep])
        values.append(similarities[keep])
    if not rows:
        return sp.csr_matrix((0, count), dtype=np.float32)
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return sp.csr_matrix(entries, shape=(len(queries), count), dtype=np.float32)
