"""What the panel shows of each case at each k, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tagviz.evaluate import words
from tagviz.evaluate.heatmaps import Instead
from tagviz.evaluate.report import EvalReport
from tagviz.operations import panels
from tagviz.operations.panels import Facts, Reading
from tagviz.types import Kind
from tagviz.ui import plain

METRICS = {"precision": "Precision", "recall": "Recall", "f1": "F1", "ndcg": "nDCG", "arena": "Arena"}


def frames(
    report: EvalReport, kind: Kind, ks: Sequence[int], case: str, label: str, reading: Reading, resamples: int
) -> list[dict[str, Any]]:
    """One frame per k (see `Frame` in frontend/glance/src/types.ts). label: the model of the heatmap ("": the best)."""
    found = panels.facts(report, kind, ks, case, resamples)
    return [_frame(report, facts, case, label or facts.best, reading) for facts in found]


def metrics(facts: Facts) -> list[str]:
    """The columns of the table: those that somebody has."""
    return [name for name in METRICS if facts.summary[name].notna().any()]


def _frame(report: EvalReport, facts: Facts, case: str, label: str, reading: Reading) -> dict[str, Any]:
    return {
        "case": case,
        "k": facts.k,
        "sentence": plain.one_line(facts.sentence, 300),
        "metrics": [METRICS[name] for name in metrics(facts)],
        "rows": _rows(report, facts),
        "heat": _heat(report, label, facts.k, case, reading),
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


def _cell(row: dict[Any, Any], name: str) -> list[float] | None:
    value = float(row[name])
    if not isfinite(value):
        return None
    ends = (float(row.get(f"{name}_{end}", value)) for end in ("low", "high"))
    return [round(number if isfinite(number) else value, 5) for number in (value, *ends)]


def _heat(report: EvalReport, label: str, k: int, case: str, reading: Reading) -> dict[str, Any] | None:
    found = panels.shape(report, label, k, case, reading)
    if found is None or not found[0].values.size:
        return None
    data, title = found
    return {
        "title": _title(title),
        "rows": [plain.one_line(name, 60) for name in (data.names if isinstance(data, Instead) else data.rows)],
        "columns": [plain.one_line(name, 60) for name in (data.names if isinstance(data, Instead) else data.columns)],
        "values": _numbers(data.values),
        "counts": data.counts.tolist() if isinstance(data, Instead) else None,
    }


def _numbers(values: NDArray[Any]) -> list[list[float | None]]:
    return [[None if isnan(value) else value for value in row] for row in np.round(values, 4).tolist()]


def _ranks(report: EvalReport, facts: Facts, label: str) -> dict[str, Any]:
    shape = facts.shape
    return {
        "title": _title(words.histogram_title(shape, label)),
        "bars": shape.bars,
        "shares": [shape.shares[one].round(5).tolist() if one in shape.shares else None for one in report.labels],
        "half": [_bar(shape.median.get(one, np.inf), shape.ends) for one in report.labels],
    }


def _bar(place: float, ends: NDArray[np.int64]) -> int | None:
    return int(np.searchsorted(ends, place)) if isfinite(place) else None


def _title(sentence: str) -> str:
    return plain.one_line(sentence[:1].upper() + sentence[1:], 300)
