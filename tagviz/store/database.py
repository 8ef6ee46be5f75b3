"""The database: SQLite in the workspace by default, or any other by its URL. It is migrated when it is opened."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tagviz.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

HEAD = "0005"
"""The newest migration. A database that is at it opens without loading alembic."""
MIGRATIONS = Path(__file__).parent / "migrations"
PATIENCE_SECONDS = 30.0
"""How long a process waits for another one that is writing."""
READ_SECONDS = 3.0
"""How long one that only reads waits for a program that has locked the whole file."""
CONNECT_SECONDS = 5
"""How long a server may take to answer."""
RETRY_SECONDS = 3.0
"""For so long after a database did not answer, everybody else is told so at once."""
ADVISORY_LOCK = 746_842
"""PostgreSQL's lock that is held during a migration; any number that nothing else uses."""


_opened: dict[str, tuple[Engine, int]] = {}
"""Engines by URL, with the inode of SQLite's file."""
_failed: dict[str, tuple[float, StoreError]] = {}
"""When a database did not answer, and how: for RETRY_SECONDS nobody waits for it again."""
_opening = threading.Lock()


def open_engine(url: str) -> Engine:
    """Open a database and migrate it to the newest tables. Many processes may open it at once.

    A file that was replaced meanwhile (restored, repaired) is opened anew.

    Args:
        url: URL of the database.

    Raises:
        StoreError: If it cannot be reached, is missing or damaged, or was made by a newer tagviz.
    """
    file = sqlite_file(url)
    known = _opened.get(url)
    if known is not None and (file is None or known[1] == _inode(file)):
        when, error = _failed.get(_masked(url), (0.0, None))
        if error is not None and time.monotonic() - when < RETRY_SECONDS:
            raise StoreError(error.title, error.detail, error.remedy)
        return known[0]
    with _opening:
        if url in _opened:
            _opened.pop(url)[0].dispose()
        engine = _open(url, file)
        _failed.pop(_masked(url), None)
        _opened[url] = engine, 0 if file is None else _inode(file)
    return engine


def _open(url: str, file: Path | None) -> Engine:
    from sqlalchemy import create_engine, event, make_url

    with database_errors(url):
        options: dict[str, Any] = {"pool_pre_ping": True}
        if file is not None:
            if missing_file(file):
                raise StoreError(
                    "The database of jobs, feedback and decisions is missing",
                    f"{file.name} is gone from the workspace, or empty",
                    "restore a backup with `tagviz restore`, or start an empty one with `tagviz doctor --repair`",
                )
            file.parent.mkdir(parents=True, exist_ok=True)
            options = {"creator": lambda: _connect_sqlite(file)}
        elif make_url(url).get_backend_name() == "postgresql":
            options["connect_args"] = {"connect_timeout": CONNECT_SECONDS}
        engine = create_engine(make_url(url), **options)
        if file is not None:
            event.listen(engine, "begin", _begin)
        if _version(engine) != HEAD:
            _upgrade(engine, file)
        if file is not None and not _marker(file).exists():
            with suppress(OSError):
                _marker(file).touch()
    return engine


def sqlite_file(url: str) -> Path | None:
    """Return the file of an SQLite database; None for another database."""
    kind, sign, place = url.partition(":///")
    return Path(place) if sign and kind.partition("+")[0] == "sqlite" and place else None


def missing_file(file: Path) -> bool:
    """Whether a database was opened here before and its file is gone or empty."""
    return _marker(file).exists() and (not file.exists() or (file.is_file() and file.stat().st_size == 0))


def forget_file(file: Path) -> None:
    """Let `open_engine` make a new database where the old one is missing."""
    _marker(file).unlink(missing_ok=True)


def _marker(file: Path) -> Path:
    return file.with_name(f"{file.name}.made")


def _inode(file: Path) -> int:
    try:
        return file.stat().st_ino
    except OSError:
        return -1


def _masked(url: str) -> str:
    """A URL as engines print theirs: without its password."""
    before, sign, rest = url.partition("://")
    login, at, place = rest.rpartition("@")
    user, colon, _password = login.partition(":")
    return f"{before}{sign}{user}{':***' if colon else ''}{at}{place}"


