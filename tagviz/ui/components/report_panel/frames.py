"""What the panel shows for a case at each list length k, as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite, isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tagviz.evaluation import captions
from tagviz.evaluation.heatmaps import Instead
from tagviz.evaluation.metric_registry import MAIN
from tagviz.evaluation.report import EvalReport
from tagviz.operations.evaluation import views
from tagviz.operations.evaluation.views import Facts, Reading
from tagviz.types import Kind
from tagviz.ui import formatting
from tagviz.ui.i18n import language, songs_are, translated


@dataclass(frozen=True)
class PanelQuery:
    """What of a report the panel shows.

    Attributes:
        kind: Tags or songs.
        ks: Lengths of the lists of recommendations.
        case: Case of the questions; "" for all.
        label: The model of the heatmap; "" for the best.
        heatmap: What the heatmap shows.
        resamples: Bootstrap resamples of the intervals.
        language: Language of the sentences; part of the query because frames are cached for all visitors.
        songs_are: What the sentences call songs.
    """

    kind: Kind
    ks: tuple[int, ...]
    case: str
    label: str
    heatmap: Reading
    resamples: int
    language: str = field(default_factory=language)
    songs_are: str = field(default_factory=songs_are)


def frames(report: EvalReport, query: PanelQuery) -> list[dict[str, Any]]:
    """Return one frame per k (see `Frame` in frontend/glance/src/types.ts)."""
    numbers = views.facts(report, query.kind, query.ks, query.case, query.resamples)
    return [_frame(report, facts, query) for facts in numbers]


def metrics(facts: Facts) -> list[str]:
    """Return the columns of the table: the metrics that some model has."""
    return [name for name in MAIN if facts.summary[name].notna().any()]


def _frame(report: EvalReport, facts: Facts, query: PanelQuery) -> dict[str, Any]:
    label = query.label or facts.best
    return {
        "case": query.case,
        "k": facts.k,
        "sentence": formatting.one_line(translated(facts.sentence), 300),
        "metrics": [formatting.metric(name).title for name in metrics(facts)],
        "rows": _rows(report, facts),
        "heat": _heat(report, label, facts.k, query),
        "ranks": _ranks(report, facts, label),
    }


def _rows(report: EvalReport, facts: Facts) -> list[dict[str, Any]]:
    names = metrics(facts)
    ordered = facts.summary.sort_values("ndcg", ascending=False, kind="stable")
    return [
        {
            "model": report.labels.index(str(row["model"])),
            "best": row["model"] == facts.best and len(ordered) > 1,
            "even": row["model"] in facts.even,
            "cells": [_cell(row, name) for name in names],
        }
        for row in ordered.to_dict("records")
    ]


def _cell(row: Mapping[Any, Any], name: str) -> list[float] | None:
    """Return a metric with its interval; None if the model does not have it."""
    score = float(row[name])
    if not isfinite(score):
        return None
    ends = (float(row.get(f"{name}_{end}", score)) for end in ("low", "high"))
    return [round(number if isfinite(number) else score, 5) for number in (score, *ends)]


def _heat(report: EvalReport, label: str, k: int, query: PanelQuery) -> dict[str, Any] | None:
    heatmap = views.shape(report, label, k, query.case, query.heatmap)
    if heatmap is None or not heatmap[0].values.size:
        return None
    cells, title = heatmap
    rows, columns = (cells.names, cells.names) if isinstance(cells, Instead) else (cells.rows, cells.columns)
    return {
        "title": _title(title),
        "rows": [formatting.one_line(name, 60) for name in rows],
        "columns": [formatting.one_line(name, 60) for name in columns],
        "values": _numbers(cells.values),
        "counts": cells.counts.tolist() if isinstance(cells, Instead) else None,
    }


def _numbers(values: NDArray[Any]) -> list[list[float | None]]:
    return [[None if isnan(value) else value for value in row] for row in np.round(values, 4).tolist()]


def _ranks(report: EvalReport, facts: Facts, label: str) -> dict[str, Any]:
    shape = facts.shape
    return {
        "title": _title(captions.histogram_title(shape, label)),
        "bars": shape.bars,
        "shares": [shape.shares[one].round(5).tolist() if one in shape.shares else None for one in report.labels],
        "half": [_bar(shape.median.get(one, np.inf), shape.ends) for one in report.labels],
    }


def _bar(rank: float, ends: NDArray[np.int64]) -> int | None:
    return int(np.searchsorted(ends, rank)) if isfinite(rank) else None


def _title(sentence: str) -> str:
    return formatting.one_line(formatting.capitalize(translated(sentence)), 300)
