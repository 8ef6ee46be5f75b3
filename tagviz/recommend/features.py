"""The joint matrix: what a playlist (or a query) holds: songs, tags, title words, whole titles, genres, artists.

Neighbours, cooccurrence, ease and factors all see playlists this way. Blocks of columns stand side by side:

- `song`, `tag`, `word`: as in the corpus, binary;
- `title`: the title read as one tag-like item (its normal form), so that "Hip-Hop!" meets "hip hop" (the idea of the
  Kakao Arena winners, who put title keywords among the items);
- `genre`, `artist`: those of the songs, as the share of the songs that has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.methods import Arrays
from tagviz.params import Params, knob
from tagviz.text import normal
from tagviz.types import Asked, Corpus, Floats, Kind, key_of

BLOCKS = ("song", "tag", "word", "title", "genre", "artist")
ITEMS = BLOCKS[:3]
"""Blocks that are what the corpus's playlists themselves hold."""


class BlockParams(Params):
    """How much each block of the joint matrix counts; 0 leaves it out."""

    song: float = knob(1.0, "Weight of songs", ge=0, low=0.25, high=4, log=True)
    tag: float = knob(1.0, "Weight of tags", ge=0, low=0.25, high=4, log=True)
    word: float = knob(1.0, "Weight of title words", ge=0, low=0.1, high=4, log=True)
    title: float = knob(1.0, "Weight of the whole title read as a tag", ge=0, low=0.1, high=4, log=True)
    genre: float = knob(0.0, "Weight of the songs' genres", ge=0)
    artist: float = knob(0.0, "Weight of the songs' artists", ge=0)


_matrices: WeakKeyDictionary[Corpus, dict[tuple[str, ...], sp.csr_matrix]] = WeakKeyDictionary()
"""The joint matrix by the blocks it has, forgotten with its corpus."""
_holders: WeakKeyDictionary[Corpus, dict[Kind, sp.csr_matrix]] = WeakKeyDictionary()
"""The items' own blocks of it, the other way round: parts of the joint one where that is made."""
_asked: WeakKeyDictionary[Asked, WeakKeyDictionary[Corpus, dict[tuple[str, ...], sp.csr_matrix]]] = WeakKeyDictionary()
"""The same of queries, by corpus and blocks, forgotten with them. (A corpus with lessons behind it has the fingerprint
of the one without, and other titles.)"""


@dataclass(frozen=True, eq=False)
class Features:
    """The columns of the joint matrix of one corpus, in the order of BLOCKS; a block of weight 0 has no columns."""

    corpus: Corpus
    weights: BlockParams

    @cached_property
    def matrix(self) -> sp.csr_matrix:
        """(playlists, columns) float32: what the corpus's playlists hold, before any weight. Members of one model share
        it; nobody may change it."""
        made = _matrices.setdefault(self.corpus, {})
        names = tuple(self.blocks)
        if names not in made:
            made[names] = self._joint(self._own(name) for name in self.blocks)
        return made[names]

    @cached_property
    def holders(self) -> sp.csr_matrix:
        """(columns, playlists) float32: `matrix` the other way round, shared like it."""
        made = _matrices.setdefault(self.corpus, {})
        names = ("holders", *self.blocks)
        if names not in made:
            parts = [
                holders(self.corpus, Kind(name)) if name in ITEMS else sp.csr_matrix(self._own(name).T)
                for name in self.blocks
            ]
            joint = made[names] = sp.csr_matrix(sp.vstack(parts, format="csr", dtype=np.float32))
            kept = _holders.setdefault(self.corpus, {})
            kept |= {Kind(name): part_of_rows(joint, block) for name, block in self.blocks.items() if name in ITEMS}
        return made[names]

    def of(self, asked: Asked) -> sp.csr_matrix:
        """(q, columns) float32: what queries hold, before any weight. Members of one model share it; nobody may change
        it."""
        made = _asked.setdefault(asked, WeakKeyDictionary()).setdefault(self.corpus, {})
        names = tuple(self.blocks)
        if names not in made:
            made[names] = self._joint(self._part(name, asked) for name in self.blocks)
        return made[names]

    def _joint(self, parts: Iterable[sp.csr_matrix]) -> sp.csr_matrix:
        return sp.csr_matrix(sp.hstack(list(parts), format="csr", dtype=np.float32))

    @cached_property
    def blocks(self) -> dict[str, slice]:
        """Block → its columns."""
        sizes = {name: self._size(name) for name in BLOCKS if getattr(self.weights, name) > 0}
        ends = np.cumsum(list(sizes.values()), dtype=np.int64)
        return {name: slice(int(end) - size, int(end)) for (name, size), end in zip(sizes.items(), ends, strict=True)}

    @cached_property
    def width(self) -> int:
        return sum(block.stop - block.start for block in self.blocks.values())

    @cached_property
    def block_weights(self) -> Floats:
        """(columns,) float32: the weight of each column's block."""
        values = np.zeros(self.width, dtype=np.float32)
        for name, block in self.blocks.items():
            values[block] = getattr(self.weights, name)
        return values

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """(columns,): in how many playlists each column occurs."""
        parts = [
            np.bincount(self._own(name).indices, minlength=block.stop - block.start)
            if name == "title"
            else self.corpus.counts(Kind(name))
            for name, block in self.blocks.items()
        ]
        return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)

    @cached_property
    def idf(self) -> Floats:
        """(columns,) float32 log((1 + playlists) / (1 + count)): 0 for what is everywhere, high for what is rare."""
        return np.log((1 + len(self.corpus)) / (1.0 + self.counts)).astype(np.float32)

    @cached_property
    def keys(self) -> pd.Index:
        """What each column stands for, in words that other corpora's columns share: block and spelling."""
        parts = [f"{name}:" + (self._titles if name == "title" else self._ids(name)) for name in self.blocks]
        return pd.Index([key for part in parts for key in part], dtype="str")

    def name_of(self, column: int) -> tuple[str, str]:
        """Key and label of a column; a whole title reads as `word:` with the title quoted."""
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

    def _own(self, name: str) -> sp.csr_matrix:
        """(playlists, columns): a block of what the corpus's playlists hold."""
        if name == "title":
            known, rows = _titles_of(self.corpus)
            return _one_each(rows, len(known))
        if name in ITEMS:
            return self.corpus.matrix(Kind(name))
        return self._part(name, Asked(("",) * len(self.corpus), {Kind.SONG: self.corpus.matrix(Kind.SONG)}))

    def _part(self, name: str, asked: Asked) -> sp.csr_matrix:
        if name == "title":
            return _members(asked.titles, self._titles)
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


