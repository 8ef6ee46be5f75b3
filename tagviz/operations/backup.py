"""The whole workspace as one file, and back: backups, and moves to another machine or version.

A backup is consistent while everything runs: artifacts never change once their description is there, descriptions are
listed before data, and the databases are copied by SQLite's own backup, or row by row in one transaction of a server.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import tagviz
from tagviz.access.roles import Permission
from tagviz.errors import SourceError, StoreError
from tagviz.operations import access
from tagviz.operations.context import Context
from tagviz.store import archive, database_dump, sqlite_files
from tagviz.store.artifacts import new_token
from tagviz.store.files import store_errors
from tagviz.types import Progress, ProgressCallback, no_progress

FORMAT = 1
ATTEMPTS = 5
DATABASE = "database.jsonl"
"""The rows of the database, in a form that every version and every kind of database reads."""
LEFT_OUT = ("aside", "logs", "map", "uploads", "checkpoints", "worker.lock", "encodings.db")
"""What is made again, or belongs to this machine."""
MERGED = (
    "names", "corpora", "models", "marks", "songs_are", "projections", "reports", "foldings", "foreign", "features",
    "attached", "golden", "monitor", "thresholds",
)  # fmt: skip
"""Folders that `merge` adds to."""


@dataclass(frozen=True)
class Backup:
    """What was written or read.

    Attributes:
        path: The archive.
        files: Number of files in it.
        rows: Number of rows of the database, by table.
        bytes: Size of the archive.
        version: The version of tagviz that wrote it.
        created: When it was written, UTC, ISO.
        aside: Where the workspace that was there before is; "" where it was empty.
    """

    path: Path
    files: int
    rows: dict[str, int]
    bytes: int
    version: str
    created: str
    aside: str = ""


@access.change(Permission.ROLES, "backup", about="")
def backup(context: Context, path: Path, progress: ProgressCallback = no_progress) -> Backup:
    """Write the workspace and its database into one file, while everything runs.

    Args:
        context: The workspace.
        path: The file. It appears when it is whole; an older one of this name is replaced.
        progress: Called for each part.

    Raises:
        StoreError: If something cannot be read, or the file cannot be written.
    """
    home = context.workspace.home
    created = datetime.now(UTC).isoformat(timespec="seconds")
    with store_errors(path), tempfile.TemporaryDirectory(prefix=".backup-", dir=_folder(path)) as scratch:
        rows: dict[str, int] = {}
        extra: list[tuple[str, Path]] = []
        progress(Progress("Copying the databases", 0.0))
        if context.has_database:
            dump = Path(scratch) / DATABASE
            rows = database_dump.write(context.database, dump)
            extra.append((DATABASE, dump))
        for name in ("tuning.db",):
            if (home / name).is_file():
                sqlite_files.copy(home / name, Path(scratch) / name)
                extra.append((name, Path(scratch) / name))
        head: dict[str, object] = {"format": FORMAT, "version": tagviz.__version__, "created": created, "rows": rows}
        for _attempt in range(ATTEMPTS):  # again where an artifact was replaced or deleted meanwhile
            progress(Progress("Writing the files", 0.1))
            members = [*_files(context, path), *extra]
            count = archive.write(path, head, members)
            if count == len(members):
                break
    return Backup(path, count, rows, path.stat().st_size, tagviz.__version__, created)


def _folder(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.parent


def _files(context: Context, path: Path) -> Iterator[tuple[str, Path]]:
    """Names and files of the workspace, the databases apart: descriptions come before the data that they name.

    What is written while the backup runs may then have its data in it without a description, never the other way round.
    """
    home = context.workspace.home
    own = context.sqlite_file
    databases = {home / "tuning.db", *([] if own is None else [own])}
    listed = []
    for parent, folders, names in os.walk(home):
        folders[:] = [one for one in folders if one[0] != "." and not (Path(parent) == home and one in LEFT_OUT)]
        for name in names:
            file = Path(parent, name)
            beside = any(str(file).startswith(str(database)) for database in databases)
            skipped = name[0] == "." or name.endswith(".lock") or file == path.absolute()
            if not (beside or skipped or (file.parent == home and name in LEFT_OUT)) and file.is_file():
                listed.append(file)
    for file in sorted(listed, key=lambda file: (file.suffix == ".json", str(file)), reverse=True):
        yield file.relative_to(home).as_posix(), file


@access.change(Permission.ROLES, "restore backup", about="")
def restore(context: Context, path: Path, progress: ProgressCallback = no_progress) -> Backup:
    """Put a backup in the place of the workspace. What is there now is set aside, not deleted.

    Args:
        context: The workspace.
        path: A file of `backup`.
        progress: Called for each part.

    Raises:
        SourceError: If the file is no backup or damaged; nothing is changed then.
        StoreError: If it cannot be written, or jobs are running.
    """
    head = _readable_head(path)
    home = context.workspace.home
    _refuse_while_working(context)
    with store_errors(home):
        home.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".restore-", dir=home))
    try:
        progress(Progress("Reading the backup", 0.0))
        count = archive.extract(path, scratch)
        dump = scratch / DATABASE
        tables = database_dump.read(dump) if dump.exists() else {}
        progress(Progress("Putting it in place", 0.8))
        aside = _exchange(context, scratch)
        rows = database_dump.replace(context.database, tables) if tables else {}
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    with suppress(OSError):
        (home / DATABASE).unlink()
    size = path.stat().st_size
    return Backup(path, count, rows, size, str(head.get("version")), str(head.get("created")), aside)


@access.change(Permission.ROLES, "import workspace", about="")
def merge(context: Context, path: Path, progress: ProgressCallback = no_progress) -> Backup:
    """Add what an archive holds to the workspace; what is there already stays as it is.

    Corpora come with their models, maps, reports and all that people made. Decisions and feedback on a corpus are added
    where this workspace has none on it.

    Args:
        context: The workspace.
        path: A file of `backup`, of any machine and version.
        progress: Called for each part.

    Returns:
        What was added: files and rows that were not there before.

    Raises:
        SourceError: If the file is no backup or damaged; nothing is changed then.
        StoreError: If it cannot be written.
    """
    head = _readable_head(path)
    home = context.workspace.home
    with store_errors(home):
        home.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".merge-", dir=home))
    try:
        progress(Progress("Reading the archive", 0.0))
        archive.extract(path, scratch)
        dump = scratch / DATABASE
        tables = database_dump.read(dump) if dump.exists() else {}
        progress(Progress("Adding what is new", 0.8))
        rows = database_dump.add_people(context.database, tables) if tables else {}
        count = _add_files(scratch, home)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return Backup(path, count, rows, path.stat().st_size, str(head.get("version")), str(head.get("created")))


def _add_files(scratch: Path, home: Path) -> int:
    """Move the files that are not there yet: data first, then what describes it, versions of corpora last."""
    count = 0
    files = [path for path in scratch.rglob("*") if path.is_file()]

    def order(path: Path) -> tuple[bool, bool, str]:
        place = path.relative_to(scratch)
        return place.parts[0] == "names", path.suffix == ".json", place.as_posix()

    for path in sorted(files, key=order):
        place = path.relative_to(scratch)
        target = home / place
        if place.parts[0] in MERGED and not target.exists():
            with store_errors(target):
                target.parent.mkdir(parents=True, exist_ok=True)
                os.rename(path, target)
            count += 1
    return count


def _readable_head(path: Path) -> dict[str, object]:
    head = archive.read_head(path)
    if not isinstance(head.get("format"), int) or int(str(head["format"])) > FORMAT:
        raise SourceError(
            f"{path.name} was written by a newer tagviz", f"version {head.get('version')}", "update tagviz first"
        )
    return head


def _refuse_while_working(context: Context) -> None:
    from filelock import FileLock, Timeout

    lock = context.workspace.home / "worker.lock"
    if not lock.exists():
        return
    try:
        FileLock(lock, timeout=0).acquire().lock.release()
    except Timeout:
        raise StoreError(
            "A worker is running", "it would write into what is restored", "wait for its jobs, or stop it"
        ) from None


def _exchange(context: Context, scratch: Path) -> str:
    """Move what is in the workspace aside, and the restored files into it; return the place of the former."""
    home = context.workspace.home
    token = new_token()
    aside = home / "aside" / f"before-{token}"
    kept = {scratch.name, "aside", "worker.lock"}
    with store_errors(home):
        before = [one for one in home.iterdir() if one.name not in kept and not one.name.startswith(".")]
        for one in before:
            aside.mkdir(parents=True, exist_ok=True)
            os.rename(one, aside / one.name)
        for one in scratch.iterdir():
            os.rename(one, home / one.name)
    return f"aside/before-{token}" if before else ""
