"""The panel of a report: table, heatmap and histogram at once, and a click on any of them leads to the playlists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from tagviz.evaluate import words
from tagviz.evaluate.report import EvalReport
from tagviz.figures import template
from tagviz.operations import panels
from tagviz.operations.panels import Facts, Reading
from tagviz.types import Kind
from tagviz.ui import cached, judged, plain, reports, state
from tagviz.ui.glance import view as glance

CASES = {
    "": "all questions",
    "songs+tags": "songs and tags shown",
    "songs": "only songs shown",
    "tags+title": "tags and title shown",
    "tags": "only tags shown",
    "title": "only the title shown",
}
READINGS: dict[Reading, str] = {"similarity": "How close", "instead": "What instead"}
MOST_K = 20
PANEL, BEHIND, DEEPER, LATER = "evaluate-panel", "evaluate-behind", "evaluate-deeper", "evaluate-later"
"""The page's parts, each a fragment: what is played with is drawn anew at once, and the others follow. The last one
draws nothing: it hands the panel what one step away shows, at every other k and of every other case."""
ALL = (PANEL, BEHIND, DEEPER, LATER)
DRAWN = "evaluate-drawn"
"""In the session's state once the panel has been seen: the other parts wait for it, since a browser that draws all at
once shows the panel a second later."""
STROKES = {
    "solid": "",
    "dash": "7 4",
    "dot": "2 3",
    "dashdot": "7 3 2 3",
    "longdash": "11 4",
    "longdashdot": "11 3 2 3",
}
"""Plotly's names for dashes as SVG says them."""


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
    def facts(self) -> Facts:
        return panels.facts(self.opened, self.kind, [self.k], self.case, cached.RESAMPLES)[0]

    @property
    def best(self) -> str:
        return self.facts.best

    @property
    def name(self) -> str:
        """The name of all that the panel shows, whatever the case and k."""
        return "|".join([self.report.ident, self.kind, self.label, self.reading])

    def frames(self, case: str, ks: tuple[int, ...]) -> list[dict[str, Any]]:
        return judged.frames(self.report, self.kind, ks, case, self.label, self.reading)


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
        case=state.current("case", "", _cases(report)),
        label=state.current("of", "", ["", *report.labels_for(Kind.TAG)]),
        reading=state.current("reading", "similarity", list(READINGS)),
        cumulative=state.current("cumulative", False),
    )


def _most(report: EvalReport, kind: Kind) -> int:
    return min(MOST_K, report.depth(kind))


def _cases(report: EvalReport) -> list[str]:
    return ["", *report.cases]


def controls(place: cached.ReportPlace) -> None:
    """What is judged; the questions' case and the slider of k are the panel's own."""
    report = place.opened
    kinds = [str(kind) for kind in report.kinds]
    grid = st.grid(3, min_column_width=200, gap="medium", vertical_alignment="bottom")
    which, heat, away = grid.cell(), grid.cell(), grid.cell()
    with which:
        st.segmented_control(
            "Judge the",
            kinds,
            format_func=lambda kind: f"{kind}s",
            required=True,
            **state.tied("kind", kinds[0], kinds, redraws=ALL),
        )
    labels = ["", *report.labels_for(Kind.TAG)]
    with heat:
        tied = state.tied("of", "", labels, redraws=ALL)
        st.selectbox("Heatmap of", labels, format_func=lambda label: label or "the best", **tied)
    with away:
        seen = view(place)
        reports.export(report, seen.kind, seen.k)


def show(view: View) -> None:
    """The panel as it is looked at."""
    report = view.opened
    data = {
        "set": view.name,
        "kind": str(view.kind),
        "k": view.k,
        "most": _most(report, view.kind),
        "case": view.case,
        "cases": [(case, CASES.get(case, plain.one_line(case, 40))) for case in _cases(report)],
        "frames": view.frames(view.case, (view.k,)),
        "models": [
            {"name": plain.one_line(label, 60), "colour": template.colour(at), "dash": STROKES[template.DASHES[at % 8]]}
            for at, label in enumerate(report.labels)
        ],
        "reading": view.reading,
        "readings": list(READINGS.items()),
        "cumulative": view.cumulative,
        "awaited": not drawn(),
        "notes": {
            "table": words.READ_TABLE,
            "heat": words.READ_INSTEAD if view.reading == "instead" else words.READ_SIMILARITY,
            "ranks": words.READ_HISTOGRAM,
        },
        "form": state.current("figures", "png", ("png", "svg")),
    }
    glance.panel(data, lambda done: told(view.report, done))


def drawn() -> bool:
    """Whether the panel has been seen."""
    return bool(st.session_state.get(DRAWN))


def later(view: View) -> None:
    """What the panel shows at the other k, and of the other cases at this one."""
    ks = tuple(range(1, _most(view.opened, view.kind) + 1))
    glance.later(view.name, view.frames(view.case, ks), "glance-later")
    others = [view.frames(case, (view.k,)) for case in _cases(view.opened) if case != view.case]
    glance.later(view.name, [frame for (frame,) in others], "glance-cases")


def told(place: cached.ReportPlace, told: Mapping[str, Any]) -> None:
    """What a person did on the panel goes into the address; nothing of it where it cannot be read."""
    before = view(place)
    most = _most(before.opened, before.kind)
    k = _number(told, "k", most + 1) or before.k
    case = told.get("case") if told.get("case") in _cases(before.opened) else before.case
    state.put(k="" if k == min(10, most) else str(k), case=str(case))
    now = view(place)
    # whatever was done, what has not heard of the new place yet is drawn anew
    behind = (BEHIND,) if (now.k, now.case) == (before.k, before.case) else ALL
    what = told.get("what")
    if what == "drawn":
        st.session_state[DRAWN] = True
        state.redraw(BEHIND, DEEPER, LATER)
    elif what == "reading" and told.get("reading") in READINGS:
        state.put(reading="" if told["reading"] == "similarity" else str(told["reading"]))
        state.redraw(*ALL)
    elif what == "cumulative":
        state.put(cumulative="yes" if told.get("on") is True else "")
        state.redraw(*behind)
    elif what == "moved":
        state.redraw(*ALL)
    elif what in ("model", "cell", "bar"):
        said = _said(now, what, told)
        if said:
            state.put(behind=said, question="")
            state.redraw(*behind)


def _said(view: View, what: str, told: Mapping[str, Any]) -> str:
    """What was clicked, as the address says it; "" where it cannot be."""
    labels = view.opened.labels
    model = _number(told, "model", len(labels))
    if what == "cell":
        row, column = (_number(told, side, 1000) for side in ("row", "column"))
        known = row is not None and column is not None
        return f"{view.reading}|{view.label or view.best}|{row}|{column}" if known else ""
    if model is None:
        return ""
    if what == "model":
        return f"model|{labels[model]}"
    bar = _number(told, "bar", MOST_K + 1)
    return "" if bar is None else f"bar|{labels[model]}|{bar}"


def _number(told: Mapping[str, Any], name: str, below: int) -> int | None:
    found = told.get(name)
    return found if isinstance(found, int) and 0 <= found < below else None


def look_behind(what: str) -> None:
    """Ends a callback: the playlists behind something are listed below."""
    state.put(behind=what, question="")
    state.redraw(BEHIND)


def clicked(key: str) -> tuple[int, int] | None:
    """The first two numbers of the `customdata` of what was clicked in a figure (arrays come back as {"0": …})."""
    points: list[dict[str, Any]] = st.session_state[key]["selection"]["points"]
    data = points[0].get("customdata") if points else None
    return (int(data["0"]), int(data["1"])) if data else None
