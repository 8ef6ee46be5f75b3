"""Settings searched on validation data: a study per corpus and method, which can be stopped and taken up again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tagviz.errors import BadParameter
from tagviz.evaluate import metrics, report
from tagviz.evaluate.split import Protocol, Split, split
from tagviz.operations.methods import Entry, checked_variant, method
from tagviz.operations.models import tools
from tagviz.settings import settings
from tagviz.store.workspace import Workspace
from tagviz.types import Corpus, Kind, Progress, ProgressCallback, Recommender, quiet

QUESTIONS = 1000
"""Validation questions of a trial: more is steadier and slower."""


@dataclass(frozen=True, eq=False)
class Study:
    """What a search has found.

    best, score: the best settings and what they reached. trials: one row a trial (`number`, `score`, the settings,
    `seconds`). importance: share of the score's variation that each setting explains; empty with too few trials.
    """

    method: str
    best: Mapping[str, Any]
    score: float
    trials: pd.DataFrame
    importance: Mapping[str, float]


def tune(
    ws: Workspace,
    corpus: Corpus,
    ref: str,
    trials: int = 30,
    protocol: Protocol | None = None,
    seed: int = 42,
    progress: ProgressCallback = quiet,
) -> Study:
    """`trials` more trials of the method's settings (those with a range) by Bayesian search (TPE, Bergstra 2011).

    Each trial trains on a part of the corpus and is judged on playlists of other groups. The study is kept in the
    workspace: asking again goes on from there. The method's present defaults are the first trial. To judge what was
    found, split first and tune the training side. Raises BadParameter for a method without ranges.
    """
    import optuna

    name, _, variant = ref.partition(":")
    entry = method(name)
    variant = checked_variant(entry, variant)
    space = ranges(entry)
    if not space:
        raise BadParameter(f"{name} has nothing to tune", "none of its settings has a range", "choose another method")
    protocol = protocol or ("arena" if corpus.has(Kind.SONG) else "tags")
    parts = split(corpus, protocol, "real", seed=seed, share=0.15, limit=QUESTIONS)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    ws.home.mkdir(parents=True, exist_ok=True)
    study = optuna.create_study(
        storage=f"sqlite:///{ws.home / 'tuning.db'}",
        study_name=f"{corpus.fingerprint} {name}:{variant} {protocol} {seed}",
        sampler=optuna.samplers.TPESampler(seed=seed, multivariate=True),
        direction="maximize",
        load_if_exists=True,
    )
    if not study.trials:
        study.enqueue_trial({name: entry.params.model_fields[name].default for name in space})

    def objective(trial: optuna.Trial) -> float:
        params = entry.params.parse({name: _suggested(trial, name, bounds) for name, bounds in space.items()})
        own = tools(ws, parts.train, settings().seed, quiet)
        fitted = entry.fit(parts.train, params, own)
        asked = entry.load(*fitted.state(), parts.train, own, variant) if variant else fitted
        return judge(asked, parts)

    def tell(study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
        done = len([each for each in study.trials if each.state.is_finished()])
        numbers = {"score": float(trial.value or np.nan), "best": float(study.best_value)}
        progress(Progress("Tuning", min(1.0, done / max(done, before + trials)), f"trial {done}", numbers))

    before = len([each for each in study.trials if each.state.is_finished()])
    study.optimize(objective, n_trials=trials, callbacks=[tell])
    return _found(name, study)


def ranges(entry: Entry) -> dict[str, dict[str, Any]]:
    """Settings of a method that have a range to search: name → low, high, log, whole (integers only)."""
    found = {}
    for name, field in entry.params.model_fields.items():
        extra = field.json_schema_extra
        if isinstance(extra, dict) and isinstance(extra.get("tune"), dict):
            found[name] = {**extra["tune"], "whole": field.annotation is int}  # type: ignore[dict-item]
    return found


def judge(recommender: Recommender, parts: Split) -> float:
    """The score that is maximised: the Arena's combined score, or the tags' nDCG where no songs are asked for."""
    label = recommender.method
    table = metrics.summary(report.build({label: recommender}, parts, n_tags=10), resamples=0).iloc[0]
    return float(next(table[name] for name in ("arena", "tag_ndcg", "song_ndcg") if np.isfinite(table[name])))


def _suggested(trial: Any, name: str, bounds: Mapping[str, Any]) -> float | int:
    if bounds["whole"]:
        return int(trial.suggest_int(name, int(bounds["low"]), int(bounds["high"]), log=bounds["log"]))
    return float(trial.suggest_float(name, bounds["low"], bounds["high"], log=bounds["log"]))


def _found(name: str, study: Any) -> Study:
    import optuna

    finished = [trial for trial in study.trials if trial.value is not None]
    rows = [
        {"number": trial.number, "score": trial.value, **trial.params, "seconds": trial.duration.total_seconds()}
        for trial in finished
    ]
    enough = len(finished) >= 10 and len({trial.value for trial in finished}) > 1
    importance = optuna.importance.get_param_importances(study) if enough else {}
    return Study(name, study.best_params, float(study.best_value), pd.DataFrame(rows), importance)
