"""Accuracy: values per question, from which means, cases, segments and intervals derive. Formulas: docs/metrics.md.

All values derive from `EvalReport.ranks` through cumulative sums that are kept per model and kind, so that another k
costs a look-up. A question that hides nothing of a kind has no value for it (NaN): it is left out of that kind's mean
and counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tagviz.errors import InvalidParameterError
from tagviz.evaluation.memoize import per_report
from tagviz.evaluation.metric_registry import ACCURACY
from tagviz.evaluation.metric_registry import METRICS as METRICS
from tagviz.evaluation.metric_registry import Metric as Metric
from tagviz.evaluation.report import EvalReport
from tagviz.evaluation.resampling import bootstrap_means, intervals
from tagviz.types import Kind

ARENA_SONGS, ARENA_TAGS = 100, 10
SHALLOW = 20
"""Depth that most readers look at: a page's slider goes no deeper."""
ARENA_WEIGHT = {Kind.SONG: 0.85, Kind.TAG: 0.15}

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CumulativeHits:
    """Cumulative sums over the first 0 to n recommended items.

    Attributes:
        hits: Hidden items among them, int16 (n + 1, questions).
        gain: Their discounted gain, float64 (n + 1, questions).
        first: Rank of the first hidden item, 0 for none, int16 (questions,).
    """

    hits: NDArray[np.int16]
    gain: Values
    first: NDArray[np.int16]


def discounts(n: int) -> Values:
    """Return 1 / log2(rank + 1) for the ranks 1 to n."""
    return 1.0 / np.log2(np.arange(2, n + 2))


def ideal(size: NDArray[Any]) -> Values:
    """Return the ideal discounted gain by number of hidden items, 0 for none.

    Args:
        size: Numbers of hidden items, int (questions,).
    """
    table = np.concatenate([[0.0], np.cumsum(discounts(int(np.max(size, initial=0))))])
    return np.asarray(table[size])


def cumulative_hits(report: EvalReport, label: str, kind: Kind, k: int = SHALLOW) -> CumulativeHits:
    """Return the cumulative sums of hits of one model and kind up to k or deeper, computed once per report.

    Up to SHALLOW items they are no deeper than that, which is all that most readers look at.

    Args:
        report: The report.
        label: A model's label.
        kind: Kind of the recommended items.
        k: Number of recommended items that must be covered.

    Raises:
        NotFoundError: If the report has no answers of this model and kind.
    """
    report.check(label, kind)
    return _cumulative_hits(report, label, kind, SHALLOW if k <= SHALLOW else None)


@per_report
def _cumulative_hits(report: EvalReport, label: str, kind: Kind, depth: int | None) -> CumulativeHits:
    hit = np.vstack([np.zeros(len(report), dtype=bool), report.hits(label, kind)[:, :depth].T])
    weights = np.concatenate([[0.0], discounts(len(hit) - 1)])
    gain = np.cumsum(hit * weights[:, None], axis=0)
    first = np.where(hit.any(axis=0), hit.argmax(axis=0), 0).astype(np.int16)
    return CumulativeHits(np.cumsum(hit, axis=0, dtype=np.int16), gain, first)


def scores(report: EvalReport, label: str, kind: Kind, k: int) -> dict[str, Values]:
    """Return every accuracy metric at k per question.

    Args:
        report: The report.
        label: A model's label.
        kind: Kind of the recommended items.
        k: Number of recommended items that count.

    Returns:
        Per metric, float64 (questions,), NaN where the question hides nothing of the kind.

    Raises:
        InvalidParameterError: For a k below 1 or beyond the report's depth.
        NotFoundError: If the report has no answers of this model and kind.
    """
    check_k(report, kind, k)
    sums, size = cumulative_hits(report, label, kind, k), report.truth_size(kind)
    k_here = min(k, len(sums.hits) - 1)
    hits, gain = sums.hits[k_here].astype(np.float64), sums.gain[k_here]
    known = np.where(size > 0, 1.0, np.nan)
    whole, cut = ideal(size), ideal(np.minimum(size, k))
    at_least_one = np.maximum(size, 1)
    first = np.where((sums.first > 0) & (sums.first <= k), sums.first, np.inf)
    return {
        "precision": known * hits / k,
        "recall": known * hits / at_least_one,
        # 2PR / (P + R) with P = found / k and R = found / size
        "f1": known * 2 * hits / (k + at_least_one),
        "ndcg": known * gain / np.where(size > 0, whole, 1.0),
        "ndcg_cut": known * gain / np.where(size > 0, cut, 1.0),
        "hit": known * (hits > 0),
        "mrr": known / first,
    }


def check_k(report: EvalReport, kind: Kind, k: int) -> None:
    """Check a depth.

    Raises:
        InvalidParameterError: For a k below 1 or beyond the report's depth.
    """
    depth = report.depth(kind)
    if not 1 <= k <= max(depth, 1):
        raise InvalidParameterError(
            f"k cannot be {k}", f"this report holds {depth} {kind}s per question", f"choose 1 to {depth}"
        )


@per_report
def arena_scores(report: EvalReport, label: str) -> dict[Kind, Values]:
    """Return nDCG per question by the Arena's rule: 100 songs, 10 tags (fewer where fewer were recommended).

    Args:
        report: The report.
        label: A model's label.

    Returns:
        Per kind that the model answers, float64 (questions,); NaN where a question hides nothing of the kind.
    """
    most = {Kind.SONG: ARENA_SONGS, Kind.TAG: ARENA_TAGS}
    answered = (kind for kind in report.kinds if (label, kind) in report.rows)
    return {kind: _ndcg(report, label, kind, min(most[kind], report.depth(kind))) for kind in answered}


