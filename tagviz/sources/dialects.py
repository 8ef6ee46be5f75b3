"""How a delimited text file is written: the separator, quotes, lines above the header, the header and its names."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile
from pathlib import Path
from typing import Any

import pandas as pd
import regex

from tagviz.errors import InvalidParameterError, SourceError
from tagviz.sources.column_dates import looks_like_dates
from tagviz.sources.role_names import known_name

DELIMITERS = (",", ";", "\t", "|", "^", "~", "::", "\x01")
HEAD_LINES = 200
_STAND_IN = "\x1f"
_NUMBER = regex.compile(r"-?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?")
_TYPED = regex.compile(r"(?P<name>.+):(?P<type>(?:token|float)(?:_seq)?)")


@dataclass(frozen=True)
class TextOptions:
    """What a person says of a text file; empty: found out. header: names for a file without a header line."""

    encoding: str = ""
    delimiter: str = ""
    quotes: str = "auto"
    ragged: str = ""
    header: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dialect:
    """How lines are cut into cells. skip: lines above the header; header: its lines (0: there is none).

    sequences: columns whose cells are lists between blanks, as the types in RecBole's header say.
    """

    delimiter: str
    quoted: bool = True
    escape: str = ""
    strict: bool = True
    skip: int = 0
    header: int = 1
    names: tuple[str, ...] = ()
    sequences: tuple[str, ...] = ()

    def reader(self, lines: Iterator[str]) -> Any:
        double = len(self.delimiter) > 1
        if self.quoted and not self.strict and not self.escape and not double:
            mark = regex.escape(self.delimiter)
            cell = regex.compile(rf'(?<=^|{mark}\s*)"(.*?)"(?=\s*{mark}|\s*$)')
            lines = (cell.sub(_with_doubled_quotes, line) for line in lines)
        return csv.reader(
            (line.replace(self.delimiter, _STAND_IN) for line in lines) if double else lines,
            delimiter=_STAND_IN if double else self.delimiter,
            quoting=csv.QUOTE_MINIMAL if self.quoted else csv.QUOTE_NONE,
            doublequote=not self.escape,
            escapechar=self.escape or None,
            skipinitialspace=True,
            strict=self.strict and self.quoted,
        )


def _with_doubled_quotes(cell: regex.Match[str]) -> str:
    """A quoted cell whose inner quotes are doubled, as they should be."""
    inner = cell[1].replace('""', '"').replace('"', '""')
    return f'"{inner}"'


def find_dialect(file: Path, head: list[str], options: TextOptions) -> Dialect:
    """The dialect of a file by its first HEAD_LINES lines. Raises SourceError where it holds no row."""
    skip = 0
    while skip < len(head) and not head[skip].strip():
        skip += 1
    named = regex.fullmatch(r"\"?sep=(.{1,2}?)\"?\s*", head[skip], regex.IGNORECASE) if skip < len(head) else None
    if named:
        skip += 1
    wanted = {"\\t": "\t", "tab": "\t"}.get(options.delimiter, options.delimiter)
    if wanted and len(wanted) > 2:
        raise InvalidParameterError(
            f"Parameter 'delimiter' cannot be {wanted!r}", "expected one character", "correct it"
        )
    body = head[skip:] if len(head) < HEAD_LINES else head[skip:-1]
    delimiter = wanted or (named[1] if named else "") or _delimiter(body, file.suffix.lower())
    quoted = options.quotes != "none"
    escaped = quoted and any(
        regex.search(r'[^\\]\\"(?!\s*$|\s*' + regex.escape(delimiter) + ")", line) for line in body
    )
    dialect = Dialect(
        delimiter, quoted, "\\" if escaped and not any('""' in line.replace('\\"', "") for line in body) else ""
    )
    above, header, typed = _header(file, replace(dialect, strict=False), body, options)
    types = [_TYPED.fullmatch(name) for name in typed]
    names = _distinct([match["name"] if match else name for match, name in zip(types, typed, strict=True)])
    lists = [name for match, name in zip(types, names, strict=True) if match and match["type"].endswith("_seq")]
    return replace(dialect, skip=skip + above, header=header, names=names, sequences=tuple(lists))


def _delimiter(body: list[str], suffix: str) -> str:
    """The candidate that cuts most lines into the same number of cells, as many as the header has."""
    scores: dict[str, tuple[float, int, int]] = {}
    lines = [line for line in body if line.strip()]
    lines = list(dropwhile(lambda line: line.startswith("#"), lines)) or lines  # remarks, as players write them
    for order, mark in enumerate(DELIMITERS):
        if not any(mark in line for line in lines):
            continue
        try:
            counts = [len(row) for row in Dialect(mark, strict=False).reader(iter(lines)) if row]
        except csv.Error:
            counts = [line.count(mark) + 1 for line in lines]
        usual = Counter(counts[1:] or counts).most_common(1)[0][0]
        wide = max(counts[0], usual)
        if wide < 2 or (counts[0] == 1 and usual != Counter(counts).most_common(1)[0][0]):
            continue
        fits = sum(count == counts[0] for count in counts) / len(counts)
        first = 1 if (mark == "\t" and suffix in (".tsv", ".inter", ".tab")) or mark == "::" else 0
        if counts[0] > 1 or fits > 0.8 or usual > 1:
            scores[mark] = (fits if counts[0] > 1 else fits / 2, first, wide * 10 - order)
    if not scores:
        return "\t" if suffix == ".tsv" else ","
    return max(scores, key=scores.__getitem__)


def _header(file: Path, dialect: Dialect, body: list[str], options: TextOptions) -> tuple[int, int, tuple[str, ...]]:
    """Lines above the header, the number of its lines, and the columns' names."""
    try:
        reader = dialect.reader(iter(body))
        records: list[tuple[int, list[str]]] = []
        start = 0
        for row in reader:
            records.append((start, [cell.strip() for cell in row]))
            start = reader.line_num
    except csv.Error:
        records = [(at, [cell.strip() for cell in line.split(dialect.delimiter)]) for at, line in enumerate(body)]
    filled = [(at, row) for at, row in records if any(row)]
    if not filled:
        raise SourceError(f"{file.name!r} holds no row", "nothing but separators", "fetch it again")
    place = 0
    while place + 1 < len(filled) and _is_title(filled[place][1], [row for _, row in filled[place + 1 : place + 20]]):
        place += 1
    at, first = filled[place]
    rows = [row for _, row in filled[place + 1 :]]
    if options.header:
        if len(options.header) != len(first):
            raise InvalidParameterError(
                "The header does not fit", f"{len(first)} columns, {len(options.header)} names", "name all"
            )
        return at, 0, options.header
    if len(rows) >= 2 and not first[0] and not rows[0][0] and rows[1][0] and not any(rows[1][1:]):
        pairs = zip(first, rows[0], rows[1], strict=False)
        return at, 3, tuple(named or ".".join(filter(None, (one, two))) for one, two, named in pairs)
    if _is_data(first, rows):
        return at, 0, ()
    return at, max(1, _end(records, at) - at), tuple(first)


