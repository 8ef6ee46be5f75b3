"""The audit log: who changed what, when and how. Rows are only added; those of a person can be given another name."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import orjson

from tagviz.store.database import database_errors, write_transaction

if TYPE_CHECKING:
    from sqlalchemy import Engine, Table

LONGEST_DETAILS = 4000
"""Characters of the details that are stored."""
ERASED = "(erased)"
"""Name of a person whose data were erased."""


@dataclass(frozen=True)
class AuditEntry:
    """One change.

    Attributes:
        at: Seconds since 1970.
        person: Who made it.
        way: dashboard, command line or job.
        action: What was done, such as "delete corpus".
        corpus: The corpus; "" where none is concerned.
        details: Further facts, such as the model's id.
        failed: Whether it ended in an error.
        id: Row in the database; 0 before it is stored.
    """

    at: float
    person: str
    way: str
    action: str
    corpus: str = ""
    details: Mapping[str, Any] | None = None
    failed: bool = False
    id: int = 0


@dataclass(frozen=True)
class AuditLog:
    """The log in a database. Many processes may write it at once."""

    engine: Engine

    def add(self, entry: AuditEntry) -> None:
        """Store an entry; its `at` and `id` are set here."""
        from sqlalchemy import insert

        details = orjson.dumps(dict(entry.details or {}), option=orjson.OPT_SORT_KEYS, default=str).decode()
        values = {
            "at": time.time(),
            "person": entry.person[:120],
            "way": entry.way,
            "action": entry.action[:40],
            "corpus": entry.corpus[:80],
            "details": details if len(details) <= LONGEST_DETAILS else '{"shortened": true}',
            "failed": entry.failed,
        }
        with write_transaction(self.engine) as connection:
            connection.execute(insert(_table()).values(values))

    def entries(self, person: str = "", corpus: str = "", limit: int = 1000) -> list[AuditEntry]:
        """Return the newest entries first.

        Args:
            person: Only of this person; "" for all.
            corpus: Only about this corpus; "" for all.
            limit: Largest number of entries.
        """
        from sqlalchemy import select

        rows = _table()
        query = select(rows).order_by(rows.c.id.desc()).limit(limit)
        if person:
            query = query.where(rows.c.person == person)
        if corpus:
            query = query.where(rows.c.corpus == corpus)
        with database_errors(str(self.engine.url)), self.engine.connect() as connection:
            stored = connection.execute(query).mappings().all()
        return [AuditEntry(**{**row, "details": orjson.loads(row["details"])}) for row in stored]

    def erase(self, person: str) -> int:
        """Take a person's name out of the log; what was done stays. Returns the number of entries."""
        rows = _table()
        with write_transaction(self.engine) as connection:
            changed = connection.execute(rows.update().where(rows.c.person == person).values(person=ERASED))
        return int(changed.rowcount)


@cache
def _table() -> Table:
    import sqlalchemy as sa

    return sa.Table(
        "audit_log",
        sa.MetaData(),
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.Float),
        *(sa.Column(name, sa.Text) for name in ("person", "way", "action", "corpus", "details")),
        sa.Column("failed", sa.Boolean),
    )
