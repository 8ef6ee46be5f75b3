"""Settings searched on validation data.

A study per corpus, method and objective, which can be stopped and taken up again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pandas as pd

from tagviz.errors import InvalidParameterError, NotReadyError
from tagviz.evaluation import metrics, report
from tagviz.evaluation.metric_registry import TUNABLE
from tagviz.evaluation.split import Protocol, Split, SplitSpec, split
from tagviz.operations.context import Context
from tagviz.operations.models import training_context
from tagviz.operations.registry import MethodEntry, checked_variant, method
from tagviz.settings import settings
from tagviz.types import Corpus, Kind, Progress, ProgressCallback, Recommender, no_progress

if TYPE_CHECKING:
    import optuna

QUESTIONS = 1000
"""Validation questions of a trial: more is steadier and slower."""
SHARE = 0.15
"""Share of the playlists that are asked about."""
FIRST_LOOK = 4
"""Where hopeless trials are given up, a trial first learns from this fraction of the playlists."""
STARTUP = 8
"""Trials that are always carried through."""
COUNTS = ("COMPLETE", "PRUNED")
"""States of trials that count; one whose process died or was stopped does not."""
KEPT_PERCENT = 60.0
"""Of the first looks, the best so many per cent go on."""


@dataclass(frozen=True)
class Objective:
    """What is maximised.

    Attributes:
        metric: One of TUNABLE; empty for the Arena's score, or the tags' nDCG where no songs are asked for.
        protocol: Protocol of the questions; empty for `arena` where the corpus has songs, else `tags`.
        case: Only questions of this case; empty for all.
        seed: Seed of the split.
    """

    metric: str = ""
    protocol: Protocol | str = ""
    case: str = ""
    seed: int = 42

    def settled(self, corpus: Corpus) -> Objective:
        """The same with protocol and metric filled in.

        Raises InvalidParameterError for a metric that does not exist.
        """
        protocol = self.protocol or ("arena" if corpus.has(Kind.SONG) else "tags")
        metric = self.metric or ("arena" if protocol == "arena" and corpus.has(Kind.TAG) else "tag_ndcg")
        if not corpus.has(Kind.TAG):
            metric = self.metric or "song_ndcg"
        if metric not in TUNABLE:
            raise InvalidParameterError(
                f"There is no metric {metric!r}", f"metrics: {', '.join(TUNABLE)}", "choose one of these"
            )
        return Objective(metric, protocol, self.case, self.seed)


@dataclass(frozen=True, eq=False)
class Study:
    """What a search has found.

    best, score: the best settings (those that were fixed among them) and what they reached; empty and NaN before the
    first trial. trials: one row a trial (`number`, `score`, the settings, `seconds`, `given_up`,
    `default`). importance: share of
    the score's variation that each setting explains; empty with too few trials. default: what the defaults reached.
    """

    method: str
    objective: Objective
    fixed: Mapping[str, Any]
    best: Mapping[str, Any]
    score: float
    default: float
    trials: pd.DataFrame
    importance: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Search:
    """A search for settings.

    Attributes:
        objective: What is maximised.
        trials: How many more trials to run.
        until: Instead of `trials`, how many trials the study shall have in all, so that a job that runs again does
            not start its count over.
        fixed: Settings that are not searched. Of a `preset` among them, settings without a range are kept, and the
            others are the first trial instead of the defaults.
        give_up: Whether a trial first learns from a quarter of the playlists and ends there if it is among the worst
            so far (as in successive halving, Jamieson & Talwalkar 2016).
    """

    objective: Objective = Objective()
    trials: int = 30
    until: int | None = None
    fixed: Mapping[str, Any] | None = None
    give_up: bool = False


def tune(
    context: Context,
    corpus: Corpus,
    ref: str,
    search: Search = Search(),
    progress: ProgressCallback = no_progress,
) -> Study:
    """Search the settings of a method that have a range, by Bayesian search (TPE, Bergstra et al. 2011).

    Each trial trains on a part of the corpus and is scored on playlists of other groups. The study is stored in the
    workspace: asking again continues it. The method's defaults are the first trial. To evaluate the best settings,
    split first and tune the training side.

    Args:
        context: The workspace, and who acts.
        corpus: What is learned from.
        ref: A method, or `method:variant`.
        search: What is maximised, and for how long.
        progress: Called after each trial and while one trains.

    Returns:
        The study with all trials so far.

    Raises:
        InvalidParameterError: The method has no range to search, or a setting or metric does not exist.
    """
    import optuna

    objective, fixed, until = search.objective, search.fixed, search.until
    entry, variant = _asked(ref)
    fixed, usual = _settled(entry, fixed)
    space = {name: bounds for name, bounds in ranges(entry).items() if name not in fixed}
    if not space:
        raise InvalidParameterError(
            f"{ref} has nothing to tune", "no setting with a range is left", "choose another method"
        )
    objective = objective.settled(corpus)
    progress(Progress("Choosing questions"))
    spec = SplitSpec(objective.protocol, seed=objective.seed, share=SHARE, limit=QUESTIONS)  # type: ignore[arg-type]
    parts = split(corpus, spec)
    rows = np.random.default_rng(objective.seed).permutation(len(parts.train))[: len(parts.train) // FIRST_LOOK]
    part = parts.train.select(np.sort(rows)) if search.give_up else None
    study = _study(context, corpus, ref, objective, fixed, create=True)
    study.pruner = optuna.pruners.PercentilePruner(KEPT_PERCENT, STARTUP)  # asked only where first looks are reported
    if not any(trial.user_attrs.get("default") and trial.state.name in COUNTS for trial in study.trials):
        study.enqueue_trial(usual, user_attrs={"default": True})

    trainer = _Trainer(context, entry, variant, parts, objective)

    def reached(trial: optuna.Trial) -> float:
        values = {**fixed, **{name: _suggested(trial, name, bounds) for name, bounds in space.items()}}

        def tell(inner: Progress) -> None:  # training tells often, which is also when a person's wish to stop is heard
            fraction = min(1.0, (done(study) - before + 0.9 * (inner.fraction or 0.0)) / max(1, wanted))
            progress(Progress("Tuning", fraction, f"trial {trial.number + 1}: {inner.phase}"))

        if part is not None:
            trial.report(trainer.score(part, values, no_progress), 1)
            if trial.should_prune():
                raise optuna.TrialPruned()
        return trainer.score(parts.train, values, tell)

    def told(study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
        numbers = {"trial": float(trial.number), **{name: float(given) for name, given in trial.params.items()}}
        best = _best(study)
        if best is not None and trial.state.name == "COMPLETE":
            numbers |= {"score": float(trial.value or 0.0), "best": float(best.value or 0.0)}
        progress(Progress("Tuning", min(1.0, (done(study) - before) / max(1, wanted)), _note(trial, best), numbers))

    before = done(study)
    wanted = max(0, until - before) if until is not None else search.trials
    if wanted:
        study.optimize(reached, n_trials=wanted, callbacks=[told])
    return _found(entry, study, objective, fixed)


def look(
    context: Context,
    corpus: Corpus,
    ref: str,
    objective: Objective = Objective(),
    fixed: Mapping[str, Any] | None = None,
) -> Study | None:
    """What a study has found so far, also while it runs; None before its first trial."""
    entry, _ = _asked(ref)
    objective, fixed = objective.settled(corpus), _settled(entry, fixed)[0]
    try:
        return _found(entry, _study(context, corpus, ref, objective, fixed, create=False), objective, fixed)
    except NotReadyError:
        return None


def described(study: Study) -> dict[str, Any]:
    """A study as JSON: what is printed, and what a job keeps."""
    return {
        "method": study.method,
        "metric": study.objective.metric,
        "protocol": study.objective.protocol,
        "case": study.objective.case,
        "best": dict(study.best),
        "score": _number(study.score),
        "default_score": _number(study.default),
        "importance": {name: round(float(share), 4) for name, share in study.importance.items()},
        "trials": [
            {name: _number(given) if isinstance(given, float) else given for name, given in row.items()}
            for row in study.trials.to_dict("records")
        ],
    }


def _number(value: float) -> float | None:
    return None if value != value else float(value)


def done(study: optuna.Study) -> int:
    """Finished trials, those that were given up among them; not those that were interrupted."""
    return sum(trial.state.name in COUNTS for trial in study.trials)


def ranges(entry: MethodEntry) -> dict[str, dict[str, Any]]:
    """Settings of a method that have a range to search: name → low, high, log, whole (integers only)."""
    bounds = {}
    for name, field_ in entry.params.model_fields.items():
        extra = field_.json_schema_extra
        if isinstance(extra, dict) and isinstance(extra.get("tune"), dict):
            bounds[name] = {**extra["tune"], "whole": field_.annotation is int}  # type: ignore[dict-item]
    return bounds


def judge(recommender: Recommender, parts: Split, objective: Objective) -> float:
    """The score that is maximised. Raises NotReadyError where no question has it."""
    label = recommender.method
    judged = report.build({label: recommender}, parts, report.ReportOptions(n_tags=10))
    kind = Kind.TAG if Kind.TAG in judged.kinds else judged.kinds[0]
    table = metrics.summary(judged, kind, min(10, judged.depth(kind)), objective.case, resamples=0).iloc[0]
    score = float(table[objective.metric])
    if not np.isfinite(score):
        raise NotReadyError(
            f"{objective.metric} says nothing here",
            f"protocol {objective.protocol}, case {objective.case or 'all'}: no question has a value for it",
            "choose another metric, protocol or case",
        )
    return score


@dataclass(frozen=True, eq=False)
class _Trainer:
    """Trains a method with some values and scores it."""

    context: Context
    entry: MethodEntry
    variant: str
    parts: Split
    objective: Objective

    def score(self, train: Corpus, values: Mapping[str, Any], progress: ProgressCallback) -> float:
        own = training_context(self.context, settings().seed, progress)
        fitted = self.entry.fit(train, self.entry.params.parse(values), own)
        asked = self.entry.load(*fitted.state(), train, own, self.variant) if self.variant else fitted
        return judge(asked, self.parts, self.objective)


def _asked(ref: str) -> tuple[MethodEntry, str]:
    name, _, variant = ref.partition(":")
    entry = method(name)
    return entry, checked_variant(entry, variant)


def _settled(entry: MethodEntry, fixed: Mapping[str, Any] | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is not searched, and the values at which the search begins."""
    settings_given = dict(fixed or {})
    params, searched = entry.params.parse(settings_given), ranges(entry)
    preset = entry.params.presets.get(settings_given.pop("preset", ""), {})
    kept = {*settings_given, *(name for name in preset if name not in searched)}
    usual = {name: getattr(params, name) for name in searched if name not in kept}
    return params.model_dump(include=kept, mode="json"), usual


