"""The files of a table: CSV and its relatives, Excel workbooks, Parquet, JSON; several alike in a folder are one."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tagviz.errors import SourceError
from tagviz.sources.archives import FREE_BYTES, MOST_RATIO, files_below
from tagviz.sources.delimited import Table, check_width, read_delimited
from tagviz.sources.dialects import TextOptions
from tagviz.sources.findings import Findings
from tagviz.sources.json_tables import read_json_table
from tagviz.sources.layouts import name_columns
from tagviz.sources.role_names import known_name, plain
from tagviz.sources.signatures import refuse_foreign
from tagviz.sources.workbooks import read_sheets

TEXT = (".csv", ".tsv", ".tab", ".inter")
LOOSE = (".txt", ".dat", ".data", ".log", "")
JSON = (".jsonl", ".ndjson", ".json")
EXCEL = (".xlsx", ".xlsm", ".xlsb", ".ods")
SUFFIXES = (*TEXT, ".parquet", *JSON, *EXCEL)
LARGEST_PARQUET = 8 * 2**30
MOST_SHEET_BYTES = 512 * 2**20
"""Bytes that the sheets of a workbook may unpack to; they are held in memory."""
LARGEST_WHOLE_NUMBER = 2**53


@dataclass(frozen=True)
class FileOptions:
    """What a person says of the files; empty: found out."""

    encoding: str = ""
    delimiter: str = ""
    quotes: str = "auto"
    ragged: str = ""
    header: tuple[str, ...] = ()
    sheet: str = ""

    @property
    def text(self) -> TextOptions:
        return TextOptions(self.encoding, self.delimiter, self.quotes, self.ragged, self.header)


def table_files(path: Path) -> list[Path]:
    """The file itself, or the files of a folder that may be tables."""
    if path.is_dir():
        return [file for file in files_below(path) if file.suffix.lower() in SUFFIXES]
    return [path] if path.is_file() and path.suffix.lower() in (*SUFFIXES, *LOOSE) else []


def sniff_file(file: Path, in_folder: bool) -> float:
    """How likely a file is a table: by its suffix and its first bytes."""
    suffix = file.suffix.lower()
    if suffix == ".json":
        with file.open("rb") as opened:
            head = opened.read(65_536)
        return 0.7 if _columnar(head) else 0.1
    if suffix in SUFFIXES:
        return 0.3
    with file.open("rb") as opened:
        head = opened.read(4096)
    text = head.replace(b"\x00", b"") if head[:2] in (b"\xff\xfe", b"\xfe\xff") else head
    return 0.05 if text.strip() and b"\x00" not in text else 0.0


def _columnar(head: bytes) -> bool:
    """Whether a JSON object begins with a column's name and its cells, as pandas writes frames."""
    key, colon, value = head.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b":")
    name = key.lstrip(b"{").strip().strip(b'"').decode("utf-8", "replace")
    return (
        bool(colon) and value.lstrip()[:1] in (b"{", b"[") and (bool(known_name(name)) or name in ("columns", "schema"))
    )


def read_tables(
    path: Path, options: FileOptions, wanted: Mapping[str, str], findings: Findings
) -> tuple[Table, pd.Series]:
    """The table of a file, or of all alike files in a folder one below the other, and by row the file's stem.

    Raises SourceError where the files of a folder have different columns: which one is meant must be said.
    """
    files = table_files(path)
    if not files:
        detail = f"expected files ending in {', '.join(SUFFIXES)}"
        raise SourceError(f"{path.name!r} is no table", detail, "name the file itself")
    if path.is_dir():
        findings.skipped_files += [file.name for file in files_below(path) if file not in files]
    tables = [_read(file, options, findings) for file in files]
    alike = {frozenset(map(plain, table.columns)) for table in tables}
    if len(alike) > 1 and (tables_alike := _songs_alike(tables)):
        tables, alike = tables_alike, set()
        findings.say("columns that only some of the files have are empty for the others")
    if len(alike) > 1:
        shown = ", ".join(file.name for file in files[:8]) + (" …" if len(files) > 8 else "")
        raise SourceError(
            f"The files in {path.name!r} have different columns", f"{len(files)} tables: {shown}", "name one of them"
        )
    stems = [file.name.split(".")[0] if len(files) == 1 else file.stem for file in files]
    if len(tables) == 1:
        return tables[0], pd.Series(np.repeat(np.array(stems[:1], dtype=object), tables[0].height), dtype="str")
    names = list(tables[0].columns)
    by_plain = [{plain(name): name for name in table.columns} for table in tables]
    merged = {
        name: pd.concat(
            [table.columns[known[plain(name)]] for table, known in zip(tables, by_plain, strict=True)],
            ignore_index=True,
        )
        for name in names
    }
    heights = [table.height for table in tables]
    return Table(merged), pd.Series(np.repeat(np.array(stems, dtype=object), heights), dtype="str")


def _songs_alike(tables: list[Table]) -> list[Table]:
    """Lists of songs, a file a playlist, with the same columns: named as in the first file, those that lack are empty.

    Exporters write other columns with other settings, and translate them. Empty where a file holds anything else.
    """
    roles = [{known_name(name): name for name in reversed(list(table.columns))} for table in tables]
    if any({"song_name", "artist"} - set(known) or set(known) & {"id", "title", "group"} for known in roles):
        return []
    first = {role: name for known in reversed(roles) for role, name in known.items() if role}
    renamed = [
        {first.get(role, name) if (role := known_name(name)) and known[role] == name else name: cells
         for name, cells in table.columns.items()}
        for known, table in zip(roles, tables, strict=True)
    ]  # fmt: skip
    names = dict.fromkeys(name for columns in renamed for name in columns)
    return [
        Table({name: columns.get(name, pd.Series([None] * table.height, dtype="str")) for name in names})
        for columns, table in zip(renamed, tables, strict=True)
    ]


