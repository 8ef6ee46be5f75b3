"""Every job that docs/jobs.md shows is accepted by the queue and can be run."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tagviz.operations import corpora, jobs
from tagviz.operations.context import Context
from tagviz.store.jobs import State
from tagviz.store.workspace import Workspace
from tagviz.types import no_progress
from tests.docs.pages import DOCS

BLOCK = re.compile(r"^```json job=([\w-]+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@cache
def examples() -> dict[str, dict[str, Any]]:
    """Arguments of the jobs that docs/jobs.md shows, by kind, in the order of the page."""
    page = (DOCS / "jobs.md").read_text(encoding="utf-8")
    return {kind: json.loads(arguments) for kind, arguments in BLOCK.findall(page)}


def lists(path: Path) -> Path:
    """A small table of playlists: two groups of tags that share nothing, with owners and songs."""
    rows = ["id,title,tags,songs,owner"]
    for number in range(60):
        tags = ("jazz", "bebop", "saxophone", "trio") if number % 2 else ("rock", "punk", "loud", "fast")
        songs = "|".join(f"s{number % 2}{(number + step) % 9}" for step in range(5))
        rows.append(f"{number},{tags[number % 4]} evening,{'|'.join(tags)},{songs},owner{number % 12}")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.mark.slow
def test_the_jobs_of_the_page_are_accepted_and_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is queued, claimed and run as a worker does it, but in this process, which saves the start of nine."""
    context = Context(Workspace(tmp_path / "home"))
    table = lists(tmp_path / "lists.csv")
    corpora.import_corpus(context, table, "lists")
    monkeypatch.chdir(tmp_path)
    shown = examples()
    shown["import"] = {**shown["import"], "path": str(table)}
    queue = jobs.job_queue(context)
    for kind, arguments in shown.items():
        ident = jobs.submit(context, kind, arguments, start=False)
        job = queue.claim("a test")
        assert job is not None
        assert job.id == ident
        queue.finish(ident, "a test", run(context, job.kind, job.arguments))
        assert jobs.job(context, ident).state is State.DONE


def run(context: Context, kind: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Run a job in this process and return its outcome."""
    outcome = jobs.run_job(context, kind, arguments, no_progress)
    assert outcome, kind
    return dict(outcome)
