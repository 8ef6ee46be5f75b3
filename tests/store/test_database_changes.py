"""Whether anything has changed in a database, by any connection or process."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import create_engine

from tagviz.store.database import open_engine, write_transaction
from tagviz.store.database_changes import changes


def test_a_commit_by_this_process_or_another_changes_the_number(tmp_path: Path) -> None:
    file = tmp_path / "tagviz.db"
    engine = open_engine(f"sqlite:///{file}")
    before = changes(engine)
    assert before is not None
    assert changes(engine) == before
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM verdicts").scalar_one()
    assert changes(engine) == before, "reading changes nothing"
    with write_transaction(engine) as writing:
        writing.exec_driver_sql("CREATE TABLE noted (word TEXT)")
    own = changes(engine)
    assert own != before
    with closing(sqlite3.connect(file)) as other, other:
        other.execute("INSERT INTO noted VALUES ('jazz')")
    assert changes(engine) != own


def test_of_what_cannot_be_read_nothing_is_said(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'tagviz.db'}")
    engine.dispose()
    with closing(sqlite3.connect(tmp_path / "tagviz.db", isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode=DELETE")
        other.execute("BEGIN EXCLUSIVE")
        assert changes(engine) is None
        other.execute("ROLLBACK")
    assert changes(engine) is not None
    assert changes(create_engine("sqlite://")) is None, "no file"
