"""The queue of jobs: who runs which job, how far it is, and its outcome.

A worker claims a job under a lease and renews it with a heartbeat. Every change by a worker names it as the owner, so a
worker that was thought dead can no longer change a job that has moved on. A job whose lease ran out is interrupted. It
can be queued again, and nothing is lost, because artifacts appear whole or not at all.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from tagviz.errors import Cancelled, InvalidParameterError, NotFoundError
from tagviz.store import boot_clock
from tagviz.store.database import database_errors, write_transaction
from tagviz.store.job_record import Job as Job
from tagviz.store.job_record import State as State
from tagviz.types import Progress

if TYPE_CHECKING:
    from sqlalchemy import Engine, Table

LEASE_SECONDS = 10.0
"""How long a job without a heartbeat still counts as running."""
LOG_LENGTH = 20_000
"""Characters of a job's log that are kept: the end."""
UNFINISHED = (State.QUEUED, State.RUNNING)
CURVE_LENGTH = 400
"""Largest number of points of a job's curve; beyond it every second point is dropped."""


@dataclass(frozen=True)
class Jobs:
    """The queue in a database. Many processes may use it at once."""

    engine: Engine

    def submit(self, kind: str, arguments: Mapping[str, Any], submitted_by: str = "", most: int = 0) -> int:
        """Queue a job; a job that is queued or running already is not queued again.

        Args:
            kind: What it does.
            arguments: Its arguments.
            submitted_by: Who starts it.
            most: Largest number of jobs of this person that may wait or run; 0 is no limit.

        Returns:
            Its id.

        Raises:
            InvalidParameterError: The person has too many jobs.
        """
        from sqlalchemy import func, insert, select

        jobs, text = table(), orjson.dumps(dict(arguments), option=orjson.OPT_SORT_KEYS).decode()
        same = select(jobs.c.id).where(
            jobs.c.kind == kind,
            jobs.c.arguments == text,
            jobs.c.state.in_(UNFINISHED),
            jobs.c.cancelling.is_(False),
        )
        with write_transaction(self.engine) as connection:
            known = connection.execute(same).scalar()
            if known is not None:
                return int(known)
            if most:
                own = select(func.count()).where(jobs.c.submitted_by == submitted_by, jobs.c.state.in_(UNFINISHED))
                if connection.execute(own).scalar_one() >= most:
                    raise InvalidParameterError(
                        f"You have {most} job{'' if most == 1 else 's'} that wait or run",
                        "this is as many as one person may have",
                        "wait for one to end, or cancel one",
                    )
            values = {"kind": kind, "arguments": text, "state": State.QUEUED, "created": time.time()}
            values["submitted_by"] = submitted_by
            return int(connection.execute(insert(jobs).values(values).returning(jobs.c.id)).scalar_one())

    def record(self, kind: str, arguments: Mapping[str, Any], outcome: Mapping[str, Any], seconds: float) -> int:
        """Add work that was done outside the queue and has just ended, so that everybody sees it.

        Args:
            kind: What was done.
            arguments: Its arguments.
            outcome: Its outcome.
            seconds: How long it took.

        Returns:
            Its id.
        """
        from sqlalchemy import insert

        ended = _end_columns(State.DONE)
        begun = ended["finished"] - seconds
        values = {
            **ended,
            "kind": kind,
            "arguments": orjson.dumps(dict(arguments), option=orjson.OPT_SORT_KEYS).decode(),
            "result": orjson.dumps(dict(outcome), option=orjson.OPT_SERIALIZE_NUMPY).decode(),
            "created": begun,
            "started": begun,
            "attempts": 1,
            "fraction": 1.0,
        }
        with write_transaction(self.engine) as connection:
            return int(connection.execute(insert(table()).values(values).returning(table().c.id)).scalar_one())

    def get(self, ident: int) -> Job:
        """Return one job.

        Raises:
            NotFoundError: If there is none with this id.
        """
        self.sweep()
        return self._get(ident)

    def list(self, limit: int = 100) -> list[Job]:
        """Return the newest jobs first."""
        from sqlalchemy import select

        self.sweep()
        jobs = table()
        with database_errors(str(self.engine.url)), self.engine.connect() as connection:
            rows = connection.execute(select(jobs).order_by(jobs.c.id.desc()).limit(limit)).mappings().all()
        return [_job(row) for row in rows]

    def outcomes(self) -> Iterator[tuple[Mapping[str, Any], str]]:
        """Yield the outcome of each job that is done, and who started it; the oldest first."""
        from sqlalchemy import select

        jobs = table()
        query = select(jobs.c.result, jobs.c.submitted_by).where(jobs.c.state == State.DONE).order_by(jobs.c.id)
        with database_errors(str(self.engine.url)), self.engine.connect() as connection:
            rows = connection.execute(query).all()
        for result, person in rows:
            yield orjson.loads(result or "{}"), str(person or "")

    def waiting(self) -> bool:
        """Return whether a job is queued."""
        from sqlalchemy import select

        jobs = table()
        with database_errors(str(self.engine.url)), self.engine.connect() as connection:
            return (
                connection.execute(select(jobs.c.id).where(jobs.c.state == State.QUEUED).limit(1)).scalar() is not None
            )

    def claim(self, owner: str, lease: float = LEASE_SECONDS, running: int = 0) -> Job | None:
        """Give a queued job to a worker. Two workers never get the same one.

        The person whose last job was started the longest ago comes first, and of one person's jobs the oldest, so that
        nobody waits for all the jobs of somebody else.

        Args:
            owner: The worker.
            lease: Seconds until it counts as dead without a heartbeat.
            running: Largest number of jobs of one person that run at the same time; 0 is no limit.

        Returns:
            The job; None where none may be started.
        """
        from sqlalchemy import func, select

        self.sweep()
        if not self.waiting():
            return None
        jobs, now = table(), time.time()
        with write_transaction(self.engine) as connection:
            others = jobs.alias()
            same_person = others.c.submitted_by == jobs.c.submitted_by
            last_start = select(func.coalesce(func.max(others.c.started), 0.0)).where(same_person).scalar_subquery()
            oldest = select(jobs.c.id).where(jobs.c.state == State.QUEUED).order_by(last_start, jobs.c.id).limit(1)
            if running:
                now_running = select(func.count()).where(same_person, others.c.state == State.RUNNING)
                oldest = oldest.where((jobs.c.submitted_by == "") | (now_running.scalar_subquery() < running))
            ident = connection.execute(oldest.with_for_update(skip_locked=True)).scalar()
            if ident is None:
                return None
            connection.execute(
                jobs.update()
                .where(jobs.c.id == ident)
                .values(
                    state=State.RUNNING,
                    owner=owner,
                    **_lease(lease),
                    started=now,
                    attempts=jobs.c.attempts + 1,
                )
            )
        return self._get(int(ident))

    def heartbeat(self, ident: int, owner: str, lease: float = LEASE_SECONDS, log: str | None = None) -> Job | None:
        """Renew the lease (and the log) of a job.

        Args:
            ident: The job's id.
            owner: The worker.
            lease: Seconds from now.
            log: The log so far, if it changed.

        Returns:
            The job; None when it is no longer this worker's.
        """
        values: dict[str, Any] = _lease(lease)
        if log is not None:
            values["log"] = log[-LOG_LENGTH:]
        return self._get(ident) if self._update_own(ident, owner, values) else None

    def keep_log(self, ident: int, owner: str, log: str) -> None:
        """Store the end of a job's log, also when the job has ended, if it was this worker's."""
        jobs = table()
        with write_transaction(self.engine) as connection:
            mine = (jobs.c.id == ident) & (jobs.c.owner == owner)
            connection.execute(jobs.update().where(mine).values(log=log[-LOG_LENGTH:]))

    def report(self, ident: int, owner: str, progress: Progress, curve: Sequence[Any]) -> None:
        """Store the progress of a job.

        Args:
            ident: The job's id.
            owner: The worker.
            progress: The progress.
            curve: The curve so far.

        Raises:
            Cancelled: If the job shall stop, or is no longer this worker's.
        """
        values: dict[str, Any] = {
            "phase": progress.phase,
            "fraction": progress.fraction,
            "note": progress.note,
            "curve": orjson.dumps(list(curve), option=orjson.OPT_SERIALIZE_NUMPY).decode(),
        }
        if progress.near:  # shown while it runs, as what has come of it so far
            values["result"] = orjson.dumps({"near": {key: list(near) for key, near in progress.near.items()}}).decode()
        still_ours = self._update_own(ident, owner, values)
        if not still_ours or self._get(ident).cancelling:
            raise Cancelled()

    def finish(self, ident: int, owner: str, outcome: Mapping[str, Any]) -> bool:
        """End a job as done.

        Returns:
            False when it is no longer this worker's.
        """
        text = orjson.dumps(dict(outcome), option=orjson.OPT_SERIALIZE_NUMPY).decode()
        return self._update_own(ident, owner, {**_end_columns(State.DONE), "result": text, "fraction": 1.0})

    def fail(self, ident: int, owner: str, error: str) -> bool:
        """End a job with an error message for people.

        Returns:
            False when it is no longer this worker's.
        """
        return self._update_own(ident, owner, {**_end_columns(State.FAILED), "error": error})

    def stop(self, ident: int, owner: str, state: State = State.CANCELLED) -> bool:
        """End a job as cancelled or interrupted.

        Returns:
            False when it is no longer this worker's.
        """
        return self._update_own(ident, owner, _end_columns(state))

    def cancel(self, ident: int) -> Job:
        """Cancel a job: a queued one at once; a running one is asked to, and stops within two seconds.

        Raises:
            NotFoundError: If there is none with this id.
        """
        self.get(ident)
        jobs = table()
        with write_transaction(self.engine) as connection:
            here = jobs.update().where(jobs.c.id == ident)
            connection.execute(
                here.where(jobs.c.state.in_([State.QUEUED, State.INTERRUPTED])).values(_end_columns(State.CANCELLED))
            )
            connection.execute(here.where(jobs.c.state == State.RUNNING).values(cancelling=True))
        return self._get(ident)

    def retry(self, ident: int) -> Job:
        """Queue a failed, cancelled or interrupted job again.

        Raises:
            NotFoundError: If there is none with this id.
            InvalidParameterError: If it is in another state.
        """
        job = self.get(ident)
        jobs = table()
        again = [State.FAILED, State.CANCELLED, State.INTERRUPTED]
        with write_transaction(self.engine) as connection:
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
                    lease_end=None,
                )
            )
        if not changed.rowcount:
            raise InvalidParameterError(
                f"Job {ident} is {job.state}", "only what has stopped can be tried again", "wait for it"
            )
        return self._get(ident)

    def sweep(self) -> None:
        """Mark jobs whose worker is gone as interrupted, or as cancelled where that was asked for.

        The clock on the wall is not asked: it may be set by a year. A lease that was taken since this machine was
        started ends by the seconds since then; any other one, of another machine, when this process has seen it
        unchanged for as long as a lease lasts.
        """
        from sqlalchemy import case, or_, select

        jobs, now = table(), boot_clock.seconds()
        running = select(jobs.c.id, jobs.c.lease_boot, jobs.c.lease_end, jobs.c.lease_until)
        with database_errors(str(self.engine.url)), self.engine.connect() as connection:
            leases = connection.execute(running.where(jobs.c.state == State.RUNNING)).all()
        over = []
        for ident, boot, end, until in leases:
            if boot and boot == boot_clock.boot_id():
                over += [(jobs.c.id == ident) & (jobs.c.lease_end < now)] if end is None or end < now else []
            elif self._unchanged(ident, until):
                over.append((jobs.c.id == ident) & (jobs.c.lease_until == until))
        if not over:
            return
        lost = (jobs.c.state == State.RUNNING) & or_(*over)
        state = case((jobs.c.cancelling, State.CANCELLED), else_=State.INTERRUPTED)
        with write_transaction(self.engine) as connection:
            connection.execute(jobs.update().where(lost).values({**_end_columns(State.INTERRUPTED), "state": state}))

    def _unchanged(self, ident: int, until: float | None) -> bool:
        """Whether this process has seen the lease of a job unchanged for long enough."""
        now, key = time.monotonic(), (str(self.engine.url), ident)
        seen, since = _foreign_leases.get(key, (None, now))
        if seen != until or key not in _foreign_leases:
            _foreign_leases[key] = until, now
            return False
        return now - since > LEASE_SECONDS

    def _update_own(self, ident: int, owner: str, values: Mapping[str, Any]) -> bool:
        """Change a running job if it is this worker's; return whether it was."""
        jobs = table()
        mine = (jobs.c.id == ident) & (jobs.c.owner == owner) & (jobs.c.state == State.RUNNING)
        with write_transaction(self.engine) as connection:
            return bool(connection.execute(jobs.update().where(mine).values(dict(values))).rowcount)

    def _get(self, ident: int) -> Job:
        from sqlalchemy import select

        jobs = table()
        with database_errors(str(self.engine.url)), self.engine.connect() as connection:
            row = connection.execute(select(jobs).where(jobs.c.id == ident)).mappings().one_or_none()
        if row is None:
            raise NotFoundError(f"There is no job {ident}", "it may be in another workspace", "list the jobs")
        return _job(row)


