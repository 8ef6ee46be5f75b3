"""Two models of one corpus side by side: what they know, whether they see the same neighbours, how they were judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tagviz.errors import NotFoundError
from tagviz.evaluation import compare as judging
from tagviz.evaluation import metrics
from tagviz.evaluation.metric_registry import ARENA
from tagviz.evaluation.report import EvalReport
from tagviz.operations import corpora, evaluation, models
from tagviz.operations.context import Context
from tagviz.operations.maps import explore
from tagviz.operations.models import Model
from tagviz.store.workspace import ModelInfo
from tagviz.types import Corpus, Kind, ProgressCallback, no_progress

METRICS = (*ARENA, "recall")
"""What of a report is shown of two models, where it says anything."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """What two models have in common.

    settings: frame `setting`, `first`, `second`, of those that differ. vocabulary: frame `kind`, `both`, `first only`,
    `second only` (items with a vector, or that can be recommended). overlap: mean share of the ten nearest tags that
    both name (NaN where one of them has no space). agreement: frame `label`, `overlap`, `first`, `second` (what only
    one of them names), the least alike first. verdicts: frame `report`, `questions`,
    `metric`, `first`, `second` from every report that holds both.
    """

    settings: pd.DataFrame
    vocabulary: pd.DataFrame
    overlap: float
    agreement: pd.DataFrame
    verdicts: pd.DataFrame


@dataclass(frozen=True)
class Versus:
    """How two models of one report stand to each other on the same questions.

    Their scores in `metric`, how much more the first one reaches, with its paired 95 % interval, and `outcome` (see
    `evaluation.compare`).
    """

    metric: str
    first: float
    second: float
    difference: float
    low: float
    high: float
    outcome: str
    questions: int


def versus(report: EvalReport, first: str, second: str) -> Versus:
    """The first model next to the second, by the Arena's score where songs and tags are asked for, else by nDCG."""
    metric = "arena" if len(report.kinds) > 1 else "ndcg"
    kind = report.kinds[0]
    k = min(10, report.depth(kind))
    table = metrics.summary(report, kind, k, resamples=0).set_index("model")[metric]
    pairs = judging.compare(report, metric, kind, k)
    pair = pairs[pairs["a"].isin([first, second]) & pairs["b"].isin([first, second])].iloc[0]
    sign = 1.0 if pair["a"] == first else -1.0
    low, high = sorted((sign * float(pair["low"]), sign * float(pair["high"])))
    outcome = judging.outcomes_for(pairs, first)[second]
    scores = float(table[first]), float(table[second])
    return Versus(metric, *scores, scores[0] - scores[1], low, high, outcome, len(report))


def compare(context: Context, corpus: Corpus, first: str, second: str) -> Comparison:
    """Compares two models by their references. Raises what `open_model` raises."""
    a, b = models.open_model(context, corpus, first), models.open_model(context, corpus, second)
    overlap, agreement = _neighbours(a, b)
    return Comparison(
        _settings(a.info, b.info), _vocabulary(corpus, a, b), overlap, agreement, _verdicts(context, a, b)
    )


def _settings(a: ModelInfo, b: ModelInfo) -> pd.DataFrame:
    rows: list[dict[str, str]] = []
    known = {"method": (a.method, b.method), "seed": (a.seed, b.seed), "tagviz": (a.code, b.code)}
    known |= {
        name: (a.params.get(name, "–"), b.params.get(name, "–")) for name in dict.fromkeys([*a.params, *b.params])
    }
    for name, (mine, other) in known.items():
        if mine != other:
            rows.append({"setting": name.replace("_", " "), "first": str(mine), "second": str(other)})
    return pd.DataFrame(rows, columns=["setting", "first", "second"])


def _knows(corpus: Corpus, model: Model, kind: Kind) -> np.ndarray[Any, Any]:
    """Which items of a kind the model knows, as a mask over the corpus's vocabulary."""
    vocab = corpus.vocab(kind)
    if model.embedding is not None:
        return np.asarray(model.embedding.rows_in(vocab) >= 0)
    return np.full(len(vocab), kind in model.recommender.kinds)


def _vocabulary(corpus: Corpus, a: Model, b: Model) -> pd.DataFrame:
    rows = []
    for kind in (Kind.TAG, Kind.SONG, Kind.WORD, Kind.GENRE, Kind.ARTIST):
        mine, other = _knows(corpus, a, kind), _knows(corpus, b, kind)
        if mine.any() or other.any():
            counts = [int(mask.sum()) for mask in (mine & other, mine & ~other, other & ~mine)]
            rows.append(dict(zip(("kind", "both", "first only", "second only"), (str(kind), *counts), strict=True)))
    return pd.DataFrame(rows, columns=["kind", "both", "first only", "second only"])


def _neighbours(a: Model, b: Model) -> tuple[float, pd.DataFrame]:
    """Nearest tags by each space, among the tags that both know."""
    if any(model.embedding is None or not len(model.embedding.of(Kind.TAG)) for model in (a, b)):
        return float("nan"), pd.DataFrame(columns=["label", "overlap", "first", "second"])
    frame = explore.compare(a, b)
    return float(frame["overlap"].mean()), frame.drop(columns=["key"])


