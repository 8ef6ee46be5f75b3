"""Text tables, CSV and LaTeX."""

from __future__ import annotations

from tagviz.evaluation import (
    export_text,
    metrics,
    rank_histogram,
)
from tagviz.types import Kind
from tests.evaluation.reports import report_of

T, S = Kind.TAG, Kind.SONG


def test_terminal_table_and_histogram_line_up() -> None:
    report = report_of({T: [["a"]] * 2}, {"한국어 모델": {T: [["a"], ["x"]]}, "m": {T: [["x"], ["x"]]}})
    lines = export_text.table(metrics.summary(report, T, 1), 1).splitlines()
    assert len(lines) == 4
    assert "P@1" in lines[0]
    assert "0.500" in lines[2]
    assert lines[2].endswith("*")
    # Hangul takes two columns: 5 syllables and a blank
    assert export_text._display_width("한국어 모델") == 11
    bars = export_text.histogram(rank_histogram.histogram(report, T, 1), "m").splitlines()
    assert bars[-1].startswith("not found ████")
    assert bars[-1].endswith("100 %")


def test_latex_and_csv_are_safe() -> None:
    report = report_of({T: [["a"]] * 2}, {"=a_b & 5%": {T: [["a"], ["x"]]}, "m": {T: [["x"], ["x"]]}})
    table = metrics.summary(report, T, 1)
    paper = export_text.latex(table, 1, "50% & more")
    assert r"=a\_b \& 5\% & \textbf{0.500}" in paper
    assert r"\caption{50\% \& more}" in paper
    assert export_text.csv(table).splitlines()[1].startswith("'=a_b & 5%,")
