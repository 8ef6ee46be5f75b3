"""Verdicts in a real database: what was confirmed is there, whoever else writes at the same time."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from tagviz.errors import InvalidParameterError
from tagviz.store import database
from tagviz.store.feedback import Answer, FeedbackStore, Verdict, frame_of, query_document, query_from_document
from tagviz.types import Kind, Query

WRITERS, FEWER, EACH = 20, 4, 15
PROCESSES = multiprocessing.get_context("forkserver")
"""Processes of their own, which do not import everything again each."""
PROCESSES.set_forkserver_preload(["tests.feedback.test_store", "sqlalchemy.dialects.sqlite", "alembic"])


def verdict(reviewer: str = "ann", key: str = "tag:jazz", answer: Answer = Answer.RIGHT) -> Verdict:
    query = Query(title="night", tags=("calm", "piano"))
    return Verdict(reviewer, "c", "f1", "m", "f1", query, Kind.TAG, key, 1, 0.5, answer)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'v.db'}"
    return str(request.getfixturevalue("postgresql"))


@pytest.fixture
def kept(url: str) -> FeedbackStore:
    return FeedbackStore(database.open_engine(url))


def test_what_is_given_comes_back(kept: FeedbackStore) -> None:
    (ident,) = kept.give(verdict())
    (found,) = kept.current("c")
    assert (found.id, replace(found, id=0, at=0.0)) == (ident, verdict())
    assert time.time() - found.at < 60


def test_the_newest_answer_counts_and_none_is_lost(kept: FeedbackStore) -> None:
    kept.give(verdict())
    kept.give(verdict(answer=Answer.WRONG), replace(verdict(answer=Answer.INSTEAD), instead="tag:blues"))
    assert [(one.answer, one.instead) for one in kept.current("c")] == [(Answer.INSTEAD, "tag:blues")]
    kept.give(verdict(answer=Answer.NONE))
    assert kept.current("c") == []
    assert [str(one.answer) for one in kept.history("c")] == ["right", "wrong", "instead", "none"]


def test_another_reviewer_item_or_question_is_another_verdict(kept: FeedbackStore) -> None:
    kept.give(verdict(), verdict("bob"), verdict(key="tag:rock"), replace(verdict(), query=Query(tags=("calm",))))
    assert len(kept.current("c")) == 4
    assert kept.reviewers("c") == {"ann": 3, "bob": 1}
    assert len(kept.current("c", "bob")) == 1


def test_the_order_of_a_questions_terms_does_not_matter() -> None:
    one, other = Query(tags=("a", "b")), Query(tags=("b", "a"), n=50)
    assert query_document(one) == query_document(other)
    assert query_from_document(query_document(one)) == Query(tags=("a", "b"))


def test_a_clock_that_jumps_back_does_not_bring_an_old_answer_back(kept: FeedbackStore) -> None:
    now = time.time()
    kept.give(replace(verdict(), at=now))
    kept.give(replace(verdict(answer=Answer.WRONG), at=now - 86_400))
    assert [one.answer for one in kept.current("c")] == [Answer.WRONG]


def test_a_reviewer_can_have_all_and_delete_all(kept: FeedbackStore) -> None:
    kept.give(verdict(), verdict(answer=Answer.WRONG), verdict("bob"))
    assert len(frame_of(kept.history(reviewer="ann"))) == 2
    before = kept.version("c")
    assert kept.forget("ann") == 2
    assert kept.history(reviewer="ann") == []
    assert kept.version("c") != before
    assert kept.reviewers() == {"bob": 1}


def test_a_name_is_needed_and_instead_names_the_better_item(kept: FeedbackStore) -> None:
    for wrong in (verdict(" "), verdict("x" * 61), verdict(answer=Answer.INSTEAD)):
        with pytest.raises(InvalidParameterError):
            kept.give(verdict(), wrong)
    assert kept.history() == [], "all or none"


def write(url: str, number: int) -> list[int]:
    kept = FeedbackStore(database.open_engine(url))
    return [kept.give(verdict(f"r{number}", f"tag:{at}"))[0] for at in range(EACH)]


def test_processes_write_at_once_and_nothing_is_lost(url: str) -> None:
    writers = WRITERS if url.startswith("sqlite") else FEWER  # PostgreSQL's own writers never wait for the whole table
    with ProcessPoolExecutor(writers, mp_context=PROCESSES) as pool:
        told = [ident for part in pool.map(write, [url] * writers, range(writers)) for ident in part]
    found = FeedbackStore(database.open_engine(url)).current("c")
    assert len(set(told)) == writers * EACH
    assert {one.id for one in found} == set(told)
    assert len({(one.reviewer, one.key) for one in found}) == writers * EACH


def killed(url: str, pipe: multiprocessing.connection.Connection) -> None:
    kept = FeedbackStore(database.open_engine(url))
    for at in range(10_000):
        pipe.send(kept.give(verdict(key=f"tag:{at}"))[0])


def test_what_was_confirmed_before_a_kill_is_there(url: str) -> None:
    mine, theirs = PROCESSES.Pipe(duplex=False)
    writer = PROCESSES.Process(target=killed, args=(url, theirs))
    writer.start()
    confirmed = {mine.recv() for _ in range(20)}
    writer.kill()
    writer.join()
    theirs.close()
    while mine.poll():
        try:
            confirmed.add(mine.recv())
        except EOFError:
            break
    found = {one.id for one in FeedbackStore(database.open_engine(url)).current("c")}
    assert confirmed <= found
    assert len(found - confirmed) <= 1, "at most the one that was stored and not yet confirmed"


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """A PostgreSQL server of our own on a socket in a temporary folder; skipped where Debian's is not installed."""
    pytest.importorskip("psycopg")
    tools = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not tools:
        pytest.skip("PostgreSQL is not installed")
    place = Path(tempfile.mkdtemp(prefix="tagviz-pg-"))  # PostgreSQL's user must get through to it
    data, initdb, server = place / "data", str(tools[-1] / "initdb"), str(tools[-1] / "postgres")
    as_user: list[str] = []
    if shutil.which("runuser") and Path("/proc/self").owner() == "root":  # PostgreSQL will not run as root
        shutil.chown(place, "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
    subprocess.run([*as_user, initdb, "-D", str(data), "-A", "trust", "-U", "tagviz"], check=True, capture_output=True)
    options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={place}", "-c", "fsync=off"]
    running = subprocess.Popen(
        [*as_user, server, "-D", str(data), *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    url = f"postgresql+psycopg://tagviz@/{{}}?host={place}"
    for _ in range(300):
        with contextlib.suppress(sa.exc.OperationalError):
            sa.create_engine(url.format("postgres")).connect().close()
            break
        time.sleep(0.1)
    yield url
    os.kill(int((data / "postmaster.pid").read_text().split()[0]), signal.SIGINT)  # at once, whoever is connected
    running.wait(20)
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def postgresql(cluster: str, request: pytest.FixtureRequest) -> str:
    """The URL of a database of this test's own."""
    name = f"t{abs(hash(request.node.name))}"
    made = sa.create_engine(cluster.format("postgres"), isolation_level="AUTOCOMMIT")
    with made.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    made.dispose()
    return cluster.format(name)
