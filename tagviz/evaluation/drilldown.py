"""The playlists behind a number: which questions, and everything about one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.errors import InvalidParameterError, NotFoundError
from tagviz.evaluation import metrics
from tagviz.evaluation.report import EvalReport
from tagviz.types import Kind, Query

View = Literal["model", "bar", "similarity", "instead", "part", "pair"]

ARGUMENTS: Mapping[View, int] = {"model": 0, "bar": 1, "similarity": 2, "instead": 2, "part": 2, "pair": 1}
"""How many arguments follow the model's label, by view."""


@dataclass(frozen=True)
class Drilldown:
    """The part of a report whose playlists are listed, as a link names it.

    Attributes:
        view: What was clicked. "model": the model itself. "bar": a bar of the rank histogram. "similarity", "instead":
            a cell of a heatmap. "part": a segment. "pair": a comparison of two models.
        label: The model's label in the report.
        args: What was clicked in the view: a bar's number; a cell's row and column; the segment's criterion and name;
            the other model's label. Numbers count from 0.
    """

    view: View
    label: str
    args: tuple[str, ...] = ()

    def to_param(self) -> str:
        """Return the drill-down as the text of a URL parameter, such as "similarity|ALS|0|3"."""
        escaped = (part.replace("%", "%25").replace("|", "%7C") for part in self.args)
        return "|".join((self.view, self.label, *escaped))

    def relabelled(self, name: Callable[[str], str]) -> Self:
        """Return the same drill-down with other labels of the models."""
        args = tuple(name(other) for other in self.args) if self.view == "pair" else self.args
        return replace(self, label=name(self.label), args=args)

    @classmethod
    def from_param(cls, text: str) -> Self | None:
        """Read what `to_param` wrote.

        Args:
            text: The parameter, from an untrusted link. A model's label may contain "|".

        Returns:
            The drill-down, or None for a text that names none.
        """
        name, _, rest = text.partition("|")
        view = next((known for known in ARGUMENTS if known == name), None)
        if view is None:
            return None
        count = ARGUMENTS[view]
        label, *args = rest.rsplit("|", count) if count else [rest]
        if not label or len(args) != count:
            return None
        return cls(view, label, tuple(part.replace("%7C", "|").replace("%25", "%") for part in args))


