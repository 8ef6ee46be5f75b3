"""Workers as real processes: jobs run, stop when cancelled, and survive the death of whoever runs them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from tagviz.operations import jobs, models, recommend
from tagviz.operations.context import Context
from tagviz.store.jobs import Job, State
from tagviz.store.workspace import Workspace
from tagviz.types import Corpus, Kind, Query

SLOW = {"epochs": "10000"}
"""Word2Vec on the checkerboard for a good while."""

LEASE = "3"
"""Seconds after which a worker counts as dead: enough for a machine that is busy, and not long to wait for."""


@pytest.fixture
def ws(tmp_path: Path, board: Corpus) -> Workspace:
    made = Workspace(tmp_path / "home")
    made.save_corpus(board)
    return made


@pytest.fixture
def start(ws: Workspace) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts workers and ends them, and what they started, after the test."""
    started: list[subprocess.Popen[bytes]] = []

    def one() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tagviz.worker", "--lease", LEASE]
        started.append(subprocess.Popen(command, env=jobs.environment(Context(ws))))
        return started[-1]

    yield one
    for process in started:
        if process.poll() is None:
            process.terminate()
            process.wait(10)


def until(ws: Workspace, ident: int, reached: Callable[[Job], bool], seconds: float = 40) -> Job:
    """The job as soon as it has come so far."""
    end = time.monotonic() + seconds
    while True:
        job = jobs.job(Context(ws), ident)
        if reached(job):
            return job
        assert time.monotonic() < end, f"job {ident} is still {job.state} in phase {job.phase!r}; log: {job.log}"
        time.sleep(0.1)


def train(ws: Workspace, method: str, **values: str) -> int:
    arguments = {"corpus": "checkerboard", "method": method, "values": values}
    return jobs.submit(Context(ws), "train", arguments, start=False)


def running(job: Job) -> bool:
    return job.state is State.RUNNING and bool(job.phase)


def children(worker: subprocess.Popen[bytes]) -> list[psutil.Process]:
    return psutil.Process(worker.pid).children(recursive=True)


def test_a_job_runs_and_its_model_is_there(ws: Workspace, board: Corpus, start: Callable[[], object]) -> None:
    ident = train(ws, "spectral")
    start()
    done = until(ws, ident, lambda job: job.over)
    assert (done.state, done.error) == (State.DONE, "")
    assert [info.id for info in models.list_models(Context(ws), board.fingerprint)] == [done.result["model"]]


def test_a_job_that_cannot_work_fails_with_one_line(ws: Workspace, start: Callable[[], object]) -> None:
    ident = jobs.submit(Context(ws), "import", {"path": "/nowhere"}, start=False)
    start()
    failed = until(ws, ident, lambda job: job.over)
    assert failed.state is State.FAILED
    assert " — " in failed.error
    assert "Traceback" not in failed.log


def test_a_running_job_stops_within_two_seconds(ws: Workspace, board: Corpus, start: Callable[[], object]) -> None:
    ident = train(ws, "word2vec", **SLOW)
    start()
    until(ws, ident, running)
    asked = time.monotonic()
    jobs.cancel(Context(ws), ident)
    until(ws, ident, lambda job: job.state is State.CANCELLED, seconds=5)
    assert time.monotonic() - asked < 2
    assert models.list_models(Context(ws), board.fingerprint) == []


def test_killing_the_worker_interrupts_the_job_ends_its_process_and_it_can_go_on(
    ws: Workspace, board: Corpus, start: Callable[[], subprocess.Popen[bytes]]
) -> None:
    ident = train(ws, "word2vec", **SLOW)
    worker = start()
    until(ws, ident, running)
    (child,) = children(worker)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    until(ws, ident, lambda job: job.state is State.INTERRUPTED)
    gone, alive = psutil.wait_procs([child], timeout=5)
    assert gone
    assert not alive
    assert models.list_models(Context(ws), board.fingerprint) == []
    start()
    jobs.retry(Context(ws), ident, start=False)
    again = until(ws, ident, running)
    assert again.attempts == 2
    jobs.cancel(Context(ws), ident)


def test_killing_only_the_jobs_process_fails_the_job_and_the_worker_goes_on(
    ws: Workspace, start: Callable[[], subprocess.Popen[bytes]]
) -> None:
    ident, after = train(ws, "word2vec", **SLOW), train(ws, "popularity")
    worker = start()
    until(ws, ident, running)
    (child,) = children(worker)
    os.kill(child.pid, signal.SIGKILL)
    failed = until(ws, ident, lambda job: job.over)
    assert failed.state is State.FAILED
    assert "killed" in failed.error
    assert until(ws, after, lambda job: job.over).state is State.DONE


def test_a_worker_that_is_told_to_end_leaves_its_job_interrupted(
    ws: Workspace, start: Callable[[], subprocess.Popen[bytes]]
) -> None:
    ident = train(ws, "word2vec", **SLOW)
    worker = start()
    until(ws, ident, running)
    worker.terminate()
    assert worker.wait(5) == 0
    assert jobs.job(Context(ws), ident).state is State.INTERRUPTED


def test_many_who_ask_for_a_worker_get_one_and_it_leaves_when_idle(ws: Workspace) -> None:
    idents = [train(ws, method) for method in ("popularity", "neighbours", "cooccurrence")]
    for _ in range(5):
        jobs.ensure_worker(Context(ws), idle=1)
    for ident in idents:
        assert until(ws, ident, lambda job: job.over).state is State.DONE
    assert len({jobs.job(Context(ws), ident).owner for ident in idents}) == 1
    end = time.monotonic() + 20
    while working := [process for process in psutil.process_iter(["environ", "cmdline"]) if _of(process, ws)]:
        assert time.monotonic() < end, working
        time.sleep(0.3)


def _of(process: psutil.Process, ws: Workspace) -> bool:
    """Whether a process is a worker of this workspace."""
    environ = process.info["environ"] or {}
    worker = "tagviz.worker" in (process.info["cmdline"] or ())
    return worker and environ.get("TAGVIZ_HOME") == str(ws.home) and process.status() != psutil.STATUS_ZOMBIE


def test_ten_sessions_look_ask_and_queue_while_a_training_runs(
    ws: Workspace, board: Corpus, start: Callable[[], object]
) -> None:
    asked = models.open_model(Context(ws), board, "spectral")
    ident = train(ws, "word2vec", **SLOW)
    start()
    until(ws, ident, running)

    def session(number: int) -> list[float]:
        """What an open page does: the list of jobs again and again, models, an answer, now and then a new job."""
        took = []
        for turn in range(8):
            begun = time.monotonic()
            assert any(job.id == ident for job in jobs.list_jobs(Context(ws)))
            assert models.list_models(Context(ws), board.fingerprint)
            assert recommend.recommend(board, asked, Query(tags=("t0",), n=3), Kind.TAG).keys
            took.append(time.monotonic() - begun)
            if turn == 4:
                assert train(ws, "popularity") == train(ws, "popularity"), "ten who want the same queue it once"
        return took

    with ThreadPoolExecutor(10) as sessions:
        took = [seconds for each in sessions.map(session, range(10)) for seconds in each]
    assert len(took) == 80
    assert sorted(took)[int(0.95 * len(took))] < 2
    assert jobs.job(Context(ws), ident).state is State.RUNNING
    assert len([job for job in jobs.list_jobs(Context(ws)) if job.arguments["method"] == "popularity"]) == 1
    jobs.cancel(Context(ws), ident)
    until(ws, ident, lambda job: job.state is State.CANCELLED, seconds=5)
