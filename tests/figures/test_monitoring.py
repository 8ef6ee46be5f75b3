"""A measure over time: lights have shapes of their own, distant limits are left out."""

from __future__ import annotations

import pandas as pd

from tagviz.figures import monitoring


def test_points_limits_and_levels() -> None:
    created = pd.to_datetime(["2026-01-01", "2026-02-01", "2026-03-01"])
    points = pd.DataFrame({"created": created, "value": [0.1, 0.2, 0.3], "light": ["green", "amber", "red"]})
    figure = monitoring.over_time(points, limits=(0.0, 0.2, 0.4), levels=(0.25, 9.0), percent=True)
    assert list(figure.data[0].marker.symbol) == ["circle", "triangle-up", "x"]
    assert [shape.y0 for shape in figure.layout.shapes] == [0.0, 0.2, 0.4, 0.25], "9 is far from all that was measured"
    assert {"mean", "amber"} & {one.text for one in figure.layout.annotations}
    low, high = figure.layout.yaxis.range
    assert low < 0
    assert high > 0.4


def test_one_point_is_no_line() -> None:
    points = pd.DataFrame({"created": pd.to_datetime(["2026-01-01"]), "value": [1.0], "light": [""]})
    assert monitoring.over_time(points).data[0].mode == "markers"