def _end(records: list[tuple[int, list[str]]], at: int) -> int:
    later = [start for start, _ in records if start > at]
    return later[0] if later else at + 1


def _is_title(row: list[str], after: list[list[str]]) -> bool:
    """Whether a row is a title or remark above the header: one cell where those below have several."""
    filled = sum(map(bool, row))
    widths = [sum(map(bool, one)) for one in after if not (one[0].startswith("#") and sum(map(bool, one)) == 1)]
    usual = Counter(widths).most_common(1)[0][0] if widths else 1
    remark = row[0].startswith("# ") and not any(one[0].startswith("#") for one in after)
    return (filled == 1 and usual > 1) or remark


def _is_data(first: list[str], rows: list[list[str]]) -> bool:
    """Whether the first row is data: it is not made of names, and it looks like those below it."""
    if any(known_name(cell) for cell in first):
        return False
    if not rows:
        return any(_NUMBER.fullmatch(cell) or looks_like_dates(pd.Series([cell])) for cell in first if cell)
    same = [row for row in rows[:50] if len(row) == len(first)]
    columns = [[row[at] for row in same if row[at]] for at in range(len(first))]
    for cell, below in zip(first, columns, strict=True):
        if cell and below and _NUMBER.fullmatch(cell) and all(_NUMBER.fullmatch(one) for one in below):
            return True
        if cell and below and looks_like_dates(pd.Series([cell])) and looks_like_dates(pd.Series(below)):
            return True
        if cell.startswith(("spotify:", "http")) and below and below[0].startswith(("spotify:", "http")):
            return True
    return False


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Names as the file has them, made distinct: a second `tags` is `tags (2)`, a nameless one `column 3`."""
    seen: Counter[str] = Counter()
    distinct: list[str] = []
    for place, name in enumerate(names, 1):
        name = name.strip().strip("\ufeff\x00") or f"column {place}"
        seen[name] += 1
        distinct.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(distinct)
