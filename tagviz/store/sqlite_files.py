"""SQLite files: whether they are damaged, copies of them while they are in use, and what can be read of them."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from tagviz.store.files import set_aside

PATIENCE_SECONDS = 30.0
COMPANIONS = ("-wal", "-shm", "-journal")
"""Endings of the files that SQLite keeps beside a database."""


def problem(path: Path) -> str:
    """Return what is wrong with a database file; "" for nothing."""
    if path.is_dir():
        return "it is a folder"
    try:
        with closing(_reader(path)) as connection:
            lines = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(3)")]
            connection.execute("SELECT name FROM sqlite_master").fetchall()
    except sqlite3.OperationalError as error:
        return "" if "locked" in str(error) else str(error)
    except sqlite3.Error as error:
        return str(error)
    return "" if lines == ["ok"] else "; ".join(lines)


def copy(source: Path, target: Path) -> None:
    """Copy a database as it is at one moment, while others write to it.

    Args:
        source: The database.
        target: The new file.

    Raises:
        sqlite3.Error: If it cannot be read or written.
    """
    with closing(_reader(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode=DELETE")


def put_aside(path: Path) -> Path:
    """Rename a damaged database with the files beside it, so that a new one can take its place; return its new name."""
    aside = set_aside(path)
    for ending in COMPANIONS:
        with suppress(FileNotFoundError):
            path.with_name(path.name + ending).rename(aside.with_name(aside.name + ending))
    return aside


def readable_rows(path: Path, table: str, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Return the rows of a table of a damaged database that can still be read, in their order.

    SQLite's own recovery is used where its program is installed; otherwise the table is read from both ends up to the
    damage.

    Args:
        path: The database; it is not changed.
        table: A table with a column `id`.
        columns: Its columns; those that the file does not have are left out.
    """
    if path.is_dir() or not path.exists():
        return []
    rows: dict[int, dict[str, Any]] = {}
    for one in _recovered(path):
        for row in _from_both_ends(one, table, columns):
            if isinstance(row.get("id"), int):
                rows.setdefault(row["id"], row)
    return [rows[ident] for ident in sorted(rows)]


def _recovered(path: Path) -> Iterator[Path]:
    """Yield the damaged file itself and, where SQLite's program is installed, what that recovers of it."""
    yield path
    program = shutil.which("sqlite3")
    if program is None:
        return
    target = path.with_name(f"{path.name}.recovered")
    target.unlink(missing_ok=True)
    try:
        script = subprocess.run([program, "-readonly", path, ".recover"], capture_output=True, check=False, timeout=600)
        done = subprocess.run([program, target], input=script.stdout, capture_output=True, check=False, timeout=600)
        if done.returncode in (0, 1) and target.exists():
            yield target
    except (OSError, subprocess.TimeoutExpired):
        return
    finally:
        for ending in ("", *COMPANIONS):
            target.with_name(target.name + ending).unlink(missing_ok=True)


def _from_both_ends(path: Path, table: str, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    try:
        with closing(_reader(path)) as connection:
            known = {str(row[1]) for row in connection.execute(f"PRAGMA table_info({table})")}
            wanted = [name for name in columns if name in known]
            if not wanted:
                return
            listed = ", ".join(f'"{name}"' for name in wanted)
            for order in ("ASC", "DESC"):
                with suppress(sqlite3.Error):
                    for row in connection.execute(f"SELECT {listed} FROM {table} ORDER BY rowid {order}"):  # noqa: S608 (names of our own)
                        yield dict(zip(wanted, row, strict=True))
    except sqlite3.Error:
        return


def _reader(path: Path) -> sqlite3.Connection:
    """Open a database for reading, also where nothing can be written beside it."""
    try:
        connection = sqlite3.connect(f"file:{_quoted(path)}?mode=ro", uri=True, timeout=PATIENCE_SECONDS)
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
        return connection
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise
        return sqlite3.connect(f"file:{_quoted(path)}?mode=ro&immutable=1", uri=True, timeout=PATIENCE_SECONDS)


def _quoted(path: Path) -> str:
    return str(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
