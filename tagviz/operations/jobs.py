"""Long work in its own process: queue it, watch it, cancel it, try it again."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tagviz.curate.layer import decide
from tagviz.errors import BadParameter, TagvizError
from tagviz.operations import (
    comparing,
    corpora,
    estimates,
    feedback,
    maps,
    models,
    monitor,
    previews,
    proposing,
    tuning,
    verdicts,
)
from tagviz.operations.methods import FINE_TUNED, method
from tagviz.settings import settings
from tagviz.store.db import engine
from tagviz.store.jobs import Job, Jobs
from tagviz.store.workspace import ModelInfo, Workspace, now
from tagviz.types import Corpus, Kind, Progress, ProgressCallback

IDLE_SECONDS = 300
"""A worker that the dashboard or the command line started ends after so long without work."""

TRAINS = ("train", "fine-tune")
"""Kinds of jobs that make a model."""

Handler = Callable[[Workspace, Mapping[str, Any], ProgressCallback], dict[str, Any]]


def _import(ws: Workspace, given: Mapping[str, Any], progress: ProgressCallback) -> dict[str, Any]:
    info = corpora.import_corpus(
        ws, Path(given["path"]), given.get("name"), given.get("format", "auto"), given.get("options"), progress
    )
    brought = corpora.changes(ws, info.name)
    return {
        "corpus": info.name,
        "fingerprint": info.fingerprint,
        "playlists": info.playlists,
        "notes": list(info.notes),
        "changes": brought.described() if brought else [],
    }


def _train(ws: Workspace, given: Mapping[str, Any], progress: ProgressCallback) -> dict[str, Any]:
    begun = now()
    corpus = corpora.open_corpus(ws, given["corpus"], given.get("version", ""))
    start = comparing.origin(ws, given["corpus"], given["start"], progress) if given.get("start") else None
    info = models.train(
        ws,
        corpus,
        given["method"],
        given.get("values"),
        given.get("seed"),
        bool(given.get("force", False)),
        progress,
        given.get("watch", ()),
        start,
        feedback.lessons(ws, corpus) if given.get("verdicts") else None,
    )
    return _trained(corpus, info, info.created >= begun)


def _trained(corpus: Corpus, info: ModelInfo, new: bool) -> dict[str, Any]:
    """What came of a training; what it took, where the model was not there already."""
    done = {"corpus": corpus.name, "fingerprint": corpus.fingerprint, "model": info.id, "seconds": info.seconds}
    if not new:
        return done
    cost = {"pairs": estimates.pairs(corpus), "params": dict(info.params), "seconds": info.seconds, "peak": _peak()}
    return {**done, "cost": cost}


def _fine_tune(ws: Workspace, given: Mapping[str, Any], progress: ProgressCallback) -> dict[str, Any]:
    done = _train(ws, {**given, "method": FINE_TUNED}, progress)
    if not given.get("out"):
        return done
    info = next(info for info in ws.model_infos(done["fingerprint"]) if info.id == done["model"])
    return {**done, "folder": str(models.save_taught(ws, info, Path(given["out"])))}


def _peak() -> int:
    """Bytes of memory that this process has used at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _project(ws: Workspace, given: Mapping[str, Any], progress: ProgressCallback) -> dict[str, Any]:
    corpus = corpora.open_corpus(ws, given["corpus"], given.get("version", ""))
    model = models.open_model(ws, corpus, given.get("model", ""), progress)
    kind = Kind(given.get("kind", "tag"))
    if given.get("previews"):
        tried = previews.make(ws, corpus, model, progress)
        return {"corpus": corpus.name, "fingerprint": corpus.fingerprint, "model": model.ref, "previews": tried}
    start = None
    if given.get("start"):
        beside = given.get("start_corpus")  # another corpus, whose map this one is to stand beside
        origin = corpora.open_corpus(ws, beside, given.get("start_version", "")) if beside else corpus
        start = maps.ready_map(ws, origin, given["start"], kind)
    ident = maps.project(ws, corpus, model, kind, given.get("values"), progress=progress, start=start)
    return {"corpus": corpus.name, "fingerprint": corpus.fingerprint, "model": model.ref, "projection": ident}


