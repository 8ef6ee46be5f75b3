"""Answers that heed verdicts: a thin layer over a fitted model, made anew from the verdicts, gone without them.

For a question q and an item j, with the verdicts v = ±1 on j, each given for a question q′ by a reviewer of weight w:

    s(q, q′) = cosine of what the two questions hold, to the power SHARPNESS
    vote(q, j) = Σ w·s·v / (SHRINK + Σ s)
    score(q, j) = scaled(model's score for q with WEIGHT · its right items asked too) + STRENGTH · vote(q, j)

Asking with what was found right is relevance feedback (Rocchio 1971); the items asked with keep at least the score that
they had, as some models give none to what they are asked with. The votes are shrunk to nothing where few similar
questions were judged. A reviewer whose answers have nothing to do with the order in which the models put the items
loses weight the surer that is, so that noise does little harm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.ranking import scaled
from tagviz.types import Asked, Corpus, Embedding, Floats, Ints, Kind, Reason, Recommender

SHARPNESS = 4.0
SHRINK = 0.5
STRENGTH = 0.6
WEIGHT = 0.5
CLEAR = 0.1
"""How far above one half the share of well-ordered pairs must surely lie for a reviewer to count in full."""
USUAL, SPREAD = 0.6, 0.05
"""The share of well-ordered pairs that is expected of a reviewer nobody knows, and its standard deviation."""
KINDS = (Kind.TAG, Kind.SONG, Kind.WORD)


@dataclass(frozen=True, eq=False)
class Votes:
    """Verdicts on items of one kind: `asked` questions as a batch, and per verdict the number of its question, the
    item's row, ±1, and the reviewer's weight."""

    asked: Asked
    question: Ints
    item: Ints
    sign: Floats
    weight: Floats

    def __len__(self) -> int:
        return len(self.sign)


class Heeding:
    """A recommender that heeds votes."""

    def __init__(self, inner: Recommender, corpus: Corpus, votes: Mapping[Kind, Votes]) -> None:
        self.inner = inner
        self.method = inner.method
        self.kinds = inner.kinds
        self._votes = {kind: of for kind, of in votes.items() if len(of) and kind in inner.kinds}
        self._idf = {kind: _idf(corpus, kind) for kind in KINDS}
        self._questions = {kind: _profiles(of.asked, self._idf) for kind, of in self._votes.items()}

    @property
    def embedding(self) -> Embedding | None:
        """The space of the model beneath, which verdicts do not move."""
        return getattr(self.inner, "embedding", None)

    def score(self, asked: Asked, kind: Kind) -> Floats:
        if kind not in self._votes:
            return self.inner.score(asked, kind)
        like = self._likeness(asked, kind)
        near = np.flatnonzero(np.diff(like.indptr))
        plain = np.asarray(self.inner.score(asked, kind), dtype=np.float32)
        if not len(near):
            return plain
        votes = self._votes[kind]
        right = _by_question(votes, np.maximum(votes.sign, 0) * votes.weight, plain.shape[1])
        more = _capped(like @ right)
        told = np.flatnonzero(np.diff(more.indptr))
        scores = scaled(plain)
        if len(told):
            items = {**asked.items, kind: sp.csr_matrix(asked.items[kind] + WEIGHT * more)}
            again = scaled(np.asarray(self.inner.score(taken(replace(asked, items=items), told), kind)))
            rows, columns = more[told].nonzero()  # a model may have nothing to say of what it is asked with
            again[rows, columns] = np.maximum(again[rows, columns], scores[told][rows, columns])
            scores[told] = again
        fallback = plain.max(axis=1, initial=-np.inf) <= plain.min(axis=1, initial=np.inf)
        signed = (like @ _by_question(votes, votes.sign * votes.weight, plain.shape[1])).tocsr()
        total = (like @ _by_question(votes, np.ones_like(votes.sign), plain.shape[1])).tocsr()
        shrunk = total.copy()
        shrunk.data = 1.0 / (SHRINK + total.data)
        adjusted = scores + STRENGTH * signed.multiply(shrunk).toarray().astype(np.float32)
        adjusted[fallback] = plain[fallback]
        return np.asarray(adjusted, dtype=np.float32)

    def explain(self, asked: Asked, kind: Kind, rows: Ints) -> tuple[tuple[Reason, ...], ...]:
        """What the model beneath says."""
        return self.inner.explain(asked, kind, rows)

    def state(self) -> tuple[dict[str, np.ndarray[Any, Any]], dict[str, Any]]:
        return self.inner.state()

    def _likeness(self, asked: Asked, kind: Kind) -> sp.csr_matrix:
        """(q, judged questions): cosine of what they hold, sharpened; below a twentieth nothing."""
        like = sp.csr_matrix(_profiles(asked, self._idf) @ self._questions[kind].T)
        like.data = np.minimum(1.0, like.data) ** SHARPNESS
        like.data[like.data < 0.05] = 0.0
        like.eliminate_zeros()
        return like


def reliability(rank: NDArray[Any], right: NDArray[Any]) -> float:
    """How much a reviewer counts, 0 … 1, from the ranks of the items judged and whether they were found right.

    Somebody who listens finds more of the first items right than of the last: the share of pairs (right, wrong) that
    the ranks order well (AUC, ties apart) lies above one half. It is expected to be USUAL ± SPREAD; verdicts make it
    more or less, and surer. A reviewer counts as far as it lies above one half for sure (by one standard deviation).
    """
    hits, misses = int(right.sum()), int((~right).sum())
    order = rank[right][:, None] - rank[~right][None, :]
    untied = float((order != 0).mean()) if hits and misses else 0.0
    precision, mean = 1 / SPREAD**2, USUAL
    if untied:
        told = 12.0 * hits * misses / (hits + misses + 1) * untied**2
        mean = (USUAL * precision + told * float((order < 0).mean()) / untied) / (precision + told)
        precision += told
    return float(np.clip((mean - precision**-0.5 - 0.5) / CLEAR, 0.0, 1.0))


def _by_question(votes: Votes, values: NDArray[Any], width: int) -> sp.csr_matrix:
    return sp.csr_matrix((values, (votes.question, votes.item)), shape=(len(votes.asked), width), dtype=np.float32)


def _capped(matrix: sp.csr_matrix) -> sp.csr_matrix:
    matrix = sp.csr_matrix(matrix)
    matrix.data = np.minimum(matrix.data, 1.0)
    matrix.eliminate_zeros()
    return matrix


def _idf(corpus: Corpus, kind: Kind) -> NDArray[Any]:
    return np.log((1.0 + len(corpus)) / (1.0 + corpus.counts(kind))).astype(np.float32)


def _profiles(asked: Asked, idf: Mapping[Kind, NDArray[Any]]) -> sp.csr_matrix:
    """(q, everything): what each question holds, weighted by rarity, of length 1."""
    parts = [sp.csr_matrix(asked.items[kind] @ sp.diags(idf[kind])) for kind in KINDS if kind in asked.items]
    whole = sp.hstack(parts, format="csr")
    lengths = np.sqrt(np.asarray(whole.multiply(whole).sum(axis=1)).ravel())
    return sp.csr_matrix(sp.diags(np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)) @ whole)


def taken(asked: Asked, rows: Sequence[int] | NDArray[Any]) -> Asked:
    """Some queries of a batch, by their rows."""
    pick = np.asarray(rows)
    chosen = {
        name: {kind: sp.csr_matrix(links[pick]) for kind, links in getattr(asked, name).items()}
        for name in ("items", "avoid", "masked")
    }
    return Asked(
        titles=tuple(asked.titles[row] for row in pick),
        items=chosen["items"],
        avoid=chosen["avoid"],
        masked=chosen["masked"],
        readings=tuple(asked.readings[row] for row in pick) if asked.readings else (),
        dates=None if asked.dates is None else asked.dates[pick],
    )
