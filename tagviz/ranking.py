"""From scores to answers: the one place where scores are ranked, masked and cut.

The page (1 query), `predict` (10,000) and the evaluation all come through `rank`, in chunks that bound memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.errors import BadParameter
from tagviz.types import Asked, Corpus, Floats, Ints, Kind, Progress, ProgressCallback, Recommender, frozen, quiet

CHUNK_BYTES = 128 * 2**20
"""Size of one chunk's score matrix; a method's own working memory is a small multiple of it."""


@dataclass(frozen=True)
class Rules:
    """What is done between a method's scores and the answer.

    avoid_weight: how much of the score that the avoided items would give is taken off (both scaled to [0, 1] a query).
    variety: 0 … 1, how much an item loses for being like those above it (maximal marginal relevance, Carbonell &
        Goldstein 1998): at 0 nothing, at 1 only the difference counts. Items are alike that share playlists (cosine).
    popularity: −1 … 1. Above 0 leans to known hits, below 0 to discoveries; at ±1 only how common an item is decides.
    released: songs issued after the playlist's date are left out, where both dates are known.
    variants: per kind a group per item (int32), as `recommend/folding.py` learns them; only the best item of a group is
        answered, and none of a group that the query holds. Empty: nothing is folded.
    Variety and popularity reorder the POOL best items by score; beyond them nothing comes up.
    """

    avoid_weight: float = 1.0
    variety: float = 0.0
    popularity: float = 0.0
    released: bool = False
    variants: Mapping[Kind, Ints] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        for name, value, low in (("variety", self.variety, 0.0), ("popularity", self.popularity, -1.0)):
            if not low <= value <= 1.0:
                raise BadParameter(f"{name} is {value:g}", f"it lies between {low:g} and 1", "choose a value within")


GLANCE = 2048
"""Items that are looked at before all are."""
STRIPES = 64
"""Into how many stripes scores are laid side by side to find the highest."""
POOL = 200
"""How many of the best items variety and popularity choose from (or five times the wanted number, if that is more)."""


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
    threads: int = 1,
) -> Ranked:
    """The n best items of `kind` per query, without what the query already holds, avoids or masks.

    Ties go to the more popular item, then to the lower row, so that two runs agree; a query of which the method knows
    nothing is answered by popularity and marked. threads: chunks that are answered at once, each with its own memory.
    """
    width = len(corpus.vocab(kind))
    n = min(n, width)
    rows = np.full((len(asked), n), -1, dtype=np.int32)
    values = np.zeros((len(asked), n), dtype=np.float32)
    fallback = np.zeros(len(asked), dtype=bool)

    def answer(span: tuple[int, int]) -> int:
        start, stop = span
        part = asked.part(start, stop)
        found = _answered(recommender, part, kind, corpus, n, rules)
        for offset, (best, worth) in enumerate(found.best):
            rows[start + offset, : len(best)] = best
            values[start + offset, : len(best)] = worth
        fallback[start:stop] = found.fallback
        return stop

    spans = list(chunks(len(asked), width))
    with ThreadPoolExecutor(max(1, threads)) as pool:
        try:
            for stop in pool.map(answer, spans) if len(spans) > 1 else map(answer, spans):
                progress(Progress(f"Ranking {kind}s", stop / len(asked)))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return Ranked(frozen(rows), frozen(values), frozen(fallback))


@dataclass(frozen=True, eq=False)
class _Answered:
    """Per query the rows and what they are worth, best first, and whether it is mere popularity."""

    best: list[tuple[NDArray[Any], Floats]]
    fallback: NDArray[np.bool_]


def _answered(recommender: Recommender, asked: Asked, kind: Kind, corpus: Corpus, n: int, rules: Rules) -> _Answered:
    popular = corpus.counts(kind)
    scores = _scored(recommender, asked, kind, rules)
    fallback = even(scores)
    scores[fallback] = popular / max(1, popular.max(initial=1))
    keep_to(corpus, asked.items, kind, scores)
    _mask(scores, asked, kind)
    if rules.released and kind is Kind.SONG:
        _mask_later(scores, asked, corpus)
    fallback |= _by_popularity_where_tied(scores, popular)
    best = [_chosen(scores[row], popular, n, rules, kind, asked, row, corpus) for row in range(len(asked))]
    return _Answered(best, fallback)


def _by_popularity_where_tied(scores: Floats, popular: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Scores the rows (q,) by popularity in which all that may be answered is worth the same; says which they are."""
    tied = even(scores)
    open_ = scores[tied] > -np.inf
    several = open_.sum(axis=1) > 1
    tied[tied] = several
    common = (popular / max(1, popular.max(initial=1))).astype(np.float32)
    scores[tied] = np.where(open_[several], common, np.float32(-np.inf))
    return tied