def _evaluate(ws: Workspace, given: Mapping[str, Any], progress: ProgressCallback) -> dict[str, Any]:
    corpus = corpora.open_corpus(ws, given["corpus"], given.get("version", ""))
    ident, report = verdicts.evaluate(
        ws,
        corpus,
        given["models"],
        given.get("protocol", "tags"),
        given.get("mask", "real"),
        bool(given.get("by_group", True)),
        int(given.get("seed", 42)),
        float(given.get("share", 0.2)),
        given.get("limit"),
        progress,
        named=True,  # a person reads it
    )
    return {"corpus": corpus.name, "fingerprint": corpus.fingerprint, "report": ident, "questions": len(report)}


def _leak(ws: Workspace, given: Mapping[str, Any], progress: ProgressCallback) -> dict[str, Any]:
    corpus = corpora.open_corpus(ws, given["corpus"], given.get("version", ""))
    found = verdicts.leak(
        ws,
        corpus,
        given["model"],
        given.get("protocol", "tags"),
        given.get("mask", "real"),
        int(given.get("seed", 42)),
        float(given.get("share", 0.2)),
        progress,
    )
    return {"corpus": corpus.name, "fingerprint": corpus.fingerprint, "inflation": [asdict(one) for one in found]}


def _tune(ws: Workspace, given: Mapping[str, Any], progress: ProgressCallback) -> dict[str, Any]:
    corpus = corpora.open_corpus(ws, given["corpus"], given.get("version", ""))
    study = tuning.tune(
        ws,
        corpus,
        given["method"],
        int(given.get("trials", 30)),
        _objective(given),
        given.get("fixed"),
        bool(given.get("give_up", False)),
        given.get("until"),
        progress,
    )
    return {"corpus": corpus.name, "fingerprint": corpus.fingerprint, **tuning.described(study)}


def _objective(given: Mapping[str, Any]) -> tuning.Objective:
    """What a tuning job maximises."""
    return tuning.Objective(
        given.get("metric", ""), given.get("protocol", ""), given.get("case", ""), int(given.get("seed", 42))
    )


def _measure(ws: Workspace, given: Mapping[str, Any], progress: ProgressCallback) -> dict[str, Any]:
    decision = decide(given["act"], given["tags"], given.get("target", ""))
    progress(Progress("Training before and after"))
    effect = proposing.measure(ws, given["corpus"], [decision], given.get("model", "neighbours"))
    return {"corpus": given["corpus"], "effect": proposing.described(effect)}


def _monitor(ws: Workspace, given: Mapping[str, Any], progress: ProgressCallback) -> dict[str, Any]:
    evaluate = bool(given.get("evaluate", True))
    found = monitor.run(ws, given["corpus"], evaluate, given.get("limit"), progress=progress)
    return {"corpus": given["corpus"], "fingerprint": found["newer"], "run": found["id"], "light": found["light"]}


KINDS: Mapping[str, Handler] = {
    "import": _import,
    "train": _train,
    "fine-tune": _fine_tune,
    "tune": _tune,
    "project": _project,
    "evaluate": _evaluate,
    "leak": _leak,
    "measure": _measure,
    "monitor": _monitor,
}
"""What a job can be. Arguments are JSON, named as in the operation that does the work."""


def queue(ws: Workspace) -> Jobs:
    """The queue of this workspace: in the database that the environment names, or SQLite in the workspace."""
    own = f"sqlite:///{ws.home / 'tagviz.db'}"
    return Jobs(engine(settings().database_url if ws.home == settings().home else own))