def _ndcg(report: EvalReport, label: str, kind: Kind, k: int) -> Values:
    """Return nDCG at one k from the ranks alone, which is faster than the cumulative sums."""
    ranks = report.ranks[label, kind]
    hit = (ranks > 0) & (ranks <= k)
    weights = discounts(k)[ranks[hit] - 1]
    gain = np.bincount(report.truth_rows[kind][hit], weights=weights, minlength=len(report))
    size = report.truth_size(kind)
    return np.asarray(np.divide(gain, ideal(size), out=np.full(len(report), np.nan), where=size > 0))


def case_mask(report: EvalReport, case: str = "") -> NDArray[np.bool_]:
    """Return which questions belong to a case.

    Args:
        report: The report.
        case: The case; "": all questions.

    Returns:
        Mask, bool (questions,).

    Raises:
        InvalidParameterError: For a case that does not occur.
    """
    if not case:
        return np.ones(len(report), dtype=bool)
    if case not in report.cases:
        raise InvalidParameterError(
            f"There is no case {case!r}", f"cases here: {', '.join(report.cases)}", "choose one of these"
        )
    return (report.questions["case"] == case).to_numpy()


def matrix(report: EvalReport, kind: Kind, k: int) -> tuple[list[tuple[str, str]], Values]:
    """Return the values of all models.

    Args:
        report: The report.
        kind: Kind of the recommended items.
        k: Number of recommended items that count.

    Returns:
        Columns (label, metric) and values, float64 (questions, columns): ACCURACY at k, then `song_ndcg` and `tag_ndcg`
            by the Arena's rule; NaN where a model or a question has none.
    """
    columns: list[tuple[str, str]] = []
    values: list[Values] = []
    missing = np.full(len(report), np.nan)
    for label in report.labels:
        here = scores(report, label, kind, k) if (label, kind) in report.rows else {}
        arena = arena_scores(report, label)
        for metric in ACCURACY:
            columns.append((label, metric))
            values.append(here.get(metric, missing))
        for kind_ in (Kind.SONG, Kind.TAG):
            columns.append((label, f"{kind_}_ndcg"))
            values.append(arena.get(kind_, missing))
    return columns, np.column_stack(values)


def summary(
    report: EvalReport,
    kind: Kind = Kind.TAG,
    k: int = 10,
    case: str = "",
    rows: NDArray[Any] | None = None,
    resamples: int = 1000,
) -> pd.DataFrame:
    """Return the main table, one row per model, in the report's order.

    Args:
        report: The report.
        kind: Kind of the recommended items.
        k: Number of recommended items that count.
        case: Only questions of this case; "": all.
        rows: Only these questions, an index or a mask; None: all.
        resamples: Bootstrap resamples of the intervals; 0: no intervals.

    Returns:
        Frame `model`; ACCURACY at k for `kind`; `song_ndcg`, `tag_ndcg` and `arena` by the Arena's rule, NaN where a
        kind is not asked for; each with `NAME_low` and `NAME_high`, the 95 % bootstrap interval (resampled by group
        where the corpus knows groups, else by question); `questions` that count, and `empty` ones that are left out.

    Raises:
        InvalidParameterError: For a wrong k or case.
    """
    chosen = np.flatnonzero(case_mask(report, case))
    if rows is not None:
        chosen = np.intersect1d(chosen, np.arange(len(report))[rows])
    columns, values = matrix(report, kind, k)
    values = values[chosen]
    middle = means(values)[None]
    spread = bootstrap_means(values, clusters(report)[chosen], resamples) if resamples else middle[:0]
    # the combined score is a weighted sum of two columns: of the means as of every resample
    columns += [(label, "arena") for label in report.labels]
    middle, spread = (np.column_stack([part, _combined(part, len(report.labels))]) for part in (middle, spread))
    low, high = intervals(spread)
    size = report.truth_size(kind)[chosen] if kind in report.hidden else np.zeros(len(chosen), dtype=int)
    table: dict[str, dict[str, Any]] = {label: {"model": label} for label in report.labels}
    for at, (label, metric) in enumerate(columns):
        table[label][metric] = middle[0, at]
        if resamples:
            table[label] |= {f"{metric}_low": low[at], f"{metric}_high": high[at]}
    counts = {"questions": int((size > 0).sum()), "empty": int((size == 0).sum())}
    return pd.DataFrame([row | counts for row in table.values()])


def arena_of(song: float, tag: float) -> float:
    """Return the Arena's combined score."""
    return ARENA_WEIGHT[Kind.SONG] * song + ARENA_WEIGHT[Kind.TAG] * tag


def _combined(numbers: Values, models: int) -> Values:
    """Return the combined score, (rows, models), from rows of numbers as in `matrix`."""
    width = len(ACCURACY) + 2
    table = numbers.reshape(len(numbers), models, width)
    return ARENA_WEIGHT[Kind.SONG] * table[:, :, -2] + ARENA_WEIGHT[Kind.TAG] * table[:, :, -1]


@per_report
def clusters(report: EvalReport) -> NDArray[np.int64]:
    """Return which questions are resampled together.

    Returns:
        int64 (questions,): one number per group (listener, artist), and one of its own for a question without a group.
    """
    groups = report.questions["group"].to_numpy(dtype=object)
    codes, names = pd.factorize(groups)
    alone = groups == ""
    codes = codes.astype(np.int64)
    codes[alone] = len(names) + np.arange(int(alone.sum()))
    return np.asarray(codes)


def means(values: Values) -> Values:
    """Return the mean of the known values of each column; NaN where none is known."""
    known = ~np.isnan(values)
    count = known.sum(axis=0)
    total = np.where(known, values, 0.0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
