"""The thresholds of a corpus."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tagviz.operations import monitoring
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace
from tagviz.ui import pages
from tests.ui.screen import texts

Open = Callable[..., AppTest]
PAGE = pages.MONITOR.path


def test_limits_are_set_on_the_page_and_taken_back(app: Open, ws: Workspace) -> None:
    monitoring.run_checks(Context(ws), "watched", evaluate=False)
    test = app(PAGE, corpus="watched")
    test.session_state["thresholds-open"] = True
    test.run()
    keep = next(button for button in test.button if button.label == "Save thresholds")
    test.number_input(key="threshold-new_amber").set_value(0.9)
    keep.click().run()
    assert "new_red is below new_amber" in texts(test).replace("\\", "")
    assert monitoring.open_thresholds(Context(ws), "watched").new_amber == 0.05, (
        "nothing is kept of limits that contradict each other"
    )
    test.number_input(key="threshold-new_red").set_value(0.95)
    next(button for button in test.button if button.label == "Save thresholds").click().run()
    assert not test.exception
    kept = monitoring.open_thresholds(Context(ws), "watched")
    assert (kept.new_amber, kept.new_red) == (0.9, 0.95)
    assert "next check uses these thresholds" in texts(test)
    next(button for button in test.button if button.label == "Reset to defaults").click().run()
    assert monitoring.open_thresholds(Context(ws), "watched").new_amber == 0.05
    assert test.number_input(key="threshold-new_amber").value == 0.05
