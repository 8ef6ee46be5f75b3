"""Accuracy: values per question first, from which means, cases, segments and intervals derive. Definitions in
docs/metrics.md.

All values come from `EvalReport.ranks` through running sums that are kept per model and kind, so that another k
costs a look-up. A question that hides nothing of a kind has no value for it (NaN): it is left out of that kind's
mean and counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tagviz.errors import BadParameter
from tagviz.evaluate.report import EvalReport
from tagviz.evaluate.resampling import intervals, resampled
from tagviz.types import Kind

METRICS = ("precision", "recall", "f1", "ndcg", "ndcg_cut", "hit", "mrr")
"""precision, recall, f1: macro, the mean of per-question values. ndcg: ideal over all hidden items (the Arena's rule).
ndcg_cut: ideal over min(k, hidden items) (the usual nDCG@k). hit: any hidden item among the first k. mrr: 1 / rank
of the first hidden item within k."""

ARENA_SONGS, ARENA_TAGS = 100, 10
SHALLOW = 20
"""Items of a list that nearly everybody looks at: a page's slider goes no deeper."""
ARENA_WEIGHT = {Kind.SONG: 0.85, Kind.TAG: 0.15}

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Running:
    """Per number of items looked at (0 … n) and question: hidden items found so far, and their discounted gain."""

    found: NDArray[np.int16]
    gain: Values
    first: NDArray[np.int16]


def discounts(n: int) -> Values:
    """1 / log2(place + 1) for the places 1 … n."""
    return 1.0 / np.log2(np.arange(2, n + 2))


def ideal(size: NDArray[Any]) -> Values:
    """Ideal discounted gain of truths of these sizes (0 for an empty one)."""
    table = np.concatenate([[0.0], np.cumsum(discounts(int(np.max(size, initial=0))))])
    return table[size]


def running(report: EvalReport, label: str, kind: Kind, k: int = SHALLOW) -> Running:
    """The running sums of one model and kind up to k or more, worked out once per report: at first no deeper than
    the first look at a report goes, and whole when somebody looks deeper."""
    report.check(label, kind)
    key = ("running", label, kind)
    known: Running | None = report.memo.get(key)
    if known is None or len(known.found) <= min(k, report.rows[label, kind].shape[1]):
        depth = SHALLOW if k <= SHALLOW else None
        hit = np.vstack([np.zeros(len(report), dtype=bool), report.hits(label, kind)[:, :depth].T])
        n = len(hit) - 1
        weights = np.concatenate([[0.0], discounts(n)])
        gain = np.cumsum(hit * weights[:, None], axis=0)
        first = np.where(hit.any(axis=0), hit.argmax(axis=0), 0).astype(np.int16)
        report.memo[key] = Running(np.cumsum(hit, axis=0, dtype=np.int16), gain, first)
    return report.memo[key]


def scores(report: EvalReport, label: str, kind: Kind, k: int) -> dict[str, Values]:
    """Every metric at k per question, float64 (q,), NaN where the question hides nothing of the kind."""
    check_k(report, kind, k)
    sums, size = running(report, label, kind, k), report.truth_size(kind)
    k_here = min(k, len(sums.found) - 1)
    found, gain = sums.found[k_here].astype(np.float64), sums.gain[k_here]
    known = np.where(size > 0, 1.0, np.nan)
    whole, cut = ideal(size), ideal(np.minimum(size, k))
    at_least_one = np.maximum(size, 1)
    first = np.where((sums.first > 0) & (sums.first <= k), sums.first, np.inf)
    return {
        "precision": known * found / k,
        "recall": known * found / at_least_one,
        # 2PR / (P + R) with P = found / k and R = found / size
        "f1": known * 2 * found / (k + at_least_one),
        "ndcg": known * gain / np.where(size > 0, whole, 1.0),
        "ndcg_cut": known * gain / np.where(size > 0, cut, 1.0),
        "hit": known * (found > 0),
        "mrr": known / first,
    }


def check_k(report: EvalReport, kind: Kind, k: int) -> None:
    """Raises BadParameter for a k below 1 or beyond what was recommended."""
    depth = report.depth(kind)
    if not 1 <= k <= max(depth, 1):
        raise BadParameter(
            f"k cannot be {k}", f"this report holds {depth} {kind}s per question", f"choose 1 to {depth}"
        )


def arena_scores(report: EvalReport, label: str) -> dict[Kind, Values]:
    """nDCG per question by the Arena's rule: 100 songs, 10 tags (fewer where fewer were recommended)."""
    key = ("arena", label)
    if key not in report.memo:
        most = {Kind.SONG: ARENA_SONGS, Kind.TAG: ARENA_TAGS}
        asked = (kind for kind in report.kinds if (label, kind) in report.rows)
        report.memo[key] = {kind: _ndcg(report, label, kind, min(most[kind], report.depth(kind))) for kind in asked}
    return report.memo[key]


def _ndcg(report: EvalReport, label: str, kind: Kind, k: int) -> Values:
    """nDCG at one k from the ranks alone: all that the combined score needs, for much less than the running sums."""
    ranks = report.ranks[label, kind]
    found = (ranks > 0) & (ranks <= k)
    weights = discounts(k)[ranks[found] - 1]
    gain = np.bincount(report.truth_rows[kind][found], weights=weights, minlength=len(report))
    size = report.truth_size(kind)
    return np.divide(gain, ideal(size), out=np.full(len(report), np.nan), where=size > 0)


def where(report: EvalReport, case: str = "") -> NDArray[np.bool_]:
    """The questions of one case ("" all)."""
    if not case:
        return np.ones(len(report), dtype=bool)
    if case not in report.cases:
        raise BadParameter(
            f"There is no case {case!r}", f"cases here: {', '.join(report.cases)}", "choose one of these"
        )
    return (report.questions["case"] == case).to_numpy()


def matrix(report: EvalReport, kind: Kind, k: int) -> tuple[list[tuple[str, str]], Values]:
    """Columns (label, metric) and values (q, columns) of all models: METRICS at k, then `song_ndcg` and `tag_ndcg`
    at the Arena's 100 and 10, all NaN where a model or a question has none."""
    columns: list[tuple[str, str]] = []
    values: list[Values] = []
    missing = np.full(len(report), np.nan)
    for label in report.labels:
        here = scores(report, label, kind, k) if (label, kind) in report.rows else {}
        arena = arena_scores(report, label)
        for metric in METRICS:
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
    seed: int = 42,
) -> pd.DataFrame:
    """The table: one row a model, in the report's order.

    Columns: `model`; METRICS at k for `kind`; `song_ndcg`, `tag_ndcg` and `arena` (.85 · song + .15 · tag) by the
    Arena's rule, NaN where a kind is not asked; each with `NAME_low` and `NAME_high`, the bootstrap 95 % interval
    (resampled by group where the corpus knows groups, else by question; left out with `resamples=0`); `questions`
    that count, `empty` ones left out.

    case: only the questions of this case; rows: only these questions (an index or a mask), for segments.
    """
    chosen = np.flatnonzero(where(report, case))
    if rows is not None:
        chosen = np.intersect1d(chosen, np.arange(len(report))[rows])
    columns, values = matrix(report, kind, k)
    values = values[chosen]
    middle = means(values)[None]
    spread = resampled(values, clusters(report)[chosen], resamples, seed) if resamples else middle[:0]
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
    """The Arena's combined score."""
    return ARENA_WEIGHT[Kind.SONG] * song + ARENA_WEIGHT[Kind.TAG] * tag


def _combined(numbers: Values, models: int) -> Values:
    """The combined score from rows of numbers as in `matrix`: (rows, models)."""
    width = len(METRICS) + 2
    table = numbers.reshape(len(numbers), models, width)
    return ARENA_WEIGHT[Kind.SONG] * table[:, :, -2] + ARENA_WEIGHT[Kind.TAG] * table[:, :, -1]


def clusters(report: EvalReport) -> NDArray[np.int64]:
    """What is resampled together: a number per group (listener, artist), and one of its own per question without a
    group."""
    if "clusters" not in report.memo:
        groups = report.questions["group"].to_numpy(dtype=object)
        codes, names = pd.factorize(groups)
        alone = groups == ""
        codes = codes.astype(np.int64)
        codes[alone] = len(names) + np.arange(int(alone.sum()))
        report.memo["clusters"] = codes
    return report.memo["clusters"]


def means(values: Values) -> Values:
    """Mean of the known values of each column; NaN where none is known."""
    known = ~np.isnan(values)
    count = known.sum(axis=0)
    total = np.where(known, values, 0.0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
