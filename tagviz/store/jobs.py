"""The queue of long work: who runs what, how far it is, and what came of it.

A worker claims a job under a lease and renews it by its heartbeat. Every change that a worker makes names it as the
owner, so one that was thought dead can no longer touch a job that has moved on. A job whose lease ran out is
interrupted: it can be queued again, and nothing is lost, because artifacts appear whole or not at all.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import orjson

from tagviz.errors import BadParameter, Cancelled, UnknownTerm
from tagviz.store.db import talking, writing
from tagviz.types import Progress

if TYPE_CHECKING:
    from sqlalchemy import Engine, Table

LEASE_SECONDS = 10.0
"""How long a job without a heartbeat still counts as running."""
LOG_LENGTH = 20_000
"""Characters of a job's log that are kept: its end."""
CURVE_LENGTH = 400
"""Points of a job's curve; past it every second one goes."""


class State(StrEnum):
    """queued → running → done, failed, cancelled or interrupted (the worker or the machine died)."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


OVER = (State.DONE, State.FAILED, State.CANCELLED, State.INTERRUPTED)


@dataclass(frozen=True)
class Job:
    """One job. Times are seconds since 1970; curve: (seconds since the start, numbers) as progress told them."""

    id: int
    kind: str
    arguments: Mapping[str, Any]
    state: State
    phase: str
    fraction: float | None
    note: str
    curve: Sequence[tuple[float, Mapping[str, float]]]
    log: str
    result: Mapping[str, Any]
    error: str
    cancelling: bool
    owner: str
    lease_until: float | None
    created: float
    started: float | None
    finished: float | None
    attempts: int

    @property
    def over(self) -> bool:
        return self.state in OVER

    @property
    def seconds(self) -> float:
        """How long it has run, or ran."""
        return 0.0 if self.started is None else (self.finished or time.time()) - self.started

    @property
    def seconds_left(self) -> float | None:
        """How long it will still run if it goes on as so far; None where that cannot be said. What an earlier run did,
        from whose checkpoint this one went on, does not count as done by this one."""
        if self.state is not State.RUNNING or self.fraction is None:
            return None
        begin = next((numbers["fraction"] for _, numbers in self.curve if "fraction" in numbers), 0.0)
        did = self.fraction - (begin if begin < self.fraction else 0.0)
        return self.seconds * (1 - self.fraction) / did if did > 0 else None


@dataclass(frozen=True)
class Jobs:
    """The queue in a database. Any number of processes may use it at once."""

    engine: Engine

    def submit(self, kind: str, arguments: Mapping[str, Any]) -> int:
        """Queues a job and returns its id; what is queued or running already is not queued a second time."""
        from sqlalchemy import insert, select

        jobs, text = table(), orjson.dumps(dict(arguments), option=orjson.OPT_SORT_KEYS).decode()
        same = select(jobs.c.id).where(
            jobs.c.kind == kind,
            jobs.c.arguments == text,
            jobs.c.state.in_([State.QUEUED, State.RUNNING]),
            jobs.c.cancelling.is_(False),
        )
        with writing(self.engine) as connection:
            known = connection.execute(same).scalar()
            if known is not None:
                return int(known)
            values = {"kind": kind, "arguments": text, "state": State.QUEUED, "created": time.time()}
            return int(connection.execute(insert(jobs).values(values).returning(jobs.c.id)).scalar_one())

    def record(self, kind: str, arguments: Mapping[str, Any], result: Mapping[str, Any], seconds: float) -> int:
        """Keeps work that was done outside the queue and has just ended, so that everyone sees it; its id."""
        from sqlalchemy import insert

        ended = _ended(State.DONE)
        begun = ended["finished"] - seconds
        values = {
            **ended,
            "kind": kind,
            "arguments": orjson.dumps(dict(arguments), option=orjson.OPT_SORT_KEYS).decode(),
            "result": orjson.dumps(dict(result), option=orjson.OPT_SERIALIZE_NUMPY).decode(),
            "created": begun,
            "started": begun,
            "attempts": 1,
            "fraction": 1.0,
        }
        with writing(self.engine) as connection:
            return int(connection.execute(insert(table()).values(values).returning(table().c.id)).scalar_one())

    def get(self, ident: int) -> Job:
        """One job. Raises UnknownTerm when there is none of this id."""
        self.sweep()
        return self._get(ident)

    def list(self, limit: int = 100) -> list[Job]:
        """The newest jobs first."""
        from sqlalchemy import select

        self.sweep()
        jobs = table()
        with talking(str(self.engine.url)), self.engine.connect() as connection:
            rows = connection.execute(select(jobs).order_by(jobs.c.id.desc()).limit(limit)).mappings().all()
        return [_job(row) for row in rows]

    def waiting(self) -> bool:
        """Whether a job is queued."""
        from sqlalchemy import select

        jobs = table()
        with talking(str(self.engine.url)), self.engine.connect() as connection:
            return (
                connection.execute(select(jobs.c.id).where(jobs.c.state == State.QUEUED).limit(1)).scalar() is not None
            )

    def claim(self, owner: str, lease: float = LEASE_SECONDS) -> Job | None:
        """Takes the oldest queued job for a worker, or None when there is none. Two workers never get the same one."""
        from sqlalchemy import select

        self.sweep()
        if not self.waiting():
            return None
        jobs, now = table(), time.time()
        with writing(self.engine) as connection:
            oldest = select(jobs.c.id).where(jobs.c.state == State.QUEUED).order_by(jobs.c.id).limit(1)
            ident = connection.execute(oldest.with_for_update(skip_locked=True)).scalar()
            if ident is None:
                return None
            connection.execute(
                jobs.update()
                .where(jobs.c.id == ident)
                .values(
                    state=State.RUNNING,
                    owner=owner,
                    lease_until=now + lease,
                    started=now,
                    attempts=jobs.c.attempts + 1,
                )
            )
        return self._get(int(ident))

    def beat(self, ident: int, owner: str, lease: float = LEASE_SECONDS, log: str | None = None) -> Job | None:
        """Renews the lease (and the log); None when the job is no longer this worker's."""
        values: dict[str, Any] = {"lease_until": time.time() + lease}
        if log is not None:
            values["log"] = log[-LOG_LENGTH:]
        return self._get(ident) if self._own(ident, owner, values) else None

    def keep_log(self, ident: int, owner: str, log: str) -> None:
        """Keeps the end of what a job's process has said, also when the job is over, if it was this worker's."""
        jobs = table()
        with writing(self.engine) as connection:
            mine = (jobs.c.id == ident) & (jobs.c.owner == owner)
            connection.execute(jobs.update().where(mine).values(log=log[-LOG_LENGTH:]))

    def tell(self, ident: int, owner: str, progress: Progress, curve: Sequence[Any]) -> None:
        """Keeps how far a job is. Raises Cancelled when it is to stop, or is no longer this worker's."""
        values: dict[str, Any] = {
            "phase": progress.phase,
            "fraction": progress.fraction,
            "note": progress.note,
            "curve": orjson.dumps(list(curve), option=orjson.OPT_SERIALIZE_NUMPY).decode(),
        }
        if progress.near:  # shown while it runs, as what has come of it so far
            values["result"] = orjson.dumps({"near": {key: list(near) for key, near in progress.near.items()}}).decode()
        told = self._own(ident, owner, values)
        if not told or self._get(ident).cancelling:
            raise Cancelled()

    def finish(self, ident: int, owner: str, result: Mapping[str, Any]) -> bool:
        """Ends a job well; False when it is no longer this worker's."""
        text = orjson.dumps(dict(result), option=orjson.OPT_SERIALIZE_NUMPY).decode()
        return self._own(ident, owner, {**_ended(State.DONE), "result": text, "fraction": 1.0})

    def fail(self, ident: int, owner: str, error: str) -> bool:
        """Ends a job with an error a person can read."""
        return self._own(ident, owner, {**_ended(State.FAILED), "error": error})

    def stop(self, ident: int, owner: str, state: State = State.CANCELLED) -> bool:
        """Ends a job as cancelled or interrupted."""
        return self._own(ident, owner, _ended(state))

    def cancel(self, ident: int) -> Job:
        """A job that waits is cancelled at once; a running one is told, and stops within two seconds."""
        self.get(ident)
        jobs = table()
        with writing(self.engine) as connection:
            here = jobs.update().where(jobs.c.id == ident)
            connection.execute(
                here.where(jobs.c.state.in_([State.QUEUED, State.INTERRUPTED])).values(_ended(State.CANCELLED))
            )
            connection.execute(here.where(jobs.c.state == State.RUNNING).values(cancelling=True))
        return self._get(ident)

    def retry(self, ident: int) -> Job:
        """Queues a job again that failed, was cancelled or was interrupted. Raises BadParameter for any other."""
        job = self.get(ident)
        jobs = table()
        again = [State.FAILED, State.CANCELLED, State.INTERRUPTED]
        with writing(self.engine) as connection:
            changed = connection.execute(
                jobs.update()
                .where(jobs.c.id == ident, jobs.c.state.in_(again))
                .values(
                    state=State.QUEUED,
                    phase="",
                    fraction=None,
                    note="",
                    error="",
                    owner="",
                    cancelling=False,
                    started=None,
                    finished=None,
                    lease_until=None,
                )
            )
        if not changed.rowcount:
            raise BadParameter(f"Job {ident} is {job.state}", "only what has stopped can be tried again", "wait for it")
        return self._get(ident)

    def sweep(self) -> None:
        """Marks jobs whose worker is gone as interrupted, or as cancelled where that was asked for."""
        from sqlalchemy import case, select

        jobs, now = table(), time.time()
        lost = (jobs.c.state == State.RUNNING) & (jobs.c.lease_until < now)
        with talking(str(self.engine.url)), self.engine.connect() as connection:
            if connection.execute(select(jobs.c.id).where(lost).limit(1)).scalar() is None:
                return
        state = case((jobs.c.cancelling, State.CANCELLED), else_=State.INTERRUPTED)
        with writing(self.engine) as connection:
            connection.execute(jobs.update().where(lost).values({**_ended(State.INTERRUPTED), "state": state}))

    def _own(self, ident: int, owner: str, values: Mapping[str, Any]) -> bool:
        """Changes a running job if it is this worker's."""
        jobs = table()
        mine = (jobs.c.id == ident) & (jobs.c.owner == owner) & (jobs.c.state == State.RUNNING)
        with writing(self.engine) as connection:
            return bool(connection.execute(jobs.update().where(mine).values(dict(values))).rowcount)

    def _get(self, ident: int) -> Job:
        from sqlalchemy import select

        jobs = table()
        with talking(str(self.engine.url)), self.engine.connect() as connection:
            row = connection.execute(select(jobs).where(jobs.c.id == ident)).mappings().one_or_none()
        if row is None:
            raise UnknownTerm(f"There is no job {ident}", "it may be in another workspace", "list the jobs")
        return _job(row)


