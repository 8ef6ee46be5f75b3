"""From scores to recommendations: the only place where scores are ranked, masked and cut.

A page (1 query), `predict` (10,000 queries) and the evaluation all use `Ranker`, in chunks that bound memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.errors import InvalidParameterError
from tagviz.intersection import all_of, intersected, step_away
from tagviz.score_ops import is_constant, min_max_scaled, top
from tagviz.types import (
    Corpus,
    Floats,
    Ints,
    Kind,
    Progress,
    ProgressCallback,
    QueryBatch,
    Recommender,
    no_progress,
    readonly,
)

CHUNK_BYTES = 128 * 2**20
"""Size of one chunk's score matrix; a method's own working memory is a small multiple of it."""


@dataclass(frozen=True)
class RankingOptions:
    """Options between a method's scores and the recommendations.

    Variety and popularity reorder the POOL best items by score; items beyond them never move up.

    Attributes:
        avoid_weight: Weight of what is subtracted for the avoided items: the part of their scores that the query does
            not share (`intersection.step_away`).
        variety: 0 … 1, how much an item loses for similarity to the items above it (maximal marginal relevance,
            Carbonell & Goldstein 1998); at 1 only dissimilarity counts. Similarity is the cosine of the playlists
            that contain the items.
        popularity: −1 … 1. Above 0 prefers popular items, below 0 rare ones; at ±1 only popularity decides.
        released: Whether songs released after the playlist's date are left out, where both dates are known.
        variants: Per kind int32 (n_kind,) group of each item, from `recommenders/near_duplicates.py`. Of each group
            only the best item is recommended, and none of a group that the query contains. Empty: items are not
            grouped.
        left_out: Per kind bool (n_kind,), items that are never recommended unless the title names them, such as tags
            that say nothing about music. Empty: nothing is left out.
    """

    avoid_weight: float = 1.0
    variety: float = 0.0
    popularity: float = 0.0
    released: bool = False
    variants: Mapping[Kind, Ints] = field(default_factory=dict, compare=False)
    left_out: Mapping[Kind, NDArray[np.bool_]] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        """Check the ranges of variety and popularity.

        Raises:
            InvalidParameterError: One of them is outside its range.
        """
        for name, value, low in (("variety", self.variety, 0.0), ("popularity", self.popularity, -1.0)):
            if not low <= value <= 1.0:
                raise InvalidParameterError(
                    f"{name} is {value:g}", f"it lies between {low:g} and 1", "choose a value within"
                )


LEAD = 0.001
"""Share of the highest score by which the items that the title names rank above it."""
POOL = 200
"""Number of best items that variety and popularity choose from (at least five times the wanted number)."""


@dataclass(frozen=True, eq=False)
class Ranked:
    """Recommendations for a batch of queries.

    Attributes:
        rows: int32 (q, n) rows of the recommended items, best first, −1 where there are fewer than n.
        scores: float32 (q, n) scores.
        fallback: bool (q,), True where the method knew nothing of the query, so that popularity decided.
    """

    rows: Ints
    scores: Floats
    fallback: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Ranker:
    """Ranks the scores of recommenders on one corpus.

    Attributes:
        corpus: Corpus whose items are recommended.
        options: Options between scores and recommendations.
        progress: Progress callback.
        threads: Number of chunks that are ranked at the same time, each with its own memory.
    """

    corpus: Corpus
    options: RankingOptions = RankingOptions()
    progress: ProgressCallback = no_progress
    threads: int = 1

    def rank(self, recommender: Recommender, asked: QueryBatch, kind: Kind, n: int) -> Ranked:
        """Return the n best items per query, without items that the query contains, avoids or masks.

        Items that the title names are the exception: they may be recommended, and lead.

        Ties go to the more popular item, then to the lower row, so that two runs agree. A query of which the method
        knows nothing is answered by popularity and marked as fallback.

        Args:
            recommender: Fitted method.
            asked: The queries (q).
            kind: Kind of the items to recommend.
            n: Number of items per query.
        """
        width = len(self.corpus.vocab(kind))
        n = min(n, width)
        rows = np.full((len(asked), n), -1, dtype=np.int32)
        scores = np.zeros((len(asked), n), dtype=np.float32)
        fallback = np.zeros(len(asked), dtype=bool)

        def rank_chunk(span: tuple[int, int]) -> int:
            start, stop = span
            chunk = self._rank_chunk(recommender, asked.part(start, stop), kind, n)
            for offset, (best, worth) in enumerate(chunk.best):
                rows[start + offset, : len(best)] = best
                scores[start + offset, : len(best)] = worth
            fallback[start:stop] = chunk.fallback
            return stop

        spans = list(chunks(len(asked), width))
        with ThreadPoolExecutor(max(1, self.threads)) as pool:
            try:
                for stop in pool.map(rank_chunk, spans) if len(spans) > 1 else map(rank_chunk, spans):
                    self.progress(Progress(f"Ranking {kind}s", stop / len(asked)))
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        return Ranked(readonly(rows), readonly(scores), readonly(fallback))

    def _rank_chunk(self, recommender: Recommender, asked: QueryBatch, kind: Kind, n: int) -> _RankedChunk:
        popular = self.corpus.counts(kind)
        scores = _scores_less_avoided(recommender, asked, kind, self.options)
        fallback = is_constant(scores)
        scores[fallback] = popular / max(1, popular.max(initial=1))
        if kind in self.options.left_out:
            scores[:, self.options.left_out[kind]] = -np.inf
        _raise_named_items(scores, asked, kind)
        apply_rulings(self.corpus, asked.items, kind, scores)
        _mask(scores, asked, kind)
        if self.options.released and kind is Kind.SONG:
            _mask_future_songs(scores, asked, self.corpus)
        fallback |= _break_ties_by_popularity(scores, popular)
        best = []
        for query, of_query in enumerate(scores):
            best.append(self._choose(of_query, kind, _grouped_away(asked, kind, query), n))
        return _RankedChunk(best, fallback)

    def _choose(self, scores: Floats, kind: Kind, held: NDArray[Any], n: int) -> tuple[NDArray[Any], Floats]:
        """Return the n best rows for one query, best first, and their scores after variants, popularity and variety."""
        options, popular = self.options, self.corpus.counts(kind)
        groups = options.variants.get(kind)
        if groups is None and not options.variety and not options.popularity:
            best = top(scores, popular, n)
            return best, scores[best]
        pool = top(scores, popular, max(POOL, 5 * n))
        if groups is not None:
            pool = _best_of_variants(pool, groups, held)
        worth = scores[pool]
        if options.variety or options.popularity:
            worth = min_max_scaled(worth[None])[0]
        if options.popularity:
            common = np.argsort(np.argsort(popular[pool], kind="stable"), kind="stable") / max(1, len(pool) - 1)
            lean = abs(options.popularity)
            worth = ((1 - lean) * worth + lean * (common if options.popularity > 0 else 1 - common)).astype(np.float32)
        if not options.variety:
            order = np.argsort(-worth, kind="stable")[:n]
            return pool[order], worth[order]
        return _maximal_marginal_relevance(pool, worth, n, options.variety, self.corpus.matrix(kind))


def rank(
    recommender: Recommender,
    asked: QueryBatch,
    kind: Kind,
    corpus: Corpus,
    n: int,
    options: RankingOptions = RankingOptions(),
) -> Ranked:
    """Return the n best items per query: `Ranker.rank` without progress, on one thread.

    Args:
        recommender: Fitted method.
        asked: The queries (q).
        kind: Kind of the items to recommend.
        corpus: Corpus whose items are recommended.
        n: Number of items per query.
        options: Options between scores and recommendations.
    """
    return Ranker(corpus, options).rank(recommender, asked, kind, n)


@dataclass(frozen=True, eq=False)
class _RankedChunk:
    """Per query the best rows with their scores, and whether popularity decided."""

    best: list[tuple[NDArray[Any], Floats]]
    fallback: NDArray[np.bool_]


def _break_ties_by_popularity(scores: Floats, popular: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Replace rows in which all allowed items have equal scores by popularity, in place.

    Returns:
        bool (q,), True for the replaced rows.
    """
    tied = is_constant(scores)
    open_ = scores[tied] > -np.inf
    several = open_.sum(axis=1) > 1
    tied[tied] = several
    common = (popular / max(1, popular.max(initial=1))).astype(np.float32)
    scores[tied] = np.where(open_[several], common, np.float32(-np.inf))
    return tied


