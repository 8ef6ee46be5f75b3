"""The panel of a report: table, heatmap and histogram; a click on any of them lists the playlists behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from tagviz.evaluation import captions
from tagviz.evaluation.drilldown import Drilldown
from tagviz.evaluation.metric_registry import PER_QUESTION
from tagviz.evaluation.report import EvalReport
from tagviz.figures import template
from tagviz.operations.evaluation import views
from tagviz.operations.evaluation.views import Facts, Reading
from tagviz.types import Kind
from tagviz.ui import formatting, stored_reports, url_state
from tagviz.ui.components.report_panel import view as report_panel
from tagviz.ui.components.report_panel.frames import PanelQuery
from tagviz.ui.evaluation import report_cache, reports
from tagviz.ui.i18n import N_, _, label_of, language, translated

HEATMAPS: dict[Reading, str] = {"similarity": N_("Similarity"), "instead": N_("Confusion")}
"""What the heatmap shows."""
MOST_K = 20
"""Greatest list length that can be chosen."""
PANEL, PLAYLISTS, ANALYSES, PREFETCH = (
    "evaluate-panel",
    "evaluate-playlists",
    "evaluate-analyses",
    "evaluate-prefetch",
)
"""The page's parts, each a fragment: what the person changes is drawn again at once, and the others follow. The last
one draws nothing: it sends the panel what it shows at every other k and for every other case."""
ALL = (PANEL, PLAYLISTS, ANALYSES, PREFETCH)
DRAWN = "evaluate-drawn"
"""Key of the session's state that is true once the panel is drawn: the other parts wait for it, since a browser that
draws all at once shows the panel a second later."""
STROKES = {
    "solid": "",
    "dash": "7 4",
    "dot": "2 3",
    "dashdot": "7 3 2 3",
    "longdash": "11 4",
    "longdashdot": "11 3 2 3",
}
"""Plotly's names of dashes, as SVG writes them."""


@dataclass(frozen=True)
class ReportSelection:
    """The part of a report that is shown.

    Attributes:
        report: The report.
        kind: Tags or songs.
        k: Length of the lists of recommendations.
        case: Case of the questions; "" for all.
        label: The model of the heatmap; "" for the best.
        heatmap: What the heatmap shows.
        cumulative: Whether the histogram is cumulative.
    """

    report: stored_reports.ReportKey
    kind: Kind
    k: int
    case: str
    label: str
    heatmap: Reading
    cumulative: bool

    @property
    def opened(self) -> EvalReport:
        """The report itself."""
        return self.report.opened

    @property
    def facts(self) -> Facts:
        """The numbers of the report at this k for this case."""
        return views.facts(self.opened, self.kind, [self.k], self.case, report_cache.RESAMPLES)[0]

    @property
    def best(self) -> str:
        """Label of the best model."""
        return self.facts.best

    @property
    def name(self) -> str:
        """Name of all that the panel shows, for every case and k."""
        return "|".join([self.report.ident, self.kind, self.label, self.heatmap, language()])

    def frames(self, case: str, ks: tuple[int, ...]) -> list[dict[str, Any]]:
        """Return what the panel shows for a case at each of these k."""
        query = PanelQuery(self.kind, ks, case, self.label, self.heatmap, report_cache.RESAMPLES)
        return report_cache.frames(self.report, query)


def selection(report_key: stored_reports.ReportKey) -> ReportSelection:
    """Return the selection that the URL asks for."""
    report = report_key.opened
    kinds = [str(kind) for kind in report.kinds]
    kind = Kind(url_state.current_value("kind", kinds[0], kinds))
    greatest = _greatest_k(report, kind)
    return ReportSelection(
        report_key,
        kind,
        k=url_state.current_value("k", min(10, greatest), range(1, greatest + 1)),
        case=url_state.current_value("case", "", _cases(report)),
        label=report_key.shown(url_state.current_value("heatmap_model", "", _labels(report_key))),
        heatmap=url_state.current_value("heatmap", "similarity", list(HEATMAPS)),
        cumulative=url_state.current_value("cumulative", False),
    )


def _greatest_k(report: EvalReport, kind: Kind) -> int:
    return min(MOST_K, report.depth(kind))


def _labels(report_key: stored_reports.ReportKey) -> list[str]:
    """Return the models that a heatmap can show, as the URL names them; "" for the best."""
    return ["", *(report_key.label(shown) for shown in report_key.opened.labels_for(Kind.TAG))]


def _cases(report: EvalReport) -> list[str]:
    return ["", *report.cases]


def controls(report_key: stored_reports.ReportKey) -> None:
    """Show the choices above the panel; the case and the slider of k are in the panel itself."""
    report = report_key.opened
    kinds = [str(kind) for kind in report.kinds]
    grid = st.grid(3, min_column_width=200, gap="medium", vertical_alignment="bottom")
    kind_cell, model_cell, export_cell = grid.cell(), grid.cell(), grid.cell()
    with kind_cell:
        st.segmented_control(
            _("Evaluate"),
            kinds,
            format_func=label_of(formatting.PLURALS),
            required=True,
            **url_state.bind_param("kind", kinds[0], kinds, redraws=ALL),
        )
    labels = _labels(report_key)
    with model_cell:
        bound = url_state.bind_param("heatmap_model", "", labels, redraws=ALL)
        st.selectbox(
            _("Model of the heatmap"),
            labels,
            format_func=lambda label: report_key.shown(label) or _("best model"),
            **bound,
        )
    with export_cell:
        shown = selection(report_key)
        reports.export(report_key.stored, shown.kind, shown.k)


