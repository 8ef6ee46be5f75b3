"""New databases for each test: SQLite and PostgreSQL."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tagviz.store import database
from tagviz.store.jobs import Jobs
from tests.postgres import postgres


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with postgres(tmp_path_factory.mktemp("server")) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database that nobody has opened yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'deep' / 'er' / 'jobs.db'}"
    import psycopg

    whole: str = request.getfixturevalue("server")
    name = f"jobs_{secrets.token_hex(6)}"
    with psycopg.connect(whole.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"{whole.rpartition('/')[0]}/{name}"


@pytest.fixture
def queue(url: str) -> Iterator[Jobs]:
    engine = database.open_engine(url)
    yield Jobs(engine)
    engine.dispose()