def chunks(count: int, width: int) -> Iterator[tuple[int, int]]:
    """Yield (start, stop) pairs of queries whose float32 score matrix stays within CHUNK_BYTES.

    Args:
        count: Number of queries.
        width: Number of scored items.
    """
    size = int(max(1, min(1024, CHUNK_BYTES // max(1, 4 * width))))
    for start in range(0, count, size):
        yield start, min(count, start + size)


def _scores_less_avoided(recommender: Recommender, asked: QueryBatch, kind: Kind, options: RankingOptions) -> Floats:
    """Return the method's scores less the weighted scores of what is avoided, float32 (q, n_kind).

    Queries of several tags that are meant all at once are scored by `intersection.all_of`.
    """
    scores = np.require(recommender.score(asked, kind), np.float32, "W")
    together = intersected(asked, kind)
    together = together[~is_constant(scores[together])]
    if len(together):
        scores[together] = all_of(recommender.score, asked, kind, together, scores[together])
    avoiding = np.zeros(len(asked), dtype=bool)
    for matrix in asked.avoid.values():
        avoiding |= np.diff(matrix.indptr) > 0
    if asked.avoided_phrases:
        avoiding |= np.array([bool(phrase) for phrase in asked.avoided_phrases])
    if avoiding.any() and options.avoid_weight:
        opposite = replace(
            asked,
            titles=("",) * len(asked),
            items=_avoided_as_items(asked),
            avoid={},
            masked={},
            named={},
            phrases=asked.avoided_phrases,
            avoided_phrases=(),
        )
        away = min_max_scaled(np.asarray(recommender.score(opposite, kind), dtype=np.float32))
        near = min_max_scaled(scores[avoiding])
        scores[avoiding] = near - options.avoid_weight * step_away(near, away[avoiding])
    return scores


def _avoided_as_items(asked: QueryBatch) -> dict[Kind, sp.csr_matrix]:
    """Return the avoided items as items of the query, with an empty matrix for every kind that is not avoided."""
    items = asked.items.items()
    return {kind: asked.avoid.get(kind, sp.csr_matrix(matrix.shape, dtype=np.float32)) for kind, matrix in items}


def apply_rulings(corpus: Corpus, items: Mapping[Kind, sp.csr_matrix], kind: Kind, scores: Floats) -> None:
    """Apply expert decisions to scores, in place.

    Blocked items, and items kept apart from one in the query, get −inf; items that belong together with one in the
    query get the highest score.

    Args:
        corpus: Corpus with the decisions.
        items: Items of the queries by kind, CSR (q, n_kind).
        kind: Kind of the scored items.
        scores: float32 (q, n_kind), changed.
    """
    rulings = corpus.rulings.get(kind)
    if rulings is None:
        return
    if kind in items and _has_rulings(rulings.together, items[kind]):
        together = sp.csr_matrix(items[kind] @ rulings.together)
        owners = np.repeat(np.arange(len(scores)), np.diff(together.indptr))
        best = scores.max(axis=1, initial=-np.inf)
        scores[owners, together.indices] = (best + 0.01 * np.abs(best))[owners]
    if kind in items and _has_rulings(rulings.apart, items[kind]):
        apart = sp.csr_matrix(items[kind] @ rulings.apart)
        scores[np.repeat(np.arange(len(scores)), np.diff(apart.indptr)), apart.indices] = -np.inf
    scores[:, rulings.blocked] = -np.inf


def _has_rulings(ruling: sp.csr_matrix, items: sp.csr_matrix) -> bool:
    """Return whether any decision concerns an item of the queries; usually none does."""
    held = items.indices
    return bool((ruling.indptr[held + 1] > ruling.indptr[held]).any())


def _raise_named_items(scores: Floats, asked: QueryBatch, kind: Kind) -> None:
    """Move the items that the title names above the highest score of their row, in place.

    Each moves as far as its weight says, and they keep the method's own order among themselves. Methods give low scores
    to the items of a query, or none.
    """
    if kind not in asked.named or not asked.named[kind].nnz:
        return
    rows, columns, weights = _entries(asked.named[kind])
    finite = np.where(np.isfinite(scores), scores, np.nan)
    best, least = np.nanmax(finite, axis=1, initial=0)[rows], np.nanmin(finite, axis=1, initial=0)[rows]
    own = np.maximum(scores[rows, columns], least)
    among = np.divide(own - least, best - least, out=np.zeros_like(own), where=best > least)
    scores[rows, columns] = own + weights * (best - own + LEAD * np.maximum(np.abs(best), LEAD) * (1 + among))


def _entries(matrix: sp.csr_matrix) -> tuple[NDArray[Any], NDArray[Any], Floats]:
    """Return row, column and value of each stored entry."""
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr)), matrix.indices, matrix.data


def _grouped_away(asked: QueryBatch, kind: Kind, query: int) -> NDArray[Any]:
    """Return the rows of a query's items, without those that its title names, whose variants are not recommended."""
    held, named = (_indices(group.get(kind), query) for group in (asked.items, asked.named))
    return np.setdiff1d(held, named) if len(named) else held


def _indices(matrix: sp.csr_matrix | None, row: int) -> NDArray[Any]:
    """Return the columns of one row's entries; none without a matrix."""
    if matrix is None:
        return np.empty(0, dtype=np.int32)
    return np.asarray(matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]])


