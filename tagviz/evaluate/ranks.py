"""At which place do the hidden items come? The data of the rank histogram."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, inf

import numpy as np
from numpy.typing import NDArray

from tagviz.evaluate import metrics
from tagviz.evaluate.report import EvalReport
from tagviz.types import Kind

MOST_BARS = 20


@dataclass(frozen=True, eq=False)
class RankHistogram:
    """How many hidden items each model puts where, among its first k.

    starts, ends: int (bars,), the places (from 1, both ends included) of each bar but the last; the last bar, at index
    `bars`, is "not found" (not among the first k). shares: per model float (bars + 1,), summing to 1.
    median: per model the place of the middle hidden item, inf when more than half are not among the first k.
    found: per model the share of hidden items among the first k (the hit rate). items: how many are hidden in all.
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
    """The rank histogram of some models (default: all), with at most MOST_BARS bars of equal width up to k."""
    metrics.check_k(report, kind, k)
    width = ceil(k / MOST_BARS)
    starts = np.arange(1, k + 1, width)
    ends = np.minimum(starts + width - 1, k)
    counted = metrics.where(report, case)[report.truth_rows[kind]]
    shares, median, found = {}, {}, {}
    for label in labels or report.labels_for(kind):
        report.check(label, kind)
        ranks = report.ranks[label, kind][counted]
        at = np.bincount(np.where(ranks <= k, ranks, 0), minlength=k + 1)
        total = max(1, len(ranks))
        shares[label] = np.append(np.add.reduceat(at[1:], starts - 1), at[0]) / total
        found[label] = float(1 - at[0] / total) if len(ranks) else 0.0
        below = np.cumsum(at[1:])
        middle = int(np.searchsorted(below, (len(ranks) + 1) // 2)) + 1
        median[label] = float(middle) if len(ranks) and middle <= k else inf
    return RankHistogram(kind, k, starts, ends, shares, median, found, int(counted.sum()))


def questions_in_bar(report: EvalReport, label: str, kind: Kind, k: int, bar: int, case: str = "") -> NDArray[np.int64]:
    """Rows of the questions behind a bar of `histogram(report, kind, k, case)`: those with a hidden item at these
    places (the last bar: not among the first k)."""
    shape = histogram(report, kind, k, case, [label])
    ranks = report.ranks[label, kind]
    if bar >= len(shape.starts):
        here = (ranks == 0) | (ranks > k)
    else:
        here = (ranks >= shape.starts[bar]) & (ranks <= shape.ends[bar])
    rows = np.unique(report.truth_rows[kind][here])
    return rows[metrics.where(report, case)[rows]]
