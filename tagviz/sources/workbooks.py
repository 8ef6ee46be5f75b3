"""The sheets of a workbook, read in a process of its own.

The reader is a compiled library that holds every cell between the first and the last one: a small file with one cell
far away, or a damaged one, can end the process that reads it. The child has bounds for its memory and its time.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson

from tagviz.errors import SourceError

MOST_BYTES = 4 * 2**30
"""Memory of the process that reads, address space included."""
MOST_SECONDS = 300.0
SAVE_AS_CSV = "save it as CSV (UTF-8)"
CHILD = """
import json, resource, sys
limit = int(sys.argv[3])
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
import python_calamine
def plain(cell):
    if isinstance(cell, (bool, int, float, str)):
        return cell if isinstance(cell, str) or abs(cell) < 1e300 else str(cell)
    kind = type(cell).__name__
    return {kind: cell.isoformat()} if kind in ("date", "datetime") else str(cell)
def record(**parts):
    sys.stdout.buffer.write(json.dumps(parts).encode() + b"\\n")
try:
    with python_calamine.load_workbook(sys.argv[1]) as book:
        names = list(book.sheet_names)
        if sys.argv[2] and sys.argv[2] not in names:
            record(missing=", ".join(names))
        for name in [name for name in names if sys.argv[2] in ("", name)]:
            record(name=name)
            for row in book.get_sheet_by_name(name).to_python():
                record(row=[plain(cell) for cell in row])
    record(end=True)
except BaseException as error:
    record(error=str(error)[:200] or type(error).__name__)
"""


def read_sheets(file: Path, sheet: str = "") -> dict[str, list[list[Any]]]:
    """The cells of all sheets, or of the one that is named.

    Raises:
        SourceError: The file cannot be read within the bounds, or has no such sheet.
    """
    command = [sys.executable, "-I", "-c", CHILD, str(file.absolute()), sheet, str(MOST_BYTES)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=MOST_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise SourceError(f"{file.name!r} takes too long", f"over {MOST_SECONDS:.0f} s", SAVE_AS_CSV) from error
    sheets: dict[str, list[list[Any]]] = {}
    cells: list[list[Any]] = []
    for line in done.stdout.splitlines():
        record = orjson.loads(line)
        if "row" in record:
            cells.append([_value(cell) for cell in record["row"]])
        elif "name" in record:
            cells = sheets[record["name"]] = []
        elif "missing" in record:
            raise SourceError(
                f"{file.name!r} has no sheet {sheet!r}", f"sheets: {record['missing'][:200]}", "name another"
            )
        elif "error" in record:
            raise SourceError(f"{file.name!r} is no workbook that can be read", record["error"], SAVE_AS_CSV)
        elif "end" in record:
            return sheets
    raise SourceError(
        f"{file.name!r} cannot be read", "it is damaged, or needs more memory than it may have", SAVE_AS_CSV
    )


def _value(cell: Any) -> Any:
    if isinstance(cell, dict):
        kind, text = next(iter(cell.items()))
        return date.fromisoformat(text) if kind == "date" else datetime.fromisoformat(text)
    return cell