@contextmanager
def write_transaction(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that may write.

    In SQLite it takes the write lock at once, so that it never fails half-way.

    Args:
        engine: The database.

    Raises:
        StoreError: If the database cannot be written.
    """
    with database_errors(str(engine.url)), engine.execution_options(writing=True).begin() as connection:
        yield connection


@contextmanager
def database_errors(url: str) -> Iterator[None]:
    """Turn errors of the database and its driver into a StoreError.

    Args:
        url: URL of the database, for the message.
    """
    from sqlalchemy.exc import (
        ArgumentError,
        DBAPIError,
        InterfaceError,
        NoSuchModuleError,
        OperationalError,
    )
    from sqlalchemy.exc import TimeoutError as PoolTimeout

    try:
        yield
    except (DBAPIError, PoolTimeout, OSError) as error:
        own = _store_error(url, str(getattr(error, "orig", None) or error))
        if isinstance(error, OperationalError | InterfaceError | PoolTimeout) and not _only_writing(own.detail):
            _failed[_masked(url)] = time.monotonic(), own
        raise own from error
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise StoreError(
            "The database's URL cannot be used",
            f"{url.partition('://')[0]}: {error}",
            "correct TAGVIZ_DATABASE_URL, or unset it for SQLite",
        ) from error


READ_ONLY = ("readonly", "read-only", "disk is full", "disk I/O", "FULL")
DAMAGED = ("malformed", "not a database", "no such table", "no such column", "corrupt")


def _only_writing(reason: str) -> bool:
    """Whether a database can still be read."""
    return any(sign in reason for sign in READ_ONLY)


def _store_error(url: str, reason: str) -> StoreError:
    reason = " ".join(reason.split())[:300]
    if sqlite_file(url) is None:
        return StoreError(
            "The database does not answer", reason, "start it again, and check what TAGVIZ_DATABASE_URL says"
        )
    if any(sign in reason for sign in DAMAGED):
        return StoreError(
            "The database of jobs, feedback and decisions is damaged",
            reason,
            "restore a backup with `tagviz restore`, or recover what can be read with `tagviz doctor --repair`",
        )
    if "locked" in reason:
        return StoreError(
            "The database is locked by another program", reason, "close the program that holds it, then try again"
        )
    if "full" in reason or "I/O" in reason:
        return StoreError("The disk is full, or fails", f"the database: {reason}", "free some space, then try again")
    return StoreError(
        "The database cannot be used",
        reason,
        "check that the disk has room and may be written, and what TAGVIZ_DATABASE_URL says",
    )


def _connect_sqlite(file: Path) -> Any:
    """Connect without the driver's own transactions, so that ours begin and end where we say.

    Where nothing may be written, the file is opened for reading.
    """
    import sqlite3

    def connect(target: str, uri: bool) -> sqlite3.Connection:
        connection = sqlite3.connect(
            target, timeout=PATIENCE_SECONDS, isolation_level=None, check_same_thread=False, uri=uri
        )
        try:
            connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
        except sqlite3.Error:
            connection.close()
            raise
        connection.execute("PRAGMA synchronous=NORMAL")
        return connection

    try:
        return connect(str(file), uri=False)
    except sqlite3.OperationalError as error:
        if not file.is_file() or os.access(file.parent, os.W_OK) or "locked" in str(error):
            raise
        return connect(f"file:{quote(str(file))}?mode=ro&immutable=1", uri=True)


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql(f"PRAGMA busy_timeout={int(1000 * (PATIENCE_SECONDS if immediate else READ_SECONDS))}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _version(engine: Engine) -> str | None:
    """Return the migration that a database is at; None before the first."""
    from sqlalchemy import inspect, text

    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _upgrade(engine: Engine, file: Path | None) -> None:
    """Run the missing migrations in one transaction, one process at a time."""
    from contextlib import nullcontext

    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError
    from filelock import FileLock
    from sqlalchemy import text

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    alone = FileLock(f"{file}.lock", timeout=PATIENCE_SECONDS) if file else nullcontext()
    with alone:
        if file:
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.connection.execute("PRAGMA journal_mode=WAL")
        with write_transaction(engine) as connection:
            if not file and engine.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError as error:
                raise StoreError(
                    "The database was made by a newer tagviz", str(error), "update tagviz, or set TAGVIZ_HOME elsewhere"
                ) from error