def table() -> Table:
    """Return the database's table of jobs."""
    global _table
    if _table is None:
        import sqlalchemy as sa

        _table = sa.Table(
            "jobs",
            sa.MetaData(),
            sa.Column("id", sa.Integer, primary_key=True),
            *(sa.Column(name, sa.Text) for name in ("kind", "arguments", "state", "phase", "note", "curve", "log")),
            *(sa.Column(name, sa.Text) for name in ("result", "error", "owner", "submitted_by")),
            *(sa.Column(name, sa.Float) for name in ("fraction", "lease_until", "created", "started", "finished")),
            sa.Column("lease_boot", sa.Text),
            sa.Column("lease_end", sa.Float),
            sa.Column("cancelling", sa.Boolean),
            sa.Column("attempts", sa.Integer),
        )
    return _table


_table: Table | None = None


_foreign_leases: dict[tuple[str, int], tuple[float | None, float]] = {}
"""Leases of other machines by database and job: how they were, and since when this process has seen them so."""


def _lease(seconds: float) -> dict[str, Any]:
    """Return the columns of a lease that is taken now."""
    end = boot_clock.seconds() + seconds
    return {"lease_until": time.time() + seconds, "lease_boot": boot_clock.boot_id(), "lease_end": end}


def thin_curve(curve: list[Any]) -> list[Any]:
    """Return a curve, or every second point of one that is too long."""
    return curve if len(curve) <= CURVE_LENGTH else curve[::2]


def _end_columns(state: State) -> dict[str, Any]:
    return {"state": state, "finished": time.time(), "lease_until": None, "lease_end": None, "cancelling": False}


def _job(row: Mapping[str, Any] | Any) -> Job:
    parsed = {name: orjson.loads(row[name]) for name in ("arguments", "curve", "result")}
    curve = [(float(second), numbers) for second, numbers in parsed.pop("curve")]
    left_out = ("arguments", "curve", "result", "state", "lease_boot", "lease_end")
    plain = {name: row[name] for name in row if name not in left_out}
    return Job(**plain, **parsed, curve=curve, state=State(row["state"]))
