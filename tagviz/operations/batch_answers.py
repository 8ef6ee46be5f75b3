"""Many questions at once: pasted titles or a table of questions → a table of answers, with what was understood."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from tagviz.csv_guard import write_csv
from tagviz.errors import InvalidParameterError, SourceError, TagvizError
from tagviz.operations import recommend
from tagviz.operations.context import Context
from tagviz.operations.models import Model
from tagviz.query.interpretation import describe, interpret
from tagviz.ranking import RankingOptions
from tagviz.store.files import store_errors
from tagviz.types import PHRASE, Corpus, Kind, Progress, ProgressCallback, Query, Ranking, no_progress

MOST = 1000
"""Questions that are answered at once."""
FIELDS = ("title", "tags", "songs", "avoid")
"""Columns of a table of questions; each may be missing, but not all."""
SEPARATOR = "|"
"""What separates several tags or songs in one cell."""
COLUMNS = ("question", "read_as", "unknown", "sure", "tags", "songs", "problem")
"""Columns of the answers."""


def read_questions(content: str | bytes, name: str = "") -> list[Query]:
    """Read questions: a title a line, or a table with a head of `title`, `tags`, `songs` and `avoid`.

    Args:
        content: The text, or a file's bytes in UTF-8.
        name: Name of the file; one that ends in .csv or .tsv must have such a head, or a single column.

    Raises:
        SourceError: For text that is not UTF-8, has no questions, or is a table of other columns.
        InvalidParameterError: For more than MOST questions.
    """
    text = _decoded(content, name)
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise SourceError("There are no questions", name or "the text is empty", "give one title a line")
    delimiter = _delimiter_of(lines[0])
    if delimiter:
        queries = _table(text, delimiter, name)
    elif name.lower().endswith((".csv", ".tsv")) and len(_cells(lines[0])) > 1:
        raise SourceError(
            f"{name} has no column of questions",
            f"its head is {lines[0][:80]!r}",
            f"name the columns {', '.join(FIELDS)}; several tags in a cell are separated by {SEPARATOR}",
        )
    else:
        queries = [Query(line.strip()) for line in lines]
    if len(queries) > MOST:
        raise InvalidParameterError(
            f"{len(queries):,} questions are too many at once", f"at most {MOST:,}", "give them in parts"
        )
    return queries


def answer_all(
    context: Context,
    corpus: Corpus,
    model: Model,
    queries: Sequence[Query],
    n: int = 10,
    progress: ProgressCallback = no_progress,
) -> pd.DataFrame:
    """Answer each question as `recommend` does; what cannot be answered says why and stops nothing.

    Args:
        context: The workspace.
        corpus: The corpus.
        model: The model.
        queries: The questions.
        n: Tags and songs an answer.
        progress: Called after each question.

    Returns:
        One row a question with COLUMNS: `sure` is the share of right answers to questions like this (NaN where the
        model has not learned it); `tags` and `songs` are the labels, best first, separated by " | ".
    """
    rules = RankingOptions(
        variants=recommend.near_duplicates(context, corpus).groups, left_out=recommend.left_out(context, corpus)
    )
    kinds = [kind for kind in (Kind.TAG, Kind.SONG) if corpus.has(kind) and kind in model.recommender.kinds]
    rows = []
    for number, query in enumerate(queries, 1):
        rows.append(_answer(corpus, model, replace(query, n=n), kinds, rules))
        progress(Progress("answering", number / len(queries), f"{number:,} of {len(queries):,}"))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def answer_file(
    context: Context,
    corpus: Corpus,
    model: Model,
    files: tuple[Path, Path],
    progress: ProgressCallback = no_progress,
) -> pd.DataFrame:
    """Answer a file of questions and write the answers as CSV.

    Args:
        context: The workspace.
        corpus: The corpus.
        model: The model.
        files: The questions, and where the answers go.
        progress: Called after each question.

    Returns:
        The answers, as of `answer_all`.

    Raises:
        SourceError: If the questions cannot be read.
    """
    questions, out = files
    try:
        content = questions.read_bytes()
    except OSError as error:
        raise SourceError(
            f"{questions.name} cannot be read", str(error), "name a file of titles, or a CSV file"
        ) from error
    answers = answer_all(context, corpus, model, read_questions(content, questions.name), progress=progress)
    with store_errors(out):
        write_csv(answers, out)
    return answers


def _answer(
    corpus: Corpus, model: Model, query: Query, kinds: Sequence[Kind], rules: RankingOptions
) -> dict[str, object]:
    asked = " · ".join(part for part in (query.title, *query.tags, *query.songs) if part)
    row: dict[str, object] = dict.fromkeys(COLUMNS, "") | {"question": asked, "sure": math.nan}
    try:
        rankings = {kind: recommend.recommend(corpus, model, query, kind, rules, reasons=False) for kind in kinds}
        row["read_as"] = describe(interpret(query.title, corpus)) if query.title.strip() else ""
    except TagvizError as error:
        return {**row, "problem": str(error)}
    for kind, ranking in rankings.items():
        row["tags" if kind is Kind.TAG else "songs"] = f" {SEPARATOR} ".join(ranking.labels)
    first = next(iter(rankings.values()), None)
    if first is not None:
        row["unknown"] = ", ".join(_unknown(first))
        if first.expected is not None:
            row["sure"] = first.expected.share
        if first.fallback:
            row["problem"] = "Nothing in it is in the corpus: these are the most popular items"
    return row


def _unknown(ranking: Ranking) -> list[str]:
    """Return what was not understood; the words of a title are understood where its meaning is read as a phrase."""
    phrased = any(match.how == PHRASE for match in ranking.readings)
    unknown = [match for match in ranking.readings if not match.key and match.how != PHRASE]
    return [match.typed for match in unknown if not (phrased and match.kind is Kind.WORD)]


def _decoded(content: str | bytes, name: str) -> str:
    if isinstance(content, str):
        return content
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(f"{name or 'The file'} is not UTF-8 text", str(error), "save it as UTF-8") from error


def _cells(line: str, delimiter: str = ",") -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), [])


def _delimiter_of(head: str) -> str:
    """Return the delimiter with which the first line is a head of FIELDS; "" if it is none."""
    for delimiter in (",", ";", "\t"):
        cells = [cell.strip().casefold() for cell in _cells(head, delimiter)]
        if cells and set(cells) <= set(FIELDS) and len(set(cells)) == len(cells):
            return delimiter
    return ""


def _table(text: str, delimiter: str, name: str) -> list[Query]:
    rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(cell.strip() for cell in row)]
    head = [cell.strip().casefold() for cell in rows[0]]
    queries = []
    for number, row in enumerate(rows[1:], 2):
        if len(row) > len(head):
            raise SourceError(
                f"Row {number} of {name or 'the table'} has {len(row)} cells, its head {len(head)}",
                " ".join(row)[:120],
                "put cells that contain the separator into quotes",
            )
        cells = dict(zip(head, row, strict=False))
        tags, songs, avoid = (
            tuple(part.strip() for part in cells.get(field, "").split(SEPARATOR) if part.strip())
            for field in ("tags", "songs", "avoid")
        )
        queries.append(Query(cells.get("title", "").strip(), tags, songs, avoid))
    if not queries:
        raise SourceError("There are no questions", f"{name or 'the table'} has a head and no rows", "add some rows")
    return queries
