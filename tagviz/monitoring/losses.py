"""What a newer version of a corpus has lost: playlists, songs, and tags that go on under another name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tagviz.text import normal
from tagviz.types import Corpus, Kind

LEAST_PLAYLISTS = 3
"""Playlists that two tags must share to be taken for one that was renamed."""
LEAST_OVERLAP = 0.5
"""Share of their playlists that must be the same."""
COLUMNS = ["tag", "label", "to", "to_label", "before", "after", "both"]


@dataclass(frozen=True)
class Loss:
    """What is gone of one kind.

    Attributes:
        before: How many there were.
        gone: How many of them are not there any more.
        examples: Labels of some that are gone, those in most playlists first; of playlists their titles.
    """

    before: int
    gone: int
    examples: tuple[str, ...]

    @property
    def share(self) -> float:
        """The share that is gone."""
        return self.gone / max(1, self.before)


def playlists(older: Corpus, newer: Corpus, most: int = 12) -> Loss:
    """Return which playlists of the older version are not in the newer one, by their ids."""
    gone = older.playlists[~older.playlists["id"].isin(newer.playlists["id"])]
    named = gone["title"].where(gone["title"] != "", gone["id"]).astype(str)
    return Loss(len(older), len(gone), tuple(named.head(most)))


def songs(older: Corpus, newer: Corpus, most: int = 12) -> Loss:
    """Return which songs were in a playlist before and are in none now, the most frequent first."""
    vocab, counts = older.vocab(Kind.SONG), older.counts(Kind.SONG)
    used = np.flatnonzero(counts > 0)
    kept = newer.vocab(Kind.SONG).ids[newer.counts(Kind.SONG) > 0]
    gone = used[~np.isin(vocab.ids[used].astype(str), kept.astype(str))]
    first = gone[np.argsort(-counts[gone], kind="stable")][:most]
    return Loss(len(used), len(gone), tuple(vocab.label_list(first)))


def renames(older: Corpus, newer: Corpus, gone: list[str], new: list[str]) -> pd.DataFrame:
    """Return which new tags are probably tags that are gone, under another name.

    A tag was renamed where the playlists that had the old name are mostly those that have the new one: at least
    LEAST_OVERLAP of the playlists with either have both, of those that are in both versions.

    Args:
        older: The older version.
        newer: The newer version.
        gone: Ids of tags that only the older version has.
        new: Ids of tags that only the newer version has.

    Returns:
        Frame COLUMNS, those with the most playlists in common first; each tag is in one row at most.
    """
    ids = pd.Index(older.playlists["id"]).intersection(pd.Index(newer.playlists["id"]))
    if not len(ids) or not gone or not new:
        return pd.DataFrame(columns=COLUMNS)
    sides = []
    for corpus, tags in ((older, gone), (newer, new)):
        rows = pd.Index(corpus.playlists["id"]).get_indexer(ids)
        sides.append(corpus.matrix(Kind.TAG)[rows][:, corpus.vocab(Kind.TAG).find(tags)])
    first, second = sides
    both = (first.T @ second).tocoo()
    sizes = [np.asarray(side.sum(axis=0)).ravel() for side in sides]
    either = sizes[0][both.row] + sizes[1][both.col] - both.data
    likely = np.flatnonzero((both.data >= LEAST_PLAYLISTS) & (both.data >= LEAST_OVERLAP * either))
    alike = [_alike(gone[both.row[at]], new[both.col[at]]) for at in likely]
    order = sorted(range(len(likely)), key=lambda n: (-both.data[likely[n]] / either[likely[n]], -alike[n]))
    found, taken_gone, taken_new = [], set(), set()
    for number in order:
        at = likely[number]
        old, name = gone[both.row[at]], new[both.col[at]]
        if old in taken_gone or name in taken_new:
            continue
        taken_gone.add(old)
        taken_new.add(name)
        labels = [
            corpus.vocab(Kind.TAG).label_list(corpus.vocab(Kind.TAG).find([tag]))[0]
            for corpus, tag in ((older, old), (newer, name))
        ]
        counted = (sizes[0][both.row[at]], sizes[1][both.col[at]], both.data[at])
        found.append([old, labels[0], name, labels[1], *map(int, counted)])
    frame = pd.DataFrame(found, columns=COLUMNS)
    return frame.sort_values("both", ascending=False, kind="stable").reset_index(drop=True)


def _alike(one: str, other: str) -> float:
    """Return how much two names have in common, 0 to 1: of equal overlaps the closer name is taken."""
    first, second = set(normal(one).split()), set(normal(other).split())
    return len(first & second) / max(1, len(first | second))
