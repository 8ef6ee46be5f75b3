"""Evaluation: how good the answers are, measured on playlists that the models have not seen."""

from __future__ import annotations

from tagviz.operations.evaluation.arena import (
    score,
    split,
)
from tagviz.operations.evaluation.reports import (
    briefs,
    damaged_reports,
    list_reports,
    metric_history,
    open_report,
    report_id,
)
from tagviz.operations.evaluation.run import (
    OUTSIDE,
    evaluate,
    leakage,
    retrained,
)

__all__ = [
    "OUTSIDE",
    "briefs",
    "damaged_reports",
    "evaluate",
    "leakage",
    "list_reports",
    "metric_history",
    "open_report",
    "report_id",
    "retrained",
    "score",
    "split",
]
