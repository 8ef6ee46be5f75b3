"""The joint matrix: songs, tags, title words, whole titles, genres and artists of playlists and queries.

Neighbours, co-occurrence, EASE and factors use this matrix. Its columns are blocks side by side:

- `song`, `tag`, `word`: as in the corpus, binary;
- `title`: the whole title as one item (its normal form), so that "Hip-Hop!" equals "hip hop" (an idea of the Kakao
  Arena winners, who put title keywords among the items);
- `genre`, `artist`: those of the songs, as the share of the songs that has them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.params import Params, param
from tagviz.text import normal
from tagviz.training import Arrays
from tagviz.types import Corpus, Floats, Kind, QueryBatch, key_of

BLOCKS = ("song", "tag", "word", "title", "genre", "artist")
ITEMS = BLOCKS[:3]
"""Blocks that hold the items of the playlists themselves."""


class BlockParams(Params):
    """Weights of the blocks of the joint matrix; 0 leaves a block out."""

    song: float = param(1.0, "Weight of songs", ge=0, low=0.25, high=4, log=True)
    tag: float = param(1.0, "Weight of tags", ge=0, low=0.25, high=4, log=True)
    word: float = param(1.0, "Weight of title words", ge=0, low=0.1, high=4, log=True)
    title: float = param(1.0, "Weight of the whole title read as a tag", ge=0, low=0.1, high=4, log=True)
    genre: float = param(0.0, "Weight of the songs' genres", ge=0)
    artist: float = param(0.0, "Weight of the songs' artists", ge=0)


_matrix_cache: WeakKeyDictionary[Corpus, dict[tuple[str, ...], sp.csr_matrix]] = WeakKeyDictionary()
"""Joint matrices by corpus and blocks, dropped with the corpus."""
_transposed_cache: WeakKeyDictionary[Corpus, dict[Kind, sp.csr_matrix]] = WeakKeyDictionary()
"""Transposed blocks of the items by corpus; they are parts of the joint transposed matrix where that exists."""
_query_cache: WeakKeyDictionary[QueryBatch, WeakKeyDictionary[Corpus, dict[tuple[str, ...], sp.csr_matrix]]] = (
    WeakKeyDictionary()
)
"""Query matrices by batch, corpus and blocks, dropped with them.

