"""Where is a model good, where not? The same metrics over parts of the questions, or over parts of the hidden items."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tagviz.errors import BadParameter
from tagviz.evaluate import metrics
from tagviz.evaluate.items import BANDS
from tagviz.evaluate.report import EvalReport
from tagviz.evaluate.resampling import intervals, resampled
from tagviz.types import Kind

OF_QUESTIONS = ("case", "length", "language", "year")
OF_ITEMS = ("popularity", "facet")
SEGMENTS = (*OF_QUESTIONS, *OF_ITEMS)
"""case: what is shown. length: items of the whole playlist, in quarters. language: script of the title. year: of the
playlist.
popularity: head, middle and tail of the hidden items (a third of all uses each). facet: of the hidden tags."""

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


def segments(
    report: EvalReport,
    by: str = "case",
    kind: Kind = Kind.TAG,
    k: int = 10,
    case: str = "",
    resamples: int = 1000,
    seed: int = 42,
) -> pd.DataFrame:
    """One row per segment and model: `segment`, `model`, `questions`, the metrics with `_low` and `_high`.

    Segments of questions have all of metrics.METRICS. Segments of items (popularity, facet) have `recall`: of the
    hidden items of that segment, the share found, averaged over the questions that hide any. Raises BadParameter for
    another `by`.
    """
    metrics.check_k(report, kind, k)
    chosen = metrics.where(report, case)
    parts: list[tuple[str, dict[tuple[str, str], NDArray[np.float64]], NDArray[np.bool_]]]
    if by in OF_QUESTIONS:
        parts = [(name, {}, mask & chosen) for name, mask in _of_questions(report, by)]
    elif by in OF_ITEMS:
        parts = [(name, _recall(report, kind, k, items), chosen) for name, items in _of_items(report, by, kind)]
    else:
        raise BadParameter(f"There is no segment {by!r}", f"segments: {', '.join(SEGMENTS)}", "choose one of these")
    codes = metrics.clusters(report)
    table: list[dict[str, Any]] = []
    for name, recalls, mask in parts:
        values = recalls or _all_metrics(report, kind, k)
        columns = list(values)
        numbers = np.column_stack([values[column][mask] for column in columns])
        low, high = intervals(resampled(numbers, codes[mask], resamples, seed))
        middle, counted = metrics.means(numbers), (~np.isnan(numbers)).sum(axis=0)
        rows: dict[str, dict[str, Any]] = {}
        for at, (label, metric) in enumerate(columns):
            row = rows.setdefault(label, {"segment": name, "model": label, "questions": int(counted[at])})
            row |= {metric: middle[at], f"{metric}_low": low[at], f"{metric}_high": high[at]}
        table += rows.values()
    frame = pd.DataFrame(table)
    return frame[frame["questions"] > 0].reset_index(drop=True) if len(frame) else frame


def questions_in_segment(report: EvalReport, by: str, name: str, kind: Kind = Kind.TAG) -> NDArray[np.int64]:
    """Rows of the questions of a segment; of a segment of items, those that hide one of them."""
    for found, mask in _of_questions(report, by) if by in OF_QUESTIONS else ():
        if found == name:
            return np.flatnonzero(mask)
    for found, items in _of_items(report, by, kind) if by in OF_ITEMS else ():
        if found == name:
            return np.unique(report.truth_rows[kind][items[report.hidden[kind].indices]])
    raise BadParameter(f"There is no segment {name!r} by {by!r}", f"segments: {', '.join(SEGMENTS)}", "choose another")


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
    found = {}
    for label in report.labels_for(kind):
        ranks = report.ranks[label, kind]
        hit = of_segment & (ranks > 0) & (ranks <= k)
        right = np.bincount(rows[hit], minlength=len(report))
        found[label, "recall"] = np.divide(right, size, out=np.full(len(report), np.nan), where=size > 0)
    return found


def _span(lengths: NDArray[Any]) -> str:
    low, high = int(lengths.min()), int(lengths.max())
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"
