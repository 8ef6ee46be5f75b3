"""The queue of jobs: submit, list, watch, cancel and retry them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from tagviz.access.policy import Quotas
from tagviz.access.roles import Permission
from tagviz.errors import NotPermittedError, TagvizError
from tagviz.operations import access, corpora, quotas, server_paths
from tagviz.operations.context import Context
from tagviz.operations.jobs.arguments import TuneArgs
from tagviz.operations.jobs.kinds import JOB_KINDS, check_training, job_kind, trained
from tagviz.operations.jobs.process import ensure_worker
from tagviz.operations.models import tuning
from tagviz.operations.registry import FINE_TUNED
from tagviz.store.jobs import Job, Jobs
from tagviz.store.workspace import ModelInfo
from tagviz.types import Corpus


def job_queue(context: Context) -> Jobs:
    """The queue of this workspace: in the database that the environment names, or SQLite in the workspace."""
    return Jobs(context.database)


def submit(context: Context, kind: str, arguments: Mapping[str, Any], start: bool = True) -> int:
    """Queues a job and returns its id; `start` sees to it that a worker runs. The same job twice is queued once.

    Raises:
        InvalidParameterError: An unknown kind, method or parameter; a person who has too many jobs or too much data.
        NotFoundError: An unknown corpus.
        NotPermittedError: The role does not allow it.
    """
    actor = context.actor
    access.check(context, job_kind(kind).permission, str(arguments.get("corpus", "")))
    limits = access.policy(context).quotas if actor.remote else Quotas()
    if job_kind(kind).permission in (Permission.IMPORT, Permission.TRAIN):
        quotas.check_disk(context, actor.person, limits.disk_mb)
    if context.actor.remote:
        arguments = server_paths.check_arguments(context, kind, arguments)
    if "corpus" in arguments:  # the version that is the newest now: another may be imported before its turn comes
        version = arguments.get("version") or corpora.info(context, arguments["corpus"]).fingerprint
        context.workspace.corpus_entry(arguments["corpus"], version)
        arguments = {**arguments, "version": version}
    args = job_kind(kind).parse(arguments)
    check_training(kind, args)
    if isinstance(args, TuneArgs) and args.until is None:  # counted once, so that a job run again does not start over
        study = tuning.look(context, args.open(context), args.method, args.objective, args.fixed)
        arguments = {**arguments, "until": (0 if study is None else len(study.trials)) + args.trials}
    person = actor.person if actor.remote else ""
    ident = job_queue(context).submit(kind, arguments, person, limits.queued_jobs)
    if job_kind(kind).permission is not Permission.VIEW:
        access.record(context, "start job", str(arguments.get("corpus", "")), {"job": ident, "kind": kind})
    if start:
        ensure_worker(context)
    return ident


def record_training(context: Context, corpus: Corpus, info: ModelInfo, arguments: Mapping[str, Any]) -> None:
    """Keeps a training that ran outside the queue among the jobs: estimates learn from it, and every dashboard sees it.

    arguments: as `submit` takes them. A database that does not answer costs the record, not the model.
    """
    kind = "fine-tune" if info.method == FINE_TUNED else "train"
    with suppress(TagvizError):
        job_queue(context).record(
            kind, {"corpus": corpus.name, **arguments}, trained(corpus, info, new=True), info.seconds
        )


def list_jobs(context: Context, limit: int = 100) -> list[Job]:
    """The newest jobs first, of the corpora that the actor may see."""
    return [job for job in job_queue(context).list(limit) if access.sees(context, str(job.arguments.get("corpus", "")))]


def job(context: Context, ident: int) -> Job:
    """One job. Raises NotFoundError when there is none of this id."""
    return job_queue(context).get(ident)


def watch(context: Context, ident: int, every: float = 0.5) -> Iterator[Job]:
    """The job again and again until it is over."""
    while True:
        now = job(context, ident)
        yield now
        if now.over:
            return
        time.sleep(every)


def cancel(context: Context, ident: int) -> Job:
    """Stop a job: at once while it waits, within two seconds while it runs.

    Raises:
        NotPermittedError: Somebody else started it, and the actor is no admin.
    """
    _check_owner(context, ident)
    access.record(context, "cancel job", details={"job": ident})
    return job_queue(context).cancel(ident)


def retry(context: Context, ident: int, start: bool = True) -> Job:
    """Queue a job again that has failed, was cancelled or interrupted.

    Raises:
        NotPermittedError: Somebody else started it, and the actor is no admin.
    """
    _check_owner(context, ident)
    access.record(context, "retry job", details={"job": ident})
    again = job_queue(context).retry(ident)
    if start:
        ensure_worker(context)
    return again


def may_change(context: Context, job: Job) -> bool:
    """Return whether the actor may cancel a job or queue it again: its owner and admins may."""
    actor = context.actor
    own = not job.submitted_by or job.submitted_by == actor.person
    return actor.may(job_kind(job.kind).permission if job.kind in JOB_KINDS and own else Permission.ROLES)


def _check_owner(context: Context, ident: int) -> None:
    current = job(context, ident)
    if not may_change(context, current):
        raise NotPermittedError(
            "You may not change this job", f"{current.submitted_by or 'somebody else'} started it", "ask an admin"
        )
