"""Kinds of jobs: what each takes, how it runs, and how it is called on the screen.

The command line runs the same function in its own process that a worker runs for a queued job.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tagviz.access.roles import Permission
from tagviz.curation.decisions import resolve
from tagviz.errors import InvalidParameterError, SourceError
from tagviz.operations import corpora, evaluation, feedback, maps, models, monitoring, server_paths
from tagviz.operations.context import Context
from tagviz.operations.curation import impact
from tagviz.operations.jobs.arguments import (
    EvaluateArgs,
    FineTuneArgs,
    ImpactArgs,
    ImportArgs,
    JobArgs,
    LeakageArgs,
    MonitorArgs,
    ProjectArgs,
    TrainArgs,
    TuneArgs,
)
from tagviz.operations.maps import previews
from tagviz.operations.models import compare, estimates, tuning
from tagviz.operations.registry import FINE_TUNED, METHODS, method
from tagviz.store.workspace import ModelInfo, now
from tagviz.types import Corpus, Kind, Progress, ProgressCallback

Outcome = dict[str, Any]
"""What a finished job keeps, as JSON."""


@dataclass(frozen=True)
class JobKind:
    """One kind of job.

    Attributes:
        name: As stored, and the name of its command.
        args: Class of its arguments.
        run: Runs it; raises TagvizError for what a person can correct, Cancelled when it is stopped.
        title: What it does, in words, from its arguments.
        outcome: What it came to, in words, from its stored outcome.
        trains: Whether it makes a model.
        resumes: Whether it continues where it was stopped.
        permission: What whoever starts it must be allowed.
    """

    name: str
    args: type[JobArgs]
    run: Callable[[Context, Any, ProgressCallback], Outcome]
    title: Callable[[Any], str]
    outcome: Callable[[Mapping[str, Any]], str] = lambda _: ""
    trains: bool = False
    resumes: bool = False
    permission: Permission = Permission.JOBS

    def parse(self, arguments: Mapping[str, Any]) -> Any:
        """The arguments as an object of `args`.

        Raises:
            InvalidParameterError: An argument is missing, unknown, or of another type; names it.
        """
        try:
            return self.args.model_validate(dict(arguments))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise InvalidParameterError(
                f"A job of kind {self.name!r} cannot take {where!r}",
                f"{first['msg']}; it takes {', '.join(self.args.model_fields)}",
                "correct the argument or leave it out",
            ) from error


def run_import(context: Context, args: ImportArgs, progress: ProgressCallback) -> Outcome:
    """Imports a corpus. What a page has queued is checked again: the file may have been replaced by a link."""
    path = server_paths.check_path(context, Path(args.path)) if args.from_dashboard else Path(args.path)
    try:
        info = corpora.import_corpus(context, path, args.name, args.format, args.options, progress)
    except SourceError as error:
        if args.from_dashboard and not server_paths.is_upload(context, path):
            raise server_paths.without_contents(error) from None
        raise
    changes = corpora.changes(context, info.name)
    return {
        "corpus": info.name,
        "fingerprint": info.fingerprint,
        "playlists": info.playlists,
        "notes": list(info.notes),
        **corpora.import_summary(info),
        "changes": changes.described() if changes else [],
    }


def run_train(context: Context, args: TrainArgs, progress: ProgressCallback) -> Outcome:
    """Trains a model."""
    started = now()
    corpus = args.open(context)
    options = models.TrainOptions(
        seed=args.seed,
        force=args.force,
        watch=args.watch,
        start=compare.warm_start_model(context, args.corpus, args.start, progress) if args.start else None,
        examples=feedback.collect_examples(context, corpus) if args.verdicts else None,
    )
    info = models.train(context, corpus, args.method, args.values, options, progress)
    return trained(corpus, info, new=info.created >= started)


def trained(corpus: Corpus, info: ModelInfo, new: bool) -> Outcome:
    """The outcome of a training: the model and, where it was trained just now, what that cost."""
    outcome = {"corpus": corpus.name, "fingerprint": corpus.fingerprint, "model": info.id, "seconds": info.seconds}
    if not new:
        return outcome
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    cost = {"pairs": estimates.pairs(corpus), "params": dict(info.params), "seconds": info.seconds, "peak": peak}
    return {**outcome, "cost": cost}


def run_fine_tune(context: Context, args: FineTuneArgs, progress: ProgressCallback) -> Outcome:
    """Fine-tunes a sentence model, and writes it to a folder where one is named."""
    outcome = run_train(context, args.model_copy(update={"method": FINE_TUNED}), progress)
    if not args.out:
        return outcome
    infos = context.workspace.model_infos(outcome["fingerprint"])
    info = next(info for info in infos if info.id == outcome["model"])
    return {**outcome, "folder": str(models.save_fine_tuned(context, info, Path(args.out)))}


def run_tune(context: Context, args: TuneArgs, progress: ProgressCallback) -> Outcome:
    """Searches a method's settings."""
    corpus = args.open(context)
    study = tuning.tune(context, corpus, args.method, args.search, progress)
    return {"corpus": corpus.name, "fingerprint": corpus.fingerprint, **tuning.described(study)}


