"""Adjust a fitted model's answers to reviewers' verdicts, without training it again.

For a question q and an item j, with the verdicts v = ±1 on j, each of them for a question q′ and by a reviewer of
weight w:

    s(q, q′) = cosine of the items of the two questions, to the power SHARPNESS
    vote(q, j) = Σ w·s·v / (SHRINK + Σ s)
    score(q, j) = scaled(model's score for q together with WEIGHT · its right items) + STRENGTH · vote(q, j)

Adding right items to the question is relevance feedback (Rocchio 1971). These items keep at least the score that they
had, because some models give no score to an item of the question. The votes shrink to nothing where few similar
questions have verdicts. A reviewer whose answers are independent of the models' ranking loses weight, the more so the
surer this is; so random answers do little harm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.score_ops import min_max_scaled
from tagviz.types import Corpus, Embedding, Floats, Ints, Kind, QueryBatch, Reason, Recommender

SHARPNESS = 4.0
SHRINK = 0.5
STRENGTH = 0.6
WEIGHT = 0.5
CLEAR = 0.1
"""A reviewer counts in full when the share of well-ordered pairs is surely this far above one half."""
USUAL, SPREAD = 0.6, 0.05
"""Expected share of well-ordered pairs of a new reviewer, and its standard deviation."""
KINDS = (Kind.TAG, Kind.SONG, Kind.WORD)


@dataclass(frozen=True, eq=False)
class FeedbackMatrix:
    """Verdicts on items of one kind.

    Attributes:
        asked: The questions as a batch of queries.
        question: Per verdict, the row of its question in the batch, int (n,).
        item: Per verdict, the row of the item in the vocabulary, int (n,).
        sign: +1 right, −1 wrong, float (n,).
        weight: Weight of the reviewer, 0 to 1, float (n,).
    """

    asked: QueryBatch
    question: Ints
    item: Ints
    sign: Floats
    weight: Floats

    def __len__(self) -> int:
        """Return the number of verdicts."""
        return len(self.sign)


class FeedbackAdjusted:
    """A recommender that adjusts another one's scores to verdicts.

    Attributes:
        inner: The recommender whose scores are adjusted.
        method: Its method.
        kinds: The kinds that it can recommend.
    """

    def __init__(self, inner: Recommender, corpus: Corpus, votes: Mapping[Kind, FeedbackMatrix]) -> None:
        """Prepare the profiles of the questions that have verdicts.

        Args:
            inner: A fitted recommender.
            corpus: The corpus that it was fitted on.
            votes: Verdicts by kind of the items.
        """
        self.inner = inner
        self.method = inner.method
        self.kinds = inner.kinds
        self._votes = {kind: of for kind, of in votes.items() if len(of) and kind in inner.kinds}
        self._idf = {kind: _idf(corpus, kind) for kind in KINDS}
        self._questions = {kind: _query_profiles(of.asked, self._idf) for kind, of in self._votes.items()}

    @property
    def embedding(self) -> Embedding | None:
        """The inner recommender's embedding, which verdicts do not change; None where it has none."""
        return getattr(self.inner, "embedding", None)

    def score(self, asked: QueryBatch, kind: Kind) -> Floats:
        """Score every item of a kind.

        Args:
            asked: The queries.
            kind: Kind of the items.

        Returns:
            Scores, float32 (queries, items). A query that the model knows nothing about keeps the model's own scores.
        """
        if kind not in self._votes:
            return self.inner.score(asked, kind)
        like = self._query_similarity(asked, kind)
        near = np.flatnonzero(np.diff(like.indptr))
        plain = np.asarray(self.inner.score(asked, kind), dtype=np.float32)
        if not len(near):
            return plain
        votes = self._votes[kind]
        right = _vote_matrix(votes, np.maximum(votes.sign, 0) * votes.weight, plain.shape[1])
        more = _cap_at_one(like @ right)
        informed = np.flatnonzero(np.diff(more.indptr))
        scores = min_max_scaled(plain)
        if len(informed):
            items = {**asked.items, kind: sp.csr_matrix(asked.items[kind] + WEIGHT * more)}
            again = min_max_scaled(
                np.asarray(self.inner.score(select_queries(replace(asked, items=items), informed), kind))
            )
            rows, columns = more[informed].nonzero()  # a model may have nothing to say of what it is asked with
            again[rows, columns] = np.maximum(again[rows, columns], scores[informed][rows, columns])
            scores[informed] = again
        fallback = plain.max(axis=1, initial=-np.inf) <= plain.min(axis=1, initial=np.inf)
        signed = (like @ _vote_matrix(votes, votes.sign * votes.weight, plain.shape[1])).tocsr()
        total = (like @ _vote_matrix(votes, np.ones_like(votes.sign), plain.shape[1])).tocsr()
        shrunk = total.copy()
        shrunk.data = 1.0 / (SHRINK + total.data)
        adjusted = scores + STRENGTH * signed.multiply(shrunk).toarray().astype(np.float32)
        adjusted[fallback] = plain[fallback]
        return np.asarray(adjusted, dtype=np.float32)

    def explain(self, asked: QueryBatch, kind: Kind, rows: Ints) -> tuple[tuple[Reason, ...], ...]:
        """Return the inner recommender's reasons."""
        return self.inner.explain(asked, kind, rows)

    def state(self) -> tuple[dict[str, np.ndarray[Any, Any]], dict[str, Any]]:
        """Return the inner recommender's state."""
        return self.inner.state()

    def _query_similarity(self, asked: QueryBatch, kind: Kind) -> sp.csr_matrix:
        """Return the sharpened cosine of queries and judged questions; values below 0.05 are dropped."""
        like = sp.csr_matrix(_query_profiles(asked, self._idf) @ self._questions[kind].T)
        like.data = np.minimum(1.0, like.data) ** SHARPNESS
        like.data[like.data < 0.05] = 0.0
        like.eliminate_zeros()
        return like


