"""Repair what `examine` found. What people made is set aside, never deleted."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from tagviz.errors import StoreError
from tagviz.operations.context import Context
from tagviz.operations.health.examine import ASIDE, Finding, Repair
from tagviz.store import sqlite_files
from tagviz.store.artifacts import new_token
from tagviz.store.database import PATIENCE_SECONDS, forget_file, open_engine
from tagviz.store.files import store_errors, write_json
from tagviz.store.records import version_of


@dataclass(frozen=True)
class Done:
    """A finding and what its repair did.

    Attributes:
        finding: What was found.
        outcome: What was done, in words; why it could not be done, if `repaired` is False.
        repaired: Whether it was done.
    """

    finding: Finding
    outcome: str
    repaired: bool = True


def repair(context: Context, findings: Sequence[Finding]) -> list[Done]:
    """Do what each finding says.

    Args:
        context: The workspace.
        findings: What `examine` returned.

    Returns:
        What was done for each. One repair that fails does not keep the others from being done.
    """
    token = new_token()
    done = []
    for finding in findings:
        try:
            with store_errors(context.workspace.home / finding.place):
                outcome = _repair(context, finding, token)
        except StoreError as error:
            done.append(Done(finding, str(error), False))
        else:
            done.append(Done(finding, outcome or "nothing can be done from here", bool(outcome)))
    return done


def _repair(context: Context, finding: Finding, token: str) -> str:
    path = context.workspace.home / finding.place
    match finding.repair:
        case Repair.REWRITE:
            version = version_of(path.parent.name, path, shipped=False)
            assert version is not None  # examine found it so
            write_json(path, {"fingerprint": version.fingerprint, "imported": version.imported})
            return "written again"
        case Repair.SET_ASIDE:
            return _set_aside(context, finding, token)
        case Repair.REMOVE:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
            return "removed"
        case Repair.PERMIT:
            path.chmod(path.stat().st_mode | stat.S_IRUSR | stat.S_IWUSR)
            return "this user may read it again"
        case Repair.RECOVER:
            return _recover(context, path)
        case Repair.NONE:
            return ""


def _set_aside(context: Context, finding: Finding, token: str) -> str:
    """Move everything of a damaged artifact out of its place."""
    home = context.workspace.home
    target = home / ASIDE / token
    for place in finding.moved or (finding.place,):
        if (home / place).exists():
            (target / place).parent.mkdir(parents=True, exist_ok=True)
            os.rename(home / place, target / place)
    return f"moved to {ASIDE}/{token}"


def _recover(context: Context, path: Path) -> str:
    """Set a damaged database aside and begin a new one with the rows that can be read."""
    with FileLock(f"{path}.lock", timeout=PATIENCE_SECONDS):
        aside = sqlite_files.put_aside(path) if path.exists() else None
        if path != context.sqlite_file:  # the trials of tuning: what cannot be read is tried again
            return f"set aside as {'' if aside is None else aside.name}"
        forget_file(path)
    engine = open_engine(context.database_url)
    if aside is None:
        return "an empty one was made"
    from sqlalchemy import MetaData, insert
    from sqlalchemy.exc import SQLAlchemyError

    tables = MetaData()
    tables.reflect(engine)
    counts = {}
    for table in tables.sorted_tables:
        if table.name == "alembic_version":
            continue
        counts[table.name] = 0
        for row in sqlite_files.readable_rows(aside, table.name, [column.name for column in table.columns]):
            try:
                with engine.begin() as connection:
                    connection.execute(insert(table).values(row))
                counts[table.name] += 1
            except SQLAlchemyError:
                continue  # half of a row
    kept = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    return f"set aside as {aside.name}; recovered: {kept}"
