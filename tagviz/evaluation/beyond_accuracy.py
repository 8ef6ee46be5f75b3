"""Beyond accuracy: coverage, novelty, popularity bias, diversity, calibration, agreement. Formulas: docs/metrics.md."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.evaluation import metrics
from tagviz.evaluation.items import BANDS
from tagviz.evaluation.metric_registry import BEYOND
from tagviz.evaluation.report import EvalReport
from tagviz.types import Ints, Kind

SMOOTHING = 0.01
"""Share of the wanted distribution mixed into the recommended one, so that calibration stays finite (Steck 2018)."""

AGREEMENT_P = 0.9
"""Persistence of rank-biased overlap: the first 10 ranks weigh about 86 % (Webber et al. 2010)."""


def beyond(report: EvalReport, kind: Kind = Kind.TAG, k: int = 10, case: str = "") -> pd.DataFrame:
    """Return the BEYOND metrics, one row per model.

    - coverage: share of the catalogue that is recommended at least once (Ge et al. 2010)
    - novelty: mean −log2 of the share of training playlists that contain a recommended item, bits (Zhou et al. 2010)
    - popularity: mean of that share (ARP, Yin et al. 2012)
    - popularity_lift: how much more popular than the hidden items, 0 = as popular (Abdollahpouri et al. 2020)
    - tail_share: share of recommendations from the tail
    - diversity: mean distance (1 − cosine) within a list (Ziegler et al. 2005), of tags by their vectors, of songs by
      their genres
    - calibration: mean KL divergence of the genres of the recommended songs from those of the shown songs, 0 = alike
      (Steck 2018)

    Args:
        report: The report.
        kind: Kind of the recommended items.
        k: Number of recommended items that count.
        case: Only questions of this case; "": all.

    Returns:
        Frame `model` and BEYOND; NaN where a metric cannot be computed.
    """
    metrics.check_k(report, kind, k)
    chosen = np.flatnonzero(metrics.case_mask(report, case))
    items = report.items[kind]
    share = np.maximum(items.counts, 1) / max(1, report.playlists)
    truth = report.hidden[kind][chosen].indices
    table = []
    for label in report.labels_for(kind):
        rows = report.rows[label, kind][chosen, :k]
        recommended = rows[rows >= 0]
        popularity = float(share[recommended].mean()) if len(recommended) else np.nan
        wanted = float(share[truth].mean()) if len(truth) else np.nan
        table.append(
            {
                "model": label,
                "coverage": len(np.unique(recommended)) / max(1, items.catalogue),
                "novelty": float(-np.log2(share[recommended]).mean()) if len(recommended) else np.nan,
                "popularity": popularity,
                "popularity_lift": popularity / wanted - 1,
                "tail_share": float((items.band[recommended] == BANDS.index("tail")).mean())
                if len(recommended)
                else np.nan,
                "diversity": _mean(diversity(report, kind, rows)),
                "calibration": _mean(calibration(report, chosen, rows)) if kind is Kind.SONG else np.nan,
            }
        )
    return pd.DataFrame(table, columns=["model", *BEYOND])


def diversity(report: EvalReport, kind: Kind, rows: Ints) -> NDArray[np.float64]:
    """Return the mean distance 1 − cosine over the pairs of each list.

    Args:
        report: The report.
        kind: Kind of the items.
        rows: Lists of items, int (questions, k), −1 for none.

    Returns:
        float (questions,); NaN for fewer than two known items.
    """
    items = report.items[kind]
    features = sp.csr_matrix(items.vectors.astype(np.float64)) if kind is Kind.TAG else items.genres.astype(np.float64)
    if features.shape[1] == 0:
        return np.full(len(rows), np.nan)
    length = np.sqrt(np.asarray(features.multiply(features).sum(axis=1)).ravel())
    unit = sp.diags(np.divide(1.0, length, out=np.zeros_like(length), where=length > 0)) @ features
    member = _members(rows, len(items), length > 0)
    count = np.asarray(member.sum(axis=1)).ravel()
    total = member @ unit
    squares = np.asarray(total.multiply(total).sum(axis=1)).ravel()
    pairs = count * (count - 1)
    # |Σ v|² = n + Σ over ordered pairs of v·w
    return np.asarray(1 - np.divide(squares - count, pairs, out=np.full(len(rows), np.nan), where=pairs > 0))


def calibration(report: EvalReport, questions: NDArray[Any], rows: Ints) -> NDArray[np.float64]:
    """Return KL(p ‖ q̃) in nats of the genres of shown songs p and recommended songs q, with q̃ = (1 − α) q + α p.

    Each song spreads its weight evenly over its genres.

    Args:
        report: The report.
        questions: Rows of the questions.
        rows: Recommended songs, int (questions, k), −1 for none.

    Returns:
        float (questions,); NaN where no shown song has a genre.
    """
    genres = report.items[Kind.SONG].genres
    if genres.shape[1] == 0:
        return np.full(len(rows), np.nan)
    known = np.diff(genres.indptr)
    spread = sp.diags(np.divide(1.0, known, out=np.zeros(len(known)), where=known > 0)) @ genres
    shown = report.shown[Kind.SONG][questions]
    p, q = (_shares(member @ spread) for member in (shown, _members(rows, len(known), known > 0)))
    mixed = (1 - SMOOTHING) * q + SMOOTHING * p
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(p > 0, p * np.log(p / mixed), 0.0)
    return np.where(p.sum(axis=1) > 0, parts.sum(axis=1), np.nan)


def agreement(report: EvalReport, kind: Kind = Kind.TAG, k: int = 10, case: str = "") -> pd.DataFrame:
    """Return how alike the models' lists are.

    Args:
        report: The report.
        kind: Kind of the recommended items.
        k: Number of recommended items that count.
        case: Only questions of this case; "": all.

    Returns:
        Frame (models, models) of the mean rank-biased overlap; 1 = the same lists.
    """
    metrics.check_k(report, kind, k)
    chosen = metrics.case_mask(report, case)
    labels = report.labels_for(kind)
    table = np.eye(len(labels))
    for a in range(len(labels)):
        for b in range(a):
            left, right = (report.rows[labels[at], kind][chosen, :k] for at in (a, b))
            table[a, b] = table[b, a] = _mean(rank_biased_overlap(left, right))
    return pd.DataFrame(table, index=labels, columns=labels)


def rank_biased_overlap(a: Ints, b: Ints, p: float = AGREEMENT_P) -> NDArray[np.float64]:
    """Return the extrapolated rank-biased overlap of pairs of lists of equal depth.

    X_k/k · p^k + (1 − p)/p · Σ_d X_d/d · p^d, with X_d the common items of the first d (Webber, Moffat & Zobel 2010,
    eq. 32).

    Args:
        a: Lists of items, int (questions, k), −1 for none.
        b: Lists of the other model.
        p: Persistence.

    Returns:
        float (questions,).
    """
    count, k = a.shape
    deep = np.arange(1, k + 1)
    weights = (1 - p) / p * p**deep / deep
    overlaps = np.empty(count)
    for start in range(0, count, 2048):
        left, right = a[start : start + 2048], b[start : start + 2048]
        question, i, j = np.nonzero((left[:, :, None] == right[:, None, :]) & (left[:, :, None] >= 0))
        common = np.bincount(question * k + np.maximum(i, j), minlength=len(left) * k).reshape(len(left), k)
        overlap = np.cumsum(common, axis=1)
        overlaps[start : start + 2048] = overlap[:, -1] / k * p**k + overlap @ weights
    return overlaps


def usage(report: EvalReport, label: str, kind: Kind = Kind.TAG, k: int = 10, case: str = "") -> pd.DataFrame:
    """Return how often each item is hidden and how often a model recommends it.

    Args:
        report: The report.
        label: A model's label.
        kind: Kind of the items.
        k: Number of recommended items that count.
        case: Only questions of this case; "": all.

    Returns:
        Frame `key`, `label`, `facet`, `band`, `count` (training playlists), `hidden`, `recommended`, `found` (hidden
        and recommended), `recall` (found / hidden), `ratio` (recommended / hidden, each plus one, so that rare items do
        not explode), most often hidden first.
    """
    report.check(label, kind)
    metrics.check_k(report, kind, k)
    chosen = metrics.case_mask(report, case)
    items, truth = report.items[kind], report.hidden[kind]
    counted = chosen[report.truth_rows[kind]]
    ranks = report.ranks[label, kind]
    hit = counted & (ranks > 0) & (ranks <= k)
    rows = report.rows[label, kind][chosen, :k]
    size = len(items)
    hidden, right = (np.bincount(truth.indices[which], minlength=size) for which in (counted, hit))
    recommended = np.bincount(rows[rows >= 0], minlength=size)
    frame = pd.DataFrame(
        {
            "key": items.vocab.keys(np.arange(size)),
            "label": items.vocab.label_list(np.arange(size)),
            "facet": items.facets,
            "band": np.array(BANDS)[items.band],
            "count": items.counts,
            "hidden": hidden,
            "recommended": recommended,
            "found": right,
            "recall": np.divide(right, hidden, out=np.full(size, np.nan), where=hidden > 0),
            "ratio": (recommended + 1) / (hidden + 1),
        }
    )
    frame = frame[(hidden > 0) | (recommended > 0)]
    return frame.sort_values(["hidden", "recommended"], ascending=False, kind="stable").reset_index(drop=True)


def never_recommended(usage: pd.DataFrame, fewest: int = 3) -> pd.DataFrame:
    """Return the items that `fewest` questions or more hide and the model never recommends, most hidden first."""
    return usage[(usage["recommended"] == 0) & (usage["hidden"] >= fewest)]


def too_often(usage: pd.DataFrame, least: float = 3.0, fewest: int = 10) -> pd.DataFrame:
    """Return the items that are recommended too often, highest ratio first.

    Args:
        usage: Frame as from `usage`.
        least: Least ratio of recommended to hidden.
        fewest: Least number of recommendations.
    """
    chosen = usage[(usage["ratio"] >= least) & (usage["recommended"] >= fewest)]
    return chosen.sort_values("ratio", ascending=False, kind="stable")


def _members(rows: Ints, width: int, known: NDArray[np.bool_]) -> sp.csr_matrix:
    """Return lists of items (questions, k) as a binary matrix (questions, items) of the known items."""
    question, place = np.nonzero(rows >= 0)
    columns = rows[question, place]
    kept = known[columns]
    values = np.ones(int(kept.sum()))
    return sp.csr_matrix((values, (question[kept], columns[kept])), shape=(len(rows), width))


def _shares(weights: sp.csr_matrix) -> NDArray[np.float64]:
    dense = np.asarray(weights.todense(), dtype=np.float64)
    total = dense.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(dense, total, out=np.zeros_like(dense), where=total > 0))


def _mean(values: NDArray[np.float64]) -> float:
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")