def show(view: ReportSelection) -> None:
    """Draw the panel."""
    report = view.opened
    heat_caption = captions.READ_INSTEAD if view.heatmap == "instead" else captions.READ_SIMILARITY
    content = {
        "set": view.name,
        "kind": str(view.kind),
        "items": _(formatting.PLURALS[view.kind]),
        "k": view.k,
        "most": _greatest_k(report, view.kind),
        "case": view.case,
        "cases": [(case, _(formatting.CASES.get(case, formatting.one_line(case, 40)))) for case in _cases(report)],
        "frames": view.frames(view.case, (view.k,)),
        "models": [
            {
                "name": formatting.one_line(label, 60),
                "colour": template.colour(number),
                "dash": STROKES[template.DASHES[number % 8]],
            }
            for number, label in enumerate(report.labels)
        ],
        "reading": view.heatmap,
        "readings": [(name, _(label)) for name, label in HEATMAPS.items()],
        "cumulative": view.cumulative,
        "awaited": not drawn(),
        "notes": {
            "table": f"{formatting.explained(PER_QUESTION)} {translated(captions.READ_INTERVALS)}",
            "heat": translated(heat_caption),
            "ranks": translated(captions.READ_HISTOGRAM),
        },
        "form": url_state.current_value("figure_format", "png", ("png", "svg")),
    }
    report_panel.panel(content, lambda event: apply_event(view.report, event))


def drawn() -> bool:
    """Return whether the panel has been drawn in this session."""
    return bool(st.session_state.get(DRAWN))


def prefetch(view: ReportSelection) -> None:
    """Send the panel what it shows at every other k, and for every other case at this one."""
    ks = tuple(range(1, _greatest_k(view.opened, view.kind) + 1))
    report_panel.send_frames(view.name, view.frames(view.case, ks), "report-panel-ks")
    others = [view.frames(case, (view.k,)) for case in _cases(view.opened) if case != view.case]
    report_panel.send_frames(view.name, [frame for (frame,) in others], "report-panel-cases")


def apply_event(report_key: stored_reports.ReportKey, event: Mapping[str, Any]) -> None:
    """Write what a person did on the panel to the URL, and draw the parts that change.

    Args:
        report_key: The report.
        event: What the browser sent; anything unreadable in it is ignored.
    """
    before = selection(report_key)
    greatest = _greatest_k(before.opened, before.kind)
    k = _index(event, "k", greatest + 1) or before.k
    case = event.get("case") if event.get("case") in _cases(before.opened) else before.case
    url_state.set_params(k="" if k == min(10, greatest) else str(k), case=str(case))
    now = selection(report_key)
    # whatever was done: the parts that do not show the new k and case yet are drawn again
    changed = (PLAYLISTS,) if (now.k, now.case) == (before.k, before.case) else ALL
    action = event.get("what")
    if action == "drawn":
        st.session_state[DRAWN] = True
        url_state.redraw(PLAYLISTS, ANALYSES, PREFETCH)
    elif action == "reading" and event.get("reading") in HEATMAPS:
        url_state.set_params(heatmap="" if event["reading"] == "similarity" else str(event["reading"]))
        url_state.redraw(*ALL)
    elif action == "cumulative":
        url_state.set_params(cumulative="yes" if event.get("on") is True else "")
        url_state.redraw(*changed)
    elif action == "moved":
        url_state.redraw(*ALL)
    elif action in ("model", "cell", "bar"):
        target = _drilldown_of(now, action, event)
        if target is not None:
            url_state.set_params(drilldown=_stored(report_key, target).to_param(), question="")
            url_state.redraw(*changed)


def _drilldown_of(view: ReportSelection, action: str, event: Mapping[str, Any]) -> Drilldown | None:
    """Return what was clicked; None if the event is unreadable."""
    labels = view.opened.labels
    if action == "cell":
        row, column = (_index(event, side, 1000) for side in ("row", "column"))
        if row is None or column is None:
            return None
        return Drilldown(view.heatmap, view.label or view.best, (str(row), str(column)))
    model = _index(event, "model", len(labels))
    if model is None:
        return None
    if action == "model":
        return Drilldown("model", labels[model])
    bar = _index(event, "bar", MOST_K + 1)
    return None if bar is None else Drilldown("bar", labels[model], (str(bar),))


def _index(event: Mapping[str, Any], name: str, below: int) -> int | None:
    number = event.get(name)
    return number if isinstance(number, int) and 0 <= number < below else None


def _stored(report_key: stored_reports.ReportKey, target: Drilldown) -> Drilldown:
    """Return a drill-down with the labels of the report, as addresses hold it."""
    return target.relabelled(report_key.label)


def current_drilldown(view: ReportSelection) -> Drilldown | None:
    """Return what was clicked, as the URL says."""
    target = Drilldown.from_param(url_state.param("drilldown"))
    return target and target.relabelled(view.report.shown)


def open_drilldown(view: ReportSelection, target: Drilldown) -> None:
    """End a callback: list the playlists behind what was clicked."""
    url_state.set_params(drilldown=_stored(view.report, target).to_param(), question="")
    url_state.redraw(PLAYLISTS)


def clicked(key: str) -> tuple[int, int] | None:
    """Return the first two numbers of the `customdata` of a clicked mark; arrays arrive as {"0": …}."""
    points: list[dict[str, Any]] = st.session_state[key]["selection"]["points"]
    numbers = points[0].get("customdata") if points else None
    return (int(numbers["0"]), int(numbers["1"])) if numbers else None
