"""Reading files: JSON in pieces of bounded memory, text in the encoding it is in, and errors that say where."""

from __future__ import annotations

import csv
import io
import os
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import orjson
import pandas as pd

from tagviz.errors import SourceError
from tagviz.sources.raw import Notes

BOM = b"\xef\xbb\xbf"

BLOCK = 4 * 2**20
"""Bytes of JSON that are parsed at once."""

MOST_LEVELS = 100
"""Brackets within one another that JSON may have: what is nested deeper is no list of playlists."""


@dataclass(frozen=True)
class Records:
    """Some consecutive records of a JSON list and the number of the first (from 1)."""

    first: int
    rows: list[dict[str, Any]]


def exists(path: Path) -> Path:
    """The path, or an error that says it is not there."""
    if not path.exists():
        raise SourceError(f"There is no file or folder {path.name!r}", str(path), "check the path")
    return path


def read_bytes(path: Path) -> bytes:
    """A file's content. Raises SourceError when it is missing, unreadable or empty."""
    exists(path)
    try:
        with path.open("rb") as file:  # a file that grows is read up to where it was
            content = file.read(os.fstat(file.fileno()).st_size)
    except OSError as error:
        raise SourceError(
            f"{path.name!r} cannot be read", error.strerror or str(error), "check the file's rights"
        ) from error
    if not content.strip():
        raise SourceError(f"{path.name!r} is empty", "no bytes in it", "fetch it again")
    return content


def read_json(path: Path) -> Any:
    """One JSON document, whole."""
    content = read_bytes(path)
    check_nesting(path, content)
    try:
        return orjson.loads(content.removeprefix(BOM))
    except orjson.JSONDecodeError as error:
        raise _no_json(path, content, 0, error) from error


def check_nesting(path: Path, content: bytes) -> None:
    """Raise SourceError where JSON is nested too deeply: parsers and whoever walks through it would run out of room."""
    if content.count(b"[") + content.count(b"{") <= MOST_LEVELS:
        return
    scan = _Scan()
    for start in range(0, len(content), BLOCK):
        scan.boundary(content[start : start + BLOCK], ends=False)
    _refuse_nested(path, scan)


def _refuse_nested(path: Path, scan: _Scan) -> None:
    if scan.deepest > MOST_LEVELS:
        raise SourceError(
            f"{path.name!r} is nested too deeply",
            f"over {MOST_LEVELS} brackets within one another",
            "choose another file",
        )


def json_records(path: Path) -> Iterator[Records]:
    """The objects of a JSON list, block by block, so that memory does not grow with the file.

    Raises SourceError with the byte offset where the file is cut off or wrong, or the record that is no object.
    """
    exists(path)
    scan, count, pending, start, closed = _Scan(), 1, [b""], 0, False
    with path.open("rb") as file:
        for offset, block in _blocks(file):
            if offset == 0 and not block.removeprefix(BOM).lstrip().startswith(b"["):
                what = {b"{": "an object", b"": "empty"}.get(block.strip()[:1], "not JSON")
                raise SourceError(
                    f"{path.name!r} is no JSON list", f"expected [ first, the file is {what}", "choose another file"
                )
            if closed and block.strip():
                raise SourceError(
                    f"{path.name!r} is not valid JSON", f"more text after the list at byte {offset:,}", "mend the file"
                )
            if offset == 0:
                start = block.index(b"[") + 1
                block = block[start:]
            cut, closed = scan.boundary(block)
            _refuse_nested(path, scan)
            pending.append(block if cut is None else block[:cut])
            if cut is None:
                continue
            rows = _parse(path, b"[%b]" % b"".join(pending), start - 1)
            for number, row in enumerate(rows, count):
                if not isinstance(row, dict):
                    raise wrong_type(path, number, "", "an object", row)
            if rows:
                yield Records(count, rows)
            count += len(rows)
            start += sum(map(len, pending)) + 1
            pending = [block[cut + 1 :]]
        if not closed:
            where = f"the list is not closed at byte {file.tell():,}"
            raise SourceError(f"{path.name!r} is cut off", where, "fetch the file again")
    if b"".join(pending).strip():
        raise SourceError(
            f"{path.name!r} is not valid JSON", f"more text after the list at byte {start:,}", "mend the file"
        )


