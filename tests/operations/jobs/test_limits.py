"""No room, no memory, no right: the job says so in one line, and everything before it is intact."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tagviz.operations import jobs, models
from tagviz.operations.context import Context
from tagviz.store.jobs import Job, State
from tagviz.store.workspace import Workspace
from tagviz.types import Corpus
from tagviz.worker import NO_MEMORY, _died
from tests.corpora import make_corpus

MEGABYTE = 2**20


def large(playlists: int = 600, tags: int = 3000) -> Corpus:
    """A corpus whose word2vec model of 300 numbers takes some seven megabytes: 3000 tags × 2 × 300 × 4 bytes."""
    rng = np.random.default_rng(0)
    lists = [{"tags": [f"t{tag}" for tag in rng.choice(tags, 20, replace=False)]} for _ in range(playlists)]
    return make_corpus(lists, name="large")


@pytest.fixture
def worker() -> Iterator[Callable[..., None]]:
    """Runs a worker until the queue is done, under limits, and ends it."""
    started: list[subprocess.Popen[bytes]] = []

    def one(ws: Workspace, limit: Callable[[], None] | None = None) -> None:
        command = [sys.executable, "-m", "tagviz.worker", "--idle", "300"]
        env = {**jobs.environment(Context(ws)), "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        started.append(subprocess.Popen(command, env=env, preexec_fn=limit))

    yield one
    for process in started:
        process.terminate()
        process.wait(10)


def ended(ws: Workspace, ident: int, seconds: float = 150) -> Job:
    end = time.monotonic() + seconds
    while not (job := jobs.job(Context(ws), ident)).over:
        assert time.monotonic() < end, f"{job.state} in {job.phase!r}: {job.log}"
        time.sleep(0.2)
    return job


def train(ws: Workspace, method: str, **values: Any) -> int:
    return jobs.submit(Context(ws), "train", {"corpus": "large", "method": method, "values": values}, start=False)


def opens(ws: Workspace, ident: str) -> bool:
    corpus = ws.open_corpus("large")
    return bool(models.open_model(Context(ws), corpus, ident).recommender.kinds)


def mounted(place: Path, *options: str) -> bool:
    """Whether something could be mounted there, which root may."""
    mount = shutil.which("mount")
    return mount is not None and subprocess.run([mount, *options, str(place)], capture_output=True).returncode == 0


def test_a_full_disk(tmp_path: Path, worker: Callable[..., None]) -> None:
    place = tmp_path / "small"
    place.mkdir()
    if not mounted(place, "-t", "tmpfs", "-o", f"size={12 * MEGABYTE}", "tmpfs"):
        pytest.skip("a small disk can be mounted by root only")
    try:
        ws = Workspace(place / "home")
        ws.save_corpus(large())
        before = models.train(Context(ws), ws.open_corpus("large"), "popularity")
        room = os.statvfs(place)
        (place / "ballast").write_bytes(bytes(room.f_bavail * room.f_frsize - 5 * MEGABYTE))
        ident = train(ws, "word2vec", vector_size=300, epochs=1, min_count=1)
        worker(ws)
        job = ended(ws, ident)
        assert job.state is State.FAILED, job.log
        assert "The disk is full" in job.error
        assert "free some space" in job.error
        assert "Traceback" not in job.log
        assert [info.id for info in models.list_models(Context(ws), before.fingerprint)] == [before.id]
        assert opens(ws, before.id)
        assert not [path for path in (ws.home / "models").rglob(".*") if path.is_dir()], "nothing half-made is left"
        (place / "ballast").unlink()
        jobs.retry(Context(ws), ident, start=False)
        assert ended(ws, ident).state is State.DONE, "with room it goes on"
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


def test_a_file_that_may_not_grow_so_large(tmp_path: Path, worker: Callable[..., None]) -> None:
    ws = Workspace(tmp_path / "home")
    ws.save_corpus(large())
    before = models.train(Context(ws), ws.open_corpus("large"), "popularity")
    ident = train(ws, "word2vec", vector_size=300, epochs=1, min_count=1)
    worker(ws, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2 * MEGABYTE, 2 * MEGABYTE)))
    job = ended(ws, ident)
    assert job.state is State.FAILED, job.log
    assert "files may not grow so large" in job.error
    assert "raise the limit" in job.error
    assert opens(ws, before.id)


def test_too_little_memory(tmp_path: Path, worker: Callable[..., None]) -> None:
    ws = Workspace(tmp_path / "home")
    ws.save_corpus(large())
    before = models.train(Context(ws), ws.open_corpus("large"), "popularity")
    ident = train(ws, "word2vec", vector_size=2000, epochs=1, min_count=1, words=False)  # 3000 × 2 × 2000 × 4: 48 MB
    worker(ws, _little_memory)
    job = ended(ws, ident)
    assert (job.state, job.error) == (State.FAILED, NO_MEMORY), job.log
    assert opens(ws, before.id)


def test_too_little_memory_even_to_say_so() -> None:
    lost = "SystemError: <function finalize> returned NULL without setting an exception\nobject repr: MemoryError()"
    assert _died(1, lost) == NO_MEMORY
    assert _died(1, "") == "The job's process ended unexpectedly (exit code 1) — see the job's log, then try again"


def _little_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (700 * MEGABYTE, 700 * MEGABYTE))


def test_no_right_to_write(tmp_path: Path, worker: Callable[..., None]) -> None:
    ws = Workspace(tmp_path / "home")
    ws.save_corpus(large())
    before = models.train(Context(ws), ws.open_corpus("large"), "popularity")
    ident = train(ws, "cooccurrence")
    folder = ws.home / "models" / before.fingerprint
    bound = mounted(folder, "--bind", "-o", "ro", str(folder))  # rights do not bind root
    if not bound and os.getuid() == 0:
        pytest.skip("root may write everywhere, and nothing can be mounted here")
    if not bound:
        folder.chmod(0o555)
    try:
        worker(ws)
        job = ended(ws, ident)
    finally:
        if bound:
            subprocess.run(["umount", "-l", str(folder)], check=False)
        else:
            folder.chmod(0o755)
    assert job.state is State.FAILED, job.log
    assert "may not be used" in job.error
    assert "give this user the right" in job.error
    assert opens(ws, before.id)