def table() -> Table:
    """The table of jobs, as the database has it."""
    global _table
    if _table is None:
        import sqlalchemy as sa

        _table = sa.Table(
            "jobs",
            sa.MetaData(),
            sa.Column("id", sa.Integer, primary_key=True),
            *(sa.Column(name, sa.Text) for name in ("kind", "arguments", "state", "phase", "note", "curve", "log")),
            *(sa.Column(name, sa.Text) for name in ("result", "error", "owner")),
            *(sa.Column(name, sa.Float) for name in ("fraction", "lease_until", "created", "started", "finished")),
            sa.Column("cancelling", sa.Boolean),
            sa.Column("attempts", sa.Integer),
        )
    return _table


_table: Table | None = None


def thinned(curve: list[Any]) -> list[Any]:
    """The curve itself, or every second point of one that has grown too long."""
    return curve if len(curve) <= CURVE_LENGTH else curve[::2]


def _ended(state: State) -> dict[str, Any]:
    return {"state": state, "finished": time.time(), "lease_until": None, "cancelling": False}


def _job(row: Mapping[str, Any] | Any) -> Job:
    parsed = {name: orjson.loads(row[name]) for name in ("arguments", "curve", "result")}
    curve = [(float(second), numbers) for second, numbers in parsed.pop("curve")]
    plain = {name: row[name] for name in row if name not in ("arguments", "curve", "result", "state")}
    return Job(**plain, **parsed, curve=curve, state=State(row["state"]))
