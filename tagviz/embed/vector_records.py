"""Vectors as records: CSV with a column a dimension or of lists, JSON of words and vectors."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from tagviz.embed.vector_text import cut_off, lines_of, number_of
from tagviz.errors import SourceError
from tagviz.types import Floats, ProgressCallback

CheckSize = Callable[[Path, int], None]
HEADINGS = (
    "tag",
    "tags",
    "label",
    "labels",
    "word",
    "words",
    "name",
    "names",
    "title",
    "token",
    "tokens",
    "key",
    "keys",
    "term",
    "text",
    "item",
)
NUMBERINGS = ("id", "index", "idx", "row", "n", "count", "counts", "frequency", "freq", "playlists", "")
NO_VECTOR = (
    "x",
    "y",
    "z",
    "count",
    "counts",
    "trust",
    "size",
    "weight",
    "score",
    "frequency",
    "freq",
    "cluster",
    "likes",
    "id",
    "index",
)
"""Columns of numbers that are no dimension of a vector."""
KEYS = ("key", "word", "token", "tag", "term", "label", "name", "song", "track", "item", "id")
_LISTED, _MATRICES = (
    ("words", "keys", "vocab", "labels", "tokens", "ids"),
    ("vectors", "embeddings", "matrix", "weights"),
)


def read_csv(
    path: Path, progress: ProgressCallback, check_size: CheckSize
) -> tuple[list[str], Floats, tuple[str, ...]]:
    """A column of words and a column a dimension, or one column of lists of numbers; with or without a header."""
    lines = [line for line in lines_of(path) if line.strip()]
    try:
        rows, comma = _cut(lines)
    except csv.Error as error:
        raise cut_off(path, str(error).partition(" - ")[0]) from error
    if not rows:
        raise cut_off(path, "there is no row with a word and numbers")
    names = [cell.strip() for cell in rows[0]]
    headed = not any(number_of(cell, comma) is not None for cell in names) or _is_numbering(names)
    body = rows[headed:]
    width = len(names)
    for number, row in enumerate(body, 1 + headed):
        if len(row) != width:
            raise cut_off(path, f"row {number:,} has {len(row)} cells, the first {width}")
    columns = list(zip(*body, strict=True)) if body else []
    numbers = {at: values for at, column in enumerate(columns) if (values := _numbers(column, comma)) is not None}
    texts = [at for at in range(len(columns)) if at not in numbers]
    lists = [at for at in texts if all(cell.strip().startswith("[") for cell in columns[at])]
    words = [at for at in texts if at not in lists]
    if len(words) > 1 or len(lists) > 1:
        raise _unclear(path, [names[at] for at in (lists if len(lists) > 1 else words)])
    skipped = [at for at in range(width) if headed and names[at].casefold() in NO_VECTOR and at not in words]
    if not words:
        words = skipped[:1] or [0]
    if lists:
        vectors = stacked(
            path, [list_of_numbers(path, number, cell) for number, cell in enumerate(columns[lists[0]], 1 + headed)]
        )
        return list(columns[words[0]]), vectors, (f"the vectors are in column {names[lists[0]]!r}",)
    numbering = [at for at in range(width) if headed and not names[at] and at not in words]
    dimensions = [at for at in range(width) if at not in (*words, *skipped, *numbering)]
    if not dimensions or not body:
        raise cut_off(path, "there is no row with a word and numbers")
    left_out = [names[at] or "row numbers" for at in (*skipped, *numbering) if at not in words]
    notes = (f"columns that are no part of the vectors are left out: {', '.join(left_out)}",) if left_out else ()
    return list(columns[words[0]]), np.column_stack([numbers[at] for at in dimensions]), notes


def _numbers(column: tuple[str, ...], comma: bool) -> Floats | None:
    """A column of numbers, float32; None where a cell is none."""
    try:
        return np.array([cell.replace(",", ".") for cell in column] if comma else column, dtype=np.float32)
    except ValueError:
        return None


def _cut(lines: list[str]) -> tuple[list[list[str]], bool]:
    """Rows of cells, and whether their numbers have decimal commas: the separator that gives even rows of numbers."""
    best: tuple[int, list[list[str]], bool] = (-1, [], False)
    for mark in "\t;,":
        rows = list(csv.reader(lines, delimiter=mark))
        comma = mark != "," and any("," in cell for cell in rows[-1][1:])
        width = len(rows[-1])
        numbers = sum(number_of(cell, comma) is not None or cell.startswith("[") for cell in rows[-1][1:])
        even = sum(len(row) == width for row in rows)
        if width > 1 and even * (1 + numbers) > best[0]:
            best = even * (1 + numbers), rows, comma
    return best[1] or list(csv.reader(lines)), best[2]


def _is_numbering(names: list[str]) -> bool:
    """Whether a first row is the header of a frame whose dimensions are only numbered, such as `tag`, 0, 1, 2."""
    numbers = [name for name in names if name.isdigit()]
    others = {name.casefold() for name in names if not name.isdigit()}
    first = int(numbers[0]) if numbers else 0
    in_order = numbers == [str(number) for number in range(first, first + len(numbers))]
    return len(numbers) > 1 and first in (0, 1) and in_order and others <= {*HEADINGS, *KEYS, *NUMBERINGS, *NO_VECTOR}


def _unclear(path: Path, names: list[str]) -> SourceError:
    shown = ", ".join(name[:40] for name in names[:6])
    return SourceError(
        f"{path.name} has several columns that could be meant", shown, "write one of them and the vectors"
    )


def list_of_numbers(path: Path, row: int, cell: str) -> list[float]:
    """A vector in one cell, as pandas and numpy write it: [0.1, 0.2] or [0.1 0.2]."""
    parts = cell.strip().strip("[]").replace(",", " ").split()
    numbers = [number_of(part) for part in parts]
    if "..." in parts:
        raise cut_off(path, f"row {row:,}: numpy has shortened the vector with ...")
    if not numbers or None in numbers:
        raise cut_off(path, f"row {row:,} should have a list of numbers")
    return [value for value in numbers if value is not None]


def read_json(
    path: Path, progress: ProgressCallback, check_size: CheckSize
) -> tuple[list[str], Floats, tuple[str, ...]]:
    """An object of word → vector, of words and vectors, or a list (or lines) of objects with a word and a vector."""
    content = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    try:
        parsed = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        try:
            parsed = [orjson.loads(line) for line in content.splitlines() if line.strip()]
        except orjson.JSONDecodeError:
            raise cut_off(path, f"byte {error.pos:,}: {error.msg}") from None
    rows: list[Any] = []
    words: list[Any] = []
    if isinstance(parsed, list) and parsed and all(isinstance(row, dict) for row in parsed):
        keys = [key for key in KEYS if key in parsed[0]]
        lists = [key for key, value in parsed[0].items() if isinstance(value, list)]
        if keys and len(lists) == 1:
            words, rows = [row.get(keys[0]) for row in parsed], [row.get(lists[0]) for row in parsed]
    elif isinstance(parsed, dict) and parsed and all(isinstance(row, list) for row in parsed.values()):
        named = {key.casefold(): value for key, value in parsed.items()}
        pair = next((key for key in _LISTED if key in named), ""), next((key for key in _MATRICES if key in named), "")
        pair_fits = all(pair) and len(named) == 2
        words, rows = (named[pair[0]], named[pair[1]]) if pair_fits else (list(parsed), list(parsed.values()))
    if not rows or not all(
        isinstance(row, list) and not any(isinstance(n, list | dict | str) for n in row) for row in rows
    ):
        raise SourceError(
            f"{path.name} holds no vectors", "expected an object of word → list of numbers", "write it so"
        )
    try:
        return [str(word) for word in words], stacked(path, rows), ()
    except (ValueError, TypeError, OverflowError) as error:
        raise cut_off(path, str(error).splitlines()[0][:200]) from None


def stacked(path: Path, rows: list[Any]) -> Floats:
    """Vectors of one length as a matrix. Raises SourceError where their lengths differ."""
    lengths = {len(row) if row is not None else -1 for row in rows}
    if len(lengths) != 1 or -1 in lengths:
        raise cut_off(path, f"vectors of different lengths: {', '.join(map(str, sorted(lengths)[:6]))}")
    return np.array(rows, dtype=np.float32)
