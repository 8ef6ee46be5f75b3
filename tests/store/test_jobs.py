"""The queue on a real SQLite file and a real PostgreSQL server: one job, one worker, whatever happens."""

from __future__ import annotations

import multiprocessing
import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from tagviz.errors import BadParameter, Cancelled, StoreError, UnknownTerm
from tagviz.store import db
from tagviz.store.jobs import CURVE_LENGTH, Jobs, State, thinned
from tagviz.types import Progress
from tests.postgres import postgres


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with postgres(tmp_path_factory.mktemp("server")) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database that nobody has opened yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'deep' / 'er' / 'jobs.db'}"
    import psycopg

    whole: str = request.getfixturevalue("server")
    name = f"jobs_{secrets.token_hex(6)}"
    with psycopg.connect(whole.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"{whole.rpartition('/')[0]}/{name}"


@pytest.fixture
def queue(url: str) -> Iterator[Jobs]:
    engine = db.engine(url)
    yield Jobs(engine)
    engine.dispose()


def test_a_job_from_queue_to_done(queue: Jobs) -> None:
    ident = queue.submit("train", {"method": "spectral"})
    job = queue.claim("w1")
    assert job is not None
    assert (job.id, job.kind, job.arguments, job.state, job.attempts) == (
        ident,
        "train",
        {"method": "spectral"},
        State.RUNNING,
        1,
    )
    queue.tell(ident, "w1", Progress("Epoch", 0.25, "1 of 4"), [(1.0, {"loss": 2.5})])
    told = queue.get(ident)
    assert (told.phase, told.fraction, told.note, list(told.curve)) == ("Epoch", 0.25, "1 of 4", [(1.0, {"loss": 2.5})])
    assert told.seconds_left == pytest.approx(3 * told.seconds, rel=0.2)
    assert queue.finish(ident, "w1", {"model": "m"})
    done = queue.get(ident)
    assert (done.state, done.result, done.fraction) == (State.DONE, {"model": "m"}, 1.0)
    assert queue.claim("w1") is None


def test_work_done_outside_the_queue_is_kept_as_done(queue: Jobs) -> None:
    job = queue.get(queue.record("train", {"corpus": "demo"}, {"model": "m"}, 12.5))
    assert (job.kind, job.state, job.arguments, job.result) == ("train", State.DONE, {"corpus": "demo"}, {"model": "m"})
    assert (job.seconds, job.fraction, job.attempts) == (pytest.approx(12.5), 1.0, 1)
    assert queue.claim("w1") is None


def test_jobs_are_taken_in_the_order_they_came(queue: Jobs) -> None:
    first, second = queue.submit("train", {"a": 1}), queue.submit("train", {"a": 2})
    assert [queue.claim("w").id, queue.claim("w").id] == [first, second]  # type: ignore[union-attr]


def test_the_same_work_is_queued_once_while_it_is_under_way(queue: Jobs) -> None:
    first = queue.submit("train", {"a": 1, "b": 2})
    assert queue.submit("train", {"b": 2, "a": 1}) == first
    queue.claim("w")
    assert queue.submit("train", {"a": 1, "b": 2}) == first
    queue.finish(first, "w", {})
    assert queue.submit("train", {"a": 1, "b": 2}) != first


def test_a_lease_that_runs_out_makes_the_job_interrupted_and_shuts_the_old_worker_out(queue: Jobs) -> None:
    ident = queue.submit("train", {})
    queue.claim("dead", lease=0.05)
    time.sleep(0.1)
    assert queue.get(ident).state is State.INTERRUPTED
    assert queue.beat(ident, "dead") is None
    with pytest.raises(Cancelled):
        queue.tell(ident, "dead", Progress("on"), [])
    queue.retry(ident)
    again = queue.claim("alive")
    assert again is not None
    assert again.attempts == 2
    assert not queue.finish(ident, "dead", {"from": "the dead"})
    assert queue.finish(ident, "alive", {"from": "the living"})
    assert queue.get(ident).result == {"from": "the living"}


def test_a_heartbeat_keeps_the_lease(queue: Jobs) -> None:
    ident = queue.submit("train", {})
    queue.claim("w", lease=0.2)
    for _ in range(4):
        time.sleep(0.1)
        assert queue.beat(ident, "w", lease=0.2, log="so far") is not None
    assert (queue.get(ident).state, queue.get(ident).log) == (State.RUNNING, "so far")


def test_cancelling(queue: Jobs) -> None:
    waits, runs = queue.submit("train", {"n": 1}), queue.submit("train", {"n": 2})
    assert queue.cancel(waits).state is State.CANCELLED
    assert queue.claim("w").id == runs  # type: ignore[union-attr]
    assert queue.cancel(runs).cancelling
    with pytest.raises(Cancelled):
        queue.tell(runs, "w", Progress("on"), [])
    assert queue.stop(runs, "w")
    assert queue.get(runs).state is State.CANCELLED
    assert queue.retry(runs).state is State.QUEUED


def test_only_what_has_stopped_can_be_tried_again(queue: Jobs) -> None:
    ident = queue.submit("train", {})
    with pytest.raises(BadParameter, match="is queued"):
        queue.retry(ident)
    queue.claim("w")
    queue.fail(ident, "w", "no such method — choose another")
    assert queue.get(ident).error == "no such method — choose another"
    assert queue.retry(ident).error == ""


def test_unknown_jobs_have_a_name(queue: Jobs) -> None:
    for action in (queue.get, queue.cancel, queue.retry):
        with pytest.raises(UnknownTerm, match="no job 77"):
            action(77)


def test_a_curve_is_thinned_when_it_grows_too_long() -> None:
    curve = [(float(n), {"loss": float(n)}) for n in range(CURVE_LENGTH + 1)]
    assert thinned(curve[:-1]) == curve[:-1]
    assert [second for second, _ in thinned(curve)] == [float(n) for n in range(0, CURVE_LENGTH + 1, 2)]


PRELOADED = multiprocessing.get_context("forkserver")
"""Processes of their own that need not import everything anew."""
PRELOADED.set_forkserver_preload(
    ["sqlalchemy", "sqlalchemy.dialects.postgresql", "psycopg", "alembic.command", "filelock", __name__]
)


def claim_all(url: str, owner: str) -> list[int]:
    """What one worker process gets when it takes all it can."""
    queue, got = Jobs(db.engine(url)), []
    while (job := queue.claim(owner)) is not None:
        got.append(job.id)
    return got


def test_processes_that_claim_at_once_never_get_the_same_job(url: str, queue: Jobs) -> None:
    idents = [queue.submit("train", {"n": n}) for n in range(40)]
    with ProcessPoolExecutor(4, mp_context=PRELOADED) as pool:
        taken = list(pool.map(claim_all, [url] * 4, [f"w{n}" for n in range(4)]))
    assert sorted(ident for one in taken for ident in one) == idents


def open_and_submit(url: str) -> int:
    return Jobs(db.engine(url)).submit("import", {"path": str(time.perf_counter_ns())})


def test_ten_processes_open_a_new_database_at_once(url: str) -> None:
    with ProcessPoolExecutor(10, mp_context=PRELOADED) as pool:
        idents = list(pool.map(open_and_submit, [url] * 10))
    assert sorted(idents) == list(range(1, 11))


def test_the_head_that_the_code_knows_is_the_newest_migration() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(db.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == db.HEAD


def test_a_database_of_a_newer_tagviz_is_refused(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "jobs.db"
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TABLE alembic_version (version_num TEXT)")
        raw.execute("INSERT INTO alembic_version VALUES ('9999')")
    with pytest.raises(StoreError, match="newer tagviz"):
        db.engine(f"sqlite:///{path}")


@pytest.mark.parametrize("url", ["nonsense", "nodb://x/y", "sqlite:////proc/none/jobs.db"])
def test_a_database_that_cannot_be_used(url: str) -> None:
    with pytest.raises(StoreError):
        db.engine(url)
