"""Blind comparison of two models: one interleaved list, each verdict credited to the item's model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class InterleavedList:
    """One place of an interleaved list.

    Attributes:
        key: Key of the item.
        side: The side that proposed it, 0 the first, 1 the second.
    """

    key: str
    side: int


def team_draft(first: Sequence[str], second: Sequence[str], n: int, seed: int = 42) -> list[InterleavedList]:
    """Interleave two rankings by team draft (Radlinski, Kurup & Joachims 2008).

    Each side picks its best item that is left, in rounds whose first side is drawn at random. Neither the order nor the
    list shows which side proposed an item.

    Args:
        first: Keys of the first ranking, best first.
        second: Keys of the second ranking.
        n: Largest length of the list.
        seed: Seed of the draws.
    """
    chance = np.random.default_rng(seed)
    drawn: list[InterleavedList] = []
    taken: set[str] = set()
    while len(drawn) < n:
        begun = len(drawn)
        for side in (0, 1) if chance.random() < 0.5 else (1, 0):
            pick = next((key for key in (first, second)[side] if key not in taken), None)
            if pick is not None and len(drawn) < n:
                taken.add(pick)
                drawn.append(InterleavedList(pick, side))
        if len(drawn) == begun:
            break
    return drawn


@dataclass(frozen=True)
class Outcome:
    """Result of the blind comparison of two models.

    Attributes:
        first: Reference of the first model.
        second: Reference of the second model.
        questions: Number of questions.
        verdicts: Number of verdicts.
        wins: Questions in which the first model got more items right, the second did, neither did.
        preference: Share of the questions won by the first model; a tie counts as half.
        low: Lower end of its 95 % interval (bootstrap over questions).
        high: Upper end.
        p: p value of a sign test without ties.
    """

    first: str
    second: str
    questions: int
    verdicts: int
    wins: tuple[int, int, int]
    preference: float
    low: float
    high: float
    p: float


def compare_interleaved(verdicts: pd.DataFrame, resamples: int = 2000, seed: int = 42) -> list[Outcome]:
    """Compare every two models that were interleaved.

    Args:
        verdicts: Verdicts as from `store.feedback.frame_of`; only those with `versus` count.
        resamples: Bootstrap resamples.
        seed: Seed of the bootstrap.
    """
    from scipy.stats import binomtest

    blind = verdicts[verdicts["versus"] != ""]
    outcomes = []
    pairs = sorted({tuple(sorted(pair)) for pair in zip(blind["model"], blind["versus"], strict=True)})
    for first, second in pairs:
        part = blind[blind["model"].isin([first, second]) & blind["versus"].isin([first, second])]
        credit = np.where(part["model"] == first, 1, -1) * (part["answer"] == "right")
        by = pd.Series(credit).groupby([part["reviewer"].to_numpy(), part["asked"].to_numpy(), part["kind"].to_numpy()])
        balance = np.sign(by.sum().to_numpy())
        worth = (balance + 1) / 2
        means = np.random.default_rng(seed).choice(worth, (resamples, len(worth))).mean(axis=1)
        low, high = np.percentile(means, (2.5, 97.5))
        wins = tuple(int((balance == side).sum()) for side in (1, -1, 0))
        p = float(binomtest(wins[0], wins[0] + wins[1]).pvalue) if wins[0] + wins[1] else 1.0
        outcomes.append(
            Outcome(first, second, len(balance), len(part), wins, float(worth.mean()), float(low), float(high), p)  # type: ignore[arg-type]
        )
    return outcomes
