"""What an import brought."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tagviz.operations import jobs
from tagviz.ui import cache
from tests.ui.screen import press, texts

Look = Callable[..., AppTest]


def test_a_finished_import_says_what_was_not_used_and_leads_to_the_map(look: Look) -> None:
    test = look("title,tags,remark\nAT&amp;T,jazz|soul,x\nmorning,pop|rock,y\n", "heard.csv")
    test.button(key="read").click().run()
    job = next(job for job in cache.jobs() if job.kind == "import")
    queue = jobs.queue.job_queue(cache.context())
    assert queue.claim("here") is not None
    outcome = jobs.run_job(cache.context(), job.kind, job.arguments, lambda progress: None)
    queue.finish(job.id, "here", outcome)
    test.run()
    assert not test.exception
    assert "heard is imported: 2 playlists and 4 tags" in texts(test)
    assert "Columns not used: remark" in texts(test)
    assert "Rows changed: HTML entities" in texts(test)
    link = next(element for element in test.get("page_link") if element.label == "Open its map")
    assert "corpus=heard" in str(link.proto)
    press(test, "Close")
    assert "heard is imported" not in texts(test)
