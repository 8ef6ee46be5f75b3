"""The panel of a report: table, heatmap and histogram at once, and a click on any of them leads to the playlists."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from tagviz.evaluate import words
from tagviz.evaluate.report import EvalReport
from tagviz.operations.panels import Panel, Reading
from tagviz.types import Kind
from tagviz.ui import cached, plain, reports, state, widgets

CASES = {
    "": "all questions",
    "songs+tags": "songs and tags shown",
    "songs": "only songs shown",
    "tags+title": "tags and title shown",
    "tags": "only tags shown",
    "title": "only the title shown",
}
READINGS = {"similarity": "How close", "instead": "What instead"}
MOST_K = 20
PANEL, BEHIND, DEEPER = "evaluate-panel", "evaluate-behind", "evaluate-deeper"
"""The page's parts, each a fragment: what is played with is drawn anew at once, and the others follow."""
ALL = (PANEL, BEHIND, DEEPER)


@dataclass(frozen=True)
class View:
    """What of a report is looked at."""

    report: cached.ReportPlace
    kind: Kind
    k: int
    case: str
    label: str
    reading: Reading
    cumulative: bool

    @property
    def opened(self) -> EvalReport:
        return self.report.opened

    @property
    def panel(self) -> Panel:
        what = (self.report, self.kind, self.k, self.case)
        return cached.panel(*what, self.label, self.cumulative, widgets.dark())

    @property
    def best(self) -> str:
        return cached.best(self.report, self.kind, self.k, self.case)


def view(place: cached.ReportPlace) -> View:
    """What the address says is looked at."""
    report = place.opened
    kinds = [str(kind) for kind in report.kinds]
    kind = Kind(state.current("kind", kinds[0], kinds))
    most = _most(report, kind)
    return View(
        place,
        kind,
        k=state.current("k", min(10, most), range(1, most + 1)),
        case=state.current("case", "", ["", *report.cases]),
        label=state.current("of", "", ["", *report.labels_for(Kind.TAG)]),
        reading=state.current("reading", "similarity", list(READINGS)),
        cumulative=state.current("cumulative", False),
    )


def _most(report: EvalReport, kind: Kind) -> int:
    return min(MOST_K, report.depth(kind))


def controls(place: cached.ReportPlace) -> None:
    """The slider of k and the filters, beside what they change."""
    report = place.opened
    kinds = [str(kind) for kind in report.kinds]
    grid = st.grid(4, min_column_width=200, gap="medium", vertical_alignment="bottom")
    which, how_many, where, heat = grid.cell(), grid.cell(), grid.cell(), grid.cell()
    with which:
        kind = st.segmented_control(
            "Judge the",
            kinds,
            format_func=lambda kind: f"{kind}s",
            required=True,
            **state.tied("kind", kinds[0], kinds, redraws=ALL),
        )
    most = _most(report, Kind(kind))
    with how_many:
        tied = state.tied("k", min(10, most), range(1, most + 1), redraws=ALL)
        st.slider("Suggestions looked at (k)", 1, most, **tied)
    cases = ["", *report.cases]
    with where:
        tied = state.tied("case", "", cases, redraws=ALL)
        st.selectbox("Questions", cases, format_func=lambda case: CASES.get(case, case), **tied)
    labels = ["", *report.labels_for(Kind.TAG)]
    with heat:
        tied = state.tied("of", "", labels, redraws=ALL)
        st.selectbox("Heatmap of", labels, format_func=lambda label: label or "the best", **tied)


def show(view: View) -> None:
    """Table with whiskers left, heatmap top right, histogram below it. The heatmap is sent first: browsers take longest
    to draw it, and do so while the intervals of the rest are worked out."""
    grid = st.grid(2, min_column_width=420, gap="large")
    left, right = grid.cell(), grid.cell()
    with right:
        _heatmap(view)
    panel = view.panel
    with right:
        name = str(panel.histogram.layout.meta)
        with _headed(name):
            st.toggle("Add up", help="How many are found up to each place", **state.tied("cumulative", False))
        widgets.figure(panel.histogram, "histogram", name, on_select=lambda: _bar(view))
        st.caption(panel.histogram_reading)
    with left:
        _table(view, panel)
        widgets.figure(panel.dots, "dots", panel.sentence)
        st.caption(words.READ_TABLE)


