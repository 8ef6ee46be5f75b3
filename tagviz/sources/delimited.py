"""Delimited text files: the separator, quotes, header and lines are found out, and lines that do not fit are named.

Python's `csv` reads the rows. DuckDB's and pandas' readers are faster, but they know neither other encodings nor line
numbers of what they drop, and take an unclosed quote for text without a word.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

import numpy as np
import orjson
import pandas as pd
import regex

from tagviz.errors import SourceError
from tagviz.sources.dialects import HEAD_LINES, Dialect, TextOptions, find_dialect
from tagviz.sources.encodings import Encoding, detect_encoding, odd_lines, open_text
from tagviz.sources.findings import Findings

CHUNK = 50_000
"""Rows that are gathered at once."""
MOST_COLUMNS = 5000
LONGEST_CELL = 64 * 2**20
_BINARY = regex.compile(r"[\x03-\x08\x0e-\x1a\x1c-\x1f]")


@dataclass(frozen=True, eq=False)
class Table:
    """A table by columns: text (`str`) from text files, objects from the rest. lines: the line of each row, from 1.

    named: whether its columns have names, by a header or by what a person said.
    """

    columns: dict[str, pd.Series]
    lines: np.ndarray[Any, Any] | None = None
    named: bool = True

    @property
    def height(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 0


class _Misfit(Exception):
    """A line that the dialect cannot read. kind: quote, after or long."""

    def __init__(self, kind: str, line: int, text: str) -> None:
        super().__init__(kind, line, text)
        self.kind, self.line, self.text = kind, line, text


@dataclass
class _Rows:
    """Columns as they grow, and the lines that did not fit."""

    width: int
    parts: list[list[Any]] = field(default_factory=list)
    lines: list[np.ndarray[Any, Any]] = field(default_factory=list)
    short: list[int] = field(default_factory=list)
    long: list[int] = field(default_factory=list)


def read_delimited(file: Path, options: TextOptions, findings: Findings) -> Table:
    """The table of a delimited text file. Raises SourceError naming the lines that cannot be read."""
    size = file.stat().st_size
    encoding = detect_encoding(file, options.encoding, findings.limit)
    if findings.encoding and findings.encoding != encoding.name:
        findings.encoding, findings.encoding_why = "several", f"{file.name} and others differ"
    else:
        findings.encoding, findings.encoding_why = encoding.name, encoding.why
    odd = odd_lines(file, encoding) if encoding.mixed else []
    findings.add(f"lines of {file.name} that are no UTF-8", len(odd), f"read as {_encoding_title(encoding)}", odd)
    if findings.limit and size > findings.limit:
        findings.complete = False
    with open_text(file, encoding, size) as stream:
        head = list(islice(_lines(stream), HEAD_LINES))
    if any(map(_BINARY.search, head)):
        raise SourceError(f"{file.name!r} is no text", "its first lines hold bytes that no text has", "name a table")
    if not any(line.strip() for line in head):
        raise SourceError(f"{file.name!r} is empty", "no text in it", "fetch it again")
    dialect = find_dialect(file, head, options)
    check_width(file, head[0].count(dialect.delimiter) + 1 if '"' not in head[0] else 0)
    findings.separator = dialect.delimiter
    for _ in range(4):
        try:
            return _read(file, encoding, dialect, options, findings)
        except _Misfit as misfit:
            dialect = _other_dialect(file, dialect, misfit, options, findings)
    raise SourceError(f"{file.name!r} cannot be read as a table", "its quotes fit no rule", "write it again as CSV")


def check_width(file: Path, columns: int) -> None:
    """Raise SourceError where a table has more columns than anybody needs: each costs time."""
    if columns > MOST_COLUMNS:
        raise SourceError(
            f"{file.name!r} has too many columns",
            f"{columns:,}, at most {MOST_COLUMNS:,}",
            "write a row for each playlist and tag",
        )


def _encoding_title(encoding: Encoding) -> str:
    return "Latin-1" if encoding.name in ("latin-1", "cp1252") else encoding.name


def _lines(stream: IO[str]) -> Iterator[str]:
    first = next(stream, None)
    return iter(()) if first is None else chain((first.removeprefix("\ufeff"),), stream)


def _read(file: Path, encoding: Encoding, dialect: Dialect, options: TextOptions, findings: Findings) -> Table:
    size = file.stat().st_size if not findings.limit else min(file.stat().st_size, findings.limit)
    csv.field_size_limit(LONGEST_CELL)
    with open_text(file, encoding, size) as stream:
        lines = _lines(stream)
        before = dialect.skip + dialect.header
        for _ in islice(lines, before):
            pass
        if not findings.complete:
            lines = _whole(lines)
        gathered = _gather(dialect, lines, before)
    names = dialect.names or tuple(f"column {n}" for n in range(1, gathered.width + 1))
    _check_ragged(file, gathered, len(names), options, findings)
    if dialect.skip:
        findings.changed("lines above the header left out", range(1, dialect.skip + 1))
    if gathered.short:
        findings.changed("rows with fewer cells than the header, the rest left empty", gathered.short)
    if not gathered.parts:
        raise SourceError(f"{file.name!r} holds no row", "there is a header and nothing below it", "fetch it again")
    columns = _columns(gathered, names, options)
    if not dialect.quoted and options.quotes == "auto":
        columns = {name: _unquoted(cells) for name, cells in columns.items()}
    for name in dialect.sequences:
        columns[name] = pd.Series([orjson.dumps(cell.split()).decode() for cell in columns[name]], dtype="str")
    return Table(columns, np.concatenate(gathered.lines), bool(dialect.names))


def _unquoted(cells: pd.Series) -> pd.Series:
    """Cells that are quoted whole, without their quotes."""
    return cells.str.replace(r'^"((?:[^"]|"")*)"$', r"\1", regex=True).str.replace('""', '"', regex=False)


def _whole(lines: Iterator[str]) -> Iterator[str]:
    """All lines but the last, which a preview may have cut."""
    held: str | None = None
    for line in lines:
        if held is not None:
            yield held
        held = line


def _gather(dialect: Dialect, lines: Iterator[str], before: int) -> _Rows:
    """All rows by chunks of columns."""
    reader = dialect.reader(lines)
    rows = _Rows(len(dialect.names))
    start = before
    while True:
        block: list[list[str]] = []
        try:
            block.extend(islice(reader, CHUNK))
        except csv.Error as error:
            kind = "after" if "expected after" in str(error) else "long" if "larger than" in str(error) else "quote"
            raise _Misfit(kind, start + sum(map(_height, block)) + 1, str(error)) from error
        if not block:
            return rows
        numbers = start + 1 + np.arange(len(block))
        if reader.line_num + before - start != len(block):  # some cells hold line breaks
            heights = np.array([_height(row) for row in block])
            numbers = start + 1 + np.append(0, np.cumsum(heights)[:-1])
            if dialect.quoted:
                _check_breaks(dialect, block, numbers, rows.width)
        start = reader.line_num + before
        _add(rows, block, numbers)


def _height(row: list[str]) -> int:
    """Lines that a row stands on."""
    return 1 + sum(cell.count("\n") or cell.count("\r") for cell in row)


def _check_breaks(dialect: Dialect, block: list[list[str]], numbers: np.ndarray[Any, Any], width: int) -> None:
    """A cell that holds whole rows was opened by a quote that nobody closed."""
    for row, number in zip(block, numbers, strict=True):
        for cell in row:
            if "\n" in cell:
                inner = cell.splitlines()[1:]
                if width > 1 and any(line.count(dialect.delimiter) == width - 1 for line in inner):
                    raise _Misfit("quote", int(number), "a quote is not closed")


def _add(rows: _Rows, block: list[list[str]], numbers: np.ndarray[Any, Any]) -> None:
    if not rows.width:
        rows.width = Counter(map(len, block)).most_common(1)[0][0]
    width = rows.width
    if set(map(len, block)) != {width}:
        kept: list[list[str]] = []
        places: list[int] = []
        for row, number in zip(block, numbers.tolist(), strict=True):
            if not any(map(str.strip, row)):
                continue
            if len(row) < width:
                rows.short.append(number)
                row = row + [""] * (width - len(row))
            elif len(row) > width:
                if any(map(str.strip, row[width:])):
                    rows.long.append(number)
                else:
                    row = row[:width]
            kept.append(row)
            places.append(number)
        block, numbers = kept, np.array(places, dtype=np.int64)
    else:
        if not all(map(any, block)):
            numbers = np.delete(numbers, [at for at, row in enumerate(block) if not any(row)])
            block = [row for row in block if any(row)]
    if block:
        import pyarrow as pa

        ragged = any(len(row) > width for row in block)
        long = [row[width:] for row in block] if ragged else []
        columns = list(zip(*(row[:width] for row in block), strict=True)) if ragged else list(zip(*block, strict=True))
        rows.parts.append([pa.array(column, pa.large_string()) for column in columns])
        rows.lines.append(numbers.astype(np.int64))
        if any(long):
            rows.parts[-1].append(long)


def _check_ragged(file: Path, rows: _Rows, width: int, options: TextOptions, findings: Findings) -> None:
    if not rows.long:
        return
    if options.ragged not in ("cut", "join"):
        shown = ", ".join(f"{line:,}" for line in rows.long[:5])
        raise SourceError(
            f"{file.name!r} has lines with more cells than the header",
            f"line {shown}{' …' if len(rows.long) > 5 else ''} ({len(rows.long):,} in all): more than {width} cells",
            "put quotes around cells that hold the separator, or add --set ragged=join (the rest belongs to the last"
            " column) or --set ragged=cut (it is left out)",
        )
    how = "the rest put into the last column" if options.ragged == "join" else "the rest left out"
    findings.changed(f"rows with more cells than the header, {how}", rows.long)


def _columns(rows: _Rows, names: Sequence[str], options: TextOptions) -> dict[str, pd.Series]:
    import pyarrow as pa

    width = len(names)
    if options.ragged == "join" and rows.long:
        for part in rows.parts:
            if len(part) > width:
                last = [
                    ",".join([cell, *more]) for cell, more in zip(part[width - 1].to_pylist(), part[width], strict=True)
                ]
                part[width - 1] = pa.array(last, pa.large_string())
    columns: dict[str, pd.Series] = {}
    for at, name in enumerate(names):
        merged = pa.chunked_array([part[at] for part in rows.parts])
        for part in rows.parts:
            part[at] = None
        columns[name] = pd.Series(merged.to_pandas(), dtype="str")
    return columns


def _other_dialect(file: Path, dialect: Dialect, misfit: _Misfit, options: TextOptions, findings: Findings) -> Dialect:
    """Another way to read the quotes, or the error that names the line."""
    if dialect.delimiter == "\t" and dialect.quoted:
        findings.changed("quotes that are not closed, read as plain text", [misfit.line])
        return replace(dialect, quoted=False)
    if misfit.kind == "after":
        if dialect.strict and not dialect.escape:
            findings.changed("quotes in the middle of a cell, read as text", [misfit.line])
            return replace(dialect, strict=False)
        return replace(dialect, strict=False)
    if misfit.kind == "long":
        raise SourceError(
            f"{file.name!r} has a cell of more than {LONGEST_CELL:,} characters",
            f"from line {misfit.line:,}",
            "mend it",
        )
    raise SourceError(
        f"{file.name!r} has a quote that is not closed",
        f"line {misfit.line:,}: the cell runs on over the lines below it",
        'close the quote (or double it: ""), or add --set quotes=none to read quotes as plain text',
    )
