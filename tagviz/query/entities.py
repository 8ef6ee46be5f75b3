"""The names that a corpus knows, found by the keys under which people type them. Built once per corpus."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np

from tagviz.query.names import PENALTIES, Match, MentionKind, name_keys, named, spelled_names
from tagviz.query.spelling import SpellingIndex
from tagviz.types import Corpus, Kind

UNSEEN = 2_000
"""Uses of things that a corpus does not hold, so that in a tiny one not every name is likely."""
MOST_SPELLED = 150_000
"""Things of one kind that are found with slips, the most popular ones."""
MOST_PER_KEY = 8
"""Things of one kind that share a key and are considered, the most popular first."""

_KINDS, _MATCHES = tuple(MentionKind), tuple(Match)


@dataclass(frozen=True)
class Entity:
    """A thing with a name.

    Attributes:
        kind: What it is.
        row: Its row in the corpus's vocabulary of that kind; of an album the row of its first song.
        key: Its key, such as "artist:17".
        label: Its name.
        count: Playlists that hold it (of tags: listeners that use it, where the corpus knows them).
        log_share: log10 of its share of all that playlists hold of its kind.
    """

    kind: MentionKind
    row: int
    key: str
    label: str
    count: int
    log_share: float


class EntityIndex:
    """The names of one corpus by all keys under which they may be typed.

    Args:
        corpus: Whose tags, artists, songs, albums and genres are indexed. It is not kept.
    """

    def __init__(self, corpus: Corpus) -> None:
        self._log_totals: dict[MentionKind, float] = {}
        self._kinds, self._rows, self._counts = bytearray(), array("i"), array("q")
        self._labels: list[str] = []
        hashes, owners, hows = array("q"), array("i"), bytearray()
        self._names: list[str] = []
        self._name_owners = array("i")
        for kind, rows, labels, counts in named(corpus):
            self._log_totals[kind] = float(np.log10(counts.sum() + len(counts) + UNSEEN))
            spelled_kind, code = kind is not MentionKind.ALBUM, _KINDS.index(kind)
            first = len(self._labels)
            for number, (row, label, count) in enumerate(
                zip(rows.tolist(), labels, counts.tolist(), strict=True), first
            ):
                self._kinds.append(code)
                self._rows.append(row)
                self._counts.append(count)
                for key, how in name_keys(label, kind).items():
                    hashes.append(hash(key))
                    owners.append(number)
                    hows.append(_MATCHES.index(how))
                if spelled_kind and number - first < MOST_SPELLED:
                    for name in spelled_names(label):
                        self._names.append(name)
                        self._name_owners.append(number)
            self._labels += labels
        order = np.argsort(np.frombuffer(hashes, dtype=np.int64), kind="stable")
        self._hashes = array("q", np.frombuffer(hashes, dtype=np.int64)[order].tobytes())
        self._owners = array("i", np.frombuffer(owners, dtype=np.int32)[order].tobytes())
        self._hows = bytes(np.frombuffer(hows, dtype=np.uint8)[order])
        self._spelling: SpellingIndex | None = None
        self._near: dict[str, list[tuple[int, int]]] = {}
        self._entities: dict[int, Entity] = {}
        self._ids = {
            kind: corpus.vocab(Kind(kind)).ids.to_numpy(dtype=object)
            for kind in self._log_totals
            if kind != MentionKind.ALBUM
        }
        self._lock = Lock()

    def entity(self, number: int) -> Entity:
        """One thing by its number."""
        known = self._entities.get(number)
        if known is not None:
            return known
        kind, row, count = _KINDS[self._kinds[number]], self._rows[number], self._counts[number]
        label = self._labels[number]
        key = f"{kind}:{label if kind is MentionKind.ALBUM else self._ids[kind][row]}"
        if len(self._entities) > 2**15:
            self._entities.clear()
        entity = Entity(kind, row, key, label, count, math.log10(count + 0.5) - self._log_totals[kind])
        self._entities[number] = entity
        return entity

    def lookup(self, key: str) -> list[tuple[int, Match]]:
        """Numbers of the things that have a key, and how it stands to their names; at most MOST_PER_KEY of a kind."""
        wanted = hash(key)
        hashes = self._hashes
        at = bisect_left(hashes, wanted)
        matches: list[tuple[int, Match]] = []
        per_kind: dict[int, int] = {}
        while at < len(hashes) and hashes[at] == wanted:
            number = self._owners[at]
            kind = self._kinds[number]
            per_kind[kind] = per_kind.get(kind, 0) + 1
            if per_kind[kind] <= MOST_PER_KEY:
                matches.append((number, _MATCHES[self._hows[at]]))
            at += 1
        return matches

    def knows(self, key: str) -> bool:
        """Whether anything has this key."""
        at = bisect_left(self._hashes, hash(key))
        return at < len(self._hashes) and self._hashes[at] == hash(key)

    def near(self, typed: str) -> list[tuple[int, int]]:
        """Things whose name is one or two edits away from a folded text without blanks: numbers and edits."""
        if typed not in self._near:
            with self._lock:
                if self._spelling is None:
                    self._spelling = SpellingIndex(self._names)
            if len(self._near) > 2**15:
                self._near.clear()
            best: dict[int, int] = {}
            for name, edits in self._spelling.near(typed):
                owner = self._name_owners[name]
                best[owner] = min(edits, best.get(owner, edits))
            self._near[typed] = list(best.items())
        return self._near[typed]

    def find(self, key: str) -> int:
        """Number of the thing with this key, −1 where there is none. It looks at all: only for what a person chose."""
        head, _, ident = key.partition(":")
        if head not in _KINDS:
            return -1
        kind = MentionKind(head)
        numbers = np.flatnonzero(np.frombuffer(self._kinds, dtype=np.uint8) == _KINDS.index(kind))
        if kind in self._ids:
            rows = np.flatnonzero(self._ids[kind] == ident)
            hits = numbers[np.isin(np.frombuffer(self._rows, dtype=np.int32)[numbers], rows)]
        else:
            hits = np.array([number for number in numbers.tolist() if self._labels[number] == ident], dtype=np.int64)
        return int(hits[0]) if len(hits) else -1


_indexes: WeakKeyDictionary[Corpus, EntityIndex] = WeakKeyDictionary()
_building = Lock()


def entities_of(corpus: Corpus) -> EntityIndex:
    """The corpus's index of names, built when first needed and forgotten with the corpus."""
    index = _indexes.get(corpus)
    if index is None:
        with _building:
            index = _indexes.get(corpus)
            if index is None:
                index = EntityIndex(corpus)
                _indexes[corpus] = index
    return index


def strongest(found: Sequence[tuple[int, Match]]) -> dict[int, Match]:
    """Per thing the least costly of the ways in which it was found."""
    best: dict[int, Match] = {}
    for number, how in found:
        if number not in best or PENALTIES[how] < PENALTIES[best[number]]:
            best[number] = how
    return best
