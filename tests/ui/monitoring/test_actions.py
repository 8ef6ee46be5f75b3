"""What to do after a check."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tagviz.operations import jobs, models, monitoring
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace
from tagviz.ui import pages
from tests.ui.screen import texts

Open = Callable[..., AppTest]
PAGE = pages.MONITOR.path


def test_models_of_the_older_version_are_trained_again_at_a_click(app: Open, ws: Workspace) -> None:
    older = ws.open_corpus("watched", ws.versions("watched")[0].fingerprint)
    models.train(Context(ws), older, "neighbours")
    monitoring.run_checks(Context(ws), "watched", evaluate=False)
    test = app(PAGE, corpus="watched")
    next(button for button in test.button if button.label == "Retrain 1 model").click().run()
    found = next(
        job for job in jobs.list_jobs(Context(ws)) if job.kind == "train" and job.arguments["corpus"] == "watched"
    )
    assert found.arguments["method"] == "neighbours"
    jobs.cancel(Context(ws), found.id)


def test_curate_looks_at_the_tags_that_a_check_has_named(app: Open, ws: Workspace) -> None:
    test = app(pages.CURATE.path, corpus="watched", tag=["☔", "gone"], suggestions="not music")
    assert not test.exception
    assert "Only about" in texts(test)
    next(button for button in test.button if button.label == "All tags").click().run()
    assert "Only about" not in [caption.value for caption in test.caption]
