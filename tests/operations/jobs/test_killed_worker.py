"""SIGKILL of a real worker in every phase of every kind of job; two workers at one queue.

These take minutes and run only when they are asked for:

    TAGVIZ_SLOW=yes python -m pytest tests/operations/jobs/test_killed_worker.py
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tagviz.operations import jobs
from tagviz.operations.context import Context
from tagviz.store.jobs import Job, State
from tagviz.store.workspace import Workspace
from tests.operations.jobs.test_killed import WORK, everything_opens, home, run, submitted

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1200),
    pytest.mark.skipif(os.environ.get("TAGVIZ_SLOW") != "yes", reason="takes minutes: set TAGVIZ_SLOW=yes"),
]

ROOT = Path(__file__).resolve().parents[3]
LEASE = "3"

KILLER = """
import os, signal, sys, time

if "--run" in sys.orig_argv:
    from tagviz.store.jobs import Jobs

    told = Jobs.tell

    def tell(self, ident, owner, progress, curve):
        told(self, ident, owner, progress, curve)
        if progress.phase == os.environ["DIE_IN"]:
            os.kill(os.getppid(), signal.SIGKILL)
            time.sleep(60)

    Jobs.tell = tell
"""
"""What a job's process runs before all else: in a certain phase it kills the worker above it and waits for the end."""


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts workers of a workspace, which are killed when their job comes to a phase."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(KILLER)
    started: list[subprocess.Popen[bytes]] = []

    def one(ws: Workspace, die_in: str = "") -> subprocess.Popen[bytes]:
        killer = {"PYTHONPATH": f"{site}{os.pathsep}{ROOT}", "DIE_IN": die_in} if die_in else {}
        command = [sys.executable, "-m", "tagviz.worker", "--lease", LEASE]
        started.append(subprocess.Popen(command, env={**jobs.environment(Context(ws)), **killer}, cwd=ROOT))
        return started[-1]

    yield one
    for process in started:
        if process.poll() is None:
            process.terminate()
            process.wait(20)


def until(ws: Workspace, ident: int, reached: Callable[[Job], bool]) -> Job:
    end = time.monotonic() + 400
    while not reached(job := jobs.job(Context(ws), ident)):
        assert time.monotonic() < end, f"job {ident} is {job.state} in {job.phase!r}: {job.log}"
        time.sleep(0.1)
    return job


@pytest.mark.parametrize("work", WORK)
def test_a_killed_worker_loses_nothing_in_any_phase(
    work: str, tmp_path: Path, worker: Callable[..., subprocess.Popen[bytes]]
) -> None:
    kind, given = WORK[work]
    calm = home(tmp_path / "calm")
    submitted(calm, kind, given, tmp_path)
    phases, undisturbed = run(calm)
    ws = home(tmp_path / "hurt", calm)
    ident = submitted(ws, kind, given, tmp_path)
    for phase in phases:
        killed = worker(ws, phase)
        assert killed.wait(400) == -9, phase
        job = until(ws, ident, lambda job: job.over)
        assert (job.state, job.phase) == (State.INTERRUPTED, phase)
        left = [one for one in psutil.process_iter(["cmdline"]) if job.owner in (one.info["cmdline"] or ())]
        assert not psutil.wait_procs(left, timeout=10)[1], "the job's process has died with its worker"
        everything_opens(ws)
        jobs.retry(Context(ws), ident, start=False)
    worker(ws)
    done = until(ws, ident, lambda job: job.over)
    assert (done.state, done.attempts) == (State.DONE, len(phases) + 1)
    everything_opens(ws)
    for name in ("model", "projection", "fingerprint", "score", "questions"):
        assert done.result.get(name) == undisturbed.get(name), "what came of it is what an undisturbed run makes"


def test_workers_at_one_queue_never_run_a_job_twice(
    tmp_path: Path, worker: Callable[..., subprocess.Popen[bytes]]
) -> None:
    ws = home(tmp_path)
    for _ in range(3):
        worker(ws)
    idents = [
        jobs.submit(Context(ws), "train", {"corpus": "checkerboard", "method": "popularity", "seed": seed}, start=False)
        for seed in range(12)
    ]
    done = [until(ws, ident, lambda job: job.over and bool(job.log)) for ident in idents]  # the log follows the end
    assert {job.state for job in done} == {State.DONE}
    assert {job.attempts for job in done} == {1}
    assert len({job.owner for job in done}) > 1
    for job in done:
        assert job.log.count("Storing") == 1