def _read(file: Path, options: FileOptions, findings: Findings) -> Table:
    table = _read_any(file, options, findings)
    check_width(file, len(table.columns))
    return table


def _read_any(file: Path, options: FileOptions, findings: Findings) -> Table:
    suffix = file.suffix.lower()
    refuse_foreign(file)
    if suffix == ".parquet":
        return _parquet(file, findings)
    if suffix in JSON:
        return read_json_table(file, options.encoding, findings)
    if suffix in EXCEL:
        return _workbook(file, options, findings)
    table = read_delimited(file, options.text, findings)
    return table if table.named else name_columns(file, table, findings)


def _parquet(file: Path, findings: Findings) -> Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        opened = pq.ParquetFile(file)
        size = sum(opened.metadata.row_group(at).total_byte_size for at in range(opened.metadata.num_row_groups))
        if size > LARGEST_PARQUET:
            raise SourceError(f"{file.name!r} is too large", f"it unpacks to {size:,} bytes", "split it")
        if findings.limit and size > 8 * findings.limit:
            findings.complete, findings.total_rows = False, opened.metadata.num_rows
            batch = next(opened.iter_batches(batch_size=20_000), None)
            table = pa.Table.from_batches([batch] if batch is not None else [], opened.schema_arrow)
        else:
            table = opened.read()
        return Table({_utf8(name): _column(table.column(at)) for at, name in enumerate(table.column_names)})
    except (pa.ArrowException, OSError, UnicodeDecodeError, ValueError, OverflowError) as error:
        if isinstance(error, SourceError):
            raise
        detail = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise SourceError(
            f"{file.name!r} is no Parquet file that can be read", detail, "fetch or write it again"
        ) from error


def _utf8(name: Any) -> str:
    return str(name).encode("utf-8", "replace").decode()


def _column(cells: Any) -> pd.Series:
    import pyarrow as pa

    kind = cells.type
    if pa.types.is_dictionary(kind):
        cells, kind = cells.cast(kind.value_type), kind.value_type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        cells.validate(full=True)
        return pd.Series(cells.to_pandas(), dtype="str")
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return pd.Series(pd.to_datetime(pd.Series(cells.to_pandas()), errors="coerce"))
    return pd.Series(cells.to_pylist(), dtype="object")


def _workbook(file: Path, options: FileOptions, findings: Findings) -> Table:
    """The first sheet that holds a table, or the one named."""
    _check_workbook(file)
    sheets = read_sheets(file, options.sheet)
    filled = {name: rows for name, rows in sheets.items() if sum(any(cell != "" for cell in row) for row in rows) > 1}
    if not filled:
        raise SourceError(
            f"{file.name!r} holds no table", f"sheets: {', '.join(sheets)[:120]}", "save it as CSV (UTF-8)"
        )
    name, rows = next(iter(filled.items()))
    findings.say(f"the sheet {name!r} of {len(sheets)} is read" if len(sheets) > 1 else f"the sheet {name!r} is read")
    findings.skipped_files += [f"sheet {other}" for other in filled if other != name]
    findings.encoding, findings.encoding_why = "Excel workbook", "its sheets are text already"
    return _of_sheet(file, rows, options)


def _check_workbook(file: Path) -> None:
    """Refuses a workbook that would unpack to too much."""
    try:
        with zipfile.ZipFile(file) as packed:
            size = sum(member.file_size for member in packed.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise SourceError(
            f"{file.name!r} is no workbook that can be read", str(error)[:200], "save it as CSV (UTF-8)"
        ) from error
    if size > min(MOST_SHEET_BYTES, max(FREE_BYTES, MOST_RATIO * file.stat().st_size)):
        raise SourceError(f"{file.name!r} unpacks to too much", f"{size:,} bytes", "save the sheet as CSV (UTF-8)")


def _of_sheet(file: Path, rows: list[list[Any]], options: FileOptions) -> Table:
    filled = [(number, row) for number, row in enumerate(rows, 1) if any(cell != "" for cell in row)]
    place = 0
    while place + 1 < len(filled) and _count(filled[place][1]) == 1 < _count(filled[place + 1][1]):
        place += 1
    if options.header:
        names, body = list(options.header), filled[place:]
    else:
        names = [str(cell).strip() or f"column {at}" for at, cell in enumerate(filled[place][1], 1)]
        body = filled[place + 1 :]
    if not body:
        raise SourceError(
            f"{file.name!r} holds no row", "there is a header and nothing below it", "choose another file"
        )
    columns: dict[str, pd.Series] = {}
    for at, name in enumerate(names):
        cells = [_cell(file, number, name, row[at] if at < len(row) else "") for number, row in body]
        if name.startswith("column ") and not any(cells):
            continue
        columns[name if name not in columns else f"{name} ({at + 1})"] = pd.Series(cells, dtype="str")
    return Table(columns, np.array([number for number, _ in body], dtype=np.int64))


def _count(row: list[Any]) -> int:
    return sum(cell != "" for cell in row)


def _cell(file: Path, number: int, name: str, cell: Any) -> str:
    """A cell as text: whole numbers without a point, dates as ISO."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        if math.isfinite(cell) and cell.is_integer():
            if abs(cell) >= LARGEST_WHOLE_NUMBER:
                raise SourceError(
                    f"{file.name!r} holds ids that Excel has rounded",
                    f"row {number:,}, column {name!r}: {cell:.0f}",
                    "format the column as text before the ids are put into it, or import the file that Excel was given",
                )
            return str(int(cell))
        return repr(cell)
    if isinstance(cell, datetime | date):
        return cell.isoformat(sep=" ") if isinstance(cell, datetime) else cell.isoformat()
    return str(cell)
