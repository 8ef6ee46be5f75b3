"""The effect of a decision on the metrics."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tagviz.curation.decisions import Act
from tagviz.operations import jobs
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace
from tests.ui.screen import press, texts


def test_a_click_queues_the_measurement_and_its_outcome_is_shown(curate: Callable[..., AppTest], home: Path) -> None:
    test = curate("New decision")
    test.selectbox(key="curate-act").set_value(Act.BLOCK).run()
    test.text_input(key="curate-tags").set_value("tag2").run()
    press(test, "Measure the effect on the metrics")
    assert not test.exception
    assert "Measure the effect of a decision on awkward" in texts(test)
    queue = jobs.job_queue(Context(Workspace(home)))
    job = next(job for job in queue.list() if job.kind == "measure")
    assert job.arguments["tags"] == ["tag2"]
    claimed = queue.claim("test")
    assert claimed is not None
    metrics = {
        name: {"before": 0.5, "after": 0.25, "difference_ci": [-0.3, -0.2]} for name in ("ndcg", "precision", "recall")
    }
    queue.finish(claimed.id, "test", {"effect": {"metrics": metrics, "questions": 12, "method": "neighbours"}})
    test.run()
    assert not test.exception
    effect = next(frame.value for frame in test.dataframe if "after" in frame.value.columns)
    assert effect["metric"].tolist() == ["nDCG@10", "Precision@10", "Recall@10"]
    assert effect["after"].tolist() == [0.25] * 3
    assert "12 playlists that were not used for training" in texts(test)
