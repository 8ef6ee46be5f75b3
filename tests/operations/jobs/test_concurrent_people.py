"""Several people at one corpus at once: what each of them gets is clear, and nothing breaks."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tagviz.errors import NotFoundError, StoreError
from tagviz.operations import corpora, jobs, models
from tagviz.operations.context import Context
from tagviz.store.jobs import Job, State
from tagviz.store.workspace import Workspace
from tests.corpora import checkerboard


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "home")
    made.save_corpus(checkerboard(half=24))
    return made


@pytest.fixture
def work(ws: Workspace) -> Iterator[Callable[[], None]]:
    """Starts two workers."""
    started: list[subprocess.Popen[bytes]] = []

    def begin() -> None:
        command = [sys.executable, "-m", "tagviz.worker"]
        started.extend(subprocess.Popen(command, env=jobs.environment(Context(ws))) for _ in range(2))

    yield begin
    for process in started:
        process.terminate()
        process.wait(10)


def ended(ws: Workspace, ident: int) -> Job:
    end = time.monotonic() + 120
    while not (job := jobs.job(Context(ws), ident)).over:
        assert time.monotonic() < end, f"{job.state} in {job.phase!r}: {job.log}"
        time.sleep(0.2)
    return job


def train(ws: Workspace, method: str, **values: object) -> int:
    return jobs.submit(
        Context(ws), "train", {"corpus": "checkerboard", "method": method, "values": values}, start=False
    )


def test_two_train_one_imports_a_newer_version_and_one_takes_the_corpus_off_the_list(
    ws: Workspace, work: Callable[[], None]
) -> None:
    """What was queued is done on the version that it was queued for; what comes after the deletion is told so."""
    old = corpora.open_corpus(Context(ws), "checkerboard")
    queued = [train(ws, "spectral", dimensions=4), train(ws, "cooccurrence")]
    new = ws.save_corpus(checkerboard(half=30))
    later = train(ws, "neighbours")
    work()
    done = [ended(ws, ident) for ident in queued]
    assert [(job.state, job.error) for job in done] == [(State.DONE, "")] * 2
    assert {job.result["fingerprint"] for job in done} == {old.fingerprint}
    assert ended(ws, later).result["fingerprint"] == new.fingerprint

    slow = train(ws, "word2vec", epochs=200)
    while not jobs.job(Context(ws), slow).phase:
        time.sleep(0.1)
    waiting = train(ws, "popularity")
    while jobs.job(Context(ws), waiting).state is State.QUEUED:
        time.sleep(0.1)
    token = corpora.delete_corpus(Context(ws), "checkerboard")
    with pytest.raises(NotFoundError, match="no corpus 'checkerboard'"):
        train(ws, "ease")
    assert ended(ws, waiting).state in (State.DONE, State.FAILED)
    assert ended(ws, slow).state is State.DONE, "what has begun keeps what it has opened"
    ws.restore(token)
    kept = corpora.open_corpus(Context(ws), "checkerboard")
    assert kept.fingerprint == new.fingerprint
    assert {"word2vec", "neighbours"} <= {info.method for info in models.list_models(Context(ws), kept.fingerprint)}
    for version in (old.fingerprint, new.fingerprint):
        opened = ws.open_corpus("checkerboard", version)
        for info in models.list_models(Context(ws), version):
            assert models.open_model(Context(ws), opened, info.id).recommender.kinds


def test_a_job_whose_corpus_is_gone_when_its_turn_comes_says_so(ws: Workspace, work: Callable[[], None]) -> None:
    ident = train(ws, "popularity")
    token = corpora.delete_corpus(Context(ws), "checkerboard")
    work()
    failed = ended(ws, ident)
    assert failed.state is State.FAILED
    assert "There is no corpus 'checkerboard'" in failed.error
    ws.restore(token)
    jobs.retry(Context(ws), ident, start=False)
    assert ended(ws, ident).state is State.DONE


def test_many_train_the_same_model_at_once_and_some_delete_it(ws: Workspace) -> None:
    """Eight threads train, delete and bring back one model: whoever opens it gets it whole, or is told it is gone."""
    corpus = corpora.open_corpus(Context(ws), "checkerboard")
    begun = models.train(Context(ws), corpus, "cooccurrence")

    def turn(number: int) -> str:
        rng, seen = np.random.default_rng(number), "fine"
        for _ in range(12):
            try:
                match rng.integers(4):
                    case 0:
                        assert (
                            models.train(
                                Context(ws), corpus, "cooccurrence", options=models.TrainOptions(force=True)
                            ).id
                            == begun.id
                        )
                    case 1:
                        models.delete(Context(ws), begun)
                    case 2:
                        for one in ws.deleted()[:1]:
                            ws.restore(one.token)
                    case _:
                        assert models.open_model(Context(ws), corpus, "cooccurrence").recommender.kinds
            except (StoreError, NotFoundError) as told:  # deleted under our hands: a sentence, never a traceback
                seen = str(told)
        return seen

    with ThreadPoolExecutor(8) as people:
        assert len(list(people.map(turn, range(8)))) == 8
    info = models.train(Context(ws), corpus, "cooccurrence")
    assert models.open_model(Context(ws), corpus, info.id).recommender.kinds
    marked = models.annotate(Context(ws), info, replace(info.marks, title="mine"))
    assert marked.marks.title == "mine"
