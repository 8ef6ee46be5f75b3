"""Golden queries: what a person wants some questions to be answered with, and how well a model does.

A file is JSON (a list of objects) or CSV (one question a row, lists with `|` between). Fields, all optional but one of
title, asked_tags or asked_songs:

    id, title, asked_tags, asked_songs, avoid      the question, as on the Recommend page
    may_tags, may_songs, may_artists               understood if one of these is among the first FIRST
    must_tags, must_songs, must_artists            understood if all of these are among the first DEPTH
    not_tags, not_songs, not_artists               violations among the first DEPTH
    language, hard                                 what results are grouped by

The short form `{"id", "title", "tags", "hard"}`, where tags are those of which one shows that the question was
understood, is read as it stands. Spellings are compared by their normal form.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tagviz import text
from tagviz.errors import SourceError
from tagviz.evaluation.resampling import bootstrap_means, intervals
from tagviz.types import Kind

FIRST = 5
"""Answers of which one must be wanted."""
DEPTH = 10
"""Answers that are looked at for the reciprocal rank, for what must come and for what must not."""
MOST_QUERIES = 10_000
MOST_WANTED = 1_000
"""Spellings in one list."""
KINDS = ("tags", "songs", "artists")
LISTS = ("asked_tags", "asked_songs", "avoid", *(f"{how}_{kind}" for how in ("may", "must", "not") for kind in KINDS))
TEXTS = ("id", "title", "language", "hard")
SHORT = frozenset(("id", "title", "tags", "hard", "language"))
"""Fields of the short form."""
MEASURES = ("understood", "mrr", "violations")


@dataclass(frozen=True)
class GoldenQuery:
    """One question and what is wanted of its answer (see the module)."""

    id: str
    title: str = ""
    asked_tags: tuple[str, ...] = ()
    asked_songs: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    may_tags: tuple[str, ...] = ()
    may_songs: tuple[str, ...] = ()
    may_artists: tuple[str, ...] = ()
    must_tags: tuple[str, ...] = ()
    must_songs: tuple[str, ...] = ()
    must_artists: tuple[str, ...] = ()
    not_tags: tuple[str, ...] = ()
    not_songs: tuple[str, ...] = ()
    not_artists: tuple[str, ...] = ()
    language: str = ""
    hard: str = ""

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds that must be answered to judge it."""
        tags = self.may_tags or self.must_tags or self.not_tags
        songs = any(getattr(self, f"{how}_{kind}") for how in ("may", "must", "not") for kind in ("songs", "artists"))
        return (*((Kind.TAG,) if tags else ()), *((Kind.SONG,) if songs else ()))


@dataclass(frozen=True)
class GoldenAnswer:
    """What a model answered one question with, best first: spellings of tags, of songs, and per song its artists.

    fallback: nothing was understood, the answer is mere popularity.
    """

    tags: tuple[str, ...] = ()
    songs: tuple[str, ...] = ()
    artists: tuple[tuple[str, ...], ...] = ()
    fallback: bool = False


@dataclass(frozen=True, eq=False)
class GoldenReport:
    """Results of one model.

    frame: one row a question: `id`, `title`, `language`, `hard`, `understood` (bool), `mrr` (reciprocal rank of the
        first wanted item, 0 beyond DEPTH), `violations` (int), `fallback` (bool), `answers` (FIRST spellings).
    """

    model: str
    frame: pd.DataFrame

    def summary(self, by: str = "", resamples: int = 1000, seed: int = 42) -> pd.DataFrame:
        """Means with bootstrap intervals.

        Args:
            by: `language`, `hard`, or "" for all questions together.
            resamples: Of the bootstrap; 0 leaves the intervals out.
            seed: Of the bootstrap.

        Returns:
            One row a group: `group`, `queries`, MEASURES, each with `_low` and `_high` (95 %).
        """
        groups = self.frame[by].to_numpy(dtype=object) if by else np.full(len(self.frame), "", dtype=object)
        return pd.DataFrame([self._row(str(name), groups == name, resamples, seed) for name in sorted(set(groups))])

    def _row(self, name: str, rows: NDArray[np.bool_], resamples: int, seed: int) -> dict[str, Any]:
        values = self.frame.loc[rows, list(MEASURES)].to_numpy(dtype=np.float64)
        row: dict[str, Any] = {"group": name, "queries": len(values)}
        low, high = intervals(bootstrap_means(values, np.arange(len(values)), resamples, seed))
        for at, measure in enumerate(MEASURES):
            row[measure] = float(values[:, at].mean())
            if resamples:
                row |= {f"{measure}_low": float(low[at]), f"{measure}_high": float(high[at])}
        return row