def _blocks(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Offset and bytes of consecutive blocks, none of which ends within an escape; an empty file is one empty block."""
    offset, size = 0, os.fstat(file.fileno()).st_size
    while block := file.read(min(BLOCK, size - offset)):
        while block.endswith(b"\\") and offset + len(block) < size and (more := file.read(1)):
            block += more
        yield offset, block
        offset += len(block)
    if offset == 0:
        yield 0, b""


class _Scan:
    """Where records end, found block after block without parsing them: nesting depth and whether a string is open."""

    def __init__(self) -> None:
        self.depth = self.deepest = 0
        self.quoted = False
        self.step = np.zeros(256, dtype=np.int8)
        self.step[[ord("{"), ord("[")]], self.step[[ord("}"), ord("]")]] = 1, -1

    def boundary(self, block: bytes, ends: bool = True) -> tuple[int | None, bool]:
        """Position of the bracket that closes the list (and True), or of the last comma between records, or None.

        ends: whether the block is within a list, which its last bracket ends.
        """
        plain = np.frombuffer(block.replace(b"\\\\", b"xx").replace(b'\\"', b"xx"), dtype=np.uint8)
        inside = np.bitwise_xor.accumulate(plain == ord('"')) ^ self.quoted
        depth = self.depth + np.cumsum(np.where(inside, 0, self.step[plain]), dtype=np.int32)
        closed = np.flatnonzero(depth < 0) if ends else depth[:0]
        self.deepest = max(self.deepest, int(depth.max(initial=0)))
        if len(closed):
            return int(closed[0]), True
        if len(plain):
            self.quoted, self.depth = bool(inside[-1]), int(depth[-1])
        commas = np.flatnonzero((plain == ord(",")) & (depth == 0) & ~inside)
        return (int(commas[-1]) if len(commas) else None), False


def _parse(path: Path, text: bytes, offset: int) -> list[Any]:
    try:
        items: list[Any] = orjson.loads(text)
        return items
    except orjson.JSONDecodeError as error:
        raise _no_json(path, text, offset, error) from error


def _no_json(path: Path, text: bytes, offset: int, error: orjson.JSONDecodeError) -> SourceError:
    decoded = text.decode("utf-8", "replace")
    place = len(decoded[: error.pos].encode("utf-8", "replace"))
    if place >= len(text.rstrip()) - 1 and offset == 0:
        return SourceError(
            f"{path.name!r} is cut off", f"the JSON ends in the middle, at byte {len(text):,}", "fetch the file again"
        )
    near = " ".join(decoded[max(0, error.pos - 20) : error.pos + 20].split())
    return SourceError(
        f"{path.name!r} is not valid JSON",
        f"byte {offset + place:,}: {error.msg}, near {near!r}",
        "mend or fetch the file again",
    )


def wrong_type(path: Path, number: int, field: str, expected: str, value: Any) -> SourceError:
    """The error for a field that is not of the type a format says; `number` is the record's, from 1."""
    where = f"{path.name}, record {number:,}" + (f", field {field!r}" if field else "")
    shown = str(value)[:40]
    return SourceError(
        "A field is of the wrong type",
        f"{where}: expected {expected}, found {type(value).__name__} {shown!r}",
        "mend the file",
    )


def column(
    path: Path, records: Records, field: str, types: tuple[type, ...], expected: str, required: bool = False
) -> list[Any]:
    """One field of all records; raises SourceError where a value is of another type.

    None where it is absent or null, unless it is `required`.
    """
    values = [row.get(field) for row in records.rows]
    allowed = types if required else (*types, type(None))
    if not set(map(type, values)) <= set(allowed):
        number, value = next((i, v) for i, v in enumerate(values) if type(v) not in allowed)
        raise wrong_type(path, records.first + number, field, expected, value)
    return values


def list_column(
    path: Path, records: Records, field: str, types: tuple[type, ...], expected: str
) -> tuple[np.ndarray[Any, Any], list[Any]]:
    """A field of lists: how long each is, and all entries in one list. None counts as an empty list."""
    rows = [value or [] for value in column(path, records, field, (list,), "a list")]
    values = [value for row in rows for value in row]
    lengths = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
    if not set(map(type, values)) <= {*types, type(None)}:
        place, value = next((i, v) for i, v in enumerate(values) if v is not None and type(v) not in types)
        number = int(np.searchsorted(np.cumsum(lengths), place, side="right"))
        raise wrong_type(path, records.first + number, field, expected, value)
    return lengths, values


def read_text(path: Path, notes: Notes) -> str:
    """A text file: UTF-8 (or UTF-16 with its mark), and Latin-1 for the lines that are no UTF-8, which is noted."""
    content = read_bytes(path)
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        lines = [_line(line) for line in content.removeprefix(BOM).splitlines(keepends=True)]
    odd = [text for text, latin in lines if latin]
    notes.add(f"lines of {path.name} that are no UTF-8", len(odd), "read as Latin-1", odd)
    return "".join(text for text, _ in lines)


def _line(line: bytes) -> tuple[str, bool]:
    try:
        return line.decode(), False
    except UnicodeDecodeError:
        return line.decode("latin-1"), True


def read_columns(
    path: Path, notes: Notes, need: Sequence[str] = (), sep: str = "\t", quoted: bool = False
) -> pd.DataFrame:
    """A delimited text file as a frame of text with a header, "" where a value is missing.

    Raises SourceError naming the line that does not fit, or the missing column and those that exist.
    """
    text = read_text(path, notes).replace("\x00", "")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame = pd.read_csv(
                io.StringIO(text),
                sep=sep,
                dtype="str",
                keep_default_na=False,
                quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
                index_col=False,
            )
    except (pd.errors.ParserError, pd.errors.ParserWarning, pd.errors.EmptyDataError, csv.Error) as error:
        what = str(error).removeprefix("Error tokenizing data. C error: ").strip()
        if isinstance(error, pd.errors.ParserWarning):
            what = "a line has more fields than the header"
        raise SourceError(
            f"{path.name!r} cannot be read as a table", what, "mend that line, or check the separator"
        ) from error
    columns_of(path, list(frame.columns), need)
    return frame.fillna("")


def numbers(path: Path, frame: pd.DataFrame, name: str) -> pd.Series:
    """A column of whole numbers; raises SourceError naming the first record where it is none."""
    found = pd.to_numeric(frame[name], errors="coerce")
    wrong = np.flatnonzero(found.isna() | (found % 1 != 0))
    if len(wrong):
        raise wrong_type(path, int(wrong[0]) + 1, name, "a whole number", frame[name].iat[wrong[0]])
    return found.astype(np.int64)


def columns_of(path: Path, have: Sequence[str], need: Sequence[str]) -> None:
    """Raises SourceError when a column is missing, naming those that exist."""
    missing = [name for name in need if name not in have]
    if missing:
        raise SourceError(
            f"{path.name!r} has no column {missing[0]!r}",
            f"its columns are: {', '.join(map(str, have)) or 'none'}",
            "name the right column",
        )
