"""What a corpus is searched by: labels, looked into while a person types, normal forms, and spellings to compare."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary, ref

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tagviz import text
from tagviz.text import DASH
from tagviz.types import Corpus, Kind

MOST_LOOKED_AT = 500
"""Lines that hold what was typed and are ranked against one another, the most popular first."""
MOST_COMPARED = 50_000
"""The most popular items whose spelling is compared with what was typed: a few hundredths of a second."""


class Lines:
    """The folded labels of one kind as one blob of text, the most popular first: the first hits are the best."""

    def __init__(self, labels: Sequence[str], counts: NDArray[Any]) -> None:
        self.order = np.argsort(-counts, kind="stable")
        folded = text.fold("\n".join(labels[row].replace("\n", " ") for row in self.order))
        self.blob = f"\n{folded}\n".encode("utf-8", "replace")
        self.starts = np.flatnonzero(np.frombuffer(self.blob, dtype=np.uint8) == 10)

    @cached_property
    def initials(self) -> Lines:
        """The same lines with every Hangul syllable as its initial consonant, without blanks."""
        other = object.__new__(Lines)
        other.order = self.order
        other.blob = text.initials(self.blob.decode()).replace(" ", "").encode()
        other.starts = np.flatnonzero(np.frombuffer(other.blob, dtype=np.uint8) == 10)
        return other

    def search(self, typed: str, n: int) -> list[tuple[int, int]]:
        """Up to n (rank, row) pairs: rank 0 the whole label, 1 its beginning, 2 the beginning of a word, 3 anywhere."""
        if text.is_initials(typed):
            return self.initials.find(text.initials(typed.replace(" ", "")), n)
        return self.find(text.fold(text.clean(typed)).strip(), n)

    def find(self, wanted: str, n: int) -> list[tuple[int, int]]:
        """Like `search` for text that is folded already.

        One pass over the blob where few lines match; where many do, only the most popular of each rank are looked at.
        """
        needle = wanted.replace("\n", " ").encode("utf-8", "replace")
        if not needle or n <= 0:
            return []
        lines = dict.fromkeys(self._holding(needle, MOST_LOOKED_AT))
        if len(lines) == MOST_LOOKED_AT:
            for pattern in (b"\n" + needle + b"\n", b"\n" + needle, b" " + needle):
                lines.update(dict.fromkeys(self._holding(pattern, n)))
        best = sorted((self._rank(line, needle), line) for line in lines)[:n]
        return [(rank, int(self.order[line])) for rank, line in best]

    def _holding(self, pattern: bytes, most: int) -> Iterator[int]:
        """Numbers of the first lines that hold the pattern, where a line begins with its newline."""
        place = self.blob.find(pattern)
        while place >= 0 and most > 0:
            line = int(np.searchsorted(self.starts, place, side="right")) - 1
            yield line
            most -= 1
            place = self.blob.find(pattern, int(self.starts[line + 1]))

    def _rank(self, line: int, needle: bytes) -> int:
        label = self.blob[self.starts[line] + 1 : self.starts[line + 1]]
        return 0 if label == needle else 1 if label.startswith(needle) else 2 if b" " + needle in label else 3

    def exact(self, label: str) -> int:
        """Row of the most popular line that is `label`, or `label`, a dash and more, as songs are; −1 for none."""
        needle = text.fold(label.replace("\n", " "))
        hashes, lines = self._beginnings
        start, stop = (np.searchsorted(hashes, _hashed([needle])[0], side=side) for side in ("left", "right"))
        wanted = needle.encode("utf-8", "replace")
        for line in np.sort(lines[start:stop]) if needle else ():
            found = self.blob[self.starts[line] + 1 : self.starts[line + 1]]
            if found == wanted or found.startswith(wanted + DASH.encode()):
                return int(self.order[line])
        return -1

    @cached_property
    def _beginnings(self) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """Hashes, ascending, of all lines and of what stands before their first and last dash; and whose each is."""
        whole = self.blob.decode().split("\n")[1:-1]
        dashed = [number for number, line in enumerate(whole) if DASH in line]
        parts = [
            whole,
            [whole[at].partition(DASH)[0] for at in dashed],
            [whole[at].rpartition(DASH)[0] for at in dashed],
        ]
        hashes = np.concatenate([_hashed(part) for part in parts])
        order = np.argsort(hashes)
        return hashes[order], np.concatenate([np.arange(len(whole)), dashed, dashed]).astype(np.int64)[order]


def _hashed(texts: Sequence[str]) -> NDArray[np.uint64]:
    return np.asarray(pd.util.hash_array(np.array(texts, dtype=object), categorize=False), dtype=np.uint64)


class Index:
    """What is looked up in a corpus: normal forms, blobs to search, spellings to compare; built when first needed."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = ref(corpus)
        self._forms: dict[Kind, dict[str, int]] = {}
        self._lines: dict[Kind, Lines] = {}
        self._spelled: dict[Kind, tuple[list[str], NDArray[Any]]] = {}

    @property
    def corpus(self) -> Corpus:
        """The corpus that is indexed."""
        corpus = self._corpus()
        if corpus is None:
            raise ReferenceError("the corpus of this index is gone")
        return corpus

    def forms(self, kind: Kind) -> dict[str, int]:
        """Normal form → row of the most popular item that has it."""
        if kind not in self._forms:
            ids = self.corpus.vocab(kind).ids
            order = np.argsort(self.corpus.counts(kind), kind="stable")
            vocab = self.corpus.vocab(kind)
            self._forms[kind] = {text.normal(other): vocab.row(own) for other, own in vocab.aliases.items()}
            if kind is Kind.TAG and vocab.labels is not None:
                self._forms[kind] |= {text.normal(str(vocab.labels[row])): int(row) for row in order}
            self._forms[kind] |= {text.normal(str(ids[row])): int(row) for row in order}
            self._forms[kind].pop("", None)
        return self._forms[kind]

    def lines(self, kind: Kind) -> Lines:
        """The labels of one kind, to search in."""
        if kind not in self._lines:
            vocab = self.corpus.vocab(kind)
            self._lines[kind] = Lines(vocab.label_list(np.arange(len(vocab))), self.corpus.counts(kind))
        return self._lines[kind]

    def spelled(self, kind: Kind) -> tuple[list[str], NDArray[Any]]:
        """Spellings to compare with, and the row of each; of songs their names."""
        if kind not in self._spelled:
            vocab = self.corpus.vocab(kind)
            if kind is Kind.SONG:
                names = pd.Series(self.corpus.songs["name"].to_numpy(), dtype="object")
            else:
                names = pd.Series(vocab.label_list(np.arange(len(vocab))), dtype="object")
            order = np.argsort(-self.corpus.counts(kind), kind="stable")
            names = names.iloc[order[:MOST_COMPARED]].drop_duplicates()
            self._spelled[kind] = ([text.letters(text.fold(name)) for name in names], names.index.to_numpy())
        return self._spelled[kind]


_indexes: WeakKeyDictionary[Corpus, Index] = WeakKeyDictionary()


def index_of(corpus: Corpus) -> Index:
    """The corpus's index, built once and forgotten with the corpus."""
    if corpus not in _indexes:
        _indexes[corpus] = Index(corpus)
    return _indexes[corpus]