@dataclass(frozen=True, eq=False)
class QuestionView:
    """One question with everything that is known about it.

    Attributes:
        row: Its row in the report.
        id: Id of the playlist.
        title: Its whole title.
        titled: Whether the title was shown.
        date: Its date, ISO, "" where unknown.
        case: What was shown.
        group: Its listener or artist.
        shown: Per kind, frame `key`, `label`.
        hidden: The same, with a column per model: the rank at which it recommended the item, 0 for not found.
        answers: Per (model, kind), frame `rank`, `key`, `label`, `hit`.
        scores: Per kind, the metrics at k, one row per model.
        fallback: The models that answered by popularity.
        query: The same question for the Recommend page.
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
    """Return everything about a question.

    Args:
        report: The report.
        row: Row of the question.
        k: Number of recommended items.

    Raises:
        InvalidParameterError: For a row that does not exist.
    """
    if not 0 <= row < len(report):
        raise InvalidParameterError(f"There is no question {row}", f"this report has {len(report)}", "choose another")
    about = report.questions.iloc[row]
    date = "" if pd.isna(about["date"]) else f"{about['date']:%Y-%m-%d}"
    shown = {kind: _item_frame(report, kind, matrix[row].indices) for kind, matrix in report.shown.items()}
    answers, hidden, scores = {}, {}, {}
    for kind in report.kinds:
        hidden[kind] = _item_frame(report, kind, report.hidden[kind][row].indices)
        here = report.truth_rows[kind] == row
        depth = min(k, report.depth(kind))
        table = []
        for label in report.labels_for(kind):
            hidden[kind][label] = report.ranks[label, kind][here]
            rows = report.rows[label, kind][row, :k]
            rows = rows[rows >= 0]
            frame = _item_frame(report, kind, rows)
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
    """Return what a question shows as a query of the Recommend page.

    Args:
        report: The report.
        row: Row of the question.
        n: Number of recommendations that the query asks for.
    """
    about = report.questions.iloc[row]

    def ids(kind: Kind) -> tuple[str, ...]:
        return tuple(report.items[kind].vocab.ids[report.shown[kind][row].indices])

    title = str(about["title"]) if about["titled"] else ""
    date = "" if pd.isna(about["date"]) else f"{about['date']:%Y-%m-%d}"
    return Query(title=title, tags=ids(Kind.TAG), songs=ids(Kind.SONG), n=n, date=date)


def row_of(report: EvalReport, ident: str) -> int:
    """Return the row of a question by its playlist's id.

    Raises:
        NotFoundError: If no question has this id.
    """
    rows = np.flatnonzero((report.questions["id"] == ident).to_numpy())
    if not len(rows):
        raise NotFoundError(
            f"No question {ident!r} in this report", f"it has {len(report):,} questions", "check the id"
        )
    return int(rows[0])


def worst_questions(
    report: EvalReport,
    label: str,
    kind: Kind = Kind.TAG,
    k: int = 10,
    metric: str = "ndcg",
    case: str = "",
) -> NDArray[np.int64]:
    """Return the questions behind a row of the main table, the worst answered first.

    Args:
        report: The report.
        label: A model's label.
        kind: Kind of the recommended items.
        k: Number of recommended items that count.
        metric: Metric by which they are ordered.
        case: Only questions of this case; "": all.

    Returns:
        Rows of questions; those that hide nothing of the kind are left out.
    """
    values = metrics.scores(report, label, kind, k)[metric]
    rows = np.flatnonzero(metrics.case_mask(report, case) & ~np.isnan(values))
    return rows[np.argsort(values[rows], kind="stable")]


def questions_by_difference(
    report: EvalReport, a: str, b: str, kind: Kind = Kind.TAG, k: int = 10, case: str = ""
) -> NDArray[np.int64]:
    """Return the questions in the order of how much more nDCG one model reaches than another, largest difference first.

    Args:
        report: The report.
        a: Label of the one model.
        b: Label of the other.
        kind: Kind of the recommended items.
        k: Number of recommended items that count.
        case: Only questions of this case; "": all.
    """
    difference = metrics.scores(report, a, kind, k)["ndcg"] - metrics.scores(report, b, kind, k)["ndcg"]
    rows = np.flatnonzero(metrics.case_mask(report, case) & ~np.isnan(difference))
    return rows[np.argsort(-difference[rows], kind="stable")]


def question_table(
    report: EvalReport, rows: NDArray[Any], kind: Kind = Kind.TAG, k: int = 10, most: int = 200
) -> pd.DataFrame:
    """Return a table of questions to choose from.

    Args:
        report: The report.
        rows: Rows of the questions.
        kind: Kind of the items listed.
        k: Number of recommended items that count.
        most: Largest number of questions.

    Returns:
        Frame `row`, `id`, `title`, `case`, `date`, `shown` and `hidden` (labels, joined), and per model its hits among
        the first k.
    """
    rows = np.asarray(rows)[:most]
    frame = report.questions.iloc[rows][["id", "title", "case", "date"]].reset_index(drop=True)
    frame.insert(0, "row", rows)
    frame["shown"], frame["hidden"] = (
        _joined_labels(report, kind, side[kind], rows) for side in (report.shown, report.hidden)
    )
    for label in report.labels_for(kind):
        sums = metrics.cumulative_hits(report, label, kind, k)
        frame[label] = sums.hits[min(k, len(sums.hits) - 1), rows]
    return frame


def _item_frame(report: EvalReport, kind: Kind, rows: NDArray[Any]) -> pd.DataFrame:
    vocab = report.items[kind].vocab
    return pd.DataFrame({"key": vocab.keys(rows), "label": vocab.label_list(rows)})


def _joined_labels(report: EvalReport, kind: Kind, matrix: sp.csr_matrix, rows: NDArray[Any]) -> list[str]:
    vocab = report.items[kind].vocab
    ends = matrix.indptr
    return [", ".join(vocab.label_list(matrix.indices[ends[row] : ends[row + 1]])) for row in rows]
