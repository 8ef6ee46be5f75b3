"""Jobs as pages show them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from streamlit.testing.v1 import AppTest

from tagviz.operations import jobs
from tagviz.operations.context import Context
from tagviz.store.jobs import Job
from tagviz.store.workspace import Workspace
from tagviz.types import Progress
from tagviz.ui import pages
from tagviz.ui.components import jobs as job_list
from tests.ui.screen import texts

Open = Callable[..., AppTest]
TRAIN = pages.TRAIN.path


def test_a_running_training_shows_its_curve_and_the_neighbours_of_what_is_watched(app: Open, home: Path) -> None:
    test = app(TRAIN, method="word2vec")
    assert len(test.multiselect(key="watch").value) == 3
    test.multiselect(key="watch").set_value(["tag:tag0"]).run()
    test.button(key="start").click().run()
    assert not test.exception
    queue = jobs.job_queue(Context(Workspace(home)))
    job = next(job for job in queue.list() if job.arguments.get("method") == "word2vec")
    assert job.arguments["watch"] == ["tag:tag0"]
    while (claimed := queue.claim("me")) is not None and claimed.id != job.id:
        queue.stop(claimed.id, "me")
    told = Progress("Training Word2Vec", 0.5, "epoch 3", {"loss": 1.0}, {"tag:tag0": ["tag2", "<b>bold</b>"]})
    queue.report(job.id, "me", told, [(1.0, {"loss": 2.0}), (2.0, {"loss": 1.0})])
    test.run()
    assert not test.exception
    assert "tag2" in texts(test)
    assert "<b>" not in texts(test)
    queue.stop(job.id, "me")


@pytest.mark.parametrize(
    ("kind", "arguments", "name"),
    [
        ("train", {"corpus": "c", "method": "ease"}, "Train EASE on c"),
        ("train", {"corpus": "c", "method": "ease", "start": "ease-1"}, "Train EASE on c, starting from ease-1"),
        ("tune", {"corpus": "c", "method": "ease"}, "Tune EASE on c"),
        ("import", {"path": "/data/lists"}, "Import /data/lists"),
        ("evaluate", {"corpus": "c", "models": ["a", "b"]}, "Evaluate a and b on c"),
        ("project", {"corpus": "c"}, "Compute the map of c"),
        ("unheard-of", {"corpus": "c"}, "unheard-of c"),
    ],
)
def test_every_kind_of_job_has_a_name(kind: str, arguments: dict[str, object], name: str) -> None:
    job = SimpleNamespace(kind=kind, arguments=arguments)
    assert job_list.name_of(cast(Job, job)) == name
