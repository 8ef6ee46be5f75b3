"""JSON and JSON Lines as tables: lists of objects, one object a line, and the shapes in which pandas writes frames."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import pandas as pd

from tagviz.errors import SourceError
from tagviz.sources.delimited import Table
from tagviz.sources.encodings import detect_encoding, open_text
from tagviz.sources.files import MOST_LEVELS, check_nesting, json_records, read_json, wrong_type
from tagviz.sources.findings import Findings
from tagviz.sources.role_names import known_name

ENTRIES = "entries"
"""The column of lists of an object of id → list."""


def read_json_table(file: Path, encoding: str, findings: Findings) -> Table:
    """The table of a JSON or JSON Lines file. Raises SourceError with the line or byte that is wrong."""
    first = _first_byte(file)
    if first[:1] in (b"\xff", b"\xfe"):
        raise SourceError(f"{file.name!r} is in UTF-16", "JSON is written in UTF-8", "save it again as UTF-8")
    if file.suffix.lower() in (".jsonl", ".ndjson") or (first == b"{" and _has_lines(file)):
        return _of_rows(_lines(file, encoding, findings))
    if first == b"[":
        rows: list[dict[str, Any]] = []
        for records in json_records(file):
            rows += records.rows
            if findings.limit and len(rows) > 20_000:
                findings.complete = False
                break
        return _of_rows(rows)
    content = read_json(file)
    if not isinstance(content, dict):
        raise SourceError(
            f"{file.name!r} is no JSON list",
            "expected a list of objects, one object a line, or an object",
            "choose another file",
        )
    return _of_object(file, content, findings)


def _first_byte(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()[:1]


def _has_lines(file: Path) -> bool:
    """Whether an object is whole on the first line and another follows."""
    with file.open("rb") as opened:
        head = opened.read(2**20).removeprefix(b"\xef\xbb\xbf").lstrip()
    first, _, rest = head.partition(b"\n")
    if not rest.lstrip().startswith(b"{"):
        return False
    try:
        orjson.loads(first)
    except orjson.JSONDecodeError:
        return False
    return True


def loads(text: str) -> tuple[Any, bool]:
    """A JSON document, and whether it held NaN or Infinity, which JSON has not; these become null."""
    try:
        return orjson.loads(text), False
    except orjson.JSONDecodeError:
        if "NaN" not in text and "Infinity" not in text:
            raise
    try:
        return _storable(json.loads(text, parse_constant=lambda _: None)), True
    except (json.JSONDecodeError, RecursionError) as error:
        raise orjson.JSONDecodeError(str(error)[:200], text, 0) from error


def _storable(value: Any) -> Any:
    """The same without halves of characters, which no file can hold; Python's parser lets them through."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_storable(one) for one in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(one) for key, one in value.items()}
    return value


def json_lines(file: Path, encoding: str, findings: Findings) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line numbers and objects of a JSON Lines file; objects that stand on several lines are read too."""
    detected = detect_encoding(file, encoding, findings.limit)
    findings.encoding, findings.encoding_why = detected.name, detected.why
    size = file.stat().st_size
    odd = 0
    with open_text(file, detected, size) as stream:
        for number, line in enumerate(stream, 1):
            line = line.removeprefix("\ufeff") if number == 1 else line
            if not line.strip():
                continue
            if line.count("[") + line.count("{") > MOST_LEVELS:
                check_nesting(file, line.encode("utf-8", "replace"))
            try:
                row, nan = loads(line)
            except orjson.JSONDecodeError as error:
                if number == 1 or line.strip() in ("{", "["):
                    yield from _pretty(file, stream, line, number, error)
                    return
                raise _wrong_line(file, number, error) from error
            odd += nan
            if not isinstance(row, dict):
                raise wrong_type(file, number, "", "an object", row)
            yield number, row
    findings.add("lines with NaN, which JSON has not", odd, "read as null")


def _pretty(
    file: Path, rest: Iterator[str], first: str, number: int, error: orjson.JSONDecodeError
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Objects that stand on several lines each."""
    text = first + "".join(islice(rest, 5_000_000))
    check_nesting(file, text.encode("utf-8", "replace"))
    decoder, place = json.JSONDecoder(parse_constant=lambda _: None), 0
    try:
        while place < len(text):
            parsed, end = decoder.raw_decode(text, place)
            row = _storable(parsed)
            for one in row if isinstance(row, list) else [row]:
                if not isinstance(one, dict):
                    raise wrong_type(file, number, "", "an object", one)
                yield number + text.count("\n", 0, place), one
            place = end
            while place < len(text) and text[place] in " \t\r\n,":
                place += 1
    except (json.JSONDecodeError, RecursionError):
        raise _wrong_line(file, number, error) from error


