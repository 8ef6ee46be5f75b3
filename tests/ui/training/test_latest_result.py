"""The latest training result."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tagviz.operations import jobs, models
from tagviz.operations.context import Context
from tagviz.store.workspace import ModelAnnotations, Workspace
from tagviz.ui import pages
from tests.ui.screen import texts

Open = Callable[..., AppTest]
TRAIN = pages.TRAIN.path


def finished(ws: Workspace, ident: int) -> dict[str, object]:
    """Does a queued job here and now, as a worker would; what it made."""
    queue = jobs.job_queue(Context(ws))
    while (claimed := queue.claim("me")) is not None and claimed.id != ident:
        queue.stop(claimed.id, "me")
    assert claimed is not None
    result = jobs.run_job(Context(ws), claimed.kind, claimed.arguments, lambda progress: None)
    assert queue.finish(ident, "me", result)
    return result


def test_a_finished_training_is_judged_against_another_model_and_made_the_default(app: Open, home: Path) -> None:
    ws = Workspace(home)
    asked = {"corpus": "awkward", "method": "neighbours", "values": {"k": 20}}
    made = finished(ws, jobs.submit(Context(ws), "train", asked, start=False))
    test = app(TRAIN)
    assert not test.exception
    assert "is ready" in texts(test)
    finished(ws, jobs.submit(Context(ws), "train", asked, start=False))
    assert "was there already" in texts(app(TRAIN)), "nothing was trained this time"
    test.button(key="outcome-judge").click().run()
    job = next(job for job in jobs.list_jobs(Context(ws)) if job.kind == "evaluate" and not job.over)
    assert job.arguments["models"][0] == made["model"]
    finished(ws, job.id)
    test = app(TRAIN)
    assert not test.exception
    assert re.search(
        r"(Better than|Worse than|No clear difference from|Same results as) .*0\.\d{3} against 0\.\d{3}", texts(test)
    )
    test.button(key="outcome-default").click().run()
    assert not test.exception
    fingerprint = ws.corpus_entry("awkward").key
    assert models.default(Context(ws), fingerprint) == made["model"]
    (info,) = [info for info in models.list_models(Context(ws), fingerprint) if info.marks.pinned]
    models.annotate(Context(ws), info, ModelAnnotations())
