"""Candidates: for each query the items that any member puts near the top, with what every member thinks of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.ranking import leading
from tagviz.recommend.members import comparable
from tagviz.recommend.validation import Questions, cases_of
from tagviz.types import Asked, Floats, Ints, Kind, Recommender


@dataclass(frozen=True, eq=False)
class Candidates:
    """rows int32 (q, w): items, in no order, −1 where a query has fewer. scores float32 (q, w, members): in [0, 1].
    evidence float32 (q, w, facts): what else is known of them, perhaps nothing."""

    rows: Ints
    scores: Floats
    evidence: Floats

    @property
    def real(self) -> NDArray[np.bool_]:
        return self.rows >= 0

    def take(self, places: NDArray[np.intp]) -> Candidates:
        """Some of each query's candidates, by their places (q, fewer)."""
        deep = places[:, :, None]
        return Candidates(
            np.take_along_axis(self.rows, places, axis=1),
            np.take_along_axis(self.scores, deep, axis=1),
            np.take_along_axis(self.evidence, deep, axis=1),
        )


@dataclass(frozen=True, eq=False)
class Judged:
    """Candidates of validation questions. hits bool (q, w): is hidden; sizes (q,): how many items are hidden; cases
    (q,); groups (q,): names of those that questions are of, such as listeners. known bool (q, w): of which candidates
    it is known whether they are right; None: of all."""

    candidates: Candidates
    hits: NDArray[np.bool_]
    sizes: NDArray[np.int64]
    cases: NDArray[np.int64]
    groups: NDArray[np.str_]
    known: NDArray[np.bool_] | None = None

    @property
    def partial(self) -> NDArray[np.bool_]:
        """(q,): questions of which some candidate is unknown; they teach, and measure nothing."""
        if self.known is None:
            return np.zeros(len(self.hits), dtype=bool)
        return np.asarray((self.candidates.real & ~self.known).any(axis=1))

    def ndcg(self, values: Floats, depth: int) -> Floats:
        """(q,): nDCG at `depth` when candidates are ordered by `values` (q, w), against the ideal over what is
        hidden."""
        ordered = best_first(np.where(self.candidates.real, -values, np.inf), depth)
        discounts = 1 / np.log2(np.arange(2, depth + 2))
        gained = np.take_along_axis(self.hits, ordered, axis=1) @ discounts[: ordered.shape[1]]
        ideal = np.concatenate([[0.0], np.cumsum(discounts)])[np.minimum(self.sizes, depth)]
        return np.asarray(np.divide(gained, ideal, out=np.zeros_like(gained), where=ideal > 0), dtype=np.float32)

    def take(self, places: NDArray[np.intp]) -> Judged:
        """Some of each question's candidates, by their places (q, fewer)."""
        hits = np.take_along_axis(self.hits, places, axis=1)
        known = None if self.known is None else np.take_along_axis(self.known, places, axis=1)
        return replace(self, candidates=self.candidates.take(places), hits=hits, known=known)

    def select(self, queries: NDArray[np.intp]) -> Judged:
        found = self.candidates
        kept = Candidates(found.rows[queries], found.scores[queries], found.evidence[queries])
        known = None if self.known is None else self.known[queries]
        return Judged(kept, self.hits[queries], self.sizes[queries], self.cases[queries], self.groups[queries], known)


def best_first(costs: Floats, depth: int) -> NDArray[np.intp]:
    """(q, ≤ depth): places of the lowest costs of each row, lowest first."""
    if depth < costs.shape[1]:
        lowest = np.argpartition(costs, depth - 1, axis=1)[:, :depth]
        order = np.argsort(np.take_along_axis(costs, lowest, axis=1), axis=1, kind="stable")
        return np.take_along_axis(lowest, order, axis=1)
    return np.argsort(costs, axis=1, kind="stable")


def candidates(members: Mapping[str, Recommender], asked: Asked, kind: Kind, most: int) -> Candidates:
    """The `most` best items of each member, without what the query holds or must not be answered."""
    return from_scores([comparable(member, asked, kind) for member in members.values()], asked, kind, most)


def from_scores(scores: Sequence[Floats], asked: Asked, kind: Kind, most: int) -> Candidates:
    """Candidates from the comparable scores (q, n_kind) of each member."""
    count = len(asked)
    found = [np.unique(np.concatenate([leading(each[row], most) for each in scores])) for row in range(count)]
    for group in (asked.items, asked.masked, asked.avoid):
        if kind in group:
            held = np.split(group[kind].indices, group[kind].indptr[1:-1])
            found = [np.setdiff1d(rows, gone, assume_unique=True) for rows, gone in zip(found, held, strict=True)]
    sizes = [len(rows) for rows in found]
    rows = np.full((count, max(1, *sizes)), -1, dtype=np.int32)
    rows[np.arange(rows.shape[1]) < np.array(sizes)[:, None]] = np.concatenate(found)
    values = np.stack([np.take_along_axis(each, np.maximum(rows, 0), axis=1) for each in scores], axis=2)
    values[rows < 0] = 0
    return Candidates(rows, values, np.zeros((*rows.shape, 0), dtype=np.float32))


def judge(found: Candidates, asked: Questions, kind: Kind) -> Judged:
    """Which candidates are hidden items of their question."""
    hidden = asked.hidden[kind]
    owners = np.repeat(np.arange(len(found.rows)), found.rows.shape[1])
    flat = np.asarray(hidden[owners, np.maximum(found.rows, 0).ravel()]).ravel() > 0
    hits = flat.reshape(found.rows.shape) & found.real
    return Judged(found, hits, np.diff(hidden.indptr).astype(np.int64), cases_of(asked.asked), asked.groups)


def told(found: Candidates, asked: Questions, wrong: sp.csr_matrix, kind: Kind) -> Judged:
    """Which candidates reviewers found right (`asked.hidden`), and which wrong (CSR, a row a question): of the others
    nothing is known."""
    judged = judge(found, asked, kind)
    refused = judge(found, replace(asked, hidden={kind: wrong}), kind)
    return replace(judged, known=judged.hits | refused.hits)


def stack(parts: Sequence[Judged]) -> Judged:
    """Judged candidates of several batches as one."""
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
    return Judged(Candidates(rows, scores, evidence), hits, sizes, cases, groups, known)
