"""Names that differ from what was typed by one or two edits, found without looking at all of them.

A name is cut into one segment more than the edits that are allowed, so that one segment at least stands unchanged in
what was typed (Li, Deng, Wang & Feng, "PASS-JOIN: A Partition-based Method for Similarity Joins", VLDB 2011).
"""

from __future__ import annotations

import itertools
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

SHORTEST = 4
"""Letters of the shortest name that is compared."""
LONG = 9
"""Letters from which two edits are allowed; below there may be one."""
MOST_EDITS = 2
"""Edits that any name may differ by."""
LONGEST = 60
"""Letters of the longest name that is compared."""
MOST_CANDIDATES = 4_000
"""Names that are compared for one text, at most."""


def allowed_edits(length: int) -> int:
    """Edits after which a name of so many letters is still recognized."""
    return 0 if length < SHORTEST else 1 if length < LONG else 2


def _segments(length: int) -> list[tuple[int, int]]:
    """(start, stop) of the segments of a name.

    An exchange of two letters counts as two simple edits here, hence one segment more than `allowed_edits` alone would
    need.
    """
    count = 3 if length < LONG else 4
    short, longer = divmod(length, count)
    stops = [0]
    for place in range(count):
        stops.append(stops[-1] + short + (1 if place >= count - longer else 0))
    return list(itertools.pairwise(stops))


_SEGMENTS = {length: _segments(length) for length in range(SHORTEST, LONGEST + 1)}


class SpellingIndex:
    """Finds names within an edit distance (restricted Damerau–Levenshtein) of what was typed.

    Args:
        names: Names, already folded, without blanks. Names outside SHORTEST … LONGEST letters are never near.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        hashes: list[int] = []
        owners: list[int] = []
        for number, name in enumerate(names):
            length = len(name)
            if SHORTEST <= length <= LONGEST:
                for place, (start, stop) in enumerate(_SEGMENTS[length]):
                    hashes.append(hash((length, place, name[start:stop])))
                    owners.append(number)
        keys = np.array(hashes, dtype=np.int64)
        order = np.argsort(keys, kind="stable")
        self._hashes = array("q", keys[order].tobytes())
        self._owners = array("i", np.array(owners, dtype=np.int32)[order].tobytes())

    def near(self, typed: str) -> list[tuple[int, int]]:
        """Names close to what was typed.

        Args:
            typed: A folded text without blanks.

        Returns:
            (number of the name, edits) pairs with 1 … `allowed_edits(length of the name)` edits, in no order.
        """
        near = []
        numbers = list(self._candidates(typed))
        close = process.extract(
            typed, [self.names[number] for number in numbers], scorer=OSA.distance, score_cutoff=MOST_EDITS, limit=None
        )
        for name, edits, place in close:
            if 0 < edits <= allowed_edits(len(name)):
                near.append((numbers[place], int(edits)))
        return near

    def _candidates(self, typed: str) -> set[int]:
        hashes, owners, end = self._hashes, self._owners, len(self._hashes)
        candidates: set[int] = set()
        for length, place, begin, stop in _windows(len(typed)):
            key = hash((length, place, typed[begin:stop]))
            at = bisect_left(hashes, key)
            while at < end and hashes[at] == key and len(candidates) < MOST_CANDIDATES:
                candidates.add(owners[at])
                at += 1
        return candidates


@cache
def _windows(size: int) -> tuple[tuple[int, int, int, int], ...]:
    """(length of the name, segment, begin, end) of all parts of a text of `size` letters that may equal a segment."""
    windows = []
    for length in range(max(SHORTEST, size - MOST_EDITS), min(LONGEST, size + MOST_EDITS) + 1):
        if abs(size - length) > allowed_edits(length):
            continue
        segments = _SEGMENTS[length]
        most, shift = len(segments) - 1, size - length
        for place, (start, stop) in enumerate(segments):
            width = stop - start
            first = max(0, start - place, start + shift - (most - place))
            last = min(size - width, start + place, start + shift + (most - place))
            windows += [(length, place, begin, begin + width) for begin in range(first, last + 1)]
    return tuple(windows)