def _verdicts(context: Context, a: Model, b: Model) -> pd.DataFrame:
    """What the reports say in which both were judged with the settings that they have now."""
    rows: list[dict[str, Any]] = []
    for info in evaluation.briefs(context, a.info.fingerprint):
        mine, other = (_label(info["models"], model.info) for model in (a, b))
        kinds = [entry["kind"] for entry in info["summary"]]
        table = {entry["model"]: entry for entry in info["summary"] if entry["kind"] == kinds[0]}
        if mine in table and other in table and mine != other:
            first, second = table[mine], table[other]
            common = {"report": str(info["id"]), "questions": first["questions"]}
            for metric in METRICS:
                if first[metric] is not None and second[metric] is not None:
                    rows.append({**common, "metric": metric, "first": first[metric], "second": second[metric]})
    return pd.DataFrame(rows, columns=["report", "questions", "metric", "first", "second"])


@dataclass(frozen=True)
class BestScore:
    """What a model has reached in a report: the score of its best way to be asked, by `metric` (arena or ndcg)."""

    score: float
    metric: str
    report: str


def best_scores(context: Context, fingerprint: str) -> dict[tuple[str, str], BestScore]:
    """What models of a corpus's contents have reached, each in the newest report that judged it, by `fitting(…)`.

    Opens no report.
    """
    scores: dict[tuple[str, str], BestScore] = {}
    for info in evaluation.list_reports(context, fingerprint):
        best: dict[tuple[str, str], BestScore] = {}
        judged = {str(one["label"]): fitting(str(one["method"]), one["params"]) for one in info.get("models", ())}
        for row in info.get("summary", ()):
            label, metric = str(row["model"]), "ndcg" if row.get("arena") is None else "arena"
            if label in judged and "@" not in label and row.get(metric) is not None:
                score = BestScore(float(row[metric]), metric, str(info["id"]))
                best[judged[label]] = max(score, best.get(judged[label], score), key=lambda one: one.score)
        scores = {**best, **scores}
    return scores


def fitting(name: str, params: Mapping[str, Any]) -> tuple[str, str]:
    """What a report knows a model by: its method and settings."""
    return name, str(sorted((key, str(given)) for key, given in params.items()))


def _label(judged: Sequence[Mapping[str, Any]], info: ModelInfo) -> str:
    """What a model is called in a report: the label of its method and settings; "" where it was not judged."""
    wanted = fitting(info.method, info.params)
    return next((str(one["label"]) for one in judged if fitting(str(one["method"]), one["params"]) == wanted), "")


def stale(context: Context, name: str) -> list[ModelInfo]:
    """Models of older versions of a corpus that have no counterpart of the same settings on the newest."""
    versions = [version.fingerprint for version in context.workspace.versions(name)]
    newest = {(info.method, str(dict(info.params)), info.seed) for info in models.list_models(context, versions[-1])}
    older = [info for fingerprint in dict.fromkeys(versions[:-1]) for info in models.list_models(context, fingerprint)]
    return [info for info in older if (info.method, str(dict(info.params)), info.seed) not in newest]


def left_behind(context: Context, name: str) -> ModelInfo | None:
    """The model that answered before the newest version of a corpus came, and that has not been trained on it.

    None where there is one version only, or where its counterpart on the newest version exists.
    """
    versions = list(dict.fromkeys(version.fingerprint for version in context.workspace.versions(name)))
    for fingerprint in reversed(versions[:-1]):
        known = models.list_models(context, fingerprint)
        if known:
            before = models.find(context, fingerprint, models.default(context, fingerprint, known), known)
            waiting = {info.id for info in stale(context, name)}
            return before if before is not None and before.id in waiting else None
    return None


def retrain_job(context: Context, name: str, ident: str, go_on: bool = False) -> dict[str, Any]:
    """The arguments of the job that trains a model of an older version again, on the newest one.

    `go_on` from what it knows, in a third of the work, instead of from nothing.
    """
    info = _older(context, name, ident)
    start = {"start": ident} if go_on else {}
    return {"corpus": name, "method": info.method, "values": dict(info.params), "seed": info.seed, **start}


def warm_start_model(context: Context, name: str, ident: str, progress: ProgressCallback = no_progress) -> Model:
    """A model of an older version of a corpus, opened to go on from. Raises NotFoundError where there is none."""
    info = _older(context, name, ident)
    return models.open_model(context, corpora.open_corpus(context, name, info.fingerprint), info.id, progress)


def _older(context: Context, name: str, ident: str) -> ModelInfo:
    """The newest model of this id among those of older versions."""
    older = [version.fingerprint for version in context.workspace.versions(name)][:-1]
    for fingerprint in reversed(dict.fromkeys(older)):
        for info in models.list_models(context, fingerprint):
            if info.id == ident:
                return info
    raise NotFoundError(f"No older model {ident!r}", f"of the corpus {name!r}", "list the models of earlier versions")