The fingerprint cannot be the key: a corpus with feedback examples has that of the corpus without them, and other
titles.
"""


@dataclass(frozen=True, eq=False)
class Features:
    """Columns of the joint matrix of one corpus, in the order of BLOCKS; a block of weight 0 has no columns.

    Attributes:
        corpus: The corpus.
        weights: Weights of the blocks.
    """

    corpus: Corpus
    weights: BlockParams

    @cached_property
    def matrix(self) -> sp.csr_matrix:
        """float32 CSR (playlists, columns) without weights. Shared by the members of a model; must not be changed."""
        cache = _matrix_cache.setdefault(self.corpus, {})
        names = tuple(self.blocks)
        if names not in cache:
            cache[names] = self._joint(self._corpus_block(name) for name in self.blocks)
        return cache[names]

    @cached_property
    def transposed(self) -> sp.csr_matrix:
        """float32 CSR (columns, playlists): the transpose of `matrix`, shared as well."""
        cache = _matrix_cache.setdefault(self.corpus, {})
        names = ("transposed", *self.blocks)
        if names not in cache:
            parts = [
                transposed(self.corpus, Kind(name)) if name in ITEMS else sp.csr_matrix(self._corpus_block(name).T)
                for name in self.blocks
            ]
            joint = cache[names] = sp.csr_matrix(sp.vstack(parts, format="csr", dtype=np.float32))
            kept = _transposed_cache.setdefault(self.corpus, {})
            kept |= {Kind(name): row_block(joint, block) for name, block in self.blocks.items() if name in ITEMS}
        return cache[names]

    def of(self, asked: QueryBatch) -> sp.csr_matrix:
        """Return float32 CSR (q, columns) of queries, without weights.

        Shared by the members of a model; must not be changed.
        """
        cache = _query_cache.setdefault(asked, WeakKeyDictionary()).setdefault(self.corpus, {})
        names = tuple(self.blocks)
        if names not in cache:
            cache[names] = self._joint(self._query_block(name, asked) for name in self.blocks)
        return cache[names]

    def _joint(self, parts: Iterable[sp.csr_matrix]) -> sp.csr_matrix:
        return sp.csr_matrix(sp.hstack(list(parts), format="csr", dtype=np.float32))

    @cached_property
    def blocks(self) -> dict[str, slice]:
        """Columns of each block."""
        sizes = {name: self._size(name) for name in BLOCKS if getattr(self.weights, name) > 0}
        ends = np.cumsum(list(sizes.values()), dtype=np.int64)
        return {name: slice(int(end) - size, int(end)) for (name, size), end in zip(sizes.items(), ends, strict=True)}

    @cached_property
    def width(self) -> int:
        """Number of columns."""
        return sum(block.stop - block.start for block in self.blocks.values())

    @cached_property
    def block_weights(self) -> Floats:
        """float32 (columns,) weight of each column's block."""
        weights = np.zeros(self.width, dtype=np.float32)
        for name, block in self.blocks.items():
            weights[block] = getattr(self.weights, name)
        return weights

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """Number of playlists of each column, int64 (columns,)."""
        parts = [
            np.bincount(self._corpus_block(name).indices, minlength=block.stop - block.start)
            if name == "title"
            else self.corpus.counts(Kind(name))
            for name, block in self.blocks.items()
        ]
        return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)

    @cached_property
    def idf(self) -> Floats:
        """Inverse document frequency log((1 + playlists) / (1 + count)) of each column, float32 (columns,).

        0 for a column in all playlists, high for a rare one.
        """
        return np.log((1 + len(self.corpus)) / (1.0 + self.counts)).astype(np.float32)

    @cached_property
    def keys(self) -> pd.Index:
        """Block and spelling of each column: the same in the joint matrices of other corpora."""
        parts = [f"{name}:" + (self._titles if name == "title" else self._ids(name)) for name in self.blocks]
        return pd.Index([key for part in parts for key in part], dtype="str")

    def name_of(self, column: int) -> tuple[str, str]:
        """Return key and label of a column; a whole title becomes `word:` with the title in quotes."""
        for name, block in self.blocks.items():
            if block.start <= column < block.stop:
                row = column - block.start
                if name == "title":
                    form = self._titles[row]
                    return key_of(Kind.WORD, form), f"“{form}”"
                vocab = self.corpus.vocab(Kind(name))
                return vocab.key(row), vocab.label(row)
        raise IndexError(column)

    def _size(self, name: str) -> int:
        return len(self._titles) if name == "title" else len(self._ids(name))

    def _ids(self, name: str) -> pd.Index:
        return self.corpus.vocab(Kind(name)).ids

    def _corpus_block(self, name: str) -> sp.csr_matrix:
        """Return a block (playlists, columns) of the corpus's playlists."""
        if name == "title":
            known, rows = _titles_of(self.corpus)
            return _one_hot(rows, len(known))
        if name in ITEMS:
            return self.corpus.matrix(Kind(name))
        return self._query_block(name, QueryBatch(("",) * len(self.corpus), {Kind.SONG: self.corpus.matrix(Kind.SONG)}))

    def _query_block(self, name: str, asked: QueryBatch) -> sp.csr_matrix:
        """Return a block (q, columns) of queries."""
        if name == "title":
            rows = _title_rows(self.corpus)
            columns = [rows.get(normal(title), -1) for title in asked.titles]
            return _one_hot(np.array(columns, dtype=np.int64), len(rows))
        kind = Kind(name)
        if kind in self.corpus.song_links:
            songs = asked.items[Kind.SONG]
            held = np.maximum(1, np.diff(songs.indptr))
            return sp.csr_matrix(sp.diags(1.0 / held.astype(np.float32)) @ songs @ self.corpus.song_links[kind])
        return asked.items.get(kind, sp.csr_matrix((len(asked), self._size(name)), dtype=np.float32))

    @property
    def _titles(self) -> pd.Index:
        """Normal forms of the corpus's titles, in the order of first appearance."""
        return _titles_of(self.corpus)[0]


