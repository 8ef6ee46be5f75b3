"""Monitoring: compare the newest version of a corpus with the one before."""

from __future__ import annotations

from tagviz.operations.monitoring.alerts import (
    send_test_alert,
)
from tagviz.operations.monitoring.report import (
    report_html,
)
from tagviz.operations.monitoring.run import (
    history_table,
    list_runs,
    run_checks,
)
from tagviz.operations.monitoring.thresholds import (
    open_thresholds,
    set_thresholds,
)

__all__ = [
    "history_table",
    "list_runs",
    "open_thresholds",
    "report_html",
    "run_checks",
    "send_test_alert",
    "set_thresholds",
]
