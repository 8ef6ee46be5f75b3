"""Debian's PostgreSQL on loopback, with a folder of its own, for tests that want the queue in another database."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

INSTALLED, TEMPORARY = Path("/usr/lib/postgresql"), Path(tempfile.gettempdir())


def programs() -> Path | None:
    """The folder of initdb and pg_ctl, of the newest version that Debian has installed."""
    found = sorted(INSTALLED.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return found[-1].parent if found else None


@dataclass(frozen=True)
class PostgresServer:
    """A server that can be stopped and started again.

    Attributes:
        url: URL of an empty database.
        control: pg_ctl with its options.
        owner: Who runs it, as `subprocess.run` takes it.
    """

    url: str
    control: Sequence[Any]
    owner: Mapping[str, Any]

    def start(self) -> None:
        subprocess.run([*self.control, "start"], check=True, stdout=subprocess.DEVNULL, cwd="/", **self.owner)

    def stop(self) -> None:
        stop = [*self.control, "-m", "immediate", "stop"]
        subprocess.run(stop, check=False, capture_output=True, cwd="/", **self.owner)


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A server that lives as long as the block; yields the URL of an empty database. Skips where there is none."""
    with postgres_server(folder) as server:
        yield server.url


@contextmanager
def postgres_server(folder: Path) -> Iterator[PostgresServer]:
    """A server that lives as long as the block. Skips where there is none."""
    pytest.importorskip("psycopg")
    bin_ = programs()
    if bin_ is None:
        pytest.skip("Debian's PostgreSQL is not installed")
    data = folder / "postgres"
    owner: dict[str, Any] = {}
    data.mkdir()
    if os.getuid() == 0:  # PostgreSQL refuses to run as root: somebody without any right does it
        account = "postgres" if _exists("postgres") else "nobody"
        owner = {"user": account, "group": _group(account), "extra_groups": []}
        shutil.chown(data, account)
        for path in data.parents:
            if path != TEMPORARY and path.is_relative_to(TEMPORARY):
                path.chmod(path.stat().st_mode | 0o011)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = [bin_ / "initdb", "-D", data / "db", "-U", "tagviz", "--auth=trust", "--no-sync", "-E", "UTF8"]
    subprocess.run(made, check=True, capture_output=True, cwd="/", **owner)
    options = f"-h 127.0.0.1 -p {port} -k '' -c fsync=off"
    control = [bin_ / "pg_ctl", "-D", data / "db", "-w", "-o", options, "-l", data / "log"]
    server = PostgresServer(f"postgresql+psycopg://tagviz@127.0.0.1:{port}/postgres", control, owner)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _exists(account: str) -> bool:
    import pwd

    try:
        pwd.getpwnam(account)
    except KeyError:
        return False
    return True


def _group(account: str) -> int:
    import pwd

    return pwd.getpwnam(account).pw_gid
