"""What the panel of a report shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tagviz.evaluation.report import EvalReport
from tagviz.operations import evaluation
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace
from tagviz.types import Kind
from tagviz.ui.components.report_panel.frames import PanelQuery, frames


@pytest.fixture(scope="module")
def report(untouched: Path) -> EvalReport:
    context = Context(Workspace(untouched))
    fingerprint = context.workspace.open_corpus("awkward").fingerprint
    return evaluation.open_report(context, fingerprint, str(evaluation.list_reports(context, fingerprint)[0]["id"]))


@pytest.mark.parametrize("heatmap", ["similarity", "instead"])
def test_a_frame_per_k_with_table_heatmap_and_histogram(report: EvalReport, heatmap: str) -> None:
    two, five = frames(report, PanelQuery(Kind.TAG, (2, 5), "", "", heatmap, 50))  # type: ignore[arg-type]
    assert (two["k"], five["k"]) == (2, 5)
    assert {row["model"] for row in two["rows"]} == {0, 1}
    for row in five["rows"]:
        score, low, high = row["cells"][0]
        assert low <= score <= high
    assert len(two["ranks"]["bars"]) == 3
    assert (two["heat"]["counts"] is None) == (heatmap == "similarity")


def test_songs_have_no_heatmap_but_a_table(report: EvalReport) -> None:
    (frame,) = frames(report, PanelQuery(Kind.SONG, (3,), "", "", "similarity", 50))
    assert frame["rows"]
