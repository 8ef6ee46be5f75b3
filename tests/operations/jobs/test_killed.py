"""A process that is killed in any phase of any kind of job leaves nothing half-made, and the job can go on."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tagviz.operations import jobs, models
from tagviz.operations.context import Context
from tagviz.store.jobs import State
from tagviz.store.workspace import Workspace
from tagviz.types import Kind, Progress
from tests.corpora import checkerboard

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    [
        "tests.operations.jobs.test_killed",
        "sqlalchemy.dialects.sqlite",
        "gensim.models",
        "optuna",
        "sklearn.decomposition",
        "torch",
    ]
)

PLACING = "(an artifact is about to be put in its place)"
"""A moment that no progress tells of: files are written, and not yet named."""

WORK: dict[str, tuple[str, dict[str, Any]]] = {
    "import": ("import", {"name": "again"}),
    "train": ("train", {"corpus": "checkerboard", "method": "spectral", "values": {"dimensions": 4}}),
    "train in epochs": ("train", {"corpus": "checkerboard", "method": "word2vec", "values": {"epochs": 3}}),
    "fine-tune": ("fine-tune", {"corpus": "checkerboard", "values": {"steps": 3, "batch": 8, "width": 8}}),
    "tune": ("tune", {"corpus": "checkerboard", "method": "cooccurrence", "trials": 2}),
    "project": ("project", {"corpus": "checkerboard", "model": "spectral", "values": {"method": "pca"}}),
    "evaluate": ("evaluate", {"corpus": "checkerboard", "models": ["popularity", "cooccurrence"]}),
}


def home(place: Path, before: Workspace | None = None) -> Workspace:
    """A workspace with a corpus, and what the sentence model has read in another one."""
    ws = Workspace(place / "home")
    ws.save_corpus(checkerboard(half=24))
    if before is not None and before.encodings.exists():
        shutil.copy(before.encodings, ws.encodings)
    return ws


def submitted(ws: Workspace, kind: str, given: Mapping[str, Any], place: Path) -> int:
    if kind == "import":
        lists = [
            {"id": n, "plylst_title": f"list {n}", "tags": ["a", f"b{n % 3}"], "songs": [n, n + 1], "like_cnt": 0}
            | {"updt_date": "2019-01-01 00:00:00.000"}
            for n in range(12)
        ]
        (place / "lists").mkdir(exist_ok=True)
        (place / "lists" / "train.json").write_text(json.dumps(lists))
        given = {**given, "path": str(place / "lists"), "format": "melon"}
    return jobs.submit(Context(ws), kind, given, start=False)


def run(ws: Workspace, die_in: str = "") -> tuple[list[str], dict[str, Any]]:
    """Claims the next job and runs it in this process, to the end or to a violent death; phases and result."""
    queue, phases = jobs.job_queue(Context(ws)), []
    job = queue.claim("me", lease=30 if not die_in else 0.2)
    assert job is not None

    def tell(progress: Progress) -> None:
        if progress.phase not in phases:
            phases.append(progress.phase)
        if progress.phase == die_in:
            os.kill(os.getpid(), signal.SIGKILL)
        queue.report(job.id, "me", progress, [])

    result = jobs.run_job(Context(ws), job.kind, job.arguments, tell)
    queue.finish(job.id, "me", result)
    return phases, result


def dying(place: str, die_in: str) -> None:
    """What runs in the process that dies."""
    if die_in == PLACING:

        def kill(source: object, target: object) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        os.replace = os.rename = kill  # type: ignore[assignment]
    run(Workspace(Path(place)), die_in)


def everything_opens(ws: Workspace) -> None:
    """Every artifact that is listed can be read whole."""
    for name in ws.names():
        corpus = ws.open_corpus(name)
        assert corpus.links[Kind.TAG].nnz
        for info in models.list_models(Context(ws), corpus.fingerprint):
            assert models.open_model(Context(ws), corpus, info.id).recommender.kinds
            for entry in ws.projections.entries(info.id):
                assert len(ws.open_projection(info.id, entry.key.rpartition("/")[2]).xy)
        for entry in ws.reports.entries(corpus.fingerprint):
            assert ws.open_report(corpus.fingerprint, entry.key.rpartition("/")[2])[0]


@pytest.mark.parametrize("work", WORK)
def test_a_death_in_any_phase_leaves_nothing_half_made_and_the_job_goes_on(work: str, tmp_path: Path) -> None:
    kind, given = WORK[work]
    calm = home(tmp_path / "calm")
    submitted(calm, kind, given, tmp_path)
    phases, undisturbed = run(calm)
    assert phases

    ws = home(tmp_path / "hurt", calm)
    ident = submitted(ws, kind, given, tmp_path)
    queue = jobs.job_queue(Context(ws))
    placed = [PLACING] if kind != "tune" else []  # a study's trials are rows of a database
    for phase in [*phases, *placed]:
        process = PROCESSES.Process(target=dying, args=(str(ws.home), phase))
        process.start()
        process.join(60)
        assert process.exitcode == -signal.SIGKILL, phase
        end = time.monotonic() + 5
        while (job := queue.get(ident)).state is not State.INTERRUPTED:
            assert time.monotonic() < end, f"{phase}: {job.state}"
            time.sleep(0.05)
        everything_opens(ws)
        jobs.retry(Context(ws), ident, start=False)
    _, result = run(ws)
    done = queue.get(ident)
    assert (done.state, done.attempts) == (State.DONE, len(phases) + len(placed) + 1)
    everything_opens(ws)
    for name in ("model", "projection", "fingerprint", "score", "questions"):
        assert result.get(name) == undisturbed.get(name), "what came of it is what an undisturbed run makes"
