"""Find what is damaged in a workspace. Nothing is changed."""

from __future__ import annotations

import gzip
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import numpy as np

from tagviz.errors import NotFoundError, StoreError, TagvizError
from tagviz.operations import golden
from tagviz.operations.context import Context
from tagviz.operations.models.import_vectors import check_stored
from tagviz.operations.monitoring import thresholds
from tagviz.operations.monitoring.run import RUN_FACTS
from tagviz.store import sqlite_files
from tagviz.store.artifacts import KINDS, Artifact, ArtifactStore
from tagviz.store.checksums import Depth, differences
from tagviz.store.database import missing_file
from tagviz.store.features import feature_store
from tagviz.store.files import DAMAGE, read_errors, read_object
from tagviz.store.records import version_of
from tagviz.store.workspace import Workspace
from tagviz.types import Progress, ProgressCallback, no_progress

LEFT_SECONDS = 600.0
"""Data that nothing describes is the remains of a process that died, if it is older than this."""
DATABASE = "The database of jobs, feedback and decisions"
ASIDE = "aside"
"""Folder of what a repair took out of its place; `*.aside-*` are files that were set aside where they stood."""


class Repair(StrEnum):
    """What a repair does with something damaged."""

    REWRITE = "write it again from its name"
    SET_ASIDE = "set it aside"
    REMOVE = "remove it: it is made again when it is needed"
    RECOVER = "set it aside and recover what can be read of it"
    PERMIT = "give this user the right to read and write it"
    NONE = ""


@dataclass(frozen=True)
class Finding:
    """Something damaged.

    Attributes:
        place: The file or folder, relative to the workspace.
        what: What is damaged, in words.
        why: What is wrong with it.
        remedy: What a person can do to have it again.
        repair: What `repair` does.
        moved: Files and folders that a repair moves or removes, relative to the workspace; the place itself if empty.
    """

    place: str
    what: str
    why: str
    remedy: str
    repair: Repair = Repair.SET_ASIDE
    moved: tuple[str, ...] = ()


def examine(context: Context, whole: bool = True, progress: ProgressCallback = no_progress) -> list[Finding]:
    """Look at everything that is stored.

    Args:
        context: The workspace.
        whole: Read all data and compare it with its checksums. Without, only descriptions and sizes are looked at,
            which takes a moment.
        progress: Called for each part.

    Returns:
        The findings, by place.
    """
    workspace = context.workspace
    findings: list[Finding] = []
    parts: dict[str, Iterator[Finding]] = {
        "versions of corpora": _versions(workspace),
        **{store.name: _artifacts(workspace, store, whole) for store in _stores(workspace)},
        "small files": _small_files(context),
        "deleted artifacts": _trash(workspace, whole),
        "databases": _databases(context, whole),
        "caches": _caches(workspace, whole),
    }
    for number, (part, found) in enumerate(parts.items()):
        progress(Progress(f"Checking {part}", number / len(parts)))
        findings += found
    return sorted(findings, key=lambda one: one.place)


def _stores(workspace: Workspace) -> list[ArtifactStore]:
    """The stores without what ships with tagviz."""
    stores = (workspace.corpora, workspace.models, workspace.projections, workspace.reports, workspace.foldings)
    return [replace(store, base=None) for store in (*stores, feature_store(workspace))]


def _versions(workspace: Workspace) -> Iterator[Finding]:
    """Versions of corpora: their records, and whether their contents are there."""
    root = workspace.home / "names"
    for path in sorted(root.glob("[!.]*/*.json")):
        place, name = path.relative_to(workspace.home).as_posix(), path.parent.name
        version = version_of(name, path, shipped=False)
        what = f"A version of the corpus {name}"
        if version is None:
            yield Finding(place, what, "its name is none of a version", "rename it as it was")
            continue
        try:
            document = read_object(path) or {}
            wrong = "" if document.get("fingerprint") == version.fingerprint else "it does not say what its name says"
        except StoreError as error:
            wrong = error.detail or error.title
        if wrong:
            yield Finding(place, what, wrong, "it is read from its name until then", Repair.REWRITE)
        try:
            workspace.corpora.get(version.fingerprint)
        except NotFoundError:
            remedy = "import the same file again"
            yield Finding(place, what, f"its contents {version.fingerprint} are missing", remedy)
        except StoreError:
            pass  # found where it stands


