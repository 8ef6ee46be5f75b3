"""The rows of a database as JSON lines, which SQLite and PostgreSQL, this version and later ones read alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from tagviz.errors import SourceError
from tagviz.store.database import database_errors, write_transaction
from tagviz.store.files import store_errors

if TYPE_CHECKING:
    from sqlalchemy import Engine, MetaData

MIGRATIONS_TABLE = "alembic_version"
AT_ONCE = 1000
"""Rows that one statement writes."""


def write(engine: Engine, path: Path) -> dict[str, int]:
    """Write all rows as they are at one moment, while others write.

    Args:
        engine: The database.
        path: The new file.

    Returns:
        The number of rows by table.
    """
    from sqlalchemy import select

    tables = _tables(engine)
    counts: dict[str, int] = {}
    level = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with (
        store_errors(path),
        path.open("wb") as file,
        database_errors(str(engine.url)),
        engine.connect().execution_options(**level) as connection,
    ):
        for table in tables.sorted_tables:
            name = f"{table.name}"  # SQLAlchemy's own kind of text is none for JSON
            counts[name] = 0
            key = list(table.primary_key.columns)
            for row in connection.execute(select(table).order_by(*key)).mappings():
                file.write(
                    orjson.dumps({"table": str(table.name), "row": {str(name): value for name, value in row.items()}})
                    + b"\n"
                )
                counts[table.name] += 1
    return counts


def read(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of such a file by table.

    Raises:
        SourceError: If the file is damaged.
    """
    tables: dict[str, list[dict[str, Any]]] = {}
    try:
        with path.open("rb") as file:
            for line in file:
                entry = orjson.loads(line)
                tables.setdefault(str(entry["table"]), []).append(dict(entry["row"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError("The database of the backup is damaged", str(error)[:200], "use another backup") from error
    return tables


def replace(engine: Engine, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, int]:
    """Put rows in the place of all that a database holds, in one transaction.

    Columns and tables that it does not know are left out: they were of another version.

    Args:
        engine: The database.
        rows: Rows by table, as `read` returns them.

    Returns:
        The number of rows by table.
    """
    from sqlalchemy import func, insert, select, text

    tables = _tables(engine)
    counts: dict[str, int] = {}
    with write_transaction(engine) as connection:
        for table in reversed(tables.sorted_tables):
            connection.execute(table.delete())
        for table in tables.sorted_tables:
            known = {column.name for column in table.columns}
            wanted = [{name: value for name, value in row.items() if name in known} for row in rows.get(table.name, ())]
            for start in range(0, len(wanted), AT_ONCE):
                connection.execute(insert(table), wanted[start : start + AT_ONCE])
            counts[f"{table.name}"] = len(wanted)
            if engine.dialect.name == "postgresql" and "id" in known and wanted:
                last = connection.execute(select(func.max(table.c.id))).scalar()
                sequence = text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :last)")
                if connection.execute(
                    text("SELECT pg_get_serial_sequence(:table, 'id')"), {"table": table.name}
                ).scalar():
                    connection.execute(sequence, {"table": str(table.name), "last": last})
    return counts


def add_people(engine: Engine, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, int]:
    """Add decisions and verdicts on corpora on which a database has none.

    Args:
        engine: The database.
        rows: Rows by table, as `read` returns them.

    Returns:
        The number of rows that were added, by table.
    """
    from sqlalchemy import insert, select

    tables = _tables(engine).tables
    reviewers = {row["id"]: row for row in rows.get("reviewers", ())}
    counts = {"decisions": 0, "verdicts": 0}
    with write_transaction(engine) as connection:
        known = {
            name: ident
            for ident, name in connection.execute(select(tables["reviewers"].c.id, tables["reviewers"].c.name))
        }
        for name in counts:
            table = tables[name]
            taken = set(connection.execute(select(table.c.corpus).distinct()).scalars())
            columns = {column.name for column in table.columns} - {"id"}
            for row in rows.get(name, ()):
                if row.get("corpus") in taken:
                    continue
                added = {key: value for key, value in row.items() if key in columns}
                if name == "verdicts":
                    person = reviewers[row["reviewer"]]
                    if person["name"] not in known:
                        values = {"name": person["name"], "created": person["created"]}
                        one = insert(tables["reviewers"]).values(values).returning(tables["reviewers"].c.id)
                        known[person["name"]] = connection.execute(one).scalar_one()
                    added["reviewer"] = known[person["name"]]
                connection.execute(insert(table).values(added))
                counts[name] += 1
    return counts


def _tables(engine: Engine) -> MetaData:
    from sqlalchemy import MetaData

    tables = MetaData()
    with database_errors(str(engine.url)):
        tables.reflect(engine)
    if MIGRATIONS_TABLE in tables.tables:
        tables.remove(tables.tables[MIGRATIONS_TABLE])
    return tables
