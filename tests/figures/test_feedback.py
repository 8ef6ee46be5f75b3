"""Figures of the feedback show each model with its interval."""

from __future__ import annotations

import pandas as pd

from tagviz.figures import feedback

ROW = {"verdicts": 10, "right": 8, "precision": 0.8, "low": 0.5, "high": 0.95, "kind": "tag"}


def test_precision_has_the_best_on_top_and_escapes() -> None:
    table = pd.DataFrame([{"model": "<b>evil</b>", **ROW}, {"model": "m", **ROW, "precision": 0.2, "low": 0.1}])
    figure = feedback.precision(table)
    assert list(figure.data[0].x) == [0.2, 0.8]
    assert "&lt;b&gt;" in figure.data[0].y[1]
    assert "80% of 10 verdicts" in figure.layout.title.text
    assert list(figure.data[0].error_x.array) == [0.75, 0.1499999999999999]


def test_weeks_have_a_line_per_model() -> None:
    weeks = pd.to_datetime(["2026-01-05", "2026-01-12"])
    table = pd.DataFrame([{"model": model, "week": week, **ROW} for model in "ab" for week in weeks])
    figure = feedback.weeks(table, dark=True)
    assert [trace.name for trace in figure.data] == ["a", "b"]
    assert len(figure.data[0].x) == 2