def holders(corpus: Corpus, kind: Kind) -> sp.csr_matrix:
    """(items, playlists): which playlists hold each item. Made once for all members; nobody may change it."""
    made = _holders.setdefault(corpus, {})
    if kind not in made:
        made[kind] = sp.csr_matrix(corpus.matrix(kind).T)
    return made[kind]


def part_of_rows(matrix: sp.csr_matrix, block: slice) -> sp.csr_matrix:
    """Some rows one after the other, without a copy of what they hold."""
    first, last = matrix.indptr[block.start], matrix.indptr[block.stop]
    indptr = matrix.indptr[block.start : block.stop + 1] - first
    shape = (block.stop - block.start, matrix.shape[1])
    return sp.csr_matrix((matrix.data[first:last], matrix.indices[first:last], indptr), shape=shape, copy=False)


def keep_titles(corpus: Corpus) -> Arrays:
    """The titles' normal forms, for a corpus with so many of them that working them out takes a while."""
    if corpus not in _titles or len(corpus) < MANY_TITLES:
        return {}
    known, rows = _titles[corpus]
    text = "\n".join(known).encode()  # a normal form has no line break
    return {"titles/rows": rows.astype(np.int32), "titles/text": np.frombuffer(text, dtype=np.uint8)}


def restore_titles(corpus: Corpus, arrays: Arrays) -> None:
    """Undoes `keep_titles`, where there is anything."""
    if "titles/rows" in arrays and corpus not in _titles:
        text = arrays["titles/text"].tobytes().decode()
        known = text.split("\n") if text else []
        _titles[corpus] = pd.Index(known, dtype="str"), arrays["titles/rows"].astype(np.int64)


MANY_TITLES = 20_000
_titles: WeakKeyDictionary[Corpus, tuple[pd.Index, NDArray[np.int64]]] = WeakKeyDictionary()


def _titles_of(corpus: Corpus) -> tuple[pd.Index, NDArray[np.int64]]:
    """The normal forms of all titles, and which of them each playlist has (−1: none); worked out once a corpus."""
    if corpus not in _titles:
        forms = np.array([normal(title) or None for title in corpus.playlists["title"]], dtype=object)
        rows, known = pd.factorize(forms)
        _titles[corpus] = pd.Index(known, dtype="str"), rows
    return _titles[corpus]


def _members(titles: Sequence[str], known: pd.Index) -> sp.csr_matrix:
    return _one_each(known.get_indexer(pd.Index([normal(title) for title in titles], dtype="str")), len(known))


def _one_each(rows: NDArray[np.integer], width: int) -> sp.csr_matrix:
    """A matrix with one entry in each row that is not −1."""
    asked = np.flatnonzero(rows >= 0)
    return sp.csr_matrix((np.ones(len(asked), dtype=np.float32), (asked, rows[asked])), shape=(len(rows), width))
