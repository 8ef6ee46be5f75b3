"""What an interpretation gives to recommend from: weighted tags and songs, words, phrases, and what is avoided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import numpy as np
import scipy.sparse as sp

from tagviz.query.mentions import Interpretation, Mention, Role
from tagviz.query.names import MentionKind
from tagviz.types import Corpus, Kind

MOST_SONGS = 20
"""Songs that stand for an artist, an album or a genre: the most popular ones."""
MOST_AVOIDED = 5_000
"""Songs of an avoided artist, album or genre that are kept away from."""

Weights = dict[Kind, dict[int, float]]
"""Per kind row → weight."""


@dataclass(frozen=True)
class Evidence:
    """What one text gives to recommend from.

    Attributes:
        items: Rows of the tags and songs that are named, with weights in (0, 1]. A tag weighs as much as it is sure; an
            artist, album or genre shares its part of the text among its songs.
        avoid: Rows to keep away from.
        named: The rows of `items` again, with how far each may lead the answer: 1 for a thing that is named, a share
            for one of several songs that stand for it.
        words: Title words that may count.
        phrases: What text models should answer.
        avoided_phrases: What text models should keep away from.
        text: The whole text, with what is misspelt in it corrected.
    """

    items: Weights = field(default_factory=dict)
    avoid: Weights = field(default_factory=dict)
    named: Weights = field(default_factory=dict)
    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    avoided_phrases: tuple[str, ...] = ()
    text: str = ""


def evidence(interpretation: Interpretation, corpus: Corpus) -> Evidence:
    """What an interpretation gives to recommend from.

    Args:
        interpretation: How a text was read.
        corpus: The corpus that it was read for.
    """
    asked = interpretation.of()
    total = max(1, sum(map(_length, asked)))
    items: Weights = {}
    avoid: Weights = {}
    named: Weights = {}
    for mention in interpretation.of(role=Role.ASKED):
        kind, rows = _rows(mention, corpus, MOST_SONGS)
        whole = mention.confidence if kind is Kind.TAG else mention.confidence * _length(mention) / total
        for row in rows:
            _raise(items, kind, row, max(whole / len(rows), 1e-4))
            _raise(named, kind, row, 1.0 / len(rows))
    for mention in interpretation.of(role=Role.AVOIDED):
        kind, rows = _rows(mention, corpus, MOST_AVOIDED)
        for row in rows:
            _raise(avoid, kind, row, 1.0)
    for kind, weights in avoid.items():  # what is asked and avoided is avoided
        for row in weights:
            items.get(kind, {}).pop(row, None)
            named.get(kind, {}).pop(row, None)
    return Evidence(
        items,
        avoid,
        named,
        interpretation.words,
        interpretation.phrases,
        interpretation.avoided_phrases,
        interpretation.spelled(),
    )


def _length(mention: Mention) -> int:
    return len(mention.typed.split())


def _raise(weights: Weights, kind: Kind, row: int, weight: float) -> None:
    of_kind = weights.setdefault(kind, {})
    of_kind[row] = max(weight, of_kind.get(row, 0.0))


def _rows(mention: Mention, corpus: Corpus, most: int) -> tuple[Kind, list[int]]:
    """The tag or the songs that a mention stands for."""
    ident = mention.key.partition(":")[2]
    if mention.kind in (MentionKind.TAG, MentionKind.SONG):
        kind = Kind(mention.kind)
        row = corpus.vocab(kind).row(ident, missing="skip")
        return kind, [row] if row >= 0 else []
    if mention.kind is MentionKind.ALBUM:
        rows = np.flatnonzero(corpus.songs["album"].to_numpy() == ident)
    elif mention.kind in (MentionKind.ARTIST, MentionKind.GENRE):
        kind = Kind(mention.kind)
        row = corpus.vocab(kind).row(ident, missing="skip")
        songs = _songs_by(corpus, kind)
        rows = songs.indices[songs.indptr[row] : songs.indptr[row + 1]] if row >= 0 else np.empty(0, dtype=np.int64)
    else:
        return Kind.WORD, []
    counts = corpus.counts(Kind.SONG)[rows]
    return Kind.SONG, rows[np.argsort(-counts, kind="stable")][:most].tolist()


_by_kind: WeakKeyDictionary[Corpus, dict[Kind, sp.csc_matrix]] = WeakKeyDictionary()


def _songs_by(corpus: Corpus, kind: Kind) -> sp.csc_matrix:
    kept = _by_kind.setdefault(corpus, {})
    if kind not in kept:
        kept[kind] = sp.csc_matrix(corpus.song_links[kind])
    return kept[kind]


def matrix(rows: list[Mapping[int, float]], width: int) -> sp.csr_matrix:
    """Rows of weights as CSR float32 (len(rows), width)."""
    lengths = [len(row) for row in rows]
    columns = np.array([column for row in rows for column in sorted(row)], dtype=np.int32)
    weights = np.array([row[column] for row in rows for column in sorted(row)], dtype=np.float32)
    indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    return sp.csr_matrix((weights, columns, indptr), shape=(len(rows), width))
