"""What experts decided on a corpus's tags and what they took back, as it happened: rows are only ever added."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Any

import orjson

from tagviz.store.db import talking, writing

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Table

LOCK = 746_843
"""PostgreSQL's lock under which decisions are checked and added; any number that nobody else uses."""


@dataclass(frozen=True)
class Event:
    """A decision that was taken, or undone. decision: its id; digest: that of the layer from then on."""

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
class Decisions:
    """The decisions in a database. Any number of processes may use it at once."""

    engine: Engine

    def events(self, corpus: str, digest: str = "") -> list[Event]:
        """What happened to a corpus's layer, oldest first; up to when it last had this digest, if one is given."""
        with talking(str(self.engine.url)), self.engine.connect() as connection:
            return _events(connection, corpus, digest)

    def digest(self, corpus: str) -> str:
        """The digest of a corpus's layer as it is now, "" for none."""
        from sqlalchemy import select

        rows = _table()
        newest = select(rows.c.digest).where(rows.c.corpus == corpus).order_by(rows.c.id.desc()).limit(1)
        with talking(str(self.engine.url)), self.engine.connect() as connection:
            return str(connection.execute(newest).scalar() or "")

    def add(self, corpus: str, think: Callable[[list[Event]], Sequence[Event]]) -> None:
        """Adds what `think` makes of all that happened before, while nobody else can add anything."""
        from sqlalchemy import insert, text

        with writing(self.engine) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
            made = [_row(event) for event in think(_events(connection, corpus, ""))]
            if made:
                connection.execute(insert(_table()), made)


def _events(connection: Connection, corpus: str, digest: str) -> list[Event]:
    from sqlalchemy import func, select

    rows = _table()
    wanted = select(rows).where(rows.c.corpus == corpus)
    if digest:
        last = select(func.max(rows.c.id)).where(rows.c.corpus == corpus, rows.c.digest == digest)
        wanted = wanted.where(rows.c.id <= last.scalar_subquery())
    found = connection.execute(wanted.order_by(rows.c.id)).mappings()
    return [Event(**{**row, "tags": tuple(orjson.loads(row["tags"]))}) for row in found]


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
