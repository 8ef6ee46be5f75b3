"""The log of experts' decisions about a corpus's tags, and of what they undid; rows are only added."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from tagviz.errors import StoreError
from tagviz.store.database import database_errors, write_transaction
from tagviz.store.files import read_object, write_json

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Table

LOCK = 746_843
"""PostgreSQL's lock under which decisions are checked and added; any number that nothing else uses."""


@dataclass(frozen=True)
class Event:
    """A decision that was taken or undone.

    Attributes:
        corpus: Name of the corpus.
        decision: Id of the decision.
        undone: Whether it was undone.
        act: What was decided (see `curation.decisions.Act`).
        tags: The tags.
        target: The target, if any.
        author: Who decided.
        reason: Why.
        at: Seconds since 1970.
        digest: Digest of the corpus's overlay from this event on.
        id: Row in the database; 0 before it is stored.
    """

    corpus: str
    decision: str
    undone: bool
    act: str
    tags: tuple[str, ...]
    target: str
    author: str
    reason: str
    at: float
    digest: str
    id: int = 0


@dataclass(frozen=True)
class DecisionStore:
    """The log of decisions in a database. Many processes may use it at once."""

    engine: Engine

    def events(self, corpus: str, digest: str = "") -> list[Event]:
        """Return the events of a corpus, oldest first.

        Args:
            corpus: Name of the corpus.
            digest: Only events up to the last one with this digest; "": all.
        """
        with database_errors(str(self.engine.url)), self.engine.connect() as connection:
            return _events(connection, corpus, digest)

    def digest(self, corpus: str) -> str:
        """Return the digest of a corpus's overlay now; "" for none."""
        from sqlalchemy import select

        rows = _table()
        newest = select(rows.c.digest).where(rows.c.corpus == corpus).order_by(rows.c.id.desc()).limit(1)
        with database_errors(str(self.engine.url)), self.engine.connect() as connection:
            return str(connection.execute(newest).scalar() or "")

    def add(self, corpus: str, think: Callable[[list[Event]], Sequence[Event]]) -> None:
        """Add events that depend on those before, while nobody else can add any.

        Args:
            corpus: Name of the corpus.
            think: From the events so far to those to be added.
        """
        from sqlalchemy import insert, text

        with write_transaction(self.engine) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
            added = [_row(event) for event in think(_events(connection, corpus, ""))]
            if added:
                connection.execute(insert(_table()), added)


def write_copy(path: Path, events: Sequence[Event]) -> None:
    """Write the log of a corpus into a file, for the time in which the database cannot be read.

    Args:
        path: The file. One that ends with the same event stays; one that cannot be written costs nothing.
        events: The whole log, oldest first.
    """
    with suppress(StoreError):
        kept = read_copy(path)
        if [event.id for event in kept[-1:]] != [event.id for event in events[-1:]]:
            write_json(path, {"events": [asdict(event) for event in events]})


def read_copy(path: Path) -> list[Event]:
    """Return the events of such a file, oldest first; none where it is missing or damaged."""
    try:
        rows = (read_object(path) or {}).get("events", [])
        return [Event(**{**row, "tags": tuple(row["tags"])}) for row in rows]
    except (StoreError, TypeError, KeyError):
        return []


def _events(connection: Connection, corpus: str, digest: str) -> list[Event]:
    from sqlalchemy import func, select

    rows = _table()
    wanted = select(rows).where(rows.c.corpus == corpus)
    if digest:
        last = select(func.max(rows.c.id)).where(rows.c.corpus == corpus, rows.c.digest == digest)
        wanted = wanted.where(rows.c.id <= last.scalar_subquery())
    stored = connection.execute(wanted.order_by(rows.c.id)).mappings()
    return [Event(**{**row, "tags": tuple(orjson.loads(row["tags"]))}) for row in stored]


def _row(event: Event) -> dict[str, Any]:
    plain = {one.name: getattr(event, one.name) for one in fields(event) if one.name != "id"}
    return {**plain, "tags": orjson.dumps(event.tags).decode()}


@cache
def _table() -> Table:
    import sqlalchemy as sa

    return sa.Table(
        "decisions",
        sa.MetaData(),
        sa.Column("id", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.Text) for name in ("corpus", "decision", "act", "tags", "target", "author", "reason")),
        sa.Column("undone", sa.Boolean),
        sa.Column("at", sa.Float),
        sa.Column("digest", sa.Text),
    )
