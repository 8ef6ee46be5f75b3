"""The Train page: what can be started, searched, loaded and compared there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tagviz.operations import jobs, tuning
from tagviz.store.workspace import Workspace

Open = Callable[..., AppTest]
TRAIN = "pages/4_Train.py"


def texts(test: AppTest) -> str:
    kinds = (test.subheader, test.markdown, test.caption, test.text)
    return "\n".join(str(element.value) for elements in kinds for element in elements)


def test_a_search_is_queued_shown_and_its_best_can_be_trained(app: Open, home: Path) -> None:
    test = app(TRAIN, do="tune", tune="cooccurrence")
    assert not test.exception
    assert "No trial yet" in texts(test)
    test.number_input(key="tune-trials").set_value(3).run()
    test.button(key="tune-start").click().run()
    assert not test.exception
    assert "Search settings of Co-occurrence on awkward" in texts(test)
    ws = Workspace(home)
    job = next(job for job in jobs.jobs(ws) if job.kind == "tune")
    assert job.arguments["until"] == 3
    tuning.tune(ws, ws.open_corpus("awkward"), "cooccurrence", until=3)
    jobs.cancel(ws, job.id)
    test = app(TRAIN, do="tune", tune="cooccurrence")
    assert not test.exception
    assert {"Best arena", "The defaults"} <= {metric.label for metric in test.metric}
    test.button(key="tune-train").click().run()
    assert "Train Co-occurrence on awkward" in texts(test)