def _heatmap(view: View) -> None:
    made = cached.heatmap(view.report, view.label or view.best, view.k, view.case, view.reading, widgets.dark())
    if made is None:
        return
    name = str(made.layout.meta)
    with _headed(name):
        st.segmented_control(
            "Heatmap",
            list(READINGS),
            format_func=READINGS.__getitem__,
            required=True,
            label_visibility="collapsed",
            **state.tied("reading", "similarity", list(READINGS), redraws=(PANEL, BEHIND)),
        )
    widgets.figure(made, "heatmap", name, on_select=lambda: _cell(view))
    st.caption(words.READ_INSTEAD if view.reading == "instead" else words.READ_SIMILARITY)


@contextmanager
def _headed(title: str) -> Iterator[None]:
    """What a figure says now, and beside it what changes the figure."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        st.markdown(f"**{plain.escape(title[:1].upper() + title[1:], 300)}**", width="stretch")
        yield


def _table(view: View, panel: Panel) -> None:
    summary = panel.summary.sort_values("ndcg", ascending=False, kind="stable")
    names = {"precision": "Precision", "recall": "Recall", "f1": "F1", "ndcg": "nDCG", "arena": "Arena"}
    kept = [name for name in names if summary[name].notna().any()]
    frame = pd.DataFrame({"model": [_marked(str(model), panel) for model in summary["model"]]})
    frame[kept] = summary[kept].to_numpy()
    best = {name: float(summary[name].max()) for name in kept}
    styled = frame.style.apply(
        lambda column: ["font-weight: bold" if value == best[column.name] else "" for value in column],
        subset=list[Hashable](kept),
    )
    with _headed(panel.sentence):
        reports.export(view.opened, view.kind, view.k)
    st.dataframe(
        styled,
        hide_index=True,
        key="table-evaluation",
        column_config={
            "model": st.column_config.TextColumn(
                "Model",
                width=165,
                help="★: the best. ≈: too few questions to tell it from the best; the difference may be chance.",
            )
        }
        | {name: st.column_config.NumberColumn(names[name], format="%.3f", width=60) for name in kept},
        on_select=lambda: _model(list(summary["model"])),
        selection_mode="single-cell",
        alt="Models and their metrics; click one for the playlists behind it",
    )


def _marked(model: str, panel: Panel) -> str:
    """A model's name with what there is to say of it."""
    return f"{'★ ' if model == panel.best else '≈ ' if model in panel.even else ''}{plain.one_line(model, 60)}"


def _model(labels: list[str]) -> None:
    cells = st.session_state["table-evaluation"]["selection"]["cells"]
    if cells:
        look_behind(f"model|{labels[cells[0][0]]}")


def _cell(view: View) -> None:
    data = clicked("figure-heatmap")
    if data:
        label = view.label or view.best
        look_behind(f"{view.reading}|{label}|{data[0]}|{data[1]}")


def _bar(view: View) -> None:
    data = clicked("figure-histogram")
    if data:
        label = view.opened.labels_for(view.kind)[data[0]]
        look_behind(f"bar|{label}|{data[1]}")


def look_behind(what: str) -> None:
    """Ends a callback: the playlists behind something are listed below."""
    state.put(behind=what, question="")
    state.redraw(BEHIND)


def clicked(key: str) -> tuple[int, int] | None:
    """The first two numbers of the `customdata` of what was clicked in a figure (arrays come back as {"0": …})."""
    points: list[dict[str, Any]] = st.session_state[key]["selection"]["points"]
    data = points[0].get("customdata") if points else None
    return (int(data["0"]), int(data["1"])) if data else None
