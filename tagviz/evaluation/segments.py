"""Metrics over segments of the questions or of the hidden items."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tagviz.errors import InvalidParameterError
from tagviz.evaluation import metrics
from tagviz.evaluation.items import BANDS
from tagviz.evaluation.report import EvalReport
from tagviz.evaluation.resampling import bootstrap_means, intervals
from tagviz.types import Kind

OF_QUESTIONS = ("case", "length", "language", "year")
"""Criteria by which questions are divided."""
OF_ITEMS = ("popularity", "plays", "facet")
"""Criteria by which hidden items are divided."""
SEGMENTS = (*OF_QUESTIONS, *OF_ITEMS)
"""All criteria.

- case: what is shown
- length: items of the whole playlist, in quarters
- language: script of the title
- year: year of the playlist
- popularity: head, middle and tail of the hidden items (a third of all uses each)
- plays: number of training playlists that hold the item
- facet: facet of the hidden tags
"""

LANGUAGES = {
    "ko": "Korean",
    "latin": "Latin",
    "ja": "Japanese",
    "han": "Chinese characters",
    "cyrillic": "Cyrillic",
    "mixed": "mixed scripts",
    "other": "other scripts",
    "": "no letters",
}
MOST_SEGMENTS = 12
PLAYS = {"0": (0, 0), "1 to 4": (1, 4), "5 to 9": (5, 9), "10 or more": (10, np.inf)}


def segments(
    report: EvalReport,
    by: str = "case",
    kind: Kind = Kind.TAG,
    k: int = 10,
    case: str = "",
    resamples: int = 1000,
) -> pd.DataFrame:
    """Return the metrics of every segment and model.

    Args:
        report: The report.
        by: Criterion, one of SEGMENTS.
        kind: Kind of the recommended items.
        k: Number of recommended items that count.
        case: Only questions of this case; "": all.
        resamples: Bootstrap resamples of the intervals.

    Returns:
        Frame `segment`, `model`, `questions`, and the metrics with `_low` and `_high`. Segments of questions have all
        ACCURACY metrics. Segments of items have `recall`: of the hidden items of the segment the share found, averaged
        over the questions that hide any.

    Raises:
        InvalidParameterError: For another criterion, a wrong k or case.
    """
    metrics.check_k(report, kind, k)
    chosen = metrics.case_mask(report, case)
    parts: list[tuple[str, dict[tuple[str, str], NDArray[np.float64]], NDArray[np.bool_]]]
    if by in OF_QUESTIONS:
        parts = [(name, {}, mask & chosen) for name, mask in _of_questions(report, by)]
    elif by in OF_ITEMS:
        parts = [(name, _recall(report, kind, k, items), chosen) for name, items in _of_items(report, by, kind)]
    else:
        raise InvalidParameterError(
            f"There is no segment {by!r}", f"segments: {', '.join(SEGMENTS)}", "choose one of these"
        )
    codes = metrics.clusters(report)
    table: list[dict[str, Any]] = []
    for name, recalls, mask in parts:
        values = recalls or _all_metrics(report, kind, k)
        columns = list(values)
        numbers = np.column_stack([values[column][mask] for column in columns])
        low, high = intervals(bootstrap_means(numbers, codes[mask], resamples))
        middle, counted = metrics.means(numbers), (~np.isnan(numbers)).sum(axis=0)
        rows: dict[str, dict[str, Any]] = {}
        for at, (label, metric) in enumerate(columns):
            row = rows.setdefault(label, {"segment": name, "model": label, "questions": int(counted[at])})
            row |= {metric: middle[at], f"{metric}_low": low[at], f"{metric}_high": high[at]}
        table += rows.values()
    frame = pd.DataFrame(table)
    return frame[frame["questions"] > 0].reset_index(drop=True) if len(frame) else frame


def questions_in_segment(report: EvalReport, by: str, name: str, kind: Kind = Kind.TAG) -> NDArray[np.int64]:
    """Return the questions of a segment; for a segment of items, those that hide one of them.

    Args:
        report: The report.
        by: Criterion, one of SEGMENTS.
        name: Name of the segment.
        kind: Kind of the hidden items.

    Raises:
        InvalidParameterError: If there is no such segment.
    """
    for known, mask in _of_questions(report, by) if by in OF_QUESTIONS else ():
        if known == name:
            return np.flatnonzero(mask)
    for known, items in _of_items(report, by, kind) if by in OF_ITEMS else ():
        if known == name:
            return np.unique(report.truth_rows[kind][items[report.hidden[kind].indices]])
    raise InvalidParameterError(
        f"There is no segment {name!r} by {by!r}", f"segments: {', '.join(SEGMENTS)}", "choose another"
    )


def _of_questions(report: EvalReport, by: str) -> list[tuple[str, NDArray[np.bool_]]]:
    frame = report.questions
    if by == "length":
        length = (frame["songs"] + frame["tags"]).to_numpy()
        edges = np.unique(np.quantile(length, [0, 0.25, 0.5, 0.75, 1], method="lower"))
        ends = np.append(edges[1:-1], length.max(initial=0) + 1) if len(edges) > 2 else edges[-1:] + 1
        part = np.searchsorted(ends, length, side="right")
        masks = [part == number for number in range(len(ends))]
        return [(_span(length[mask]), mask) for mask in masks if mask.any()]
    if by == "year":
        years = frame["year"].to_numpy()
        names = [(str(year) if year else "unknown", years == year) for year in np.unique(years)]
        return names[-MOST_SEGMENTS:]
    values = frame[by].map(LANGUAGES) if by == "language" else frame[by]
    return [(str(name), (values == name).to_numpy()) for name in values.value_counts().index[:MOST_SEGMENTS]]


def _of_items(report: EvalReport, by: str, kind: Kind) -> list[tuple[str, NDArray[np.bool_]]]:
    items = report.items[kind]
    if by == "popularity":
        return [(name, items.band == number) for number, name in enumerate(BANDS)]
    if by == "plays":
        return [(name, (items.counts >= low) & (items.counts <= high)) for name, (low, high) in PLAYS.items()]
    facets = pd.Series(items.facets.astype(str))
    return [(str(name) or "none", (facets == name).to_numpy()) for name in facets.value_counts().index[:MOST_SEGMENTS]]


def _all_metrics(report: EvalReport, kind: Kind, k: int) -> dict[tuple[str, str], NDArray[np.float64]]:
    return {
        (label, metric): values
        for label in report.labels_for(kind)
        for metric, values in metrics.scores(report, label, kind, k).items()
    }


def _recall(
    report: EvalReport, kind: Kind, k: int, items: NDArray[np.bool_]
) -> dict[tuple[str, str], NDArray[np.float64]]:
    of_segment = items[report.hidden[kind].indices]
    rows = report.truth_rows[kind]
    size = np.bincount(rows[of_segment], minlength=len(report))
    recalls = {}
    for label in report.labels_for(kind):
        ranks = report.ranks[label, kind]
        hit = of_segment & (ranks > 0) & (ranks <= k)
        right = np.bincount(rows[hit], minlength=len(report))
        recalls[label, "recall"] = np.divide(right, size, out=np.full(len(report), np.nan), where=size > 0)
    return recalls


def _span(lengths: NDArray[Any]) -> str:
    low, high = int(lengths.min()), int(lengths.max())
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"
