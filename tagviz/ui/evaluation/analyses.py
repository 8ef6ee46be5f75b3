"""Further analyses of a report: significance, segments, beyond accuracy, item usage, embedding, history."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from tagviz.evaluation import captions, compare
from tagviz.evaluation.drilldown import Drilldown
from tagviz.evaluation.metric_registry import ACCURACY, BEYOND
from tagviz.figures import evaluation as figures
from tagviz.figures import heatmaps as heatmap_figures
from tagviz.types import Kind
from tagviz.ui import formatting, url_state
from tagviz.ui.components import charts, item_links, tables
from tagviz.ui.context import PageContext
from tagviz.ui.evaluation import embedding, history, report_cache, reports
from tagviz.ui.evaluation.panel import ReportSelection, clicked, open_drilldown
from tagviz.ui.i18n import N_, _, label_of, translated

SEGMENTS = {
    "case": N_("what is shown"),
    "popularity": N_("popularity"),
    "plays": N_("number of training playlists"),
    "length": N_("length of the playlist"),
    "language": N_("script of the title"),
    "facet": N_("facet of the tag"),
    "year": N_("year"),
}
"""What the segments can be."""
COMPARISONS = {
    compare.BETTER: N_("better than"),
    compare.WORSE: N_("worse than"),
    compare.SAME: N_("same results as"),
    compare.UNCLEAR: N_("no clear difference from"),
}
"""Outcomes of a pairwise comparison."""
TABS = (
    N_("Significance"),
    N_("By segment"),
    N_("Beyond accuracy"),
    N_("Item usage"),
    N_("Embedding"),
    N_("Over time"),
)
TABS_KEY = "analyses-tab"


def show(here: PageContext, view: ReportSelection) -> None:
    """Show the tabs; only the open one is computed."""
    significance, by_segment, beyond, usage, diagnostics, over_time = st.tabs(
        [_(title) for title in TABS], key=TABS_KEY, on_change="rerun"
    )
    with significance:
        if significance.open:
            _pairs(view)
            if not view.opened.leak:
                reports.leakage(here, view.opened)
    with by_segment:
        if by_segment.open:
            _segments(view)
    with beyond:
        if beyond.open:
            _beyond(view)
    with usage:
        if usage.open:
            _usage(view)
    with diagnostics:
        if diagnostics.open:
            embedding.show(here)
    with over_time:
        if over_time.open:
            history.show(here, view.kind)


def _segments(view: ReportSelection) -> None:
    options = [name for name in SEGMENTS if name != "facet" or view.kind is Kind.TAG]
    by: str = st.segmented_control(
        _("Segments by"),
        options,
        format_func=label_of(SEGMENTS),
        required=True,
        **url_state.bind_param("segment_by", "case", options),
    )
    frame = report_cache.segments(view.report, by, view.kind, view.k, view.case)
    if frame.empty:
        st.caption(_("There are no such segments in this report."))
        return
    metric = "ndcg" if "ndcg" in frame else "recall"
    title = _("{metric} by {segment}").format(metric=formatting.metric(metric).title, segment=_(SEGMENTS[by]))
    st.markdown(f"**{title}**")
    cases = {case: _(label) for case, label in formatting.CASES.items()}
    renamed = frame.assign(segment=frame["segment"].replace(cases)) if by == "case" else frame
    chart = figures.segments_dots(renamed, formatting.metric(metric), "", dark=charts.dark())
    alt = _("{title}; click a mark to list its playlists").format(title=title)
    charts.figure(chart, "segments", alt, on_select=lambda: _open_segment(view, frame, by))
    if by == "popularity":
        st.caption(translated(captions.READ_BANDS))
    expander = st.expander(_("As a table"), icon=":material/table:", key="segments-table", on_change="rerun")
    if expander.open:  # a closed one would still be drawn by the browser
        with expander:
            tables.table(renamed.round(4), "segments")


def _open_segment(view: ReportSelection, frame: pd.DataFrame, by: str) -> None:
    """List the playlists of the clicked segment, those with the worst results of its model first."""
    mark = clicked("figure-segments")
    if mark:
        names, models = (list(dict.fromkeys(frame[column])) for column in ("segment", "model"))
        open_drilldown(view, Drilldown("part", str(models[mark[1]]), (by, str(names[mark[0]]))))


def _pairs(view: ReportSelection) -> None:
    known = [name for name in (*ACCURACY, "arena") if view.facts.summary[name].notna().any()]
    metric: str = st.segmented_control(
        _("Metric"),
        known,
        format_func=lambda name: formatting.metric(name).title,
        required=True,
        **url_state.bind_param("metric", "ndcg", known),
    )
    frame = report_cache.comparison(view.report, view.kind, view.k, view.case, metric)
    if frame.empty:
        st.caption(_("A comparison needs two models."))
        return
    real = int(frame["outcome"].isin([compare.BETTER, compare.WORSE]).sum())
    names = ["a", "outcome", "b", "difference", "low", "high", "p_holm", "wins", "losses", "ties"]
    number = st.column_config.NumberColumn
    tables.table(
        frame[names].assign(outcome=[_(COMPARISONS.get(str(one), str(one))) for one in frame["outcome"]]),
        "pairs",
        _("{real} of {differences} in {metric} are significant").format(
            real=real, differences=formatting.count(len(frame), "difference"), metric=formatting.metric(metric).title
        ),
        columns={
            "a": _("Model"),
            "outcome": st.column_config.TextColumn(_("is"), width=190),
            "b": _("Other model"),
            "difference": number(_("Difference"), format="%+.3f"),
            "low": number(_("At least"), format="%+.3f", help=_("95 % interval, paired bootstrap")),
            "high": number(_("At most"), format="%+.3f", help=_("95 % interval, paired bootstrap")),
            "p_holm": number("p", format="%.4f", help=_("Sign-flip test with Holm's correction")),
            "wins": number(_("Wins"), format="localized", help=_("Questions where the first model is better")),
            "losses": number(_("Losses"), format="localized", help=_("Questions where the other model is better")),
            "ties": number(_("Ties"), format="localized"),
        },
        alt=_("Pairs of models; click one to list the playlists with the largest difference"),
        on_select=lambda: _open_pair(view, frame),
        selection_mode="single-cell",
    )
    st.caption(translated(captions.READ_PAIRS))


def _open_pair(view: ReportSelection, frame: pd.DataFrame) -> None:
    """List the playlists where the first model of the clicked pair is better than the other."""
    row = tables.selected("pairs")
    if row is not None and row < len(frame):
        open_drilldown(view, Drilldown("pair", str(frame["a"].iloc[row]), (str(frame["b"].iloc[row]),)))


def _beyond(view: ReportSelection) -> None:
    grid = st.grid(2, min_column_width=400, gap="large")
    left, right = grid.cell(), grid.cell()
    with left:
        frame = report_cache.beyond(view.report, view.kind, view.k, view.case)
        names = [name for name in BEYOND if name in frame and frame[name].notna().any()]
        columns = {name: st.column_config.NumberColumn(formatting.metric(name).title, format="%.3f") for name in names}
        title = _("Beyond accuracy")
        tables.table(frame[["model", *names]], "beyond", title, columns={"model": _("Model")} | columns)
        st.caption(formatting.explained(BEYOND))
    with right:
        overlap = report_cache.agreement(view.report, view.kind, view.k, view.case)
        if len(overlap) > 1:
            title = (
                _("Overlap of the first {k} tags") if view.kind is Kind.TAG else _("Overlap of the first {k} songs")
            ).format(k=view.k)
            chart = heatmap_figures.agreement_heatmap(overlap.to_numpy(), list(overlap.columns), title, charts.dark())
            charts.figure(chart, "agreement", title)


def _usage(view: ReportSelection) -> None:
    label = view.label or view.best
    never, often = report_cache.usage(view.report, label, view.kind, view.k, view.case)
    item = formatting.capitalize(_(formatting.KINDS[view.kind]))
    number = st.column_config.NumberColumn
    hidden_help = _("Playlists in which it was hidden")
    grid = st.grid(2, min_column_width=400, gap="large")
    left, right = grid.cell(), grid.cell()
    with left:
        item_links.table(
            never[["label", "hidden", "count"]],
            never["key"].astype(str).tolist(),
            "never",
            _("Never suggested by {model}").format(model=formatting.one_line(label, 30)),
            columns={
                "label": st.column_config.TextColumn(item),
                "hidden": number(_("Hidden"), help=hidden_help),
                "count": number(_("In training"), format="localized", help=_("Training playlists with it")),
            },
        )
    with right:
        item_links.table(
            often[["label", "recommended", "hidden"]],
            often["key"].astype(str).tolist(),
            "often",
            _("Suggested too often"),
            columns={
                "label": st.column_config.TextColumn(item),
                "recommended": number(_("Suggested"), format="localized"),
                "hidden": number(_("Hidden"), help=hidden_help),
            },
        )