def _wrong_line(file: Path, number: int, error: orjson.JSONDecodeError) -> SourceError:
    where = f"line {number:,}, byte {error.pos:,}: {error.msg}"
    return SourceError(f"{file.name!r} is not valid JSON Lines", where, "mend that line or fetch the file again")


def _lines(file: Path, encoding: str, findings: Findings) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for _, row in json_lines(file, encoding, findings):
        rows.append(row)
        if findings.limit and len(rows) >= 20_000:
            findings.complete = False
            break
    return rows


def _of_rows(rows: list[dict[str, Any]]) -> Table:
    rows = _unpaged(rows)
    names = dict.fromkeys(key for row in rows for key in row)
    return Table({name: pd.Series([row.get(name) for row in rows], dtype="object") for name in names})


def _unpaged(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the pages that Last.fm's programs write: their tracks, with the text of each field."""
    inner = [row["recenttracks"] if isinstance(row.get("recenttracks"), dict) else row for row in rows]
    if not all(isinstance(page.get("track"), list) and set(page) <= {"track", "@attr"} for page in inner):
        return rows
    tracks = [track for page in inner for track in page["track"] if isinstance(track, dict)]
    return [
        {"track" if key == "name" else key: value.get("uts") or value.get("#text") or value.get("name")
         if isinstance(value, dict) else value for key, value in track.items()}
        for track in tracks
    ]  # fmt: skip


def _of_object(file: Path, content: dict[str, Any], findings: Findings) -> Table:
    """An object that holds a table in one of the usual shapes, or is one record itself."""
    values = list(content.values())
    if set(content) == {"recenttracks"} or set(content) == {"track", "@attr"}:
        return _of_rows([content])
    if isinstance(content.get("columns"), list) and isinstance(content.get("data"), list):
        rows = [
            dict(zip(map(str, content["columns"]), row, strict=False))
            for row in content["data"]
            if isinstance(row, list)
        ]
        return _of_rows(rows)
    named = sum(bool(known_name(str(key))) for key in content)
    if values and all(isinstance(value, dict) for value in values):
        if named * 2 > len(content):  # column → row → cell
            ids = dict.fromkeys(key for value in values for key in value)
            return Table(
                {name: pd.Series([cells.get(key) for key in ids], dtype="object") for name, cells in content.items()}
            )
        rows = [{"id": key, **value} for key, value in content.items()]
        return _of_rows(rows)
    if values and all(isinstance(value, list) for value in values):
        lengths = {len(value) for value in values}
        if named == len(content) and len(lengths) == 1 and len(content) > 1:  # column → cells
            return Table({name: pd.Series(cells, dtype="object") for name, cells in content.items()})
        if len(content) == 1 and all(isinstance(row, dict) for row in values[0]):
            return _of_rows(values[0])
        return Table({"id": pd.Series(list(content), dtype="object"), ENTRIES: pd.Series(values, dtype="object")})
    if named >= 2 and not any(
        isinstance(value, list) and value and isinstance(value[0], dict) and "title" in value[0] for value in values
    ):
        return _of_rows([content])
    lists = [
        (key, value)
        for key, value in content.items()
        if isinstance(value, list) and value and isinstance(value[0], dict)
    ]
    if len(lists) == 1:
        return _of_rows([row for row in lists[0][1] if isinstance(row, dict)])
    raise SourceError(
        f"{file.name!r} is no JSON list",
        f"an object with {', '.join(list(content)[:8])[:120] or 'nothing in it'}",
        "write a list of objects with id, title, tags and songs",
    )
