"""Which files of the server the dashboard may read by path.

The command line belongs to whoever owns the machine and may read what they may. Whoever opens the dashboard may read
uploads, and what lies in the folders of `TAGVIZ_IMPORT_ROOTS`; of anything else it does not even say whether it is
there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tagviz.errors import InvalidParameterError, SourceError
from tagviz.operations.context import Context
from tagviz.server_settings import server_settings
from tagviz.settings import settings

FROM_DASHBOARD = "from_dashboard"
"""Argument of a job that a page has queued: its path is checked again when it runs."""
UPLOADS = "uploads"
MAX_ENTRIES = 20_000
"""A folder with more files and folders below it is not looked through."""
PACKAGED_MODELS = ("minilm", "e5")
"""Sentence models that come with the program."""

_POSITION = re.compile(r"\b(?:line|byte|row|entry|playlist) [\d,]+")


def import_roots() -> tuple[Path, ...]:
    """The folders of the server from which a person may import by path; none unless TAGVIZ_IMPORT_ROOTS names some."""
    return server_settings().import_roots


def check_path(context: Context, path: Path | str) -> Path:
    """The path, with all links resolved, if the dashboard may read it.

    Raises:
        InvalidParameterError: for a path that is not in one of the permitted folders, or that leads out of it by a
        link; the
            same whether or not there is such a file.
    """
    named = (*import_roots(), context.workspace.home / UPLOADS)
    roots = [root.resolve() for root in named]
    refused = InvalidParameterError(
        "This path cannot be imported from",
        "the dashboard reads files of the server only in folders that TAGVIZ_IMPORT_ROOTS names",
        "upload the files, or have the folder added to TAGVIZ_IMPORT_ROOTS",
    )
    try:
        wanted = Path(os.path.normpath(path))
        if not any(wanted.is_relative_to(root) for root in (*named, *roots)):
            raise refused  # without a look at the disk
        resolved = Path(path).resolve()
        resolved.exists()  # raises where the name is too long
        root = next((root for root in roots if resolved.is_relative_to(root)), None)
        if root is None or not all(link.resolve().is_relative_to(root) for link in _links(resolved)):
            raise refused
    except (OSError, ValueError, RuntimeError) as error:  # too long, a null byte, a circle of links
        raise refused from error
    return resolved


def is_upload(context: Context, path: Path) -> bool:
    """Whether a checked path is something that a person has uploaded, and not a file of the server."""
    return path.is_relative_to((context.workspace.home / UPLOADS).resolve())


def check_arguments(context: Context, kind: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a job that a page wants to queue, its paths checked.

    Raises:
        InvalidParameterError: see `check_path`; also for a sentence model that is a folder elsewhere.
    """
    checked = dict(arguments)
    if "path" in checked:
        checked |= {"path": str(check_path(context, checked["path"])), FROM_DASHBOARD: True}
    if "out" in checked:
        raise InvalidParameterError("A page cannot write to a folder of the server", "", "use the command line for it")
    for values in (checked.get("values"), checked.get("fixed")):
        name = str((values or {}).get("model", ""))
        if name and name not in (*PACKAGED_MODELS, settings().sentence_model):
            check_sentence_model(context, name)
    return checked


def check_sentence_model(context: Context, name: str) -> None:
    """Raises InvalidParameterError unless the model is a folder that the dashboard may read."""
    try:
        check_path(context, name)
    except InvalidParameterError as error:
        raise InvalidParameterError(
            "This sentence model cannot be used from the dashboard",
            f"it takes {', '.join(PACKAGED_MODELS)}, or a folder in one that TAGVIZ_IMPORT_ROOTS names",
            "choose one of these",
        ) from error


def without_contents(error: SourceError) -> SourceError:
    """An error about a file of the server without anything that stands in the file: where, not what."""
    where = ", ".join(dict.fromkeys(_POSITION.findall(error.detail)))
    detail = f"at {where}" if where else "what stands in it is not shown"
    return SourceError(error.title, detail, error.remedy)


def _links(folder: Path) -> Iterator[Path]:
    """All links at or below a path. Raises OSError where there are too many files to look at."""
    seen = 0
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            seen += 1
            if seen > MAX_ENTRIES:
                raise OSError(f"more than {MAX_ENTRIES:,} files")
            path = Path(place, name)
            if path.is_symlink():
                yield path