def run_project(context: Context, args: ProjectArgs, progress: ProgressCallback) -> Outcome:
    """Lays out a map, or small previews of it."""
    corpus = args.open(context)
    model = models.open_model(context, corpus, args.model, progress)
    outcome = {"corpus": corpus.name, "fingerprint": corpus.fingerprint, "model": model.ref}
    if args.previews:
        return {**outcome, "previews": previews.make(context, corpus, model, progress)}
    kind, start = Kind(args.kind), None
    if args.start:
        other = corpora.open_corpus(context, args.start_corpus, args.start_version) if args.start_corpus else corpus
        start = maps.ready_map(context, other, args.start, kind)
    ident = maps.project(context, corpus, model, maps.MapRequest(kind, args.values, start), progress)
    return {**outcome, "projection": ident}


def run_evaluate(context: Context, args: EvaluateArgs, progress: ProgressCallback) -> Outcome:
    """Evaluates models on playlists that they have not seen."""
    corpus = args.open(context)
    ident, report = evaluation.evaluate(
        context,
        corpus,
        args.models,
        args.spec,
        progress,
        named=True,  # a person reads it
    )
    return {"corpus": corpus.name, "fingerprint": corpus.fingerprint, "report": ident, "questions": len(report)}


def run_leakage(context: Context, args: LeakageArgs, progress: ProgressCallback) -> Outcome:
    """Measures how much a random split flatters a model."""
    corpus = args.open(context)
    inflation = evaluation.leakage(context, corpus, args.model, args.spec, progress)
    return {"corpus": corpus.name, "fingerprint": corpus.fingerprint, "inflation": [asdict(one) for one in inflation]}


def run_impact(context: Context, args: ImpactArgs, progress: ProgressCallback) -> Outcome:
    """Measures what a decision on tags changes."""
    decision = resolve(args.act, args.tags, args.target)
    progress(Progress("Training before and after"))
    measured = impact.measure_impact(context, args.corpus, [decision], args.model)
    return {"corpus": args.corpus, "effect": impact.described(measured)}


def run_monitor(context: Context, args: MonitorArgs, progress: ProgressCallback) -> Outcome:
    """Checks the newest version of a corpus against the one before."""
    run = monitoring.run_checks(context, args.corpus, args.evaluate, args.limit, progress=progress)
    return {"corpus": args.corpus, "fingerprint": run["newer"], "run": run["id"], "light": run["light"]}


def _method_title(name: str) -> str:
    return METHODS[name].title if name in METHODS else name


def _train_title(args: TrainArgs) -> str:
    title = _method_title(args.method)
    if args.start:
        return f"Train {title} on {args.corpus}, starting from {args.start}"
    return f"Train {title} on {args.corpus}"


def _import_outcome(outcome: Mapping[str, Any]) -> str:
    changes = [
        f"{kind}s: {new:,} new, {gone:,} removed"
        for kind, new, gone in ((row["kind"], row["new"], row["gone"]) for row in outcome.get("changes", ()))
        if new or gone
    ]
    count = int(outcome["playlists"])
    left = [
        f"{title}: {', '.join(outcome[key])}"
        for key, title in (("columns_not_used", "columns not used"), ("rows_changed", "rows changed"))
        if outcome.get(key)
    ]
    return "; ".join(["1 playlist imported" if count == 1 else f"{count:,} playlists imported", *changes, *left])


