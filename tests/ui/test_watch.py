"""The Watch page: before the first check, after one with alarms, and over several."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tagviz.operations import jobs, monitor
from tagviz.store.workspace import Workspace
from tests.corpora import make_corpus
from tests.ui.conftest import AWKWARD
from tests.ui.test_pages import texts

Open = Callable[..., AppTest]
PAGE = "pages/8_Watch.py"


@pytest.fixture
def ws(home: Path) -> Workspace:
    """The pages' workspace with two versions of one more corpus: its newer tags are awkward."""
    ws = Workspace(home)
    for extra in ((), AWKWARD):
        rows = [{"id": str(n), "title": f"list {n}", "tags": [f"t{n % 3}", "all", *extra]} for n in range(30)]
        ws.save_corpus(make_corpus(rows, name="watched"))
    return ws


def test_before_the_first_check_it_says_what_to_do_and_does_it(app: Open, ws: Workspace) -> None:
    test = app(PAGE, corpus="watched")
    assert not test.exception
    assert "press “Check now”" in texts(test)
    next(button for button in test.button if button.label == "Without training").click().run()
    found = [job for job in jobs.jobs(ws) if job.kind == "monitor"]
    assert dict(found[0].arguments)["evaluate"] is False


def test_alarms_have_words_reasons_escaped_examples_and_buttons(app: Open, ws: Workspace) -> None:
    monitor.run(ws, "watched", evaluate=False)
    test = app(PAGE, corpus="watched")
    assert not test.exception
    said = texts(test)
    assert "Red: this needs you" in said
    assert "8 tags are new" in said
    assert "<b>bold</b>" not in said, "tags are text, not markup"
    assert "![x](http" not in said
    labels = [element.label for element in test.get("page_link")]
    assert {"**Train again**", "**Curate tags**", "**Ask for verdicts**"} <= set(labels)
    assert "Charts appear from the second check on" in said
    monitor.run(ws, "watched", evaluate=False)
    test = app(PAGE, corpus="watched")
    assert not test.exception
    assert "New tags over 2 checks" in texts(test)
    assert test.get("plotly_chart")
