"""Views of the dashboard that people keep under a name: the page and the parameters of its address."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import orjson

from tagviz.store.database import database_errors, write_transaction

if TYPE_CHECKING:
    from sqlalchemy import Engine, Table


@dataclass(frozen=True)
class SavedView:
    """A view.

    Attributes:
        name: What its owner calls it.
        person: Who keeps it; "" where nobody logs in.
        corpus: The corpus that it shows.
        page: The page's address below the server's root; "" for the home page.
        params: The parameters of the address, each with its values.
        at: Seconds since 1970.
        id: Row in the database; 0 before it is stored.
    """

    name: str
    person: str
    corpus: str
    page: str
    params: Mapping[str, Sequence[str]]
    at: float = 0.0
    id: int = 0


@dataclass(frozen=True)
class SavedViewStore:
    """The views in a database. Many processes may use it at once."""

    engine: Engine

    def add(self, view: SavedView) -> SavedView:
        """Store a view, with the time it has or the present; return it with its id."""
        from sqlalchemy import insert

        kept = replace(view, at=view.at or time.time())
        params = orjson.dumps({name: list(texts) for name, texts in view.params.items()}).decode()
        values = {"name": kept.name, "person": kept.person, "corpus": kept.corpus, "page": kept.page, "at": kept.at}
        with write_transaction(self.engine) as connection:
            stored = connection.execute(insert(_table()).values(**values, params=params))
        key = stored.inserted_primary_key
        return replace(kept, id=int(key[0]) if key else 0)

    def views(self, person: str, corpus: str) -> list[SavedView]:
        """Return a person's views of a corpus, the newest first."""
        from sqlalchemy import select

        rows = _table()
        query = select(rows).where(rows.c.person == person, rows.c.corpus == corpus).order_by(rows.c.id.desc())
        with database_errors(str(self.engine.url)), self.engine.connect() as connection:
            stored = connection.execute(query).mappings().all()
        return [SavedView(**{**row, "params": orjson.loads(row["params"])}) for row in stored]

    def remove(self, person: str, ident: int) -> None:
        """Delete a view of a person."""
        rows = _table()
        with write_transaction(self.engine) as connection:
            connection.execute(rows.delete().where(rows.c.id == ident, rows.c.person == person))

    def forget(self, person: str) -> int:
        """Delete all views of a person; return how many there were."""
        rows = _table()
        with write_transaction(self.engine) as connection:
            return int(connection.execute(rows.delete().where(rows.c.person == person)).rowcount)


@cache
def _table() -> Table:
    import sqlalchemy as sa

    return sa.Table(
        "saved_views",
        sa.MetaData(),
        sa.Column("id", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.Text) for name in ("name", "person", "corpus", "page", "params")),
        sa.Column("at", sa.Float),
    )
