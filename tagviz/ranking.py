"""From scores to answers: the one place where scores are ranked, masked and cut.

The page (1 query), `predict` (10,000) and the evaluation all come through `rank`, in chunks that bound memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.types import Asked, Corpus, Floats, Ints, Kind, ProgressCallback, Progress, Recommender, frozen, quiet

CHUNK_BYTES = 64 * 2**20
"""Size of one chunk's score matrix; a method's own working memory is a small multiple of it."""


@dataclass(frozen=True)
class Rules:
    """What is done between a method's scores and the answer.

    avoid_weight: how much of the score that the avoided items would give is taken off (both scaled to [0, 1] per query).
    """

    avoid_weight: float = 1.0


@dataclass(frozen=True, eq=False)
class Ranked:
    """Rows int32 (q, n) of the answered items, best first, −1 where there are fewer than n; their scores; and per query
    whether nothing asked was known, so that the answer is mere popularity."""

    rows: Ints
    scores: Floats
    fallback: NDArray[np.bool_]


def rank(
    recommender: Recommender,
    asked: Asked,
    kind: Kind,
    corpus: Corpus,
    n: int,
    rules: Rules = Rules(),
    progress: ProgressCallback = quiet,
) -> Ranked:
    """The n best items of `kind` per query, without what the query already holds, avoids or masks.

    Ties go to the more popular item, then to the lower row, so that two runs agree; a query of which the method knows
    nothing is answered by popularity and marked.
    """
    width = len(corpus.vocab(kind))
    n = min(n, width)
    rows = np.full((len(asked), n), -1, dtype=np.int32)
    values = np.zeros((len(asked), n), dtype=np.float32)
    fallback = np.zeros(len(asked), dtype=bool)
    popular = corpus.counts(kind)
    for start, stop in chunks(len(asked), width):
        part = asked.part(start, stop)
        scores = _scored(recommender, part, kind, rules)
        fallback[start:stop] = scores.max(axis=1, initial=-np.inf) <= scores.min(axis=1, initial=np.inf)
        scores[fallback[start:stop]] = popular / max(1, popular.max(initial=1))
        _mask(scores, part, kind)
        for offset in range(stop - start):
            best = top(scores[offset], popular, n)
            rows[start + offset, : len(best)] = best
            values[start + offset, : len(best)] = scores[offset, best]
        progress(Progress(f"Ranking {kind}s", stop / len(asked)))
    return Ranked(frozen(rows), frozen(values), frozen(fallback))


def top(scores: Floats, popular: NDArray[np.int64], n: int) -> NDArray[Any]:
    """Rows of the n highest scores above −inf, best first; ties by popularity, then by row."""
    if n <= 0:
        return np.empty(0, dtype=np.int64)
    if n < len(scores):
        edge = -np.partition(-scores, n - 1)[n - 1]
        candidates = np.flatnonzero((scores >= edge) & (scores > -np.inf))
    else:
        candidates = np.flatnonzero(scores > -np.inf)
    order = np.lexsort((candidates, -popular[candidates], -scores[candidates]))
    return candidates[order[:n]]


def chunks(count: int, width: int) -> Iterator[tuple[int, int]]:
    """(start, stop) pairs over `count` queries such that float32 scores over `width` items stay within CHUNK_BYTES."""
    size = int(max(1, min(1024, CHUNK_BYTES // max(1, 4 * width))))
    for start in range(0, count, size):
        yield start, min(count, start + size)


def scaled(scores: Floats) -> Floats:
    """Each row moved and stretched to [0, 1]; a row without information becomes 0."""
    low = scores.min(axis=1, keepdims=True, initial=np.inf)
    spread = scores.max(axis=1, keepdims=True, initial=-np.inf) - low
    return np.divide(scores - low, spread, out=np.zeros_like(scores), where=spread > 0)


def _scored(recommender: Recommender, asked: Asked, kind: Kind, rules: Rules) -> Floats:
    scores = np.array(recommender.score(asked, kind), dtype=np.float32)
    avoiding = np.zeros(len(asked), dtype=bool)
    for matrix in asked.avoid.values():
        avoiding |= np.diff(matrix.indptr) > 0
    if avoiding.any() and rules.avoid_weight:
        opposite = replace(asked, titles=("",) * len(asked), items=_completed(asked), avoid={}, masked={})
        away = scaled(np.asarray(recommender.score(opposite, kind), dtype=np.float32))
        scores[avoiding] = scaled(scores[avoiding]) - rules.avoid_weight * away[avoiding]
    return scores


def _completed(asked: Asked) -> dict[Kind, sp.csr_matrix]:
    """The avoided items as if they were asked, with an empty matrix for every kind that is not avoided."""
    return {kind: asked.avoid.get(kind, sp.csr_matrix(matrix.shape, dtype=np.float32)) for kind, matrix in asked.items.items()}


def _mask(scores: Floats, asked: Asked, kind: Kind) -> None:
    for group in (asked.items, asked.avoid, asked.masked):
        if kind in group:
            matrix = group[kind]
            scores[np.repeat(np.arange(len(asked)), np.diff(matrix.indptr)), matrix.indices] = -np.inf
