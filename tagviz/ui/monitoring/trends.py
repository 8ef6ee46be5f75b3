"""Charts of each measure over the checks, with control limits where there are enough of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from tagviz.figures import monitoring as figures
from tagviz.monitoring import control_chart
from tagviz.operations import monitoring
from tagviz.operations.monitoring.checks import SHARES
from tagviz.ui import formatting
from tagviz.ui.components import charts
from tagviz.ui.i18n import _

SIGNED = ("metric", "verdicts", "golden")
"""Measures whose value is a decrease: negative where it is an increase."""
QUALITY = "metric"
"""The measure of the recommendations' quality."""

Limits = tuple[float, float, float]
"""Lower control limit, centre and upper control limit."""


def show(runs: Sequence[Mapping[str, Any]]) -> None:
    """Show a chart for each measure; measures whose newest status is green are in an expander.

    Args:
        runs: Stored checks, the newest first, as `tagviz.operations.monitoring` returns them.
    """
    frame = monitoring.history_table(list(runs))
    times = frame["created"].nunique()
    if times < 2:
        st.caption(_("Charts appear after the second check."))
        return
    text = _("{checks}. The dotted lines show the usual range: mean ± 2.66 moving ranges of earlier versions.")
    st.caption(text.format(checks=formatting.count(times, "check")))
    checks = {check["name"]: check for check in runs[0]["checks"] if check["value"] is not None}
    green = {name for name, check in checks.items() if check["light"] == "green"}
    parts = {str(name): part for name, part in frame.groupby("check", sort=False)}
    least = int(runs[0]["thresholds"]["points"])
    _charts({name: part for name, part in parts.items() if name not in green}, checks, least)
    rest = {name: part for name, part in parts.items() if name in green}
    if rest:
        label = _("Green measures: {charts}").format(charts=formatting.count(len(rest), "chart"))
        with st.expander(label, key="trends-green", on_change="rerun", icon=":material/show_chart:") as expander:
            if expander.open:
                _charts(rest, checks, least)


def _charts(parts: Mapping[str, pd.DataFrame], checks: Mapping[str, Mapping[str, Any]], least: int) -> None:
    """Draw the charts; `least` is the number of versions from which on there are control limits."""
    grid = st.grid(2, min_column_width=380, gap="medium")
    for name, part in parts.items():
        # a version that was checked twice has the same value twice, which would make the limits too narrow
        numbers = part.drop_duplicates("newer", keep="last")["value"].tolist()
        limits = control_chart.control_limits(numbers[:-1]) if len(numbers) > least else None
        lowest = -1.0 if name in SIGNED else 0.0
        usual = None if limits is None else (max(lowest, limits.low), limits.centre, limits.high)
        check = checks.get(name)
        levels = None if check is None else (check["amber"], check["red"])
        percent = name in SHARES
        title = _title(name, str(part["title"].iloc[-1]), numbers[-1], usual)
        with grid.container():
            st.markdown(f"**{formatting.escape(title, 120)}**")
            chart = figures.over_time(part, usual, levels, percent, charts.dark())
            charts.figure(chart, f"monitor-{name}", title)


def _title(name: str, title: str, number: float, usual: Limits | None) -> str:
    """Return the chart's title: the measure, its newest value, and its usual range."""
    form = "{:z.1%}" if name in SHARES else "{:z.3f}"
    if name != QUALITY:
        newest = form.format(number)
    elif number >= 0:
        newest = _("nDCG decreased by {share}").format(share=form.format(number))
    else:
        newest = _("nDCG increased by {share}").format(share=form.format(-number))
    if usual is None:
        return f"{title}: {newest}"
    low, _centre, high = usual
    text = _("{measure}: {newest}, usually {low} to {high}")
    return text.format(measure=title, newest=newest, low=form.format(low), high=form.format(high))
