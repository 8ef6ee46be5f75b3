"""Rank histogram: at which ranks the hidden items are recommended.

Every question counts equally, as in the metrics: an item of a question that hides four counts a quarter. What is found
among the first k is therefore the recall at k.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, inf

import numpy as np
from numpy.typing import NDArray

from tagviz.evaluation import metrics
from tagviz.evaluation.report import EvalReport
from tagviz.types import Kind

MOST_BARS = 20
EQUAL = 1e-9
"""Difference below which sums of shares are equal."""


@dataclass(frozen=True, eq=False)
class RankHistogram:
    """How many hidden items each model recommends at which ranks, among its first k.

    Attributes:
        kind: Kind of the items.
        k: Number of recommended items that count.
        starts: First rank (from 1) of each bar but the last, int (bars,).
        ends: Last rank of each, int (bars,).
        shares: Per model, the share of hidden items in each bar, a mean over the questions, float (bars + 1,), summing
            to 1; the last bar is "not found" (not among the first k).
        median: Per model, the rank up to which half of the hidden items are found, by the same mean; inf when more than
            half are not among the first k.
        found: Per model, the share of hidden items among the first k: the recall.
        items: Number of hidden items.
    """

    kind: Kind
    k: int
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    shares: Mapping[str, NDArray[np.float64]]
    median: Mapping[str, float]
    found: Mapping[str, float]
    items: int

    @property
    def bars(self) -> list[str]:
        """Names of the bars: "1", "2" … or "1–5" …, then "not found"."""
        names = [f"{a}" if a == b else f"{a}–{b}" for a, b in zip(self.starts, self.ends, strict=True)]
        return [*names, "not found"]


def histogram(
    report: EvalReport, kind: Kind = Kind.TAG, k: int = 20, case: str = "", labels: Sequence[str] = ()
) -> RankHistogram:
    """Return the rank histogram, with at most MOST_BARS bars of equal width up to k.

    Args:
        report: The report.
        kind: Kind of the items.
        k: Number of recommended items that count.
        case: Only questions of this case; "": all.
        labels: Models wanted; none: all.
    """
    metrics.check_k(report, kind, k)
    width = ceil(k / MOST_BARS)
    starts = np.arange(1, k + 1, width)
    ends = np.minimum(starts + width - 1, k)
    counted = metrics.case_mask(report, case)[report.truth_rows[kind]]
    rows = report.truth_rows[kind][counted]
    weights = 1 / report.truth_size(kind)[rows]
    total = max(1.0, float(weights.sum()))
    shares, median, hit_rate = {}, {}, {}
    for label in labels or report.labels_for(kind):
        report.check(label, kind)
        ranks = report.ranks[label, kind][counted]
        at = np.bincount(np.where(ranks <= k, ranks, 0), weights, k + 1) / total
        shares[label] = np.append(np.add.reduceat(at[1:], starts - 1), at[0])
        hit_rate[label] = float(1 - at[0]) if len(ranks) else 0.0
        middle = int(np.searchsorted(np.cumsum(at[1:]), 0.5 - EQUAL)) + 1
        median[label] = float(middle) if len(ranks) and middle <= k else inf
    return RankHistogram(kind, k, starts, ends, shares, median, hit_rate, int(counted.sum()))


def questions_in_bar(report: EvalReport, label: str, kind: Kind, k: int, bar: int, case: str = "") -> NDArray[np.int64]:
    """Return the questions behind a bar of `histogram`: those with a hidden item at its ranks.

    Args:
        report: The report.
        label: A model's label.
        kind: Kind of the items.
        k: Number of recommended items that count.
        bar: Number of the bar, from 0; the last one is "not found".
        case: Only questions of this case; "": all.
    """
    shape = histogram(report, kind, k, case, [label])
    ranks = report.ranks[label, kind]
    if bar >= len(shape.starts):
        here = (ranks == 0) | (ranks > k)
    else:
        here = (ranks >= shape.starts[bar]) & (ranks <= shape.ends[bar])
    rows = np.unique(report.truth_rows[kind][here])
    return np.asarray(rows[metrics.case_mask(report, case)[rows]])