def _tune_outcome(outcome: Mapping[str, Any]) -> str:
    if not outcome.get("best"):
        return ""
    default = outcome["default_score"]
    reached = f"{outcome['metric']} {outcome['score']:.4f}"
    return reached if default is None else "; ".join((reached, f"with default settings {default:.4f}"))


def _model_outcome(outcome: Mapping[str, Any]) -> str:
    return f"model {outcome['model']}"


def _report_outcome(outcome: Mapping[str, Any]) -> str:
    count = int(outcome["questions"])
    return "report on 1 question" if count == 1 else f"report on {count:,} questions"


_ALL = (
    JobKind(
        "import",
        ImportArgs,
        run_import,
        lambda args: f"Import {args.name or args.path}",
        _import_outcome,
        permission=Permission.IMPORT,
    ),
    JobKind(
        "train",
        TrainArgs,
        run_train,
        _train_title,
        _model_outcome,
        trains=True,
        permission=Permission.TRAIN,
    ),
    JobKind(
        "fine-tune",
        FineTuneArgs,
        run_fine_tune,
        lambda args: f"Fine-tune a sentence model on {args.corpus}",
        _model_outcome,
        trains=True,
        permission=Permission.TRAIN,
    ),
    JobKind(
        "tune",
        TuneArgs,
        run_tune,
        lambda args: f"Tune {_method_title(args.method)} on {args.corpus}",
        _tune_outcome,
        resumes=True,
        permission=Permission.TRAIN,
    ),
    JobKind(
        "project",
        ProjectArgs,
        run_project,
        lambda args: f"Compute the map of {args.corpus}",
        permission=Permission.VIEW,
    ),
    JobKind(
        "evaluate",
        EvaluateArgs,
        run_evaluate,
        lambda args: f"Evaluate {' and '.join(args.models)} on {args.corpus}",
        _report_outcome,
    ),
    JobKind("leak", LeakageArgs, run_leakage, lambda args: f"Measure leakage of a random split on {args.corpus}"),
    JobKind(
        "measure",
        ImpactArgs,
        run_impact,
        lambda args: f"Measure the effect of a decision on {args.corpus}",
        permission=Permission.DECIDE,
    ),
    JobKind("monitor", MonitorArgs, run_monitor, lambda args: f"Check {args.corpus}"),
)

JOB_KINDS: Mapping[str, JobKind] = {kind.name: kind for kind in _ALL}
"""Every kind of job by its stored name."""

TRAINING_KINDS = tuple(kind.name for kind in _ALL if kind.trains)
"""Kinds of jobs that make a model."""


def job_kind(name: str) -> JobKind:
    """The kind of this name.

    Raises:
        InvalidParameterError: There is none; names those that there are.
    """
    if name not in JOB_KINDS:
        raise InvalidParameterError(
            f"There is no kind of job {name!r}", f"kinds: {', '.join(JOB_KINDS)}", "choose one of these"
        )
    return JOB_KINDS[name]


def run_job(context: Context, name: str, arguments: Mapping[str, Any], progress: ProgressCallback) -> Outcome:
    """Runs a job of this kind in this process and returns its outcome."""
    kind = job_kind(name)
    return kind.run(context, kind.parse(arguments), progress)


def job_title(name: str, arguments: Mapping[str, Any]) -> str:
    """What a job does, in words; the kind's name where an older version stored other arguments."""
    try:
        kind = job_kind(name)
        return kind.title(kind.parse(arguments))
    except InvalidParameterError:
        return f"{name} {arguments.get('corpus') or arguments.get('name') or ''}".strip()


def job_outcome(name: str, outcome: Mapping[str, Any]) -> str:
    """What a finished job came to, in words; empty where there is nothing to say."""
    kind = JOB_KINDS.get(name)
    try:
        return kind.outcome(outcome) if kind is not None and outcome else ""
    except (KeyError, TypeError, ValueError):  # stored by an older version
        return ""


def check_training(name: str, args: JobArgs) -> None:
    """Raises InvalidParameterError or NotFoundError for a training whose method or parameters do not exist."""
    if job_kind(name).trains and isinstance(args, TrainArgs):
        method(FINE_TUNED if name == "fine-tune" else args.method).params.parse(args.values)
