"""A PostgreSQL that goes in mid-session and comes back: reading goes on, and nothing has to be restarted."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tagviz.curation.decisions import resolve
from tagviz.errors import StoreError
from tagviz.operations import corpora, curation, database, jobs
from tagviz.operations.context import Context
from tagviz.settings import settings
from tagviz.store.database import RETRY_SECONDS
from tagviz.store.workspace import Workspace
from tests.corpora import checkerboard
from tests.postgres import PostgresServer, postgres_server


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with postgres_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def context(tmp_path: Path, server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Context]:
    monkeypatch.setenv("TAGVIZ_HOME", str(tmp_path))
    monkeypatch.setenv("TAGVIZ_DATABASE_URL", server.url)
    settings.cache_clear()
    yield Context(Workspace(tmp_path))
    settings.cache_clear()


def test_a_server_goes_and_comes_back(context: Context, server: PostgresServer) -> None:
    context.workspace.save_corpus(checkerboard())
    curation.add(context, "checkerboard", resolve("merge", ["t0", "t2"], "t0", "Ann", ""))
    before = corpora.open_corpus(context, "checkerboard").fingerprint
    ident = jobs.submit(context, "train", {"corpus": "checkerboard", "method": "popularity"}, start=False)

    server.stop()
    began = time.monotonic()
    for _ in range(5):
        assert corpora.open_corpus(context, "checkerboard").fingerprint == before
        assert [info.name for info in corpora.list_corpora(context)] == ["checkerboard"]
    assert time.monotonic() - began < 20
    problem = database.problem(context)
    assert problem is not None
    assert "does not answer" in problem.title
    with pytest.raises(StoreError, match="does not answer"):
        curation.add(context, "checkerboard", resolve("block", ["t4"], "", "Ann", ""))

    server.start()
    time.sleep(RETRY_SECONDS)
    curation.add(context, "checkerboard", resolve("block", ["t4"], "", "Ann", ""))
    assert corpora.open_corpus(context, "checkerboard").fingerprint != before
    assert database.problem(context) is None
    assert jobs.job(context, ident).id == ident


def test_a_worker_outlives_a_server_that_goes(context: Context, server: PostgresServer, tmp_path: Path) -> None:
    context.workspace.save_corpus(checkerboard())
    command = [sys.executable, "-m", "tagviz.worker", "--idle", "120"]
    with subprocess.Popen(command, env=os.environ, stderr=(tmp_path / "log").open("wb")) as worker:
        try:
            assert outcome(context, "popularity") == "done"
            server.stop()
            time.sleep(4)
            assert worker.poll() is None, (tmp_path / "log").read_text()[-2000:]
            server.start()
            time.sleep(RETRY_SECONDS)
            assert outcome(context, "neighbours") == "done"
        finally:
            worker.terminate()


def outcome(context: Context, method: str) -> str:
    """How a training that is queued now ends."""
    ident = jobs.submit(context, "train", {"corpus": "checkerboard", "method": method}, start=False)
    end = time.monotonic() + 120
    while not jobs.job(context, ident).over and time.monotonic() < end:
        time.sleep(0.3)
    return str(jobs.job(context, ident).state)
