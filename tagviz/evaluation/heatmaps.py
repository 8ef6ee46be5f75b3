"""Recommended against hidden tags: the numbers of the two heatmaps, and the questions behind a cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.errors import InvalidParameterError
from tagviz.evaluation import metrics
from tagviz.evaluation.memoize import per_report
from tagviz.evaluation.report import EvalReport
from tagviz.types import Floats, Ints, Kind

PLACES, COLUMNS, TAGS = 20, 8, 30
FEWEST = 0.05
"""Least share of the questions that a column of the averaged heatmap needs."""


@dataclass(frozen=True, eq=False)
class Similarity:
    """Cosine of recommended tags (rows, best first) and hidden tags (columns, most common first).

    Attributes:
        values: float (k, m) in [−1, 1], NaN where there is nothing to compare.
        rows: Names of the rows.
        columns: Names of the columns.
        questions: Number of questions averaged.
        best: Mean over hidden tags of the greatest similarity among the first k.
    """

    values: NDArray[np.float64]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    questions: int
    best: float


@dataclass(frozen=True, eq=False)
class Instead:
    """Confusion matrix of the most often hidden tags, in clustered order: what is recommended in their place.

    The diagonal is how often the tag itself is among the first k. Where it is not, the wrong tags among the question's
    first k share the rest evenly. So a row and its `other` sum to 1.

    Attributes:
        tags: Rows of the tags in `report.items[TAG]`, int (n,).
        names: Their labels.
        values: float (n, n); row: hidden tag, column: recommended tag.
        other: Per row, the share of recommended tags without a column.
        counts: Number of questions that hide each tag.
    """

    tags: Ints
    names: tuple[str, ...]
    values: NDArray[np.float64]
    other: NDArray[np.float64]
    counts: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class InsteadOne:
    """`Instead` for one question.

    Attributes:
        values: float (m, k). A hidden tag among the first k has 1 at itself; another one spreads its 1 evenly over the
            wrong tags (all 0 where there are none).
        rows: Its hidden tags, the most common first.
        columns: The recommended tags, best first.
        found: Number of hidden tags among the first k.
    """

    values: NDArray[np.float64]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    found: int


def similarity(report: EvalReport, label: str, k: int = 10, case: str = "") -> Similarity:
    """Return the averaged heatmap: mean similarity of the tag recommended at rank r to the j-th most common hidden tag.

    Args:
        report: The report.
        label: A model's label.
        k: Number of recommended tags.
        case: Only questions of this case; "": all.

    Raises:
        NotFoundError: If the report has no tags of this model.
        InvalidParameterError: If it has no vectors of tags.
    """
    report.check(label, Kind.TAG)
    values, best, questions = _averaged(report, label, case)
    values = values[:k]
    return Similarity(
        values=values,
        rows=tuple(str(place) for place in range(1, len(values) + 1)),
        columns=tuple(str(number) for number in range(1, values.shape[1] + 1)),
        questions=questions,
        best=float(best[min(k, len(best)) - 1]) if len(best) else float("nan"),
    )


def similarity_of(report: EvalReport, label: str, question: int, k: int = 10) -> Similarity:
    """Return the similarity heatmap of one question, with the names of its tags.

    Args:
        report: The report.
        label: A model's label.
        question: Row of the question.
        k: Number of recommended tags.
    """
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
    """Return the questions behind a cell of the averaged heatmap, the least similar first.

    Args:
        report: The report.
        label: A model's label.
        place: Row of the cell, from 0.
        column: Column of the cell, from 0.
        case: Only questions of this case; "": all.
    """
    cosines = _cosines(report, label)[:, place, column]
    rows = np.flatnonzero(metrics.case_mask(report, case) & ~np.isnan(cosines))
    return rows[np.argsort(cosines[rows], kind="stable")]


def instead(report: EvalReport, label: str, k: int = 10, case: str = "", most: int = TAGS) -> Instead:
    """Return what is recommended instead of the tags that are hidden most often.

    Args:
        report: The report.
        label: A model's label.
        k: Number of recommended tags.
        case: Only questions of this case; "": all.
        most: Number of tags.
    """
    report.check(label, Kind.TAG)
    metrics.check_k(report, Kind.TAG, k)
    chosen = metrics.case_mask(report, case)
    hidden = report.hidden[Kind.TAG]
    counted = chosen[report.truth_rows[Kind.TAG]]
    counts = np.bincount(hidden.indices[counted], minlength=hidden.shape[1])
    tags = np.lexsort((np.arange(len(counts)), -counts))[:most]
    tags = tags[counts[tags] > 0]
    ranks = report.ranks[label, Kind.TAG]
    hit = counted & (ranks > 0) & (ranks <= k)
    right = np.bincount(hidden.indices[hit], minlength=hidden.shape[1])
    missed = counted & ~hit
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
    """Return what is recommended instead of each hidden tag of one question.

    Args:
        report: The report.
        label: A model's label.
        question: Row of the question.
        k: Number of recommended tags.
    """
    report.check(label, Kind.TAG)
    vocab = report.items[Kind.TAG].vocab
    recommended = report.rows[label, Kind.TAG][question, :k]
    recommended = recommended[recommended >= 0]
    hidden = _common_first(report, report.hidden[Kind.TAG][question].indices)
    same = hidden[:, None] == recommended[None, :]
    hit, wrong = same.any(axis=1), ~same.any(axis=0)
    values = np.where(hit[:, None], same, wrong / max(1, int(wrong.sum())))
    return InsteadOne(values, tuple(vocab.label_list(hidden)), tuple(vocab.label_list(recommended)), int(hit.sum()))


def questions_instead(
    report: EvalReport, label: str, hidden: int, recommended: int, k: int = 10, case: str = ""
) -> NDArray[np.int64]:
    """Return the questions behind a cell of `instead`.

    They hide one tag and are answered with the other while the first is missed; for the same tag twice they are those
    that find it.

    Args:
        report: The report.
        label: A model's label.
        hidden: Hidden tag, a row of `report.items[TAG]`.
        recommended: Recommended tag, a row too.
        k: Number of recommended tags.
        case: Only questions of this case; "": all.
    """
    report.check(label, Kind.TAG)
    ranks, truth = report.ranks[label, Kind.TAG], report.hidden[Kind.TAG].indices
    hit = (ranks > 0) & (ranks <= k)
    of_tag = truth == hidden
    rows = report.truth_rows[Kind.TAG][of_tag & (hit if hidden == recommended else ~hit)]
    if hidden != recommended:
        answered = (report.rows[label, Kind.TAG][rows, :k] == recommended).any(axis=1)
        also_hidden = np.asarray(report.hidden[Kind.TAG][rows, recommended].todense()).ravel() > 0
        rows = rows[answered & ~also_hidden]
    return np.asarray(rows[metrics.case_mask(report, case)[rows]])


def _vectors(report: EvalReport) -> NDArray[np.float16]:
    vectors = report.items[Kind.TAG].vectors
    if vectors.shape[1] == 0:
        raise InvalidParameterError(
            "This report knows no similarity of tags", "it was made without tag vectors", "evaluate again"
        )
    return vectors


@per_report
def _cosines(report: EvalReport, label: str) -> Floats:
    """Return the cosine of each recommended and hidden tag, float32 (q, PLACES, COLUMNS), NaN where there is none."""
    recommended = report.rows[label, Kind.TAG][:, :PLACES]
    hidden = _hidden_table(report)
    vectors = np.vstack([_vectors(report), np.full((1, _vectors(report).shape[1]), np.nan)]).astype(np.float32)
    cosines = np.empty((len(report), recommended.shape[1], COLUMNS), dtype=np.float32)
    for start in range(0, len(report), 2048):
        part = slice(start, start + 2048)
        np.matmul(vectors[recommended[part]], vectors[hidden[part]].transpose(0, 2, 1), out=cosines[part])
    return cosines


@per_report
def _averaged(report: EvalReport, label: str, case: str) -> tuple[NDArray[np.float64], list[float], int]:
    """Compute the averaged heatmap at its greatest depth, of which every k shows the first rows.

    Returns:
        Mean similarities (ranks, columns); per k the mean over hidden tags of the greatest similarity among the first
        k; the number of questions.
    """
    chosen = metrics.case_mask(report, case) & (report.truth_size(Kind.TAG) > 0)
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


@per_report
def _hidden_table(report: EvalReport) -> Ints:
    """Return the most common hidden tags of each question, int32 (q, COLUMNS), −1 where there are fewer."""
    truth, rows = report.hidden[Kind.TAG], report.truth_rows[Kind.TAG]
    order = np.lexsort((truth.indices, -report.items[Kind.TAG].counts[truth.indices], rows))
    place = np.arange(truth.nnz) - np.repeat(truth.indptr[:-1], np.diff(truth.indptr))
    table = np.full((len(report), COLUMNS), -1, dtype=np.int32)
    fits = place < COLUMNS
    table[rows[fits], place[fits]] = truth.indices[order][fits]
    return table


def _common_first(report: EvalReport, tags: Ints) -> Ints:
    return tags[np.lexsort((tags, -report.items[Kind.TAG].counts[tags]))]


def _wrong(report: EvalReport, label: str, k: int) -> sp.csr_matrix:
    """Return the wrong tags among the first k, (questions, tags), each weighing 1 / their number."""
    rows = report.rows[label, Kind.TAG][:, :k]
    wrong = (rows >= 0) & ~report.hits(label, Kind.TAG)[:, :k]
    question, place = np.nonzero(wrong)
    weight = 1.0 / wrong.sum(axis=1)[question]
    return sp.csr_matrix((weight, (question, rows[question, place])), shape=report.hidden[Kind.TAG].shape)


def _clustered(report: EvalReport, tags: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return an order in which similar tags are neighbours (average linkage, leaves ordered)."""
    from scipy.cluster.hierarchy import leaves_list, linkage

    if len(tags) < 3:
        return np.arange(len(tags))
    vectors = report.items[Kind.TAG].vectors[tags].astype(np.float64)
    features = vectors if vectors.shape[1] else values
    return np.asarray(leaves_list(linkage(features, "average", optimal_ordering=True)).astype(np.int64))
