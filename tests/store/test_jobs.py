"""The queue on a real SQLite file and a real PostgreSQL server: one job, one worker, whatever happens."""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor

import pytest

from tagviz.errors import Cancelled, InvalidParameterError, NotFoundError
from tagviz.store import boot_clock, database
from tagviz.store import jobs as jobs_module
from tagviz.store.jobs import CURVE_LENGTH, Jobs, State, thin_curve
from tagviz.types import Progress


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
    queue.report(ident, "w1", Progress("Epoch", 0.25, "1 of 4"), [(1.0, {"loss": 2.5})])
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
    assert queue.heartbeat(ident, "dead") is None
    with pytest.raises(Cancelled):
        queue.report(ident, "dead", Progress("on"), [])
    queue.retry(ident)
    again = queue.claim("alive")
    assert again is not None
    assert again.attempts == 2
    assert not queue.finish(ident, "dead", {"from": "the dead"})
    assert queue.finish(ident, "alive", {"from": "the living"})
    assert queue.get(ident).result == {"from": "the living"}


@pytest.mark.parametrize("jump", [-366 * 86400.0, 366 * 86400.0])
def test_a_lease_survives_a_clock_that_is_set_by_a_year(
    queue: Jobs, monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    living, dead = queue.submit("train", {"n": 1}), queue.submit("train", {"n": 2})
    queue.claim("living", lease=60)
    queue.claim("dead", lease=0.05)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + jump)
    time.sleep(0.1)
    assert queue.get(living).state is State.RUNNING
    assert queue.get(dead).state is State.INTERRUPTED
    assert queue.heartbeat(living, "living") is not None


def test_a_lease_of_another_machine_ends_when_nobody_renews_it(queue: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    ident = queue.submit("train", {})
    monkeypatch.setattr(boot_clock, "boot_id", lambda: "elsewhere")
    queue.claim("far", lease=0.1)
    monkeypatch.undo()
    monkeypatch.setattr(jobs_module, "LEASE_SECONDS", 0.3)
    assert queue.get(ident).state is State.RUNNING
    time.sleep(0.2)
    monkeypatch.setattr(boot_clock, "boot_id", lambda: "elsewhere")
    assert queue.heartbeat(ident, "far", lease=0.1) is not None
    monkeypatch.undo()
    monkeypatch.setattr(jobs_module, "LEASE_SECONDS", 0.3)
    assert queue.get(ident).state is State.RUNNING
    time.sleep(0.4)
    assert queue.get(ident).state is State.INTERRUPTED


def test_a_heartbeat_keeps_the_lease(queue: Jobs) -> None:
    ident = queue.submit("train", {})
    queue.claim("w", lease=0.2)
    for _ in range(4):
        time.sleep(0.1)
        assert queue.heartbeat(ident, "w", lease=0.2, log="so far") is not None
    assert (queue.get(ident).state, queue.get(ident).log) == (State.RUNNING, "so far")


def test_cancelling(queue: Jobs) -> None:
    waits, runs = queue.submit("train", {"n": 1}), queue.submit("train", {"n": 2})
    assert queue.cancel(waits).state is State.CANCELLED
    assert queue.claim("w").id == runs  # type: ignore[union-attr]
    assert queue.cancel(runs).cancelling
    with pytest.raises(Cancelled):
        queue.report(runs, "w", Progress("on"), [])
    assert queue.stop(runs, "w")
    assert queue.get(runs).state is State.CANCELLED
    assert queue.retry(runs).state is State.QUEUED


def test_only_what_has_stopped_can_be_tried_again(queue: Jobs) -> None:
    ident = queue.submit("train", {})
    with pytest.raises(InvalidParameterError, match="is queued"):
        queue.retry(ident)
    queue.claim("w")
    queue.fail(ident, "w", "no such method — choose another")
    assert queue.get(ident).error == "no such method — choose another"
    assert queue.retry(ident).error == ""


def test_unknown_jobs_have_a_name(queue: Jobs) -> None:
    for action in (queue.get, queue.cancel, queue.retry):
        with pytest.raises(NotFoundError, match="no job 77"):
            action(77)


def test_a_curve_is_thinned_when_it_grows_too_long() -> None:
    curve = [(float(n), {"loss": float(n)}) for n in range(CURVE_LENGTH + 1)]
    assert thin_curve(curve[:-1]) == curve[:-1]
    assert [second for second, _ in thin_curve(curve)] == [float(n) for n in range(0, CURVE_LENGTH + 1, 2)]


PRELOADED = multiprocessing.get_context("forkserver")
"""Processes of their own that need not import everything anew."""


PRELOADED.set_forkserver_preload(
    ["sqlalchemy", "sqlalchemy.dialects.postgresql", "psycopg", "alembic.command", "filelock", __name__]
)


def claim_all(url: str, owner: str) -> list[int]:
    """What one worker process gets when it takes all it can."""
    queue, got = Jobs(database.open_engine(url)), []
    while (job := queue.claim(owner)) is not None:
        got.append(job.id)
    return got


def test_processes_that_claim_at_once_never_get_the_same_job(url: str, queue: Jobs) -> None:
    idents = [queue.submit("train", {"n": n}) for n in range(40)]
    with ProcessPoolExecutor(4, mp_context=PRELOADED) as pool:
        taken = list(pool.map(claim_all, [url] * 4, [f"w{n}" for n in range(4)]))
    assert sorted(ident for one in taken for ident in one) == idents
