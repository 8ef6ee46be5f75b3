"""The search for the best settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tagviz.operations import jobs
from tagviz.operations.context import Context
from tagviz.operations.models import tuning
from tagviz.store.workspace import Workspace
from tagviz.ui import pages
from tests.ui.screen import texts

Open = Callable[..., AppTest]
TRAIN = pages.TRAIN.path


def test_a_search_is_queued_shown_and_its_best_can_be_trained(app: Open, home: Path) -> None:
    test = app(TRAIN, tab="tune", tuned_method="cooccurrence")
    assert not test.exception
    assert "No trials yet" in texts(test)
    test.number_input(key="tune-trials").set_value(3).run()
    test.button(key="tune-start").click().run()
    assert not test.exception
    assert "Tune Co-occurrence on awkward" in texts(test)
    ws = Workspace(home)
    job = next(job for job in jobs.list_jobs(Context(ws)) if job.kind == "tune")
    assert job.arguments["until"] == 3
    tuning.tune(Context(ws), ws.open_corpus("awkward"), "cooccurrence", tuning.Search(until=3))
    jobs.cancel(Context(ws), job.id)
    test = app(TRAIN, tab="tune", tuned_method="cooccurrence")
    assert not test.exception
    assert {"Best Arena score", "Default settings"} <= {metric.label for metric in test.metric}
    test.button(key="tune-train").click().run()
    assert "Train Co-occurrence on awkward" in texts(test)
