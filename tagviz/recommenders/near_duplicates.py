"""Near-duplicates: spellings of one tag, and copies of one song.

Two tags are variants when their normal forms agree ("80s", "80's"), or when their spellings are within a small edit
distance (rapidfuzz; "favorite", "favourite") and the cosine of their co-occurrence with all other tags is high. The
context separates tags that only look alike ("rock", "rocks off"). Numbers must agree, so that "80s" and "90s" stay
apart. Two songs are copies when name and artist have the same normal forms without text in brackets ("Song
(Remastered)").
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

from tagviz.recommenders.sparse_ops import row_normalised
from tagviz.text import normal
from tagviz.types import Corpus, Floats, Ints, Kind, readonly

SHORTEST_COMPARED = 4
"""Number of letters from which edit distance is used: shorter words differ by one letter and mean something else."""
_BRACKETS = regex.compile(
    r"\s*[\(\[（【].*?[\)\]）】]|\s+-\s+(?:remaster|live|single|radio|mono|stereo).*$", regex.IGNORECASE
)
_DIGITS = regex.compile(r"\p{N}+")


@dataclass(frozen=True, eq=False)
class NearDuplicates:
    """Groups of variants.

    Attributes:
        corpus: The corpus.
        groups: Per kind int32 (n_kind,) group of each item. The most common item of a group stands for it.
    """

    corpus: Corpus
    groups: Mapping[Kind, Ints]

    def variants(self, kind: Kind, row: int) -> Ints:
        """Return the rows of the other spellings or copies of an item, the most common first.

        Args:
            kind: Kind of the item.
            row: Row of the item.
        """
        same = np.flatnonzero(self.groups[kind] == self.groups[kind][row]).astype(np.int32)
        same = same[same != row]
        return np.asarray(same[np.argsort(-self.corpus.counts(kind)[same], kind="stable")])

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per variant: `kind`, `stands_for` (the group's most common item), `variant` and its `count`."""
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


def find_near_duplicates(corpus: Corpus, alike: float = 0.85, shared: float = 0.4) -> NearDuplicates:
    """Find variants of tags and copies of songs. Tags in no playlist are grouped by normal form only.

    Args:
        corpus: The corpus.
        alike: Smallest similarity of spellings (1 − edit distance / longer length, a transposition counts once);
            larger groups less.
        shared: Smallest cosine of contexts; larger groups less.
    """
    return NearDuplicates(corpus, {Kind.TAG: _tag_groups(corpus, alike, shared), Kind.SONG: _song_groups(corpus)})


def _tag_groups(corpus: Corpus, alike: float, shared: float) -> Ints:
    forms = pd.Index([normal(tag) for tag in corpus.vocab(Kind.TAG).ids], dtype="str")
    codes, known = pd.factorize(forms)
    first, second = _similar_pairs(list(known), alike)
    close = _context(corpus, codes, len(known), first, second) >= shared
    return _connected_groups(codes, first[close], second[close], len(known))


def _similar_pairs(forms: list[str], alike: float) -> tuple[Ints, Ints]:
    """Return pairs of forms with similar spellings.

    Blanks are ignored; numbers and the words' first letters must agree ("new wave" is not "new rave"); short forms are
    left out.
    """
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    squeezed = [form.replace(" ", "") for form in forms]
    by_spelling: dict[tuple[str, ...], list[int]] = {}
    by_first_letters: dict[tuple[str, ...], list[int]] = {}
    for row, form in enumerate(forms):
        if len(squeezed[row]) >= SHORTEST_COMPARED:
            numbers = tuple(_DIGITS.findall(form))
            by_spelling.setdefault((squeezed[row], *numbers), []).append(row)
            by_first_letters.setdefault(("".join(word[0] for word in form.split()), *numbers), []).append(row)
    pairs = {pair for rows in by_spelling.values() for pair in combinations(rows, 2)}
    for (
        rows
    ) in by_first_letters.values():  # only within these can a pair be: of 30,000 tags not every one with every other
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
    edges = np.array(sorted(pairs), dtype=np.int32).reshape(-1, 2)
    return edges[:, 0], edges[:, 1]


def _context(corpus: Corpus, codes: np.ndarray, count: int, first: Ints, second: Ints) -> Floats:
    """Return float32 (pairs,): idf-weighted cosine of the forms' co-occurrence with songs and tags; 0 without any."""
    ones = np.ones(len(codes), dtype=np.float32)
    merge = sp.csr_matrix((ones, (np.arange(len(codes)), codes)), shape=(len(codes), count))
    held = sp.csr_matrix(corpus.matrix(Kind.TAG) @ merge)
    together = sp.csr_matrix(held.T @ sp.hstack([held, corpus.matrix(Kind.SONG)], format="csr"))
    spread = np.bincount(together.indices, minlength=together.shape[1])
    rows = row_normalised(sp.csr_matrix(together @ sp.diags(np.log((1 + count) / (1.0 + spread)))))
    return np.asarray(rows[first].multiply(rows[second]).sum(axis=1)).ravel().astype(np.float32)


def _song_groups(corpus: Corpus) -> Ints:
    songs = corpus.songs
    name_codes, names = _forms(songs["name"], lambda name: normal(_BRACKETS.sub("", name)))
    artist_codes, artists = _forms(songs["artist"], normal)
    codes = name_codes.astype(np.int64) * len(artists) + artist_codes
    nameless = np.array([not name for name in names], dtype=bool)[name_codes]
    codes[nameless] = -1 - np.flatnonzero(nameless)
    return readonly(pd.factorize(codes)[0], np.int32)


def _forms(texts: pd.Series, form: Callable[[str], str]) -> tuple[NDArray[np.int64], pd.Index]:
    """Return for each text the place of its form among the distinct ones; each distinct text is processed once."""
    codes, distinct = pd.factorize(texts)
    places, forms = pd.factorize(pd.Index([form(str(text)) for text in distinct], dtype="str"))
    return np.asarray(places[codes], dtype=np.int64), pd.Index(forms)


def _connected_groups(codes: np.ndarray, first: Ints, second: Ints, count: int) -> Ints:
    """Return groups of items: those of one form, and forms that a pair connects."""
    graph = sp.coo_matrix((np.ones(len(first)), (first, second)), shape=(count, count))
    _, component = connected_components(graph, directed=False)
    return readonly(component[codes], np.int32)
