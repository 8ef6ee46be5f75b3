"""How good answers like this one have been: the share of right items among the first ten, by case and agreement.

Learned from questions whose answers are known and were not seen in training. Within a case (what is asked: songs, tags,
a title, and how much of it is known), questions are parted by how strongly a method scores its own first answers: what
all members of a method agree on is right more often. Few questions lean on their case, a rare case on all together
(shrinkage towards the parent's mean, as in James & Stein 1961).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tagviz.types import Expectation, Floats, readonly

FIRST = 10
"""Answers of which the share is told."""
BINS = 3
"""Parts of a case by agreement."""
SHRINK = 30.0
"""Questions at which a part's own mean counts as much as its parent's."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """Expected shares of one kind of answers.

    Attributes:
        shares: float32 (cases, BINS).
        counts: int64 (cases, BINS) questions that each rests on.
        edges: float32 (cases, BINS − 1) agreement at which the next part begins.
    """

    shares: Floats
    counts: NDArray[np.int64]
    edges: Floats

    def expected(self, case: int, agreement: float) -> Expectation:
        """The expectation for one question.

        Args:
            case: Row of `shares`.
            agreement: In the unit that the calibration was learned with.
        """
        place = int(np.searchsorted(self.edges[case], agreement, side="right"))
        own = int(self.counts[case, place])
        of_case = int(self.counts[case].sum())
        return Expectation(float(self.shares[case, place]), own or of_case or int(self.counts.sum()))


def learn(right: Floats, cases: NDArray[np.int64], agreement: Floats, of: int) -> Calibration:
    """Learns a calibration.

    Args:
        right: (q,) share of right items among each question's first FIRST answers.
        cases: (q,) the case of each question.
        agreement: (q,) how strongly the method scores these answers; larger means surer.
        of: How many cases there are.
    """
    overall = float(right.mean()) if len(right) else 0.0
    shares = np.full((of, BINS), overall, dtype=np.float32)
    counts = np.zeros((of, BINS), dtype=np.int64)
    edges = np.zeros((of, BINS - 1), dtype=np.float32)
    for case in np.unique(cases):
        rows = np.flatnonzero(cases == case)
        edges[case] = np.quantile(agreement[rows], np.arange(1, BINS) / BINS)
        part = np.searchsorted(edges[case], agreement[rows], side="right")
        of_case = _leaning(right[rows], overall)
        for place in range(BINS):
            own = right[rows[part == place]]
            shares[case, place], counts[case, place] = _leaning(own, of_case), len(own)
    return Calibration(readonly(shares), readonly(counts), readonly(edges))


def _leaning(values: Floats, towards: float) -> float:
    return float((values.sum() + SHRINK * towards) / (len(values) + SHRINK))


def agreement_of(scores: Floats) -> Floats:
    """(q,): the mean of each row's FIRST highest scores (q, n)."""
    most = min(FIRST, scores.shape[1])
    highest = np.partition(scores, scores.shape[1] - most, axis=1)[:, scores.shape[1] - most :]
    return np.asarray(highest.mean(axis=1), dtype=np.float32)


def sentence(expected: Expectation, items: str) -> str:
    """In words: "of answers to questions like this, 4 in 10 songs were right".

    Args:
        expected: What to expect.
        items: "songs" or "tags".
    """
    of_ten = round(expected.share * FIRST)
    amount = f"{of_ten} in {FIRST}" if of_ten else f"fewer than 1 in {FIRST}"
    start = "This answer is likely poor: of" if expected.poor else "Of"
    return f"{start} answers to questions like this, {amount} {items} were right ({expected.questions:,} questions)."