def submit(ws: Workspace, kind: str, arguments: Mapping[str, Any], start: bool = True) -> int:
    """Queues a job and returns its id; `start` sees to it that a worker runs. The same job twice is queued once.

    Raises BadParameter or UnknownTerm for what is sure to fail: an unknown kind, corpus, method or parameter.
    """
    if kind not in KINDS:
        raise BadParameter(f"There is no kind of job {kind!r}", f"kinds: {', '.join(KINDS)}", "choose one of these")
    if "corpus" in arguments:  # the version that is the newest now: another may be imported before its turn comes
        version = arguments.get("version") or corpora.info(ws, arguments["corpus"]).fingerprint
        ws.corpus_entry(arguments["corpus"], version)
        arguments = {**arguments, "version": version}
    if kind in TRAINS:
        method(arguments.get("method", FINE_TUNED)).params.parse(arguments.get("values"))
    if kind == "tune" and "until" not in arguments:  # counted once, so that a job run again does not begin anew
        corpus = corpora.open_corpus(ws, arguments["corpus"], arguments.get("version", ""))
        found = tuning.look(ws, corpus, arguments["method"], _objective(arguments), arguments.get("fixed"))
        known = 0 if found is None else len(found.trials)
        arguments = {**arguments, "until": known + int(arguments.get("trials", 30))}
    ident = queue(ws).submit(kind, arguments)
    if start:
        ensure_worker(ws)
    return ident


def record_training(ws: Workspace, corpus: Corpus, info: ModelInfo, arguments: Mapping[str, Any]) -> None:
    """Keeps a training that ran outside the queue among the jobs: estimates learn from it, and every dashboard sees it.

    arguments: as `submit` takes them. A database that does not answer costs the record, not the model.
    """
    kind = "fine-tune" if info.method == FINE_TUNED else "train"
    with suppress(TagvizError):
        queue(ws).record(kind, {"corpus": corpus.name, **arguments}, _trained(corpus, info, True), info.seconds)


def jobs(ws: Workspace, limit: int = 100) -> list[Job]:
    """The newest jobs first."""
    return queue(ws).list(limit)


def job(ws: Workspace, ident: int) -> Job:
    """One job. Raises UnknownTerm when there is none of this id."""
    return queue(ws).get(ident)


def watch(ws: Workspace, ident: int, every: float = 0.5) -> Iterator[Job]:
    """The job again and again until it is over."""
    while True:
        now = job(ws, ident)
        yield now
        if now.over:
            return
        time.sleep(every)


def cancel(ws: Workspace, ident: int) -> Job:
    """Stops a job: at once while it waits, within two seconds while it runs."""
    return queue(ws).cancel(ident)


def retry(ws: Workspace, ident: int, start: bool = True) -> Job:
    """Queues a job again that has failed, was cancelled or interrupted."""
    again = queue(ws).retry(ident)
    if start:
        ensure_worker(ws)
    return again


def ensure_worker(ws: Workspace, idle: float = IDLE_SECONDS) -> bool:
    """Starts a worker for this workspace unless one runs on this machine; says whether it started one.

    However many ask at once, one stays: a worker that finds another at work leaves.
    """
    from filelock import FileLock, Timeout

    ws.home.mkdir(parents=True, exist_ok=True)
    try:
        FileLock(worker_lock(ws), timeout=0).acquire().lock.release()
    except Timeout:
        return False
    subprocess.Popen(
        [sys.executable, "-m", "tagviz.worker", "--single", "--idle", str(idle)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(ws),
        start_new_session=True,
    )
    return True


def worker_lock(ws: Workspace) -> Path:
    """What the one worker that was started on demand holds while it lives; the system lets go of it however it dies."""
    return ws.home / "worker.lock"


def environment(ws: Workspace) -> dict[str, str]:
    """The environment of a worker of this workspace."""
    own = {"TAGVIZ_HOME": str(ws.home)}
    if ws.home != settings().home:
        own["TAGVIZ_DATABASE_URL"] = ""
    return {**os.environ, **own}
