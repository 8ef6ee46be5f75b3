"""Agreement of reviewers, and the share of right answers per model, both with intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd

RIGHT = "right"


def precision(verdicts: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return the share of items found right, by group.

    Args:
        verdicts: Verdicts as from `store.feedback.frame_of`.
        by: Columns to group by; "week" is the Monday of a verdict's week.

    Returns:
        Frame with the columns of `by`, `verdicts`, `right`, `precision`, and its 95 % interval `low`, `high` (Wilson
        1927). "This instead" counts as wrong.
    """
    from scipy.stats import binomtest

    known = verdicts.assign(week=weeks(verdicts["at"]), hit=verdicts["answer"] == RIGHT)
    rows = []
    for key, part in known.groupby(by, sort=True):
        right, count = int(part["hit"].sum()), len(part)
        interval = binomtest(right, count).proportion_ci(method="wilson")
        rows.append((*key, count, right, right / count, float(interval.low), float(interval.high)))
    return pd.DataFrame(rows, columns=[*by, "verdicts", "right", "precision", "low", "high"])


def weeks(times: pd.Series) -> pd.Series:
    """Return the Monday of each time's week, as a date in UTC."""
    days = times.dt.tz_localize(None).dt.normalize()
    return pd.Series(days - pd.to_timedelta(days.dt.day_of_week, unit="D"))


def agreement(verdicts: pd.DataFrame) -> pd.DataFrame:
    """Return how far every two reviewers agree, and all of them together.

    An item is one recommendation for one question, whichever model made it; "this instead" counts as wrong.

    Args:
        verdicts: Verdicts as from `store.feedback.frame_of`.

    Returns:
        Frame with `reviewers`, `items` (judged by both), `agree` (share of equal answers) and `kappa` (Cohen 1960 for
        two; Fleiss 1971 for "everybody", with as many answers per item as there are); NaN where all answers are the
        same.
    """
    from itertools import combinations

    newest = verdicts.sort_values("id").drop_duplicates(["reviewer", "asked", "kind", "key"], keep="last")
    table = newest.assign(hit=(newest["answer"] == RIGHT).astype(float)).pivot_table(
        index=["asked", "kind", "key"], columns="reviewer", values="hit"
    )
    rows = []
    for one, other in combinations(table.columns, 2):
        both = table[[one, other]].dropna()
        if len(both):
            agree = float((both[one] == both[other]).mean())
            rows.append((f"{one} & {other}", len(both), agree, cohen(both[one].to_numpy(), both[other].to_numpy())))
    several = table[table.notna().sum(axis=1) > 1]
    if len(table.columns) > 2 and len(several):
        right = several.sum(axis=1).to_numpy()
        answers = several.notna().sum(axis=1).to_numpy()
        pairs = (right * (right - 1) + (answers - right) * (answers - right - 1)) / (answers * (answers - 1))
        rows.append(("everybody", len(several), float(pairs.mean()), fleiss(right, answers)))
    return pd.DataFrame(rows, columns=["reviewers", "items", "agree", "kappa"])


def cohen(one: np.ndarray, other: np.ndarray) -> float:
    """Return Cohen's kappa of two reviewers' answers.

    Args:
        one: 0/1 answers, (items,).
        other: 0/1 answers on the same items.

    Returns:
        Kappa; NaN where chance alone explains all answers.
    """
    agree = float((one == other).mean())
    chance = float(one.mean() * other.mean() + (1 - one.mean()) * (1 - other.mean()))
    return (agree - chance) / (1 - chance) if chance < 1 else float("nan")


def fleiss(right: np.ndarray, answers: np.ndarray) -> float:
    """Return Fleiss' kappa for items with at least two answers.

    Args:
        right: Number of answers "right" per item, (items,).
        answers: Number of all answers per item.

    Returns:
        Kappa; NaN where chance alone explains all answers.
    """
    pairs = (right * (right - 1) + (answers - right) * (answers - right - 1)) / (answers * (answers - 1))
    share = right.sum() / answers.sum()
    chance = share**2 + (1 - share) ** 2
    return float((pairs.mean() - chance) / (1 - chance)) if chance < 1 else float("nan")
