"""Significance of differences between models on the same questions: paired bootstrap and a paired test, corrected."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tagviz.errors import InvalidParameterError
from tagviz.evaluation import metrics
from tagviz.evaluation.metric_registry import ACCURACY
from tagviz.evaluation.report import EvalReport
from tagviz.evaluation.resampling import bootstrap_means, holm, intervals, sign_flip
from tagviz.types import Kind

BETTER, WORSE, UNCLEAR, SAME = "better", "worse", "not enough questions to tell", "no difference"
LEVEL = 0.05
COLUMNS = ["a", "b", "difference", "low", "high", "p", "p_holm", "outcome", "questions", "wins", "losses", "ties"]


def compare(
    report: EvalReport,
    metric: str = "ndcg",
    kind: Kind = Kind.TAG,
    k: int = 10,
    case: str = "",
    resamples: int = 1000,
) -> pd.DataFrame:
    """Compare every pair of models on the questions that both answer.

    Args:
        report: The report.
        metric: One of ACCURACY, or `arena` for the combined score (song and tag nDCG by the Arena's rule).
        kind: Kind of the recommended items.
        k: Number of recommended items that count.
        case: Only questions of this case; "": all.
        resamples: Bootstrap resamples; 0 leaves out `low` and `high`.

    Returns:
        Frame `a`, `b`, `difference` (a − b), `low`, `high` (paired bootstrap, 95 %), `p` (sign-flip test), `p_holm`
        (corrected for the number of pairs), `outcome` (a next to b: BETTER, WORSE, UNCLEAR or SAME), `questions`,
        `wins`, `losses`, `ties`.

    Raises:
        InvalidParameterError: For another metric, a wrong k or case.
    """
    return compare_at(report, metric, kind, [k], case, resamples)[0]


def compare_at(
    report: EvalReport,
    metric: str,
    kind: Kind,
    ks: Sequence[int],
    case: str = "",
    resamples: int = 1000,
) -> list[pd.DataFrame]:
    """Compare as `compare` does at several k, which share the signs that the test flips.

    Args:
        report: The report.
        metric: As in `compare`.
        kind: Kind of the recommended items.
        ks: Numbers of recommended items that count.
        case: Only questions of this case; "": all.
        resamples: Bootstrap resamples; 0 leaves out `low` and `high`.

    Returns:
        One frame per k.
    """
    chosen = metrics.case_mask(report, case)
    codes = metrics.clusters(report)[chosen]
    each = [_columns(report, metric, kind, k, chosen) for k in ks]
    labels = each[0][0]
    pairs = list(combinations(range(len(labels)), 2))
    if not pairs:
        return [pd.DataFrame(columns=COLUMNS) for _ in ks]
    names = [(labels[a], labels[b]) for a, b in pairs]
    one, other = ([pair[side] for pair in pairs] for side in (0, 1))
    differences = [values[:, one] - values[:, other] for _, values in each]
    p = sign_flip(np.nan_to_num(np.hstack(differences)), codes).reshape(len(ks), len(pairs))
    return [
        with_significance(names, here, codes, resamples, chances) for here, chances in zip(differences, p, strict=True)
    ]


def with_significance(
    pairs: Sequence[tuple[str, str]],
    differences: NDArray[np.float64],
    codes: NDArray[np.int64],
    resamples: int = 1000,
    p: NDArray[np.float64] | None = None,
) -> pd.DataFrame:
    """Return the table of `compare` from paired differences.

    Args:
        pairs: The pairs of labels.
        differences: float (questions, pairs); NaN where a question does not count.
        codes: Per question, what is resampled and flipped together, int (questions,).
        resamples: Bootstrap resamples; 0 leaves out `low` and `high`.
        p: p value of each pair, where the test has been made already.
    """
    known = ~np.isnan(differences)
    if not pairs or not known.any():
        return pd.DataFrame(columns=COLUMNS)
    middle = metrics.means(differences)
    low, high = intervals(bootstrap_means(differences, codes, resamples) if resamples else middle[None, :][:0])
    if p is None:
        p = sign_flip(np.nan_to_num(differences), codes)
    frame = pd.DataFrame(pairs, columns=["a", "b"])
    frame["difference"] = middle
    frame["low"], frame["high"], frame["p"], frame["p_holm"] = low, high, p, holm(p)
    frame["questions"] = known.sum(axis=0)
    frame["wins"], frame["losses"] = (differences > 0).sum(axis=0), (differences < 0).sum(axis=0)
    frame["ties"] = frame["questions"] - frame["wins"] - frame["losses"]
    nothing, same = frame["questions"] == 0, frame["ties"] == frame["questions"]
    chance, ahead = frame["p_holm"] >= LEVEL, frame["difference"] > 0
    frame["outcome"] = np.select([nothing, same, chance, ahead], [UNCLEAR, SAME, UNCLEAR, BETTER], WORSE)
    return frame[COLUMNS]


def outcomes_for(comparison: pd.DataFrame, label: str) -> dict[str, str]:
    """Return the outcome of one model against each other model.

    Args:
        comparison: Frame as from `compare`.
        label: The model.

    Returns:
        Outcome by the other model's label: "better": `label` is better than that model.
    """
    turned = {BETTER: WORSE, WORSE: BETTER}
    outcomes = {}
    for a, b, outcome in comparison[["a", "b", "outcome"]].astype(str).to_numpy().tolist():
        if a == label:
            outcomes[b] = outcome
        elif b == label:
            outcomes[a] = turned.get(outcome, outcome)
    return outcomes


def _columns(
    report: EvalReport, metric: str, kind: Kind, k: int, chosen: NDArray[np.bool_]
) -> tuple[list[str], NDArray[np.float64]]:
    """Return the models that can be compared and their values (questions, models)."""
    if metric == "arena":
        labels = [label for label in report.labels if all((label, kind) in report.rows for kind in report.kinds)]
        values = [_arena(report, label, chosen) for label in labels]
    elif metric in ACCURACY:
        labels = report.labels_for(kind)
        values = [metrics.scores(report, label, kind, k)[metric][chosen] for label in labels]
    else:
        known = ", ".join((*ACCURACY, "arena"))
        raise InvalidParameterError(f"There is no metric {metric!r}", f"metrics: {known}", "choose one of these")
    return labels, np.column_stack(values) if values else np.empty((int(chosen.sum()), 0))


def _arena(report: EvalReport, label: str, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the combined score per question, such that its mean is the Arena's score.

    Each kind's mean is over the questions that hide some of it; so its values are stretched by all questions /
    questions that count.
    """
    total = np.zeros(int(chosen.sum()))
    for kind, scores in metrics.arena_scores(report, label).items():
        counted = max(1, int((~np.isnan(scores[chosen])).sum()))
        total += metrics.ARENA_WEIGHT[kind] * np.nan_to_num(scores[chosen]) * len(total) / counted
    return total
