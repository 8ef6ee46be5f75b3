"""Two models compared blind: their answers drawn into one list, and verdicts given back to who proposed the item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Drawn:
    """One place of an interleaved list: the item, and which side proposed it (0 the first, 1 the second)."""

    key: str
    side: int


def team_draft(first: Sequence[str], second: Sequence[str], n: int, seed: int = 42) -> list[Drawn]:
    """Up to n items, each side picking its best that is left, in rounds in which chance says who begins (team draft;
    Radlinski, Kurup & Joachims 2008). Neither the order nor the list betrays who proposed what."""
    chance = np.random.default_rng(seed)
    drawn: list[Drawn] = []
    taken: set[str] = set()
    while len(drawn) < n:
        begun = len(drawn)
        for side in (0, 1) if chance.random() < 0.5 else (1, 0):
            pick = next((key for key in (first, second)[side] if key not in taken), None)
            if pick is not None and len(drawn) < n:
                taken.add(pick)
                drawn.append(Drawn(pick, side))
        if len(drawn) == begun:
            break
    return drawn


@dataclass(frozen=True)
class Outcome:
    """What verdicts say of two models that were interleaved.

    questions, verdicts: how many. wins: questions in which the first got more right, the second did, neither.
    preference: share of the questions for the first, ties half; low, high: its 95 % interval (bootstrap over
    questions). p: of a sign test without ties.
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


def compared(verdicts: pd.DataFrame, resamples: int = 2000, seed: int = 42) -> list[Outcome]:
    """Every two models that were interleaved, from the verdicts that name what they were up against (`versus`)."""
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
