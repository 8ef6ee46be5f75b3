"""The panel and the HTML report."""

from __future__ import annotations

import re

import pytest

from tagviz.evaluate import html
from tagviz.evaluate.report import EvalReport
from tagviz.operations import panels
from tagviz.types import Kind
from tests.evaluate.reports import random_report, report_of


@pytest.fixture(scope="module")
def drawn() -> EvalReport:
    return random_report(questions=60)


def test_the_panel_has_everything_at_once(drawn: EvalReport) -> None:
    one = panels.panel(drawn, k=5, resamples=50)
    assert one.best in drawn.labels
    assert one.summary["model"].tolist() == drawn.labels
    assert one.heatmap is not None
    assert one.heatmap.data[0].z.shape[0] == 5
    assert len(one.histogram.data) == 2 * len(drawn.labels), "each model's places, and what it did not find"
    other = panels.panel(
        drawn, "m1", k=3, case="title", reading="instead", overlaid=False, cumulative=True, resamples=50
    )
    assert other.heatmap is not None
    assert len(other.histogram.data) == 1
    assert len(other.histogram.data[0].x) == 3


def test_songs_alone_have_no_heatmap() -> None:
    report = report_of({Kind.SONG: [["1"], ["2"]]}, {"m": {Kind.SONG: [["1", "3"], ["3", "2"]]}})
    assert panels.panel(report, kind=Kind.SONG, k=2, resamples=10).heatmap is None


@pytest.mark.parametrize("dark", [False, True])
def test_the_html_stands_alone_and_escapes(drawn: EvalReport, dark: bool) -> None:
    evil = "<script>alert(1)</script>"
    tag = Kind.TAG
    report = report_of({tag: [[evil], ["b"]]}, {"<img src=x onerror=y>": {tag: [[evil, "b"], ["b", evil]]}})
    page = panels.html_report(report, k=2, dark=dark, resamples=10)
    body = page[page.index("<body>") :]
    assert "<img src=x" not in body
    assert evil not in body
    assert page.count("<script>") >= 1
    outside = re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=[\"']https?:", page)
    assert outside == []
    whole = panels.html_report(drawn, k=5, dark=dark, resamples=10)
    assert whole.count("plotly.js v") == 1
    assert panels.html_report(drawn, k=5, dark=dark, resamples=10) == whole


def test_a_page_without_figures_carries_no_script() -> None:
    page = html.page("a < b", "c & d", [html.Section("one", ["two"])], ["careful"])
    assert "<script" not in page
    assert "a &lt; b" in page
    assert 'class="warning">careful' in page
