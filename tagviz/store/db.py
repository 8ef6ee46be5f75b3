"""The database: SQLite in the workspace by default, any other by its URL; brought up to date when it is opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tagviz.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

HEAD = "0002"
"""The newest migration: a database that is there already opens without loading alembic."""
MIGRATIONS = Path(__file__).parent / "migrations"
PATIENCE_SECONDS = 30.0
"""How long one process waits for another that is writing."""
ADVISORY_LOCK = 746_842
"""PostgreSQL's lock that is held during a migration; any number that nobody else uses."""


@cache
def engine(url: str) -> Engine:
    """The engine of this database, migrated to the newest tables. Safe when many processes open it at once.

    Raises StoreError when the database cannot be reached, or was made by a newer tagviz.
    """
    from sqlalchemy import create_engine, event, make_url

    with talking(url):
        place = make_url(url)
        lite = place.get_backend_name() == "sqlite"
        if lite and place.database:
            Path(place.database).parent.mkdir(parents=True, exist_ok=True)
        options: dict[str, Any] = {"connect_args": {"timeout": PATIENCE_SECONDS}} if lite else {"pool_pre_ping": True}
        made = create_engine(place, **options)
        if lite:
            event.listen(made, "connect", _tuned)
            event.listen(made, "begin", _begun)
        if _version(made) != HEAD:
            _upgrade(made, place.database if lite else None)
    return made


@contextmanager
def writing(made: Engine) -> Iterator[Connection]:
    """A transaction that may write: in SQLite it takes the write lock at once, so that it never fails half-way."""
    with talking(str(made.url)), made.execution_options(writing=True).begin() as connection:
        yield connection


@contextmanager
def talking(url: str) -> Iterator[None]:
    """Turns what goes wrong with the database into a StoreError."""
    from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

    try:
        yield
    except (DBAPIError, OSError) as error:
        raise StoreError(
            "The database cannot be used",
            str(getattr(error, "orig", None) or error),
            "check that the disk has room and may be written, and what TAGVIZ_DATABASE_URL says",
        ) from error
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise StoreError(
            "The database's URL cannot be used",
            f"{url.partition('://')[0]}: {error}",
            "correct TAGVIZ_DATABASE_URL, or unset it for SQLite",
        ) from error


def _tuned(connection: Any, record: Any) -> None:
    """SQLite without the driver's own transactions, so that ours begin and end as they say."""
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous=NORMAL")


def _begun(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _version(made: Engine) -> str | None:
    """The migration that a database is at, None before the first."""
    from sqlalchemy import inspect, text

    with made.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _upgrade(made: Engine, file: str | None) -> None:
    """Runs the missing migrations in one transaction, one process at a time."""
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
            with made.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.connection.execute("PRAGMA journal_mode=WAL")  # type: ignore[attr-defined]
        with writing(made) as connection:
            if not file and made.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError as error:
                raise StoreError(
                    "The database was made by a newer tagviz", str(error), "update tagviz, or set TAGVIZ_HOME elsewhere"
                ) from error
