"""Recommended against hidden tags: the data of the two heatmaps, and the questions behind a cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.errors import BadParameter
from tagviz.evaluate import metrics
from tagviz.evaluate.report import EvalReport
from tagviz.types import Floats, Ints, Kind

PLACES, COLUMNS, TAGS = 20, 8, 30
FEWEST = 0.05
"""A column of the averaged heatmap needs at least this share of the questions."""


@dataclass(frozen=True, eq=False)
class Similarity:
    """Cosine of recommended (rows, best first) and hidden tags (columns, most common first).

    values: float (k, m) in [−1, 1], NaN where there is nothing to compare. rows, columns: names. items: per row and
    column the rows of the tags in `report.items`, of one question only (else empty). questions: how many went in;
    best: mean over hidden tags of the most similar among the first k.
    """

    values: NDArray[np.float64]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    questions: int
    best: float


@dataclass(frozen=True, eq=False)
class Instead:
    """What is recommended where a tag is hidden, for the most often hidden tags, in the order of their clusters.

    tags: rows of the tags in `report.items[TAG]` (n,); names their labels. values: float (n, n); row: the hidden tag,
    column: what is recommended. The diagonal is how often the tag itself is among the first k; where it is not, its
    question's wrong tags among the first k share the rest evenly. So a row and its `other` (tags that are not shown)
    sum to 1. counts: how many questions hide each tag.
    """

    tags: Ints
    names: tuple[str, ...]
    values: NDArray[np.float64]
    other: NDArray[np.float64]
    counts: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class InsteadOne:
    """`Instead` of one question. rows: its hidden tags, the most common first; columns: what is recommended, best
    first. values: float (m, k); a hidden tag that is among the first k has 1 at itself, another spreads its 1 evenly
    over the wrong tags (all 0 where there are none). found: how many of the hidden tags are among the first k."""

    values: NDArray[np.float64]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    found: int


def similarity(report: EvalReport, label: str, k: int = 10, case: str = "") -> Similarity:
    """The averaged heatmap: mean similarity of the tag recommended at place r to the j-th most common hidden tag."""
    report.check(label, Kind.TAG)
    key = ("similarity", label, case)
    if key not in report.memo:
        report.memo[key] = _averaged(report, label, case)
    values, best, questions = report.memo[key]
    values = values[:k]
    return Similarity(
        values=values,
        rows=tuple(str(place) for place in range(1, len(values) + 1)),
        columns=tuple(str(number) for number in range(1, values.shape[1] + 1)),
        questions=questions,
        best=float(best[min(k, len(best)) - 1]) if len(best) else float("nan"),
    )


def similarity_of(report: EvalReport, label: str, question: int, k: int = 10) -> Similarity:
    """The heatmap of one question: every hidden tag, by name."""
    report.check(label, Kind.TAG)
    vectors, vocab = _vectors(report), report.items[Kind.TAG].vocab
    recommended = report.rows[label, Kind.TAG][question, :k]
    recommended = recommended[recommended >= 0]
    hidden = _common_first(report, report.hidden[Kind.TAG][question].indices)
    values = vectors[recommended].astype(np.float64) @ vectors[hidden].T.astype(np.float64)
    return Similarity(
        values=values,
        rows=tuple(vocab.label_list(recommended)),
        columns=tuple(vocab.label_list(hidden)),
        questions=1,
        best=float(values.max(axis=0).mean()) if values.size else float("nan"),
    )


def questions_in_cell(report: EvalReport, label: str, place: int, column: int, case: str = "") -> NDArray[np.int64]:
    """Rows of the questions behind a cell (both from 0) of the averaged heatmap, the least similar first."""
    cosines = _cosines(report, label)[:, place, column]
    rows = np.flatnonzero(metrics.where(report, case) & ~np.isnan(cosines))
    return rows[np.argsort(cosines[rows], kind="stable")]


def instead(report: EvalReport, label: str, k: int = 10, case: str = "", most: int = TAGS) -> Instead:
    """What is recommended instead of the `most` tags that are hidden most often."""
    report.check(label, Kind.TAG)
    metrics.check_k(report, Kind.TAG, k)
    chosen = metrics.where(report, case)
    hidden = report.hidden[Kind.TAG]
    counted = chosen[report.truth_rows[Kind.TAG]]
    counts = np.bincount(hidden.indices[counted], minlength=hidden.shape[1])
    tags = np.lexsort((np.arange(len(counts)), -counts))[:most]
    tags = tags[counts[tags] > 0]
    ranks = report.ranks[label, Kind.TAG]
    found = counted & (ranks > 0) & (ranks <= k)
    right = np.bincount(hidden.indices[found], minlength=hidden.shape[1])
    missed = counted & ~found
    missing = sp.csr_matrix(
        (np.ones(int(missed.sum())), (report.truth_rows[Kind.TAG][missed], hidden.indices[missed])), shape=hidden.shape
    )
    instead_of = np.asarray((missing[:, tags].T @ _wrong(report, label, k)[:, tags]).todense(), dtype=np.float64)
    values = (instead_of + np.diag(right[tags])) / np.maximum(counts[tags], 1)[:, None]
    order = _clustered(report, tags, values)
    values = values[np.ix_(order, order)]
    return Instead(
        tags=tags[order].astype(np.int32),
        names=tuple(report.items[Kind.TAG].vocab.label_list(tags[order])),
        values=values,
        other=1 - values.sum(axis=1),
        counts=counts[tags[order]],
    )


def instead_of(report: EvalReport, label: str, question: int, k: int = 10) -> InsteadOne:
    """What is recommended instead of each hidden tag of one question."""
    report.check(label, Kind.TAG)
    vocab = report.items[Kind.TAG].vocab
    recommended = report.rows[label, Kind.TAG][question, :k]
    recommended = recommended[recommended >= 0]
    hidden = _common_first(report, report.hidden[Kind.TAG][question].indices)
    same = hidden[:, None] == recommended[None, :]
    found, wrong = same.any(axis=1), ~same.any(axis=0)
    values = np.where(found[:, None], same, wrong / max(1, int(wrong.sum())))
    return InsteadOne(values, tuple(vocab.label_list(hidden)), tuple(vocab.label_list(recommended)), int(found.sum()))


def questions_instead(
    report: EvalReport, label: str, hidden: int, recommended: int, k: int = 10, case: str = ""
) -> NDArray[np.int64]:
    """Rows of the questions behind a cell of `instead`: those that hide one tag and are answered with the other
    while the first is missed (the same tag twice: those that find it). Both are rows of `report.items[TAG]`."""
    report.check(label, Kind.TAG)
    ranks, truth = report.ranks[label, Kind.TAG], report.hidden[Kind.TAG].indices
    found = (ranks > 0) & (ranks <= k)
    of_tag = truth == hidden
    rows = report.truth_rows[Kind.TAG][of_tag & (found if hidden == recommended else ~found)]
    if hidden != recommended:
        answered = (report.rows[label, Kind.TAG][rows, :k] == recommended).any(axis=1)
        also_hidden = np.asarray(report.hidden[Kind.TAG][rows, recommended].todense()).ravel() > 0
        rows = rows[answered & ~also_hidden]
    return rows[metrics.where(report, case)[rows]]


def _vectors(report: EvalReport) -> NDArray[np.float16]:
    vectors = report.items[Kind.TAG].vectors
    if vectors.shape[1] == 0:
        raise BadParameter(
            "This report knows no similarity of tags", "it was made without tag vectors", "evaluate again"
        )
    return vectors


def _cosines(report: EvalReport, label: str) -> Floats:
    """(q, PLACES, COLUMNS) cosine of each recommended and hidden tag, NaN where there is none; kept with the report."""
    key = ("cosines", label)
    if key not in report.memo:
        recommended = report.rows[label, Kind.TAG][:, :PLACES]
        hidden = _hidden_table(report)
        vectors = np.vstack([_vectors(report), np.full((1, _vectors(report).shape[1]), np.nan)]).astype(np.float32)
        result = np.empty((len(report), recommended.shape[1], COLUMNS), dtype=np.float32)
        for start in range(0, len(report), 2048):
            part = slice(start, start + 2048)
            np.matmul(vectors[recommended[part]], vectors[hidden[part]].transpose(0, 2, 1), out=result[part])
        report.memo[key] = result
    return report.memo[key]


def _averaged(report: EvalReport, label: str, case: str) -> tuple[NDArray[np.float64], list[float], int]:
    """The averaged heatmap at its deepest, of which every k shows the first rows; per k the mean over hidden tags of
    the greatest similarity among the first k; and how many questions went in."""
    chosen = metrics.where(report, case) & (report.truth_size(Kind.TAG) > 0)
    cosines = _cosines(report, label)
    if not chosen.all():
        cosines = cosines[chosen]
    known = ~np.isnan(cosines)
    count = known.sum(axis=0)
    enough = count[0] >= max(1, FEWEST * int(chosen.sum())) if len(count) else np.zeros(COLUMNS, dtype=bool)
    total = np.where(known, cosines, 0).sum(axis=0, dtype=np.float64)
    values = np.where(count > 0, total / np.maximum(count, 1), np.nan)[:, enough]
    best = []
    nearest = np.full((len(cosines), COLUMNS), -np.inf, dtype=np.float32)
    for place in range(cosines.shape[1]):
        nearest = np.fmax(nearest, cosines[:, place])
        some = np.isfinite(nearest)
        best.append(float(nearest[some].mean()) if some.any() else float("nan"))
    return values, best, int(chosen.sum())


def _hidden_table(report: EvalReport) -> Ints:
    """(q, COLUMNS) the most common hidden tags of each question, most common first, −1 where there are fewer."""
    if "hidden table" not in report.memo:
        truth, rows = report.hidden[Kind.TAG], report.truth_rows[Kind.TAG]
        order = np.lexsort((truth.indices, -report.items[Kind.TAG].counts[truth.indices], rows))
        place = np.arange(truth.nnz) - np.repeat(truth.indptr[:-1], np.diff(truth.indptr))
        table = np.full((len(report), COLUMNS), -1, dtype=np.int32)
        fits = place < COLUMNS
        table[rows[fits], place[fits]] = truth.indices[order][fits]
        report.memo["hidden table"] = table
    return report.memo["hidden table"]


def _common_first(report: EvalReport, tags: Ints) -> Ints:
    return tags[np.lexsort((tags, -report.items[Kind.TAG].counts[tags]))]


def _wrong(report: EvalReport, label: str, k: int) -> sp.csr_matrix:
    """Questions × tags: the wrong tags among the first k, each weighing 1 / their number."""
    rows = report.rows[label, Kind.TAG][:, :k]
    wrong = (rows >= 0) & ~report.hits(label, Kind.TAG)[:, :k]
    question, place = np.nonzero(wrong)
    weight = 1.0 / wrong.sum(axis=1)[question]
    return sp.csr_matrix((weight, (question, rows[question, place])), shape=report.hidden[Kind.TAG].shape)


def _clustered(report: EvalReport, tags: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.int64]:
    """An order in which similar tags stand together (average linkage, leaves ordered)."""
    from scipy.cluster.hierarchy import leaves_list, linkage

    if len(tags) < 3:
        return np.arange(len(tags))
    vectors = report.items[Kind.TAG].vectors[tags].astype(np.float64)
    features = vectors if vectors.shape[1] else values
    return leaves_list(linkage(features, "average", optimal_ordering=True)).astype(np.int64)
