"""Charts over the checks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tagviz.operations import monitoring
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace
from tagviz.ui import pages
from tagviz.ui.monitoring.trends import _title

Open = Callable[..., AppTest]
PAGE = pages.MONITOR.path


@pytest.mark.parametrize(
    ("name", "number", "usual", "title"),
    [
        ("psi", 0.1234, None, "Lengths: 0.123"),
        ("psi", 0.1234, (0.0, 0.05, 0.1), "Lengths: 0.123, usually 0.000 to 0.100"),
        ("new", 0.5, None, "Lengths: 50.0%"),
        ("metric", 0.25, None, "Lengths: nDCG decreased by 25.0%"),
        ("metric", -0.25, None, "Lengths: nDCG increased by 25.0%"),
    ],
)
def test_a_title_says_the_newest_value_and_the_usual_range(
    name: str, number: float, usual: tuple[float, float, float] | None, title: str
) -> None:
    assert _title(name, "Lengths", number, usual) == title


def test_charts_appear_after_the_second_check(app: Open, ws: Workspace) -> None:
    monitoring.run_checks(Context(ws), "watched", evaluate=False)
    assert not app(PAGE, corpus="watched").get("plotly_chart")
    monitoring.run_checks(Context(ws), "watched", evaluate=False)
    test = app(PAGE, corpus="watched")
    assert not test.exception
    assert test.get("plotly_chart")