def compare(one: GoldenReport, other: GoldenReport, resamples: int = 2000, seed: int = 42) -> pd.DataFrame:
    """Differences one − other on the questions that both answered, with paired bootstrap intervals.

    Returns:
        One row a measure: `measure`, `difference`, `low`, `high`, `queries`.
    """
    left, right = (each.frame.set_index("id")[list(MEASURES)].astype(np.float64) for each in (one, other))
    shared = left.index.intersection(right.index)
    differences = (left.loc[shared] - right.loc[shared]).to_numpy()
    low, high = intervals(bootstrap_means(differences, np.arange(len(differences)), resamples, seed))
    return pd.DataFrame(
        {
            "measure": MEASURES,
            "difference": differences.mean(axis=0) if len(shared) else np.nan,
            "low": low,
            "high": high,
            "queries": len(shared),
        }
    )


def judge(model: str, queries: Sequence[GoldenQuery], answers: Sequence[GoldenAnswer]) -> GoldenReport:
    """Measures a model's answers, one for each query."""
    rows = []
    for query, answer in zip(queries, answers, strict=True):
        lists = _spelled(answer)
        reached = [_first(lists[kind], getattr(query, f"may_{kind}")) for kind in KINDS]
        needed = [_first(lists[kind], (wanted,)) for kind in KINDS for wanted in getattr(query, f"must_{kind}")]
        best = min([rank for rank in (*reached, *needed) if rank], default=0)
        asks_any = any(getattr(query, f"may_{kind}") for kind in KINDS)
        rows.append(
            {
                "id": query.id,
                "title": query.title,
                "language": query.language or text.language(query.title),
                "hard": query.hard,
                "understood": (not asks_any or any(0 < rank <= FIRST for rank in reached)) and all(needed),
                "mrr": 1 / best if best else 0.0,
                "violations": sum(_count(lists[kind], getattr(query, f"not_{kind}")) for kind in KINDS),
                "fallback": answer.fallback,
                "answers": tuple((answer.tags or answer.songs)[:FIRST]),
            }
        )
    columns = ["id", "title", "language", "hard", *MEASURES, "fallback", "answers"]
    return GoldenReport(model, pd.DataFrame(rows, columns=columns))


def _spelled(answer: GoldenAnswer) -> dict[str, list[set[str]]]:
    """Per kind the normal forms at each of the first DEPTH places."""
    return {
        "tags": [{text.normal(one)} for one in answer.tags[:DEPTH]],
        "songs": [{text.normal(one)} for one in answer.songs[:DEPTH]],
        "artists": [set(map(text.normal, row)) for row in answer.artists[:DEPTH]],
    }


def _first(places: Sequence[set[str]], wanted: Sequence[str]) -> int:
    """The place (from 1) of the first item that is wanted, 0 for none."""
    forms = set(map(text.normal, wanted))
    return next((place for place, spellings in enumerate(places, 1) if spellings & forms), 0)


def _count(places: Sequence[set[str]], unwanted: Sequence[str]) -> int:
    forms = set(map(text.normal, unwanted))
    return sum(bool(spellings & forms) for spellings in places)


def read(path: Path) -> list[GoldenQuery]:
    """Reads a file of golden queries.

    Args:
        path: JSON or CSV, by its ending.

    Returns:
        The queries in the file's order.

    Raises:
        SourceError: For a file that is none, naming file, row, field, what was expected and what to do.
    """
    try:
        content = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path.name} cannot be read", str(error), "give a JSON or CSV file in UTF-8") from error
    rows = _csv_rows(content) if path.suffix.casefold() == ".csv" else _json_rows(content, path)
    return queries_of(rows, path)


