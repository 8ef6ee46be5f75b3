"""Checksums of stored files, by which damage is found before anything is read.

A JSON document carries its checksum in its first line; the data files of an artifact have theirs in the artifact's JSON
document. CRC-32 finds every flipped bit and practically every other accident; it is no protection against forgery.
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Mapping
from enum import Enum
from pathlib import Path

SMALL_BYTES = 64 * 2**20
"""Larger files are compared by their size when they are opened, and whole by `tagviz doctor`."""
CHUNK = 2**20

Manifest = Mapping[str, tuple[int, int]]
"""Size and checksum of files, by their path in the artifact's folder."""

_HEAD = re.compile(rb'\A\{\n  "checksum": "([^"]*)"(,?)')
_verified: dict[str, tuple[int, int, int]] = {}
"""Files that this process has compared, as they were then: inode, size and time of the last change."""


def seal(document: bytes) -> bytes:
    """Return a JSON object with its checksum as its first field.

    Args:
        document: The object, indented by two blanks.
    """
    comma = b"" if document == b"{}" else b","
    rest = b"\n}" if document == b"{}" else document[1:]
    return b'{\n  "checksum": "%08x"%s%s' % (zlib.crc32(document), comma, rest)


def unseal(content: bytes) -> bytes:
    """Return a document without its checksum; one that has none (of an older version) as it is.

    Raises:
        ValueError: If the content is not what was written.
    """
    head = _HEAD.match(content)
    if head is None:
        return content
    document = b"{" + content[head.end() :] if head[2] else b"{}"
    if head[1] != b"%08x" % zlib.crc32(document):
        raise ValueError("its checksum does not fit its content")
    return document


def manifest_of(folder: Path) -> dict[str, tuple[int, int]]:
    """Return size and checksum of all files of a folder, after each was flushed to the disk."""
    manifest = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
            manifest[path.relative_to(folder).as_posix()] = (path.stat().st_size, checksum(path))
    return manifest


def checksum(path: Path) -> int:
    """Return the CRC-32 of a file."""
    crc = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            crc = zlib.crc32(chunk, crc)
    return crc


class Depth(Enum):
    """How closely files are compared with their checksums."""

    SIZES = 0
    """Only their sizes."""
    SMALL = 1
    """Small files are read, once in a process."""
    ALL = 2
    """Everything is read."""


def differences(folder: Path, manifest: Manifest, depth: Depth = Depth.SMALL) -> list[str]:
    """Return what is wrong with the files of a folder, a phrase each; nothing if they are as they were written.

    Args:
        folder: The folder.
        manifest: Their sizes and checksums.
        depth: How closely they are compared.
    """
    return [
        f"{name} {wrong}" for name, known in manifest.items() if (wrong := _difference(folder / name, known, depth))
    ]


def _difference(path: Path, known: tuple[int, int], depth: Depth) -> str:
    size, crc = known
    try:
        status = path.stat()
        if not path.is_file():
            return "is not a file"
        if status.st_size != size:
            return f"has {status.st_size:,} bytes instead of {size:,}"
        seen = (status.st_ino, status.st_size, status.st_mtime_ns)
        known_well = depth is Depth.SIZES or size > SMALL_BYTES or _verified.get(str(path)) == seen
        if depth is not Depth.ALL and known_well:
            with path.open("rb"):
                return ""
        if checksum(path) != crc:
            return "has other contents than were written"
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read ({error.strerror or error})"
    _verified[str(path)] = seen
    return ""
