"""The playlists behind a number: which questions, and everything about one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.errors import BadParameter, UnknownTerm
from tagviz.evaluate import metrics
from tagviz.evaluate.report import EvalReport
from tagviz.types import Kind, Query


@dataclass(frozen=True, eq=False)
class QuestionView:
    """One question, opened.

    shown, hidden: per kind a frame `key`, `label` (hidden also `MODEL` columns: the place at which each model put
    it, 0 not found). answers: per (model, kind) a frame `rank`, `key`, `label`, `hit`. scores: frame, one row a
    model: the metrics at k. fallback: the models that answered by popularity. query: the same question for the
    Recommend page.
    """

    row: int
    id: str
    title: str
    titled: bool
    date: str
    case: str
    group: str
    shown: Mapping[Kind, pd.DataFrame]
    hidden: Mapping[Kind, pd.DataFrame]
    answers: Mapping[tuple[str, Kind], pd.DataFrame]
    scores: Mapping[Kind, pd.DataFrame]
    fallback: tuple[str, ...]
    query: Query


def question_view(report: EvalReport, row: int, k: int = 20) -> QuestionView:
    """Everything about the question in row `row`. Raises BadParameter for a row that does not exist."""
    if not 0 <= row < len(report):
        raise BadParameter(f"There is no question {row}", f"this report has {len(report)}", "choose another")
    about = report.questions.iloc[row]
    date = "" if pd.isna(about["date"]) else f"{about['date']:%Y-%m-%d}"
    shown = {kind: _items(report, kind, matrix[row].indices) for kind, matrix in report.shown.items()}
    answers, hidden, scores = {}, {}, {}
    for kind in report.kinds:
        hidden[kind] = _items(report, kind, report.hidden[kind][row].indices)
        here = report.truth_rows[kind] == row
        depth = min(k, report.depth(kind))
        table = []
        for label in report.labels_for(kind):
            hidden[kind][label] = report.ranks[label, kind][here]
            rows = report.rows[label, kind][row, :k]
            rows = rows[rows >= 0]
            frame = _items(report, kind, rows)
            frame.insert(0, "rank", np.arange(1, len(rows) + 1))
            answers[label, kind] = frame.assign(hit=np.isin(rows, report.hidden[kind][row].indices))
            here_scores = metrics.scores(report, label, kind, depth)
            table.append({"model": label, **{name: float(values[row]) for name, values in here_scores.items()}})
        scores[kind] = pd.DataFrame(table)
    return QuestionView(
        row=row,
        id=str(about["id"]),
        title=str(about["title"]),
        titled=bool(about["titled"]),
        date=date,
        case=str(about["case"]),
        group=str(about["group"]),
        shown=shown,
        hidden=hidden,
        answers=answers,
        scores=scores,
        fallback=tuple(dict.fromkeys(label for (label, _), fell in report.fallback.items() if fell[row])),
        query=query_of(report, row),
    )


def query_of(report: EvalReport, row: int, n: int = 20) -> Query:
    """What the question in row `row` shows, as a query of the Recommend page."""
    about = report.questions.iloc[row]

    def ids(kind: Kind) -> tuple[str, ...]:
        return tuple(report.items[kind].vocab.ids[report.shown[kind][row].indices])

    title = str(about["title"]) if about["titled"] else ""
    date = "" if pd.isna(about["date"]) else f"{about['date']:%Y-%m-%d}"
    return Query(title=title, tags=ids(Kind.TAG), songs=ids(Kind.SONG), n=n, date=date)


def row_of(report: EvalReport, ident: str) -> int:
    """The row of a question by its playlist's id. Raises UnknownTerm."""
    found = np.flatnonzero((report.questions["id"] == ident).to_numpy())
    if not len(found):
        raise UnknownTerm(f"No question {ident!r} in this report", f"it has {len(report):,} questions", "check the id")
    return int(found[0])


def questions_of(
    report: EvalReport,
    label: str,
    kind: Kind = Kind.TAG,
    k: int = 10,
    metric: str = "ndcg",
    case: str = "",
    worst_first: bool = True,
) -> NDArray[np.int64]:
    """Rows of the questions behind a table row, in the order of a metric; questions that hide nothing are left out."""
    values = metrics.scores(report, label, kind, k)[metric]
    rows = np.flatnonzero(metrics.where(report, case) & ~np.isnan(values))
    return rows[np.argsort(values[rows] if worst_first else -values[rows], kind="stable")]


def where_they_differ(
    report: EvalReport, a: str, b: str, kind: Kind = Kind.TAG, k: int = 10, metric: str = "ndcg", case: str = ""
) -> NDArray[np.int64]:
    """Rows of the questions on which `a` beats `b`, the largest difference first, down to those where it loses most."""
    difference = metrics.scores(report, a, kind, k)[metric] - metrics.scores(report, b, kind, k)[metric]
    rows = np.flatnonzero(metrics.where(report, case) & ~np.isnan(difference))
    return rows[np.argsort(-difference[rows], kind="stable")]


def listed(report: EvalReport, rows: NDArray[Any], kind: Kind = Kind.TAG, k: int = 10, most: int = 200) -> pd.DataFrame:
    """A table of questions to choose from: `row`, `id`, `title`, `case`, `date`, `shown` and `hidden` (labels,
    joined), and per model its hits among the first k."""
    rows = np.asarray(rows)[:most]
    frame = report.questions.iloc[rows][["id", "title", "case", "date"]].reset_index(drop=True)
    frame.insert(0, "row", rows)
    frame["shown"], frame["hidden"] = (
        _joined(report, kind, side[kind], rows) for side in (report.shown, report.hidden)
    )
    for label in report.labels_for(kind):
        sums = metrics.running(report, label, kind, k)
        frame[label] = sums.found[min(k, len(sums.found) - 1), rows]
    return frame


def _items(report: EvalReport, kind: Kind, rows: NDArray[Any]) -> pd.DataFrame:
    vocab = report.items[kind].vocab
    return pd.DataFrame({"key": vocab.keys(rows), "label": vocab.label_list(rows)})


def _joined(report: EvalReport, kind: Kind, matrix: sp.csr_matrix, rows: NDArray[Any]) -> list[str]:
    vocab = report.items[kind].vocab
    ends = matrix.indptr
    return [", ".join(vocab.label_list(matrix.indices[ends[row] : ends[row + 1]])) for row in rows]
