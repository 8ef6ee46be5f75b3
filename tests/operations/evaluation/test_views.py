"""The panel and the HTML report."""

from __future__ import annotations

import re

import pytest

from tagviz.evaluation.report import EvalReport
from tagviz.operations.evaluation import views
from tagviz.types import Kind
from tests.evaluation.reports import random_report, report_of


@pytest.fixture(scope="module")
def drawn() -> EvalReport:
    return random_report(questions=60)


def test_the_panel_has_everything_at_once(drawn: EvalReport) -> None:
    one = views.panel(drawn, k=5, options=views.PanelOptions(resamples=50))
    assert one.best in drawn.labels
    assert one.summary["model"].tolist() == drawn.labels
    assert one.heatmap is not None
    assert one.heatmap.data[0].z.shape[0] == 5
    assert len(one.histogram.data) == 2 * len(drawn.labels), "each model's places, and what it did not find"
    other = views.panel(
        drawn,
        k=3,
        case="title",
        options=views.PanelOptions("m1", "instead", cumulative=True, overlaid=False, resamples=50),
    )
    assert other.heatmap is not None
    assert len(other.histogram.data) == 1
    assert len(other.histogram.data[0].x) == 3


def test_songs_alone_have_no_heatmap() -> None:
    report = report_of({Kind.SONG: [["1"], ["2"]]}, {"m": {Kind.SONG: [["1", "3"], ["3", "2"]]}})
    assert views.panel(report, kind=Kind.SONG, k=2, options=views.PanelOptions(resamples=10)).heatmap is None


@pytest.mark.parametrize("dark", [False, True])
def test_the_html_stands_alone_and_escapes(drawn: EvalReport, dark: bool) -> None:
    evil = "<script>alert(1)</script>"
    tag = Kind.TAG
    report = report_of({tag: [[evil], ["b"]]}, {"<img src=x onerror=y>": {tag: [[evil, "b"], ["b", evil]]}})
    page = views.html_report(report, k=2, dark=dark, resamples=10)
    body = page[page.index("<body>") :]
    assert "<img src=x" not in body
    assert evil not in body
    assert page.count("<script>") >= 1
    outside = re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=[\"']https?:", page)
    assert outside == []
    whole = views.html_report(drawn, k=5, dark=dark, resamples=10)
    assert whole.count("plotly.js v") == 1
    assert views.html_report(drawn, k=5, dark=dark, resamples=10) == whole
