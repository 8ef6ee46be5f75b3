"""Facts that the workspace keeps about corpora, models and deleted artifacts, and the rules for names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tagviz.errors import StoreError
from tagviz.training import Arrays

_VERSION_FILE = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d)(\d\d)(\d\d(?:\.\d+)?)(?:Z|\+0000)-([0-9a-f]+)\.json")
DEVICES = re.compile(r"con|prn|aux|nul|conin\$|conout\$|com\d|lpt\d", re.IGNORECASE)
NAME_LENGTH = 80
"""Largest length of a name, characters."""


@dataclass(frozen=True)
class Version:
    """One version of a corpus.

    Attributes:
        name: Name of the corpus.
        fingerprint: Fingerprint of its contents.
        imported: When it was imported, UTC, ISO.
        shipped: Whether it is part of the read-only base.
    """

    name: str
    fingerprint: str
    imported: str
    shipped: bool = False


@dataclass(frozen=True)
class ModelAnnotations:
    """People's annotations of a model."""

    title: str = ""
    note: str = ""
    pinned: bool = False
    archived: bool = False


@dataclass(frozen=True)
class ModelInfo:
    """Facts about a model, known without opening it.

    Attributes:
        id: Its id.
        method: Its method.
        params: Parameters of the method.
        corpus: Name of the corpus.
        fingerprint: Fingerprint of the contents that it was trained on.
        seed: Seed of the training.
        code: Version of the method's code.
        created: When it was trained, UTC, ISO.
        seconds: Training time.
        start: The model of an older version from which the training continued, as `FINGERPRINT/ID`; "" for none.
        verdicts: Number of items with verdicts that it was trained with.
        size: Bytes on disk.
        shipped: Whether it is part of the read-only base.
        marks: People's annotations.
    """

    id: str
    method: str
    params: Mapping[str, Any]
    corpus: str
    fingerprint: str
    seed: int
    code: str
    created: str
    seconds: float
    start: str = ""
    verdicts: int = 0
    size: int = 0
    shipped: bool = False
    marks: ModelAnnotations = field(default_factory=ModelAnnotations)


@dataclass(frozen=True)
class TrashItem:
    """A deleted artifact.

    Attributes:
        token: Token that restores it.
        shelf: Name of its store.
        key: Its key there.
        when: When it was deleted, UTC, ISO.
        size: Bytes.
    """

    token: str
    shelf: str
    key: str
    when: str
    size: int


@dataclass(frozen=True, eq=False)
class StoredModel:
    """A model as it is stored: its facts, and the arrays and JSON from which its method restores it."""

    info: ModelInfo
    arrays: Arrays
    state: Mapping[str, Any]


def now(after: str = "") -> str:
    """Return the time in UTC as ISO text; texts sort by time.

    Args:
        after: The stamp of what came before: where the clock was set back, the least time after it is returned.
    """
    return not_before(datetime.now(UTC).isoformat(timespec="microseconds"), after)


def not_before(stamp: str, other: str) -> str:
    """Return a stamp as from `now`, or the least one after `other` where that is not earlier."""
    if stamp > other:
        return stamp
    with suppress(ValueError):
        return (datetime.fromisoformat(other) + timedelta(microseconds=1)).isoformat(timespec="microseconds")
    return stamp


def file_of(version: Version) -> str:
    """Return the name of the file of a version; names sort by time."""
    return f"{version.imported.replace(':', '').replace('+0000', 'Z')}-{version.fingerprint}.json"


def version_of(name: str, path: Path, shipped: bool) -> Version | None:
    """Return the version that a file of `file_of` stands for; None for a file that has another name.

    Args:
        name: Name of the corpus.
        path: The file. What it says is not needed.
        shipped: Whether it is part of the read-only base.
    """
    match = _VERSION_FILE.fullmatch(path.name)
    if match is None:
        return None
    day, hour, minute, rest, fingerprint = match.groups()
    return Version(name, fingerprint, f"{day}T{hour}:{minute}:{rest}+00:00", shipped)


def checked_name(name: str) -> str:
    """Return a name that can be a file's name.

    Letters and digits of any script, `-`, `_` and `.` are allowed, no dot first.

    Raises:
        StoreError: For any other name.
    """
    fine = all(char.isalnum() or char in "-_." or unicodedata.category(char).startswith("M") for char in name)
    if not fine or not name or name.startswith(".") or len(name) > NAME_LENGTH or len(name.encode()) > 200:
        raise _no_name(name)
    return name


def checked_new_name(name: str) -> str:
    """Return a name that can be a file's name on every system and in every shell.

    As `checked_name`; besides, no `-` first, no dot last, and none of the names that Windows keeps for devices.

    Raises:
        StoreError: For any other name.
    """
    if name.startswith("-") or name.endswith(".") or DEVICES.fullmatch(name.partition(".")[0]):
        raise _no_name(name)
    return checked_name(name)


def _no_name(name: str) -> StoreError:
    return StoreError(
        f"{name[:NAME_LENGTH]!r} cannot be a name",
        f"letters and digits of any language, - _ and . are allowed, at most {NAME_LENGTH}; no dot first or last, no - "
        "first, and no device of Windows such as CON or NUL",
        "choose another name",
    )
