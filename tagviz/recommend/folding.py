"""Folding: which tags are spellings of one tag, and which songs are copies of one song.

Two tags are variants when their normal forms agree ("80s", "80's"), or when their spellings are within a small edit
distance (rapidfuzz; "favorite", "favourite") and they keep the same company: the cosine of their co-occurrence with all
other tags is high. The shared context keeps apart what only looks alike ("rock", "rocks off"). Numbers must agree, so
"80s" and "90s" never meet. Two songs are copies when name and artist have the same normal forms without what stands in
brackets ("Song (Remastered)").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import pandas as pd
import regex
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from tagviz.recommend.shared import row_normalised
from tagviz.text import normal
from tagviz.types import Corpus, Floats, Ints, Kind, frozen

SHORTEST = 4
"""Letters from which edit distance is trusted: shorter words differ by one letter and mean something else."""
_BRACKETS = regex.compile(
    r"\s*[\(\[（【].*?[\)\]）】]|\s+-\s+(?:remaster|live|single|radio|mono|stereo).*$", regex.IGNORECASE
)
_DIGITS = regex.compile(r"\p{N}+")


@dataclass(frozen=True, eq=False)
class Folding:
    """groups: per kind an int32 per item; items of one group are variants of one thing, which its most common one
    stands for."""

    corpus: Corpus
    groups: Mapping[Kind, Ints]

    def variants(self, kind: Kind, row: int) -> Ints:
        """Rows of the other spellings or copies of an item, the most common first."""
        same = np.flatnonzero(self.groups[kind] == self.groups[kind][row]).astype(np.int32)
        same = same[same != row]
        return same[np.argsort(-self.corpus.counts(kind)[same], kind="stable")]

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a folded item: `kind`, `stands_for` (the group's most common item), `variant`, `count` of the
        variant."""
        parts = []
        for kind, groups in self.groups.items():
            counts = self.corpus.counts(kind)
            labels = np.array(self.corpus.vocab(kind).label_list(np.arange(len(groups))), dtype=object)
            order = np.lexsort((np.arange(len(groups)), -counts))
            head = np.empty(len(groups), dtype=np.int64)
            head[groups[order[::-1]]] = order[::-1]
            folded = np.flatnonzero(head[groups] != np.arange(len(groups)))
            columns = {"stands_for": labels[head[groups[folded]]], "variant": labels[folded], "count": counts[folded]}
            parts.append(pd.DataFrame({"kind": str(kind), **columns}))
        return pd.concat(parts, ignore_index=True)


def learn(corpus: Corpus, alike: float = 0.85, shared: float = 0.4) -> Folding:
    """Variants of tags and copies of songs.

    alike: smallest similarity of spellings (1 − edit distance / longer length, transpositions count once). shared:
    smallest cosine of contexts. Larger values fold less. Tags that stand in no playlist fold by normal form only.
    """
    return Folding(corpus, {Kind.TAG: _tags(corpus, alike, shared), Kind.SONG: _songs(corpus)})


def _tags(corpus: Corpus, alike: float, shared: float) -> Ints:
    forms = pd.Index([normal(tag) for tag in corpus.vocab(Kind.TAG).ids], dtype="str")
    codes, known = pd.factorize(forms)
    first, second = _near(list(known), alike)
    close = _context(corpus, codes, len(known), first, second) >= shared
    return _joined(codes, first[close], second[close], len(known))


def _near(forms: list[str], alike: float) -> tuple[Ints, Ints]:
    """Pairs of forms whose spellings are alike: blanks do not count, numbers and the words' first letters must
    agree ("new wave" is not "new rave"), short ones are left alone."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    squeezed = [form.replace(" ", "") for form in forms]
    written: dict[tuple[str, ...], list[int]] = {}
    begun: dict[tuple[str, ...], list[int]] = {}
    for row, form in enumerate(forms):
        if len(squeezed[row]) >= SHORTEST:
            numbers = tuple(_DIGITS.findall(form))
            written.setdefault((squeezed[row], *numbers), []).append(row)
            begun.setdefault(("".join(word[0] for word in form.split()), *numbers), []).append(row)
    pairs = {pair for rows in written.values() for pair in combinations(rows, 2)}
    for rows in begun.values():  # only within these can a pair be: of 30,000 tags not every one with every other
        for start in range(0, len(rows) if len(rows) > 1 else 0, 1024):
            left, right = np.nonzero(
                process.cdist(
                    [squeezed[row] for row in rows[start : start + 1024]],
                    [squeezed[row] for row in rows],
                    scorer=OSA.normalized_similarity,
                    score_cutoff=alike,
                    dtype=np.float32,
                )
            )
            after = left + start < right
            pairs.update((rows[one], rows[other]) for one, other in zip(left[after] + start, right[after], strict=True))
    found = np.array(sorted(pairs), dtype=np.int32).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _context(corpus: Corpus, codes: np.ndarray, count: int, first: Ints, second: Ints) -> Floats:
    """(pairs,): idf-weighted cosine of the two forms' co-occurrence with songs and other tags; 0 where one never
    occurs."""
    ones = np.ones(len(codes), dtype=np.float32)
    merge = sp.csr_matrix((ones, (np.arange(len(codes)), codes)), shape=(len(codes), count))
    held = sp.csr_matrix(corpus.matrix(Kind.TAG) @ merge)
    together = sp.csr_matrix(held.T @ sp.hstack([held, corpus.matrix(Kind.SONG)], format="csr"))
    spread = np.bincount(together.indices, minlength=together.shape[1])
    rows = row_normalised(sp.csr_matrix(together @ sp.diags(np.log((1 + count) / (1.0 + spread)))))
    return np.asarray(rows[first].multiply(rows[second]).sum(axis=1)).ravel().astype(np.float32)


def _songs(corpus: Corpus) -> Ints:
    songs = corpus.songs
    called, names = _forms(songs["name"], lambda name: normal(_BRACKETS.sub("", name)))
    sung, artists = _forms(songs["artist"], normal)
    codes = called.astype(np.int64) * len(artists) + sung
    nameless = np.array([not name for name in names], dtype=bool)[called]
    codes[nameless] = -1 - np.flatnonzero(nameless)
    return frozen(pd.factorize(codes)[0], np.int32)


def _forms(texts: pd.Series, form: Callable[[str], str]) -> tuple[NDArray[np.int64], pd.Index]:
    """For each text the place of its form among the different ones; every different text is looked at once."""
    codes, distinct = pd.factorize(texts)
    places, forms = pd.factorize(pd.Index([form(str(text)) for text in distinct], dtype="str"))
    return np.asarray(places[codes], dtype=np.int64), pd.Index(forms)


def _joined(codes: np.ndarray, first: Ints, second: Ints, count: int) -> Ints:
    """Groups of items: those of one form, and forms that a pair joins."""
    graph = sp.coo_matrix((np.ones(len(first)), (first, second)), shape=(count, count))
    _, component = connected_components(graph, directed=False)
    return frozen(component[codes], np.int32)