def queries_of(rows: Sequence[Any], path: Path) -> list[GoldenQuery]:
    """Reads golden queries from plain objects.

    Args:
        rows: One object a query.
        path: The file that they come from, for messages.

    Raises:
        SourceError: As `read` does.
    """
    if not rows:
        raise SourceError(f"{path.name} holds no question", "an empty list", "add at least one question")
    if len(rows) > MOST_QUERIES:
        raise SourceError(f"{path.name} holds {len(rows):,} questions", f"at most {MOST_QUERIES:,}", "split it")
    queries = [_query(row, number, path) for number, row in enumerate(rows, 1)]
    seen: dict[str, int] = {}
    for number, query in enumerate(queries, 1):
        if query.id in seen:
            raise _wrong(path, number, "id", f"{query.id!r} is question {seen[query.id]}'s too", "give each its own id")
        seen[query.id] = number
    return queries


def rows_of(queries: Sequence[GoldenQuery]) -> list[dict[str, Any]]:
    """The queries as plain objects, which `queries_of` reads; empty fields are left out."""
    rows = []
    for query in queries:
        filled = {field.name: getattr(query, field.name) for field in fields(query)}
        rows.append({name: list(held) if name in LISTS else held for name, held in filled.items() if held})
    return rows


def _json_rows(content: str, path: Path) -> list[Any]:
    try:
        rows = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{path.name} is no JSON", str(error)[:200], "correct it, or name a CSV file .csv") from error
    if not isinstance(rows, list):
        raise SourceError(f"{path.name} is no list of questions", f"it holds {_sort(rows)}", "write [{…}, {…}]")
    return rows


def _csv_rows(content: str) -> list[dict[str, Any]]:
    rows = []
    for row in csv.DictReader(io.StringIO(content)):
        split = {
            name: [part.strip() for part in held.split("|") if part.strip()] if name in (*LISTS, "tags") else held
            for name, held in row.items()
            if isinstance(name, str) and isinstance(held, str) and held.strip()
        }
        rows.append({**split, **({"": row[None]} if None in row else {})})
    return rows


def _query(row: Any, number: int, path: Path) -> GoldenQuery:
    if not isinstance(row, Mapping):
        raise _wrong(path, number, "", f"expected an object, found {_sort(row)}", 'write {"title": …}')
    if "tags" in row and set(row) <= SHORT:
        row = {**{name: held for name, held in row.items() if name != "tags"}, "may_tags": row["tags"]}
    for name in row:
        if name not in (*TEXTS, *LISTS):
            known = ", ".join((*TEXTS, *LISTS))
            raise _wrong(path, number, str(name)[:40], "there is no such field", f"use one of {known}")
    held: dict[str, Any] = {name: _text(row.get(name), number, name, path) for name in TEXTS}
    held |= {name: _list(row.get(name), number, name, path) for name in LISTS}
    if not (held["title"].strip() or held["asked_tags"] or held["asked_songs"]):
        raise _wrong(path, number, "title", "nothing is asked", "give a title, asked_tags or asked_songs")
    query = GoldenQuery(**{**held, "id": held["id"] or str(number)})
    if not query.kinds:
        raise _wrong(path, number, "may_tags", "nothing is wanted of the answer", "say what may, must or must not come")
    return query


def _text(held: Any, number: int, name: str, path: Path) -> str:
    if held is None:
        return ""
    if not isinstance(held, str | int) or isinstance(held, bool):
        raise _wrong(path, number, name, f"expected a text, found {_sort(held)}", "put it in quotes")
    if len(str(held)) > text.LONGEST_TITLE:
        raise _wrong(path, number, name, f"{len(str(held)):,} characters, at most {text.LONGEST_TITLE:,}", "shorten it")
    return text.clean(str(held))


def _list(held: Any, number: int, name: str, path: Path) -> tuple[str, ...]:
    if held is None:
        return ()
    if not isinstance(held, list):
        raise _wrong(path, number, name, f"expected a list of texts, found {_sort(held)}", 'write ["…", "…"]')
    if len(held) > MOST_WANTED:
        raise _wrong(path, number, name, f"{len(held):,} entries, at most {MOST_WANTED:,}", "shorten the list")
    return tuple(filter(None, (_text(one, number, name, path) for one in held)))


def _wrong(path: Path, number: int, field: str, detail: str, remedy: str) -> SourceError:
    where = f", field {field}" if field else ""
    return SourceError(f"{path.name}, question {number}{where}", detail, remedy)


def _sort(held: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "nothing"}
    return names.get(type(held), "a number")
