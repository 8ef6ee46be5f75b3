"""Opening and migrating the database."""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from tagviz.errors import StoreError
from tagviz.store import database
from tagviz.store.jobs import Jobs

PRELOADED = multiprocessing.get_context("forkserver")
"""Processes of their own that need not import everything anew."""
PRELOADED.set_forkserver_preload(
    ["sqlalchemy", "sqlalchemy.dialects.postgresql", "psycopg", "alembic.command", "filelock", __name__]
)


def open_and_submit(url: str) -> int:
    return Jobs(database.open_engine(url)).submit("import", {"path": str(time.perf_counter_ns())})


def test_ten_processes_open_a_new_database_at_once(url: str) -> None:
    with ProcessPoolExecutor(10, mp_context=PRELOADED) as pool:
        idents = list(pool.map(open_and_submit, [url] * 10))
    assert sorted(idents) == list(range(1, 11))


def test_the_head_that_the_code_knows_is_the_newest_migration() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(database.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == database.HEAD


def test_a_database_of_a_newer_tagviz_is_refused(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "jobs.db"
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TABLE alembic_version (version_num TEXT)")
        raw.execute("INSERT INTO alembic_version VALUES ('9999')")
    with pytest.raises(StoreError, match="newer tagviz"):
        database.open_engine(f"sqlite:///{path}")


@pytest.mark.parametrize("url", ["nonsense", "nodb://x/y", "sqlite:////proc/none/jobs.db"])
def test_a_database_that_cannot_be_used(url: str) -> None:
    with pytest.raises(StoreError):
        database.open_engine(url)
