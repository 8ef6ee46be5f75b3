"""The next questions about a report: where it is good, which differences are real, what is never suggested, how alike
the models are."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from tagviz.evaluate import compare, words
from tagviz.figures import evaluation as figures
from tagviz.types import Kind
from tagviz.ui import cached, judged, plain, reports, runs, space, state, widgets
from tagviz.ui.frame import Here
from tagviz.ui.judging import CASES, View, clicked, look_behind

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


TABS = ("Which differences are real", "By segment", "Beyond accuracy", "Never and too often", "The space", "Over time")


def show(here: Here, view: View) -> None:
    """Only the tab that is open is worked out."""
    pairs, parts, beyond, usage, inside, moved = st.tabs(TABS, key="deeper", on_change="rerun")
    with parts:
        if parts.open:
            _segments(view)
    with pairs:
        if pairs.open:
            _pairs(view)
            if not view.opened.leak:
                reports.leak(here, view.opened)
    with beyond:
        if beyond.open:
            _beyond(view)
    with usage:
        if usage.open:
            _usage(view)
    with inside:
        if inside.open:
            space.show(here)
    with moved:
        if moved.open:
            runs.show(here, view.kind)


def _segments(view: View) -> None:
    options = [name for name in SEGMENTS if name != "facet" or view.kind is Kind.TAG]
    by: str = st.segmented_control(
        "Parts by",
        options,
        format_func=SEGMENTS.__getitem__,
        required=True,
        **state.tied("parts", "case", options),
    )
    frame = cached.segments(view.report, by, view.kind, view.k, view.case)
    if frame.empty:
        st.caption("Nothing to tell apart here.")
        return
    metric = "ndcg" if "ndcg" in frame else "recall"
    title = f"{figures.NAMES[metric]} by {SEGMENTS[by]}"
    st.markdown(f"**{title}**")
    named = frame.assign(segment=frame["segment"].replace(CASES)) if by == "case" else frame
    shown = figures.segments_dots(named, metric, "", dark=widgets.dark())
    widgets.figure(shown, "segments", f"{title}; click a mark for its playlists", on_select=lambda: _part(frame, by))
    if by == "popularity":
        st.caption(words.READ_BANDS)
    folded = st.expander("As a table", icon=":material/table:", key="segments-table", on_change="rerun")
    if folded.open:  # a browser would draw it all the same
        with folded:
            widgets.table(named.round(4), "segments")


def _part(frame: pd.DataFrame, by: str) -> None:
    """A click on a mark: the playlists of its segment, those that its model answers worst first."""
    data = clicked("figure-segments")
    if data:
        names, models = (list(dict.fromkeys(frame[column])) for column in ("segment", "model"))
        look_behind(f"part|{models[data[1]]}|{by}|{names[data[0]]}")


def _pairs(view: View) -> None:
    known = [name for name in figures.NAMES if view.facts.summary[name].notna().any() and not name.endswith("_ndcg")]
    metric: str = st.segmented_control(
        "Compared by", known, format_func=figures.NAMES.__getitem__, required=True, **state.tied("by", "ndcg", known)
    )
    frame = judged.comparison(view.report, view.kind, view.k, view.case, metric)
    if frame.empty:
        st.caption("Two models are needed to tell them apart.")
        return
    real = int(frame["verdict"].isin([compare.BETTER, compare.WORSE]).sum())
    names = ["a", "verdict", "b", "difference", "low", "high", "p_holm", "wins", "losses", "ties"]
    widgets.table(
        frame[names],
        "pairs",
        f"{real} of {plain.count(len(frame), 'difference')} in {figures.NAMES[metric]}: larger than chance would give",
        columns={
            "a": "Model",
            "verdict": st.column_config.TextColumn("is", width=190),
            "b": "than / from",
            "difference": st.column_config.NumberColumn("Difference", format="%+.3f"),
            "low": st.column_config.NumberColumn("from", format="%+.3f", help="95 % interval, paired bootstrap"),
            "high": st.column_config.NumberColumn("to", format="%+.3f"),
            "p_holm": st.column_config.NumberColumn("p", format="%.4f", help="Sign flips, corrected by Holm"),
            "wins": st.column_config.NumberColumn("Wins", format="localized", help="Questions that the first wins"),
            "losses": st.column_config.NumberColumn("Losses", format="localized"),
            "ties": st.column_config.NumberColumn("Even", format="localized"),
        },
        alt="Pairs of models; click one for the playlists on which they differ most",
        on_select=lambda: _pair(frame),
        selection_mode="single-cell",
    )
    st.caption(words.READ_PAIRS)


def _pair(frame: pd.DataFrame) -> None:
    """A click on a pair: the playlists on which the one beats the other most."""
    row = widgets.selected("pairs")
    if row is not None and row < len(frame):
        look_behind(f"pair|{frame['a'].iloc[row]}|{frame['b'].iloc[row]}")


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
    label = view.label or view.best
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
