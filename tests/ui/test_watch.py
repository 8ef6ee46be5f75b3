"""The Watch page: before the first check, after one with alarms, and over several."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tagviz.operations import jobs, models, monitor
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
    assert {"**Train a model**", "**Curate these tags**", "**Ask for verdicts**"} <= set(labels)
    assert "Charts appear from the second check on" in said
    monitor.run(ws, "watched", evaluate=False)
    test = app(PAGE, corpus="watched")
    assert not test.exception
    assert any("New tags" in one.value and "80" in one.value for one in test.markdown)
    charts = len(test.get("plotly_chart"))
    assert charts
    test.session_state["watch-rest"] = True
    test.run()
    assert len(test.get("plotly_chart")) > charts, "what is green is drawn when it is asked for"


def test_limits_are_set_on_the_page_and_taken_back(app: Open, ws: Workspace) -> None:
    monitor.run(ws, "watched", evaluate=False)
    test = app(PAGE, corpus="watched")
    test.session_state["watch-limits-open"] = True
    test.run()
    keep = next(button for button in test.button if button.label == "Keep these limits")
    test.number_input(key="watch-limit-new_amber").set_value(0.9)
    keep.click().run()
    assert "new_red is below new_amber" in texts(test).replace("\\", "")
    assert monitor.thresholds(ws, "watched").new_amber == 0.05, "nothing is kept of limits that contradict each other"
    test.number_input(key="watch-limit-new_red").set_value(0.95)
    next(button for button in test.button if button.label == "Keep these limits").click().run()
    assert not test.exception
    kept = monitor.thresholds(ws, "watched")
    assert (kept.new_amber, kept.new_red) == (0.9, 0.95)
    assert "hold from the next check on" in texts(test)
    next(button for button in test.button if button.label == "Back to the usual limits").click().run()
    assert monitor.thresholds(ws, "watched").new_amber == 0.05
    assert test.number_input(key="watch-limit-new_amber").value == 0.05


def test_models_of_the_older_version_are_trained_again_at_a_click(app: Open, ws: Workspace) -> None:
    older = ws.open_corpus("watched", ws.versions("watched")[0].fingerprint)
    models.train(ws, older, "neighbours")
    monitor.run(ws, "watched", evaluate=False)
    test = app(PAGE, corpus="watched")
    next(button for button in test.button if button.label == "Train 1 model again").click().run()
    found = next(job for job in jobs.jobs(ws) if job.kind == "train" and job.arguments["corpus"] == "watched")
    assert found.arguments["method"] == "neighbours"
    jobs.cancel(ws, found.id)


def test_curate_looks_at_the_tags_that_a_check_has_named(app: Open, ws: Workspace) -> None:
    test = app("pages/7_Curate.py", corpus="watched", about=["☔", "gone"], sort="not music")
    assert not test.exception
    assert "About" in texts(test)
    next(button for button in test.button if button.label == "All tags").click().run()
    assert "About" not in [caption.value for caption in test.caption]
