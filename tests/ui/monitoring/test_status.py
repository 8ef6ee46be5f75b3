"""The status of the newest check."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tagviz.operations import jobs, monitoring
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace
from tagviz.ui import pages
from tests.ui.screen import texts

Open = Callable[..., AppTest]
PAGE = pages.MONITOR.path


def test_before_the_first_check_it_says_what_to_do_and_does_it(app: Open, ws: Workspace) -> None:
    test = app(PAGE, corpus="watched")
    assert not test.exception
    assert "press “Check now”" in texts(test)
    next(button for button in test.button if button.label == "Check without training").click().run()
    found = [job for job in jobs.list_jobs(Context(ws)) if job.kind == "monitor"]
    assert dict(found[0].arguments)["evaluate"] is False


def test_alarms_have_words_reasons_escaped_examples_and_buttons(app: Open, ws: Workspace) -> None:
    monitoring.run_checks(Context(ws), "watched", evaluate=False)
    test = app(PAGE, corpus="watched")
    assert not test.exception
    said = texts(test)
    assert "Red: action needed" in said
    assert "8 tags are new" in said
    assert "<b>bold</b>" not in said, "tags are text, not markup"
    assert "![x](http" not in said
    labels = [element.label for element in test.get("page_link")]
    assert {"**Train a model**", "**Curate these tags**", "**Give feedback**"} <= set(labels)
    assert "Charts appear after the second check" in said
    monitoring.run_checks(Context(ws), "watched", evaluate=False)
    test = app(PAGE, corpus="watched")
    assert not test.exception
    assert any("New tags" in one.value and "80" in one.value for one in test.markdown)
    charts = len(test.get("plotly_chart"))
    assert charts
    test.session_state["trends-green"] = True
    test.run()
    assert len(test.get("plotly_chart")) > charts, "what is green is drawn when it is asked for"