def _artifacts(workspace: Workspace, store: ArtifactStore, whole: bool) -> Iterator[Finding]:
    entries, errors = store.scan()
    noun, remedy = KINDS[store.name]
    root = store.home / store.name
    for entry in entries:
        try:
            entry.check(Depth.ALL if whole else Depth.SIZES)
            _read(entry, whole)
        except StoreError as error:
            place, what = f"{store.name}/{entry.key}", _named(workspace, store.name, entry.key)
            forbidden = [path for path in entry.folder.rglob("*") if _forbidden(path)]
            data = (entry.folder.relative_to(store.home).as_posix(),) if entry.folder.exists() else ()
            moved = (f"{place}.json", *data, *_versions_of(workspace, store.name, entry.key))
            if forbidden:
                place, moved = forbidden[0].relative_to(store.home).as_posix(), ()
            repair = Repair.PERMIT if forbidden else Repair.SET_ASIDE
            yield Finding(place, what, error.detail, remedy, repair, moved)
    for key, wrong in errors.items():
        place = f"{store.name}/{key}.json"
        what = _named(workspace, store.name, key)
        if _forbidden(store.home / place):
            yield Finding(place, what, wrong.detail, remedy, Repair.PERMIT)
        else:
            data = (f"{store.name}/{key}",) if (root / key).exists() else ()
            moved = (place, *data, *_versions_of(workspace, store.name, key))
            yield Finding(place, what, wrong.detail, remedy, Repair.SET_ASIDE, moved)
    used = {*(entry.folder for entry in entries), *(root / key for key in errors)}
    for folder in sorted(root.glob("*/" * (store.depth - 1) + "*")):
        old = time.time() - folder.stat().st_mtime > LEFT_SECONDS
        if folder.is_dir() and folder not in used and folder.name[0] != "." and folder.suffix != ".json" and old:
            place = folder.relative_to(store.home).as_posix()
            why = "no file describes it: a process that was stopped left it, or the file is lost"
            yield Finding(place, f"Data of a {noun}", why, remedy)


def _versions_of(workspace: Workspace, store: str, key: str) -> tuple[str, ...]:
    """The records of a corpus's contents, which go where the contents go."""
    paths = (workspace.home / "names").glob(f"[!.]*/*-{key}.json") if store == "corpora" else ()
    return tuple(path.relative_to(workspace.home).as_posix() for path in paths)


def _read(entry: Artifact, whole: bool) -> None:
    """Read the data of an artifact without checksums, which an older version wrote."""
    if entry.files or not whole:
        return
    for path in sorted(entry.folder.rglob("*")):
        with read_errors(path):
            if path.suffix in (".npy", ".npz"):
                _read_arrays(path)
            elif path.suffix == ".json":
                read_object(path) if path.name != "facets.json" else path.read_text()
            elif path.suffix == ".parquet":
                from pyarrow import parquet

                parquet.read_table(path)


def _read_arrays(path: Path) -> None:
    loaded = np.load(path, mmap_mode="r", allow_pickle=False)
    if isinstance(loaded, np.lib.npyio.NpzFile):
        with loaded:
            for name in loaded.files:
                loaded[name]


def _named(workspace: Workspace, store: str, key: str) -> str:
    """What a person calls an artifact: a corpus by the names under which it was imported."""
    noun = KINDS[store][0].capitalize()
    if store != "corpora":
        return f"{noun} {key.rpartition('/')[2]}"
    names = {path.parent.name for path in (workspace.home / "names").glob(f"[!.]*/*-{key}.json")}
    return f"{noun} {', '.join(sorted(names)) or key}"


def _small_files(context: Context) -> Iterator[Finding]:
    home = context.workspace.home
    backup = "restore it from a backup"
    kinds: list[tuple[str, Callable[[Path], str], str, Callable[[Path], object]]] = [
        ("marks/*/*.json", lambda path: f"Title and notes of the model {path.stem}", "annotate it again", read_object),
        (
            "attached/*/*.json",
            lambda path: f"Features of {path.parent.name}",
            "add them again",
            _read_attached,
        ),
        ("monitor/*/*.json", lambda path: f"A check of the corpus {path.parent.name}", backup, _read_run),
        ("thresholds/*.json", lambda path: f"Limits of the corpus {path.stem}", "set them again", thresholds.read),
        (
            "golden/*.json",
            lambda path: f"Golden queries of the corpus {path.stem}",
            backup,
            lambda path: golden.list_queries(context, path.stem),
        ),
        ("foreign/*.npz", lambda path: f"Vectors {path.stem} that were loaded", "load their file again", check_stored),
    ]
    for pattern, named, remedy, look in kinds:
        for path in sorted(home.glob(pattern)):
            try:
                with read_errors(path):
                    look(path)
            except TagvizError as error:
                repair = Repair.PERMIT if _forbidden(path) else Repair.SET_ASIDE
                yield Finding(path.relative_to(home).as_posix(), named(path), error.detail, remedy, repair)