def reliability(rank: NDArray[Any], right: NDArray[Any]) -> float:
    """Return how much a reviewer counts, from the ranks of the judged items and the answers.

    A careful reviewer finds more of the first items right than of the last: the share of pairs (right, wrong) that the
    ranks order well (AUC without ties) is above one half. The prior is USUAL ± SPREAD, and verdicts move it. A reviewer
    counts as far as the share is above one half by more than one standard deviation.

    Args:
        rank: Ranks of the judged items, from 1, int (n,).
        right: Whether each was found right, bool (n,).

    Returns:
        Weight between 0 and 1.
    """
    hits, misses = int(right.sum()), int((~right).sum())
    order = rank[right][:, None] - rank[~right][None, :]
    untied = float((order != 0).mean()) if hits and misses else 0.0
    precision, mean = 1 / SPREAD**2, USUAL
    if untied:
        evidence = 12.0 * hits * misses / (hits + misses + 1) * untied**2
        mean = (USUAL * precision + evidence * float((order < 0).mean()) / untied) / (precision + evidence)
        precision += evidence
    return float(np.clip((mean - precision**-0.5 - 0.5) / CLEAR, 0.0, 1.0))


def _vote_matrix(votes: FeedbackMatrix, values: NDArray[Any], width: int) -> sp.csr_matrix:
    return sp.csr_matrix((values, (votes.question, votes.item)), shape=(len(votes.asked), width), dtype=np.float32)


def _cap_at_one(matrix: sp.csr_matrix) -> sp.csr_matrix:
    matrix = sp.csr_matrix(matrix)
    matrix.data = np.minimum(matrix.data, 1.0)
    matrix.eliminate_zeros()
    return matrix


def _idf(corpus: Corpus, kind: Kind) -> NDArray[Any]:
    return np.asarray(np.log((1.0 + len(corpus)) / (1.0 + corpus.counts(kind))).astype(np.float32))


def _query_profiles(asked: QueryBatch, idf: Mapping[Kind, NDArray[Any]]) -> sp.csr_matrix:
    """Return the items of each query, weighted by rarity and scaled to length 1, (queries, items of all kinds)."""
    parts = [sp.csr_matrix(asked.items[kind] @ sp.diags(idf[kind])) for kind in KINDS if kind in asked.items]
    whole = sp.hstack(parts, format="csr")
    lengths = np.sqrt(np.asarray(whole.multiply(whole).sum(axis=1)).ravel())
    return sp.csr_matrix(sp.diags(np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)) @ whole)


def select_queries(asked: QueryBatch, rows: Sequence[int] | NDArray[Any]) -> QueryBatch:
    """Return some queries of a batch.

    Args:
        asked: The batch.
        rows: Rows of the queries wanted.
    """
    pick = np.asarray(rows)
    chosen = {
        name: {kind: sp.csr_matrix(links[pick]) for kind, links in getattr(asked, name).items()}
        for name in ("items", "avoid", "masked", "named")
    }
    return QueryBatch(
        titles=tuple(asked.titles[row] for row in pick),
        items=chosen["items"],
        avoid=chosen["avoid"],
        masked=chosen["masked"],
        readings=tuple(asked.readings[row] for row in pick) if asked.readings else (),
        dates=None if asked.dates is None else asked.dates[pick],
        named=chosen["named"],
        phrases=tuple(asked.phrases[row] for row in pick) if asked.phrases else (),
        avoided_phrases=tuple(asked.avoided_phrases[row] for row in pick) if asked.avoided_phrases else (),
        match=tuple(asked.match[row] for row in pick) if asked.match else (),
    )