def even(scores: Floats) -> NDArray[np.bool_]:
    """Per row (q,) whether all that is above −inf is worth the same. Mostly a glance at the first items says no."""
    same = np.ones(len(scores), dtype=bool)
    for part in (scores[:, :GLANCE], scores):
        if same.any():
            some = part[same]
            least = np.where(some > -np.inf, some, np.float32(np.inf)).min(axis=1, initial=np.inf)
            same[same] = some.max(axis=1, initial=-np.inf) <= least
    return same


def top(scores: Floats, popular: NDArray[np.int64], n: int) -> NDArray[Any]:
    """Rows of the n highest scores above −inf, best first; ties by popularity, then by row."""
    if n <= 0:
        return np.empty(0, dtype=np.int64)
    candidates = _promising(scores, n)
    values = scores[candidates]
    edge = np.partition(values, len(values) - n)[len(values) - n] if n < len(values) else -np.inf
    candidates = candidates[(values >= edge) & (values > -np.inf)]
    order = np.lexsort((candidates, -popular[candidates], -scores[candidates]))
    return candidates[order[:n]]


def _promising(scores: Floats, n: int) -> NDArray[np.intp]:
    """Rows in ascending order, among them the n highest (1 ≤ n) of many scores and all that equal the lowest of these.

    Of the maxima of columns, when scores are laid out as stripes, the n-th largest is at most the n-th largest of all:
    only columns that reach it need to be looked at, at a million items a fiftieth of them in a single pass.
    """
    length = len(scores) // STRIPES
    if length <= n:
        return np.arange(len(scores))
    stripes = scores[: STRIPES * length].reshape(STRIPES, length)
    maxima = stripes.max(axis=0)
    bound = np.partition(maxima, length - n)[length - n]
    columns = np.flatnonzero(maxima >= bound)
    if len(columns) > length // 4:  # ties, such as zeros: as quick to look at all
        return np.flatnonzero(scores >= bound)
    stripe, place = np.nonzero(stripes[:, columns] >= bound)
    rest = np.arange(STRIPES * length, len(scores))
    return np.concatenate([stripe * length + columns[place], rest[scores[rest] >= bound]])


def leading(scores: Floats, n: int) -> NDArray[Any]:
    """Rows of the n highest scores in ascending order of row; ties at the edge go to the lower row."""
    if n >= len(scores):
        return np.arange(len(scores))
    rows = _promising(scores, n)
    values = scores[rows]
    edge = np.partition(values, len(values) - n)[len(values) - n]
    above = rows[values > edge]
    return np.sort(np.concatenate([above, rows[values == edge][: n - len(above)]]))