def _mask(scores: Floats, asked: QueryBatch, kind: Kind) -> None:
    """Set the scores of items that the query contains, avoids or masks to −inf.

    Items that the title names keep their scores unless they are avoided or masked.
    """
    named = _entries(asked.named[kind]) if kind in asked.named else None
    kept = None if named is None else scores[named[0], named[1]]
    for group in (asked.items, asked.avoid, asked.masked):
        if kind in group:
            matrix = group[kind]
            scores[np.repeat(np.arange(len(asked)), np.diff(matrix.indptr)), matrix.indices] = -np.inf
        if group is asked.items and named is not None and kept is not None:
            scores[named[0], named[1]] = kept


def _mask_future_songs(scores: Floats, asked: QueryBatch, corpus: Corpus) -> None:
    """Set the scores of songs released after the playlist's date to −inf; unknown dates are not later than any."""
    if asked.dates is not None:
        issued = corpus.songs["date"].to_numpy()
        scores[issued[None, :] > np.asarray(asked.dates, dtype=issued.dtype)[:, None]] = -np.inf


def _best_of_variants(pool: NDArray[Any], groups: Ints, held: NDArray[Any]) -> NDArray[Any]:
    """Return the first of each group in the pool, without groups that the query contains."""
    _, first = np.unique(groups[pool], return_index=True)
    kept = pool[np.sort(first)]
    return kept[~np.isin(groups[kept], groups[held])]


def _maximal_marginal_relevance(
    pool: NDArray[Any], worth: Floats, n: int, variety: float, playlists: sp.csr_matrix
) -> tuple[NDArray[Any], Floats]:
    """Order the pool greedily by (1 − variety) · score − variety · similarity to the items above."""
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
