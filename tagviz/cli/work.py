"""The commands around jobs, the demo and generated data."""

from __future__ import annotations

import time
from argparse import Namespace
from typing import Any

from tagviz.errors import BadParameter
from tagviz.operations import jobs
from tagviz.store.jobs import Job
from tagviz.store.workspace import Workspace
from tagviz.types import Progress, ProgressCallback


def run_jobs(ws: Workspace, given: Namespace, tell: ProgressCallback) -> dict[str, Any]:
    if given.action == "list":
        return {"jobs": [described(job) for job in jobs.jobs(ws)]}
    if given.id is None:
        raise BadParameter("No job is named", f"jobs {given.action} needs the number of a job", "list the jobs first")
    if given.action == "watch":
        for job in jobs.watch(ws, given.id):
            tell(Progress(f"{job.kind} {job.id} {job.state}: {job.phase}", job.fraction, job.note))
        return described(job)
    return described((jobs.cancel if given.action == "cancel" else jobs.retry)(ws, given.id))


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


def queued(ws: Workspace, given: Namespace) -> dict[str, Any]:
    """The command as a job: what was typed, under the names that jobs use."""
    if getattr(given, "engine", "local") != "local":
        raise BadParameter(
            "A job in the background runs on this machine", f"--engine is {given.engine}", "leave out --background"
        )
    kind = given.command
    if kind == "import":
        arguments = {
            "path": str(given.path.absolute()),
            "name": given.name,
            "format": given.format,
            "options": given.values,
        }
    elif kind == "train":
        names = ("corpus", "method", "values", "seed", "force", "start", "verdicts")
        arguments = {key: getattr(given, key) for key in names}
    elif kind == "fine-tune":
        arguments = {key: getattr(given, key) for key in ("corpus", "values", "seed", "force")}
        arguments["out"] = str(given.out.absolute()) if given.out else ""
    elif kind == "tune":
        arguments = {
            key: getattr(given, key)
            for key in ("corpus", "method", "trials", "metric", "protocol", "case", "seed", "give_up")
        }
        arguments["fixed"] = given.values
    elif kind == "project":
        arguments = {key: getattr(given, key) for key in ("corpus", "model", "kind", "values")}
    else:
        if given.html or given.csv or given.latex:
            raise BadParameter(
                "A job in the background writes no files", "its report is kept", "take the files from the Evaluate page"
            )
        arguments = {
            key: getattr(given, key) for key in ("corpus", "models", "protocol", "mask", "seed", "share", "limit")
        }
        arguments["by_group"] = given.group_split
    ident = jobs.submit(ws, kind, arguments)
    return described(jobs.job(ws, ident))


def build_demo(ws: Workspace, given: Namespace, tell: ProgressCallback) -> dict[str, Any]:
    from tagviz.operations import demo

    return demo.build(given.out, tell)


def generate(ws: Workspace, given: Namespace, tell: ProgressCallback) -> dict[str, Any]:
    from tagviz.sources import generate as maker

    started = time.perf_counter()
    counts = maker.generate(given.out, maker.Shape(given.scale, given.seed), tell)
    done = {"out": str(given.out), **counts, "seconds": round(time.perf_counter() - started, 3)}
    if not given.check:
        return done
    found = maker.check(given.out, given.scale)
    rows = [{"name": one.name, "published": one.published, "generated": one.generated} for one in found]
    return {**done, "statistics": rows}