def _study(
    context: Context, corpus: Corpus, ref: str, objective: Objective, fixed: Mapping[str, Any], create: bool
) -> optuna.Study:
    """The study of these words, in the workspace.

    Raises NotReadyError where there is none and `create` does not hold.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    settled = orjson.dumps([asdict(objective), dict(fixed)], option=orjson.OPT_SORT_KEYS)
    name = f"{corpus.fingerprint} {ref} {hashlib.sha256(settled).hexdigest()[:12]}"
    path = context.workspace.home / "tuning.db"
    if not create and not path.is_file():
        raise NotReadyError("Nothing was tuned here", name, "start a study")
    context.workspace.home.mkdir(parents=True, exist_ok=True)
    # what was fixed and asked is in the name, so that every study keeps to one question
    storage = optuna.storages.RDBStorage(f"sqlite:///{path}", engine_kwargs={"connect_args": {"timeout": 30}})
    sampler = optuna.samplers.TPESampler(seed=objective.seed, multivariate=True)
    if not create and name not in optuna.get_all_study_names(storage):
        raise NotReadyError("Nothing was tuned here", name, "start a study")
    return optuna.create_study(
        storage=storage, study_name=name, sampler=sampler, direction="maximize", load_if_exists=True
    )


def _suggested(trial: Any, name: str, bounds: Mapping[str, Any]) -> float | int:
    if bounds["whole"]:
        return int(trial.suggest_int(name, int(bounds["low"]), int(bounds["high"]), log=bounds["log"]))
    return float(trial.suggest_float(name, bounds["low"], bounds["high"], log=bounds["log"]))


def _best(study: optuna.Study) -> optuna.trial.FrozenTrial | None:
    whole = [trial for trial in study.trials if trial.state.name == "COMPLETE" and trial.value is not None]
    return max(whole, key=lambda trial: trial.value or 0.0, default=None)


def _note(trial: optuna.trial.FrozenTrial, best: optuna.trial.FrozenTrial | None) -> str:
    reached = "given up" if trial.value is None or trial.state.name == "PRUNED" else f"{trial.value:.4f}"
    so_far = f", best {best.value:.4f} (trial {best.number + 1})" if best is not None else ""
    return f"trial {trial.number + 1}: {reached}{so_far}"


def _found(entry: MethodEntry, study: optuna.Study, objective: Objective, fixed: Mapping[str, Any]) -> Study:
    import optuna

    rows = [
        {
            "number": trial.number,
            "score": trial.value if trial.state.name == "COMPLETE" else float("nan"),
            **trial.params,
            "seconds": trial.duration.total_seconds() if trial.duration else float("nan"),
            "given_up": trial.state.name == "PRUNED",
            "default": bool(trial.user_attrs.get("default")),
        }
        for trial in study.trials
        if trial.state.name in COUNTS
    ]
    whole = [row for row in rows if not row["given_up"]]
    enough = len(whole) >= 10 and len({row["score"] for row in whole}) > 1
    best = _best(study)
    return Study(
        method=entry.name,
        objective=objective,
        fixed=dict(fixed),
        best={} if best is None else {**fixed, **best.params},
        score=float("nan") if best is None or best.value is None else float(best.value),
        default=next((float(row["score"]) for row in whole if row["default"]), float("nan")),
        trials=pd.DataFrame(rows),
        importance=optuna.importance.get_param_importances(study) if enough else {},
    )
