"""The next questions about a report: where it is good, what is never suggested, how alike the models are."""

from __future__ import annotations

import streamlit as st

from tagviz.evaluate import words
from tagviz.figures import evaluation as figures
from tagviz.ui import cached, plain, reports, widgets
from tagviz.ui.frame import Here
from tagviz.ui.judging import View

SEGMENTS = {
    "case": "what is shown",
    "popularity": "common and rare",
    "length": "length of the playlist",
    "language": "script of the title",
    "facet": "facet of the tag",
    "year": "year",
}
BEYOND = {
    "coverage": "Coverage",
    "novelty": "Novelty",
    "popularity": "Popularity",
    "popularity_lift": "Popularity lift",
    "tail_share": "From the tail",
    "diversity": "Variety in a list",
    "calibration": "Calibration",
}


def show(here: Here, view: View) -> None:
    parts, beyond, usage, moved = st.tabs(["By segment", "Beyond accuracy", "Never and too often", "Over time"])
    with parts:
        _segments(view)
    with beyond:
        _beyond(view)
    with usage:
        _usage(view)
    with moved:
        reports.history(here, view.kind, view.k)


def _segments(view: View) -> None:
    by = st.segmented_control(
        "Parts by", list(SEGMENTS), format_func=SEGMENTS.__getitem__, default="case", required=True, key="segments-by"
    )
    by = by or "case"
    frame = cached.segments(view.report, by, view.kind, view.k, view.case)
    metric = "ndcg" if "ndcg" in frame else "recall"
    if frame.empty:
        st.caption("Nothing to tell apart here.")
        return
    title = f"{figures.NAMES[metric]} by {SEGMENTS[by]}"
    widgets.figure(figures.segments_dots(frame, metric, title, dark=widgets.dark()), "segments", title)
    with st.expander("As a table", icon=":material/table:"):
        widgets.table(frame.round(4), "segments")


def _beyond(view: View) -> None:
    grid = st.grid(2, min_column_width=400, gap="large")
    left, right = grid.cell(), grid.cell()
    with left:
        frame = cached.beyond(view.report, view.kind, view.k, view.case)
        kept = [name for name in BEYOND if name in frame and frame[name].notna().any()]
        columns = {name: st.column_config.NumberColumn(BEYOND[name], format="%.3f") for name in kept}
        widgets.table(frame[["model", *kept]], "beyond", "Beyond accuracy", columns={"model": "Model"} | columns)
        st.caption(words.READ_BEYOND)
    with right:
        alike = cached.agreement(view.report, view.kind, view.k, view.case)
        if len(alike) > 1:
            title = f"How alike the first {view.k} {view.kind}s are"
            shown = figures.agreement_heatmap(alike.to_numpy(), list(alike.columns), title, widgets.dark())
            widgets.figure(shown, "agreement", title)


def _usage(view: View) -> None:
    label = view.label or view.panel.best
    never, often = cached.usage(view.report, label, view.kind, view.k, view.case)
    grid = st.grid(2, min_column_width=400, gap="large")
    left, right = grid.cell(), grid.cell()
    with left:
        widgets.table(
            never[["label", "hidden", "count"]],
            "never",
            f"Never suggested by {plain.one_line(label, 30)}",
            columns={
                "label": st.column_config.TextColumn(view.kind.capitalize()),
                "hidden": st.column_config.NumberColumn("Hidden", help="Playlists that hide it"),
                "count": st.column_config.NumberColumn("In training", format="localized"),
            },
        )
    with right:
        widgets.table(
            often[["label", "recommended", "hidden"]],
            "often",
            "Suggested too often",
            columns={
                "label": st.column_config.TextColumn(view.kind.capitalize()),
                "recommended": st.column_config.NumberColumn("Suggested", format="localized"),
                "hidden": st.column_config.NumberColumn("Hidden"),
            },
        )
