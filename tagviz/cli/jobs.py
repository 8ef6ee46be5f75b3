"""The commands around jobs, the demo and generated data."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

from tagviz.cli import imports
from tagviz.errors import InvalidParameterError
from tagviz.operations import jobs
from tagviz.operations.context import Context
from tagviz.store.jobs import Job
from tagviz.types import Progress, ProgressCallback


def run_jobs(context: Context, arguments: Namespace, progress: ProgressCallback) -> dict[str, Any]:
    if arguments.action == "list":
        return {"jobs": [described(job) for job in jobs.list_jobs(context)]}
    if arguments.id is None:
        raise InvalidParameterError(
            "No job is named", f"jobs {arguments.action} needs the number of a job", "list the jobs first"
        )
    if arguments.action == "watch":
        for job in jobs.watch(context, arguments.id):
            progress(Progress(f"{job.kind} {job.id} {job.state}: {job.phase}", job.fraction, job.note))
        return described(job)
    return described((jobs.cancel if arguments.action == "cancel" else jobs.retry)(context, arguments.id))


def described(job: Job) -> dict[str, Any]:
    return {
        "job": job.id,
        "kind": job.kind,
        "state": str(job.state),
        "phase": job.phase,
        "fraction": job.fraction,
        "note": job.note,
        "seconds": round(job.seconds, 1),
        "seconds_left": None if job.seconds_left is None else round(job.seconds_left, 1),
        "arguments": dict(job.arguments),
        "result": dict(job.result),
        "error": job.error,
        "attempts": job.attempts,
        "log": job.log,
    }


def queued(context: Context, arguments: Namespace) -> dict[str, Any]:
    """Queue the command as a job, with the options that were typed as its arguments.

    Raises:
        InvalidParameterError: The command has an option that a job cannot keep: a cluster, or files to write.
    """
    if getattr(arguments, "engine", "local") != "local":
        raise InvalidParameterError(
            "A job in the background runs on this machine", f"--engine is {arguments.engine}", "leave out --background"
        )
    if any(getattr(arguments, name, None) for name in ("html", "csv", "latex")):
        raise InvalidParameterError(
            "A job in the background writes no files", "its report is stored", "take the files from the Evaluate page"
        )
    if arguments.command == "import":
        arguments.options = imports.options_of(arguments)
    names = jobs.job_kind(arguments.command).args.model_fields
    typed = {name: getattr(arguments, name) for name in names if getattr(arguments, name, None) is not None}
    values = {name: str(one.absolute()) if isinstance(one, Path) else one for name, one in typed.items()}
    ident = jobs.submit(context, arguments.command, values)
    return described(jobs.job(context, ident))