def _read_attached(path: Path) -> None:
    if not {"fingerprint", "added"} <= set(read_object(path) or {}):
        raise StoreError(f"{path.name} is damaged", "it does not say its fingerprint")


def _read_run(path: Path) -> None:
    missing = RUN_FACTS - set(read_object(path) or {})
    if missing:
        raise StoreError(f"{path.name} is damaged", f"it does not say its {min(missing)}")


def _forbidden(path: Path) -> bool:
    """Whether a file is there and may not be read."""
    return path.is_file() and not os.access(path, os.R_OK)


def _trash(workspace: Workspace, whole: bool) -> Iterator[Finding]:
    readable = {one.token: one for one in workspace.deleted()}
    for folder in sorted(workspace.trash.glob("[!.]*")):
        why = ""
        if folder.name not in readable:
            why = "what it was cannot be read, so that it cannot be restored"
        elif readable[folder.name].shelf != "names":
            try:
                info = read_object(folder / "info.json")
                why = "its description is missing"
                if info is not None:
                    depth = Depth.ALL if whole else Depth.SIZES
                    why = "; ".join(differences(folder / "data", info.get("files", {}), depth))
            except StoreError as error:
                why = error.detail
        if why:
            yield Finding(f"trash/{folder.name}", "A deleted artifact", why, "restore it from a backup")


def _databases(context: Context, whole: bool) -> Iterator[Finding]:
    home = context.workspace.home
    restore = "restore a backup with `tagviz restore`, or go on with what can be read of it"
    own = context.sqlite_file
    if own is not None and missing_file(own):
        what, why = "The database of jobs, feedback and decisions", "its file is gone or empty"
        yield Finding(
            own.name, what, why, "restore a backup with `tagviz restore`, or start an empty one", Repair.RECOVER
        )
    tuning = home / "tuning.db"
    if tuning.is_file() and not tuning.stat().st_size:
        yield Finding(tuning.name, "Trials of tuning", "its file is empty", restore, Repair.RECOVER)
    for path, what in ((own, "The database of jobs, feedback and decisions"), (tuning, "Trials of tuning")):
        if path is not None and path.exists() and not missing_file(path):
            forbidden = _forbidden(path)
            wrong = "it may not be read" if forbidden else sqlite_files.problem(path)
            if wrong:
                repair = Repair.PERMIT if forbidden else Repair.RECOVER
                yield Finding(path.name, what, wrong, restore, repair)
    if own is None or whole:
        try:
            if context.has_database and not (own is not None and (missing_file(own) or sqlite_files.problem(own))):
                context.database.connect().close()
        except TagvizError as error:
            place = "TAGVIZ_DATABASE_URL" if own is None else own.name
            yield Finding(place, DATABASE, error.detail or error.title, error.remedy, Repair.NONE)


def _caches(workspace: Workspace, whole: bool) -> Iterator[Finding]:
    remade = "nothing: it is made again when it is needed"
    path = workspace.encodings
    if path.exists() and whole and (wrong := sqlite_files.problem(path)):
        yield Finding(path.name, "Vectors of texts", wrong, remade, Repair.REMOVE)
    for path in sorted((workspace.home / "golden" / "answers").glob("*.json")):
        try:
            read_object(path)
        except StoreError as error:
            place = path.relative_to(workspace.home).as_posix()
            yield Finding(place, "Answers to golden queries", error.detail, remade, Repair.REMOVE)
    for path in sorted((workspace.home / "map").glob("[0-9a-f]*.*")) if whole else ():
        try:
            with gzip.open(path) as file:
                while file.read(2**20):
                    pass
        except (OSError, *DAMAGE) as error:
            place = path.relative_to(workspace.home).as_posix()
            yield Finding(place, "A file of the map", str(error), remade, Repair.REMOVE)
    for path in sorted((workspace.home / "checkpoints").glob("*.npz")):
        try:
            _read_arrays(path)
        except (OSError, *DAMAGE) as error:
            place = path.relative_to(workspace.home).as_posix()
            remedy = "nothing: the training begins again"
            yield Finding(place, "A checkpoint of a training", str(error), remedy, Repair.REMOVE)