def chunks(count: int, width: int) -> Iterator[tuple[int, int]]:
    """(start, stop) pairs over `count` queries such that float32 scores over `width` items stay within CHUNK_BYTES."""
    size = int(max(1, min(1024, CHUNK_BYTES // max(1, 4 * width))))
    for start in range(0, count, size):
        yield start, min(count, start + size)


def scaled(scores: Floats, out: Floats | None = None, lowest: Floats | None = None, highest: float = 1.0) -> Floats:
    """Each row moved and stretched to [0, highest]; a row without information becomes 0. out: where to, such as
    `scores`; lowest (q,): each row's lowest score, where that is known."""
    result = np.empty_like(scores) if out is None else out
    for number, (row, to) in enumerate(zip(scores, result, strict=True)):  # row by row: memory is what takes the time
        low = row.min(initial=np.inf) if lowest is None else lowest[number]
        spread = row.max(initial=-np.inf) - low
        if spread > 0:
            np.divide(np.subtract(row, low, out=to) if low else row, spread / np.float32(highest), out=to)
        else:
            to[:] = 0
    return result


def _scored(recommender: Recommender, asked: Asked, kind: Kind, rules: Rules) -> Floats:
    scores = np.require(recommender.score(asked, kind), np.float32, "W")
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
    items = asked.items.items()
    return {kind: asked.avoid.get(kind, sp.csr_matrix(matrix.shape, dtype=np.float32)) for kind, matrix in items}


def keep_to(corpus: Corpus, items: Mapping[Kind, sp.csr_matrix], kind: Kind, scores: Floats) -> None:
    """Changes the scores (q, n) of what is asked as experts have ruled: what is blocked, or to be kept apart from
    something asked, is never answered; what belongs together with it comes first."""
    rulings = corpus.rulings.get(kind)
    if rulings is None:
        return
    if kind in items and _rules_on(rulings.together, items[kind]):
        together = sp.csr_matrix(items[kind] @ rulings.together)
        owners = np.repeat(np.arange(len(scores)), np.diff(together.indptr))
        best = scores.max(axis=1, initial=-np.inf)
        scores[owners, together.indices] = (best + 0.01 * np.abs(best))[owners]
    if kind in items and _rules_on(rulings.apart, items[kind]):
        apart = sp.csr_matrix(items[kind] @ rulings.apart)
        scores[np.repeat(np.arange(len(scores)), np.diff(apart.indptr)), apart.indices] = -np.inf
    scores[:, rulings.blocked] = -np.inf


def _rules_on(ruling: sp.csr_matrix, items: sp.csr_matrix) -> bool:
    """Whether anything is ruled of what is asked; mostly nothing is."""
    held = items.indices
    return bool((ruling.indptr[held + 1] > ruling.indptr[held]).any())


def _mask(scores: Floats, asked: Asked, kind: Kind) -> None:
    for group in (asked.items, asked.avoid, asked.masked):
        if kind in group:
            matrix = group[kind]
            scores[np.repeat(np.arange(len(asked)), np.diff(matrix.indptr)), matrix.indices] = -np.inf


def _mask_later(scores: Floats, asked: Asked, corpus: Corpus) -> None:
    """Songs issued after the playlist's date; an unknown date is not later than anything."""
    if asked.dates is not None:
        issued = corpus.songs["date"].to_numpy()
        scores[issued[None, :] > np.asarray(asked.dates, dtype=issued.dtype)[:, None]] = -np.inf


def _chosen(
    scores: Floats,
    popular: NDArray[np.int64],
    n: int,
    rules: Rules,
    kind: Kind,
    asked: Asked,
    query: int,
    corpus: Corpus,
) -> tuple[NDArray[Any], Floats]:
    """The n rows to answer one query with, best first, and what each is worth, after the rules that reorder."""
    groups = rules.variants.get(kind)
    if groups is None and not rules.variety and not rules.popularity:
        best = top(scores, popular, n)
        return best, scores[best]
    pool = top(scores, popular, max(POOL, 5 * n))
    if groups is not None:
        pool = _folded(pool, groups, asked.items[kind][query].indices if kind in asked.items else pool[:0])
    worth = scores[pool]
    if rules.variety or rules.popularity:
        worth = scaled(worth[None])[0]
    if rules.popularity:
        common = np.argsort(np.argsort(popular[pool], kind="stable"), kind="stable") / max(1, len(pool) - 1)
        lean = abs(rules.popularity)
        worth = ((1 - lean) * worth + lean * (common if rules.popularity > 0 else 1 - common)).astype(np.float32)
    if not rules.variety:
        order = np.argsort(-worth, kind="stable")[:n]
        return pool[order], worth[order]
    return _varied(pool, worth, n, rules.variety, corpus.matrix(kind))


def _folded(pool: NDArray[Any], groups: Ints, held: NDArray[Any]) -> NDArray[Any]:
    """The first of each group in the pool, without groups that the query holds."""
    _, first = np.unique(groups[pool], return_index=True)
    kept = pool[np.sort(first)]
    return kept[~np.isin(groups[kept], groups[held])]


def _varied(
    pool: NDArray[Any], worth: Floats, n: int, variety: float, playlists: sp.csr_matrix
) -> tuple[NDArray[Any], Floats]:
    """Maximal marginal relevance: next comes the largest (1 − variety) · worth − variety · likeness to those above."""
    columns = playlists[:, pool]
    lengths = np.sqrt(np.maximum(1, np.asarray(columns.sum(axis=0)).ravel()))
    alike = (columns.T @ columns).toarray() / lengths[:, None] / lengths
    gain = (1 - variety) * worth
    closest = np.zeros(len(pool), dtype=np.float32)
    order: list[int] = []
    values: list[float] = []
    left = np.ones(len(pool), dtype=bool)
    for _ in range(min(n, len(pool))):
        now = np.where(left, gain - variety * closest, -np.inf)
        best = int(np.argmax(now))
        order.append(best)
        values.append(float(now[best]))
        left[best] = False
        closest = np.maximum(closest, alike[best])
    return pool[order], np.array(values, dtype=np.float32)