def transposed(corpus: Corpus, kind: Kind) -> sp.csr_matrix:
    """Return CSR (items, playlists), computed once for all members; must not be changed.

    Args:
        corpus: The corpus.
        kind: Kind of the items.
    """
    cache = _transposed_cache.setdefault(corpus, {})
    if kind not in cache:
        cache[kind] = sp.csr_matrix(corpus.matrix(kind).T)
    return cache[kind]


def row_block(matrix: sp.csr_matrix, block: slice) -> sp.csr_matrix:
    """Return consecutive rows without copying their entries.

    Args:
        matrix: CSR matrix.
        block: Rows.
    """
    first, last = matrix.indptr[block.start], matrix.indptr[block.stop]
    indptr = matrix.indptr[block.start : block.stop + 1] - first
    shape = (block.stop - block.start, matrix.shape[1])
    return sp.csr_matrix((matrix.data[first:last], matrix.indices[first:last], indptr), shape=shape, copy=False)


def keep_titles(corpus: Corpus) -> Arrays:
    """Return the normal forms of the titles as arrays, where there are at least MANY_TITLES playlists."""
    if corpus not in _titles or len(corpus) < MANY_TITLES:
        return {}
    known, rows = _titles[corpus]
    text = "\n".join(known).encode()  # a normal form has no line break
    return {"titles/rows": rows.astype(np.int32), "titles/text": np.frombuffer(text, dtype=np.uint8)}


def restore_titles(corpus: Corpus, arrays: Arrays) -> None:
    """Restore the normal forms from the arrays of `keep_titles`, where they are present.

    Args:
        corpus: The corpus.
        arrays: Arrays of a state.
    """
    if "titles/rows" in arrays and corpus not in _titles:
        text = arrays["titles/text"].tobytes().decode()
        known = text.split("\n") if text else []
        _titles[corpus] = pd.Index(known, dtype="str"), arrays["titles/rows"].astype(np.int64)


MANY_TITLES = 20_000
"""Number of playlists from which normal forms are stored, since computing them takes a while."""
_titles: WeakKeyDictionary[Corpus, tuple[pd.Index, NDArray[np.int64]]] = WeakKeyDictionary()
_rows_of_titles: WeakKeyDictionary[Corpus, dict[str, int]] = WeakKeyDictionary()


def _titles_of(corpus: Corpus) -> tuple[pd.Index, NDArray[np.int64]]:
    """Return the distinct normal forms and the one of each playlist (−1: none), computed once per corpus."""
    if corpus not in _titles:
        forms = np.array([normal(title) or None for title in corpus.playlists["title"]], dtype=object)
        rows, known = pd.factorize(forms)
        _titles[corpus] = pd.Index(known, dtype="str"), rows
    return _titles[corpus]


def _title_rows(corpus: Corpus) -> dict[str, int]:
    """Return the column of each distinct normal form, computed once per corpus."""
    if corpus not in _rows_of_titles:
        _rows_of_titles[corpus] = {title: row for row, title in enumerate(_titles_of(corpus)[0])}
    return _rows_of_titles[corpus]


def _one_hot(rows: NDArray[np.integer], width: int) -> sp.csr_matrix:
    """Return a matrix with one entry in each row that is not −1."""
    asked = np.flatnonzero(rows >= 0)
    return sp.csr_matrix((np.ones(len(asked), dtype=np.float32), (asked, rows[asked])), shape=(len(rows), width))
