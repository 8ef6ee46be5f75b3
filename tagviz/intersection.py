"""What is meant by several tags: items that fit all of them, or that fit any; and a step away from what is avoided.

All of these: an item's place among the answers to each tag alone, and (JOINT times) to all together, averaged:

    s_j = exp(mean_i log((OFFSET + 1) / (OFFSET + rank_i(j))))

The geometric mean of discounted ranks is high only where every rank is; ranks need no calibration between questions
(reciprocal rank fusion, Cormack et al. 2009, multiplied instead of added). Chosen on pairs of tags that share songs in
the lists of held-out listeners: nDCG@20 of the songs with both tags, and the share of the first ten with both.

| asked of | any | this | product | minimum |
| --- | --- | --- | --- | --- |
| neighbours and cooccurrence, 250 pairs | .165, .30 | +.028 ± .005, +.06 | +.014 ± .006, +.07 | +.003 ± .007, +.06 |
| best, 900 pairs | .228, .608 | +.001 ± .002, +.023 ± .003 | −.013 ± .003, +.026 | −.004 ± .003, +.036 |

It does not pay for tags as answers (+.006 ± .008), which stay as they are, nor for four tags or more of one held-out
playlist (−.004 ± .005 for songs): evaluations' questions, whose tags describe and do not select, are asked any.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.types import Floats, Kind, QueryBatch

OFFSET = 10
"""Ranks are discounted from here on; 3 to 60 measure the same within error."""
JOINT = 2.0
"""How often the answers to all tags together count beside those to each."""
DEPTH = 2000
"""Places of a ranking that are told apart; what lies behind shares one."""
FEWEST_TAGS, MOST_TAGS = 2, 8
"""Tags that can be intersected; beyond the last all together is all there is."""


def intersected(asked: QueryBatch, kind: Kind) -> NDArray[np.intp]:
    """The queries that ask for items with all of their tags.

    Args:
        asked: Queries. One with songs asked outright is never meant: songs are examples. Where nobody has said how
            several things are meant (`match` is empty, as in evaluations), none is.
        kind: What is answered.

    Returns:
        Rows of `asked`, ascending.
    """
    if not asked.match or kind is not Kind.SONG or Kind.TAG not in asked.items:
        return np.empty(0, dtype=np.intp)
    tags, songs = (np.diff(asked.items[each].indptr) for each in (Kind.TAG, Kind.SONG))
    every = np.array([match == "all" for match in asked.match], dtype=bool)
    return np.flatnonzero(every & (tags >= FEWEST_TAGS) & (tags <= MOST_TAGS) & (songs == 0))


def all_of(
    score: Callable[[QueryBatch, Kind], Floats], asked: QueryBatch, kind: Kind, rows: NDArray[np.intp], joint: Floats
) -> Floats:
    """Scores of some queries' items by how well they fit every tag.

    Args:
        score: A recommender's scores.
        asked: Queries.
        kind: What is answered.
        rows: The r queries that are meant (see `intersected`).
        joint: float32 (r, n) the scores of all their tags together.

    Returns:
        float32 (r, n) in (0, 1].
    """
    tags = sp.csr_matrix(asked.items[Kind.TAG][rows])
    owners = np.repeat(np.arange(len(rows)), np.diff(tags.indptr))
    alone = score(_one_each(asked, tags, rows[owners]), kind)
    logs = np.float32(JOINT) * _discounted(joint)
    counts = np.full(len(rows), JOINT, dtype=np.float32)
    for owner, scores in zip(owners, alone, strict=True):
        if scores.max() > scores.min():  # a tag that the method does not know says nothing
            logs[owner] += _discounted(scores[None])[0]
            counts[owner] += 1
    return np.asarray(np.exp(logs / counts[:, None]), dtype=np.float32)


def step_away(scores: Floats, avoided: Floats) -> Floats:
    """Takes off what the avoided items would give beyond what the asked items share with them.

    The avoided items' scores, as a direction over the answers, are made orthogonal to the asked ones' (both centred),
    so that "jazz, not funk" loses what is funk's own and keeps what jazz and funk have in common. Chosen on pairs of
    tags in the lists of held-out listeners, asked of best: nDCG@20 of the songs with the one tag and without the
    other, and the share of the first ten with the asked tag. Close pairs (at least a quarter of the other's songs are
    shared): nothing taken off .331; the avoided scores as they are +.027 ± .007, .94; half of them +.032 ± .007, .94;
    this +.037 ± .006, .95. All pairs: +.034 ± .007, .967; +.041 ± .007, .973; this +.039 ± .006, .978.

    Args:
        scores: float32 (q, n) of what is asked, scaled to [0, 1].
        avoided: float32 (q, n) of what is avoided, scaled to [0, 1].

    Returns:
        float32 (q, n) to take off, in [0, 1].
    """
    asked = scores - scores.mean(axis=1, keepdims=True)
    away = avoided - avoided.mean(axis=1, keepdims=True)
    shared = np.maximum(0, (asked * away).sum(axis=1, keepdims=True))
    away -= shared / np.maximum(np.square(asked).sum(axis=1, keepdims=True), 1e-9) * asked
    away = np.maximum(away, 0)
    return np.asarray(away / np.maximum(away.max(axis=1, keepdims=True), 1e-9), dtype=np.float32)


def _one_each(asked: QueryBatch, tags: sp.csr_matrix, owners: NDArray[np.intp]) -> QueryBatch:
    """Each tag as a query of its own."""
    count = tags.nnz
    items = {kind: sp.csr_matrix((count, matrix.shape[1]), dtype=np.float32) for kind, matrix in asked.items.items()}
    items[Kind.TAG] = sp.csr_matrix(
        (np.ones(count, dtype=np.float32), (np.arange(count), tags.indices)), shape=(count, tags.shape[1])
    )
    return QueryBatch(("",) * count, items, dates=None if asked.dates is None else asked.dates[owners])


def _discounted(scores: Floats) -> Floats:
    """(q, n) log((OFFSET + 1) / (OFFSET + rank)), ties by row; what is behind the first DEPTH shares the next rank."""
    result = np.full(scores.shape, np.log((OFFSET + 1) / (OFFSET + DEPTH + 1)), dtype=np.float32)
    most = min(DEPTH, scores.shape[1])
    places = np.log((OFFSET + 1) / (OFFSET + np.arange(1, most + 1))).astype(np.float32)
    for row, own in zip(result, scores, strict=True):
        first = np.argpartition(-own, most - 1)[:most] if most < len(own) else np.arange(len(own))
        first = np.sort(first)
        row[first[np.argsort(-own[first], kind="stable")]] = places
    return result
