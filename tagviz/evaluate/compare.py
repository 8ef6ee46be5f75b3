"""Which differences between models are real: paired bootstrap and a paired test on the same questions, corrected for
many pairs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tagviz.errors import BadParameter
from tagviz.evaluate import metrics
from tagviz.evaluate.report import EvalReport
from tagviz.evaluate.resampling import holm, intervals, resampled, sign_flip
from tagviz.types import Kind

BETTER, WORSE, UNCLEAR, SAME = "better", "worse", "not enough questions to tell", "no difference"
LEVEL = 0.05
COLUMNS = ["a", "b", "difference", "low", "high", "p", "p_holm", "verdict", "questions", "wins", "losses", "ties"]


def compare(
    report: EvalReport,
    metric: str = "ndcg",
    kind: Kind = Kind.TAG,
    k: int = 10,
    case: str = "",
    resamples: int = 1000,
    seed: int = 42,
) -> pd.DataFrame:
    """Every pair of models on the questions that both answer: `a`, `b`, `difference` (a − b), `low`, `high` (paired
    bootstrap, 95 %), `p` (sign-flip test), `p_holm`, `verdict` (what a is next to b: better, worse, not enough
    questions to tell, no difference), `questions`, `wins`, `losses`, `ties`.

    metric: one of metrics.METRICS, or `arena` for the combined score (song and tag nDCG by the Arena's rule).
    """
    return compare_at(report, metric, kind, [k], case, resamples, seed)[0]


def compare_at(
    report: EvalReport,
    metric: str,
    kind: Kind,
    ks: Sequence[int],
    case: str = "",
    resamples: int = 1000,
    seed: int = 42,
) -> list[pd.DataFrame]:
    """`compare` at several k, which share the signs that the test flips. resamples: 0 leaves out `low` and `high`."""
    chosen = metrics.where(report, case)
    codes = metrics.clusters(report)[chosen]
    each = [_columns(report, metric, kind, k, chosen) for k in ks]
    labels = each[0][0]
    pairs = list(combinations(range(len(labels)), 2))
    if not pairs:
        return [pd.DataFrame(columns=COLUMNS) for _ in ks]
    names = [(labels[a], labels[b]) for a, b in pairs]
    one, other = ([pair[side] for pair in pairs] for side in (0, 1))
    differences = [values[:, one] - values[:, other] for _, values in each]
    p = sign_flip(np.nan_to_num(np.hstack(differences)), codes, seed=seed).reshape(len(ks), len(pairs))
    return [judged(names, here, codes, resamples, seed, chances) for here, chances in zip(differences, p, strict=True)]


def judged(
    pairs: Sequence[tuple[str, str]],
    differences: NDArray[np.float64],
    codes: NDArray[np.int64],
    resamples: int = 1000,
    seed: int = 42,
    p: NDArray[np.float64] | None = None,
) -> pd.DataFrame:
    """The table of `compare` from paired differences (questions, pairs); NaN where a question does not count.

    codes: what is resampled and flipped together, per question. p: per pair, where the test has been made already.
    """
    known = ~np.isnan(differences)
    if not pairs or not known.any():
        return pd.DataFrame(columns=COLUMNS)
    middle = metrics.means(differences)
    low, high = intervals(resampled(differences, codes, resamples, seed) if resamples else middle[None, :][:0])
    if p is None:
        p = sign_flip(np.nan_to_num(differences), codes, seed=seed)
    frame = pd.DataFrame(pairs, columns=["a", "b"])
    frame["difference"] = middle
    frame["low"], frame["high"], frame["p"], frame["p_holm"] = low, high, p, holm(p)
    frame["questions"] = known.sum(axis=0)
    frame["wins"], frame["losses"] = (differences > 0).sum(axis=0), (differences < 0).sum(axis=0)
    frame["ties"] = frame["questions"] - frame["wins"] - frame["losses"]
    nothing, same = frame["questions"] == 0, frame["ties"] == frame["questions"]
    chance, ahead = frame["p_holm"] >= LEVEL, frame["difference"] > 0
    frame["verdict"] = np.select([nothing, same, chance, ahead], [UNCLEAR, SAME, UNCLEAR, BETTER], WORSE)
    return frame[COLUMNS]


def verdicts(comparison: pd.DataFrame, label: str) -> dict[str, str]:
    """What `label` is next to each other model of a comparison: model → better, worse, …"""
    turned = {BETTER: WORSE, WORSE: BETTER}
    found = {}
    for a, b, verdict in comparison[["a", "b", "verdict"]].astype(str).to_numpy().tolist():
        if a == label:
            found[b] = verdict
        elif b == label:
            found[a] = turned.get(verdict, verdict)
    return found


def _columns(
    report: EvalReport, metric: str, kind: Kind, k: int, chosen: NDArray[np.bool_]
) -> tuple[list[str], NDArray[np.float64]]:
    """The models that can be compared and their values (questions chosen, models)."""
    if metric == "arena":
        labels = [label for label in report.labels if all((label, kind) in report.rows for kind in report.kinds)]
        values = [_arena(report, label, chosen) for label in labels]
    elif metric in metrics.METRICS:
        labels = report.labels_for(kind)
        values = [metrics.scores(report, label, kind, k)[metric][chosen] for label in labels]
    else:
        known = ", ".join((*metrics.METRICS, "arena"))
        raise BadParameter(f"There is no metric {metric!r}", f"metrics: {known}", "choose one of these")
    return labels, np.column_stack(values) if values else np.empty((int(chosen.sum()), 0))


def _arena(report: EvalReport, label: str, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The combined score per question, such that the mean over questions is the Arena's score: each kind's mean is
    over the questions that hide some of it, so its values are stretched by all questions / questions that count."""
    total = np.zeros(int(chosen.sum()))
    for kind, scores in metrics.arena_scores(report, label).items():
        counted = max(1, int((~np.isnan(scores[chosen])).sum()))
        total += metrics.ARENA_WEIGHT[kind] * np.nan_to_num(scores[chosen]) * len(total) / counted
    return total
