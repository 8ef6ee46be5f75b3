"""Operations on rows of scores: the highest ones, their scale, and whether they differ at all."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tagviz.types import Floats

FIRST_ITEMS = 2048
"""Number of items that `is_constant` reads before it reads all."""
STRIPES = 64
"""Largest number of stripes into which a row of scores is divided to find the highest."""
SHORT = 50_000
"""Number of scores up to which all are compared with the bound, not only the columns that reach it."""
COLUMNS = 4
"""Least number of columns of the stripes for each of the highest scores: with fewer, most columns hold one of them."""


def is_constant(scores: Floats) -> NDArray[np.bool_]:
    """Return per row (q,) whether all scores above −inf are equal.

    Usually the first FIRST_ITEMS scores already differ, so that the others are not read.
    """
    same = np.ones(len(scores), dtype=bool)
    for part in (scores[:, :FIRST_ITEMS], scores):
        if same.any():
            some = part[same]
            least = np.where(some > -np.inf, some, np.float32(np.inf)).min(axis=1, initial=np.inf)
            same[same] = some.max(axis=1, initial=-np.inf) <= least
    return same


def top(scores: Floats, popular: NDArray[np.int64], n: int) -> NDArray[Any]:
    """Return the rows of the n highest scores above −inf, best first; ties by popularity, then by row.

    Args:
        scores: float32 (n_kind,) scores.
        popular: int64 (n_kind,) number of playlists of each item.
        n: Number of rows.
    """
    if n <= 0:
        return np.empty(0, dtype=np.int64)
    candidates = _candidate_rows(scores, n)
    values = scores[candidates]
    edge = np.partition(values, len(values) - n)[len(values) - n] if n < len(values) else -np.inf
    candidates = candidates[(values >= edge) & (values > -np.inf)]
    order = np.lexsort((candidates, -popular[candidates], -scores[candidates]))
    return candidates[order[:n]]


def _candidate_rows(scores: Floats, n: int) -> NDArray[np.intp]:
    """Return rows in ascending order that include the n highest scores and all equal to the lowest of these (1 ≤ n).

    The scores are laid out as stripes. The n-th largest maximum of the columns is at most the n-th largest
    score, so that only columns that reach it need to be read: at a million items a fiftieth of them in a single pass.
    """
    count = min(STRIPES, len(scores) // (COLUMNS * n))
    if count <= 1:
        return np.arange(len(scores))
    length = len(scores) // count
    stripes = scores[: count * length].reshape(count, length)
    maxima = stripes.max(axis=0)
    bound = np.partition(maxima, length - n)[length - n]
    columns = np.flatnonzero(maxima >= bound)
    if len(scores) <= SHORT or len(columns) > length // 4:  # few, or ties such as zeros: as quick to look at all
        return np.flatnonzero(scores >= bound)
    stripe, place = np.nonzero(stripes[:, columns] >= bound)
    rest = np.arange(count * length, len(scores))
    return np.concatenate([stripe * length + columns[place], rest[scores[rest] >= bound]])


def highest_rows(scores: Floats, n: int) -> NDArray[Any]:
    """Return the rows of the n highest scores in ascending order; ties at the edge go to the lower row.

    Args:
        scores: float32 (n_kind,) scores.
        n: Number of rows.
    """
    if n >= len(scores):
        return np.arange(len(scores))
    rows = _candidate_rows(scores, n)
    values = scores[rows]
    edge = np.partition(values, len(values) - n)[len(values) - n]
    above = rows[values > edge]
    return np.sort(np.concatenate([above, rows[values == edge][: n - len(above)]]))


def min_max_scaled(
    scores: Floats, out: Floats | None = None, lowest: Floats | None = None, highest: float = 1.0
) -> Floats:
    """Scale each row to [0, highest]; a row of equal scores becomes 0.

    Args:
        scores: float32 (q, n_kind).
        out: Array to write to, such as `scores` itself; None: a new one.
        lowest: float32 (q,) lowest score of each row, where it is known already.
        highest: Upper end of the scale.
    """
    scaled = np.empty_like(scores) if out is None else out
    for number, (row, to) in enumerate(zip(scores, scaled, strict=True)):  # row by row: memory is what takes the time
        low = row.min(initial=np.inf) if lowest is None else lowest[number]
        spread = row.max(initial=-np.inf) - low
        if spread > 0:
            np.divide(np.subtract(row, low, out=to) if low else row, spread / np.float32(highest), out=to)
        else:
            to[:] = 0
    return scaled
