"""Candidates: for each query the items that any member ranks high, with the scores of all members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.recommenders.ensemble_members import comparable
from tagviz.recommenders.validation import Questions, cases_of
from tagviz.score_ops import highest_rows
from tagviz.types import Floats, Ints, Kind, QueryBatch, Recommender


@dataclass(frozen=True, eq=False)
class Candidates:
    """Candidate items of q queries.

    Attributes:
        rows: int32 (q, w) rows of the items in no order, −1 where a query has fewer.
        scores: float32 (q, w, members) scores in [0, 1].
        evidence: float32 (q, w, features) further features, possibly none.
    """

    rows: Ints
    scores: Floats
    evidence: Floats

    @property
    def real(self) -> NDArray[np.bool_]:
        """Mask (q, w) of the places that hold a candidate."""
        return self.rows >= 0

    def take(self, places: NDArray[np.intp]) -> Candidates:
        """Return some candidates of each query, by their places (q, fewer)."""
        deep = places[:, :, None]
        return Candidates(
            np.take_along_axis(self.rows, places, axis=1),
            np.take_along_axis(self.scores, deep, axis=1),
            np.take_along_axis(self.evidence, deep, axis=1),
        )


@dataclass(frozen=True, eq=False)
class ScoredCandidates:
    """Candidates of validation questions with the truth.

    Attributes:
        candidates: The candidates.
        hits: bool (q, w), whether the candidate is hidden in its question.
        sizes: int64 (q,) number of hidden items.
        cases: int64 (q,) case of each question.
        groups: str (q,) group of each question, such as its listener.
        known: bool (q, w), whether the truth of the candidate is known; None: of all.
    """

    candidates: Candidates
    hits: NDArray[np.bool_]
    sizes: NDArray[np.int64]
    cases: NDArray[np.int64]
    groups: NDArray[np.str_]
    known: NDArray[np.bool_] | None = None

    @property
    def partial(self) -> NDArray[np.bool_]:
        """Mask (q,) of questions with unknown candidates; they are used for training, not for measuring."""
        if self.known is None:
            return np.zeros(len(self.hits), dtype=bool)
        return np.asarray((self.candidates.real & ~self.known).any(axis=1))

    def ndcg(self, values: Floats, depth: int) -> Floats:
        """Return nDCG at a depth, against the ideal over all hidden items.

        Args:
            values: float32 (q, w) scores that order the candidates.
            depth: Number of ranks.

        Returns:
            float32 (q,).
        """
        ordered = best_first(np.where(self.candidates.real, -values, np.inf), depth)
        discounts = 1 / np.log2(np.arange(2, depth + 2))
        gained = np.take_along_axis(self.hits, ordered, axis=1) @ discounts[: ordered.shape[1]]
        ideal = np.concatenate([[0.0], np.cumsum(discounts)])[np.minimum(self.sizes, depth)]
        return np.asarray(np.divide(gained, ideal, out=np.zeros_like(gained), where=ideal > 0), dtype=np.float32)

    def take(self, places: NDArray[np.intp]) -> ScoredCandidates:
        """Return some candidates of each question, by their places (q, fewer)."""
        hits = np.take_along_axis(self.hits, places, axis=1)
        known = None if self.known is None else np.take_along_axis(self.known, places, axis=1)
        return replace(self, candidates=self.candidates.take(places), hits=hits, known=known)

    def select(self, queries: NDArray[np.intp]) -> ScoredCandidates:
        """Return some of the questions."""
        pool = self.candidates
        kept = Candidates(pool.rows[queries], pool.scores[queries], pool.evidence[queries])
        known = None if self.known is None else self.known[queries]
        return ScoredCandidates(
            kept, self.hits[queries], self.sizes[queries], self.cases[queries], self.groups[queries], known
        )


def best_first(costs: Floats, depth: int) -> NDArray[np.intp]:
    """Return the places of the lowest costs of each row, lowest first.

    Args:
        costs: float32 (q, w).
        depth: Largest number of places.

    Returns:
        int (q, ≤ depth).
    """
    if depth < costs.shape[1]:
        lowest = np.argpartition(costs, depth - 1, axis=1)[:, :depth]
        order = np.argsort(np.take_along_axis(costs, lowest, axis=1), axis=1, kind="stable")
        return np.take_along_axis(lowest, order, axis=1)
    return np.argsort(costs, axis=1, kind="stable")


def candidates(members: Mapping[str, Recommender], asked: QueryBatch, kind: Kind, most: int) -> Candidates:
    """Collect the best items of each member, without items that the query contains or that must not be recommended.

    Args:
        members: Fitted members by name.
        asked: The queries.
        kind: Kind of the items.
        most: Number of items from each member.
    """
    return from_scores([comparable(member, asked, kind) for member in members.values()], asked, kind, most)


def from_scores(scores: Sequence[Floats], asked: QueryBatch, kind: Kind, most: int) -> Candidates:
    """Collect candidates from the comparable scores of each member.

    Args:
        scores: float32 (q, n_kind) of each member.
        asked: The queries.
        kind: Kind of the items.
        most: Number of items from each member.
    """
    count = len(asked)
    # a member that knows nothing of a query would add the first items of the vocabulary
    knowing = [[each for each in scores if each[row].any()] or list(scores[:1]) for row in range(count)]
    best = [np.unique(np.concatenate([highest_rows(each[row], most) for each in knowing[row]])) for row in range(count)]
    for group in (asked.items, asked.masked, asked.avoid):
        if kind in group:
            held = np.split(group[kind].indices, group[kind].indptr[1:-1])
            best = [
                np.setdiff1d(rows, gone, assume_unique=True) if len(gone) else rows
                for rows, gone in zip(best, held, strict=True)
            ]
    sizes = [len(rows) for rows in best]
    rows = np.full((count, max(1, *sizes)), -1, dtype=np.int32)
    rows[np.arange(rows.shape[1]) < np.array(sizes)[:, None]] = np.concatenate(best)
    values = np.stack([np.take_along_axis(each, np.maximum(rows, 0), axis=1) for each in scores], axis=2)
    values[rows < 0] = 0
    return Candidates(rows, values, np.zeros((*rows.shape, 0), dtype=np.float32))


def score_candidates(pool: Candidates, asked: Questions, kind: Kind) -> ScoredCandidates:
    """Mark the candidates that are hidden items of their question.

    Args:
        pool: Candidates of the questions.
        asked: The questions.
        kind: Kind of the items.
    """
    hidden = asked.hidden[kind]
    owners = np.repeat(np.arange(len(pool.rows)), pool.rows.shape[1])
    flat = np.asarray(hidden[owners, np.maximum(pool.rows, 0).ravel()]).ravel() > 0
    hits = flat.reshape(pool.rows.shape) & pool.real
    return ScoredCandidates(pool, hits, np.diff(hidden.indptr).astype(np.int64), cases_of(asked.asked), asked.groups)


def member_features(pool: Candidates, asked: Questions, wrong: sp.csr_matrix, kind: Kind) -> ScoredCandidates:
    """Mark the candidates that reviewers found right or wrong; the truth of the others is unknown.

    Args:
        pool: Candidates of the questions.
        asked: The reviewed questions, with the right items as hidden ones.
        wrong: CSR (q, n_kind) wrong items.
        kind: Kind of the items.
    """
    judged = score_candidates(pool, asked, kind)
    refused = score_candidates(pool, replace(asked, hidden={kind: wrong}), kind)
    return replace(judged, known=judged.hits | refused.hits)


def stack(parts: Sequence[ScoredCandidates]) -> ScoredCandidates:
    """Join the candidates of several batches."""
    width = max(part.hits.shape[1] for part in parts)

    def padded(array: NDArray[np.generic], filler: float) -> NDArray[np.generic]:
        missing = [(0, 0), (0, width - array.shape[1])] + [(0, 0)] * (array.ndim - 2)
        return np.pad(array, missing, constant_values=filler)

    rows = np.concatenate([padded(part.candidates.rows, -1) for part in parts])
    scores = np.concatenate([padded(part.candidates.scores, 0) for part in parts])
    evidence = np.concatenate([padded(part.candidates.evidence, 0) for part in parts])
    hits = np.concatenate([padded(part.hits, False) for part in parts])
    sizes, cases, groups = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("sizes", "cases", "groups")
    )
    known = None
    if any(part.known is not None for part in parts):
        each = (np.ones_like(part.hits) if part.known is None else part.known for part in parts)
        known = np.concatenate([padded(one, False) for one in each]).astype(bool)
    return ScoredCandidates(Candidates(rows, scores, evidence), hits, sizes, cases, groups, known)
