"""Files that the browser fetches for the map, named by their content, so that it may cache them for ever."""

from __future__ import annotations

import gzip
import hashlib
import os
import struct
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tagviz.store.files import atomic_file

QUICKLY = 1
"""Level of compression. The best level takes ten times as long and saves a thirtieth (measured on 650,000 points)."""
KEEP_BYTES = 512 * 2**20
"""Largest size of all files together."""
TYPES = {"bin": "application/octet-stream", "json": "application/json"}


@dataclass(frozen=True)
class MapFiles:
    """A folder of such files, compressed once and not at every request.

    Attributes:
        folder: The folder.
        keep: Bytes above which the files that were requested longest ago are removed.
    """

    folder: Path
    keep: int = KEEP_BYTES

    def put(self, content: bytes, kind: str = "bin") -> str:
        """Store content once.

        Args:
            content: The content.
            kind: Ending of the name, one of TYPES.

        Returns:
            The address within the app.

        Raises:
            StoreError: If the disk is full or may not be written.
        """
        digest = hashlib.blake2b(content, digest_size=12, person=b"gzip").hexdigest()
        name = f"{digest}.{kind}"
        path = self.folder / name
        if _ends_as(path, content):
            path.touch()
        else:
            with atomic_file(path, durable=False) as file:
                file.write(gzip.compress(content, QUICKLY, mtime=0))
            self._make_room()
        return f"map/files/{name}"

    def _make_room(self) -> None:
        kept = sorted(
            ((path.stat().st_mtime, path.stat().st_size, path) for path in self.folder.glob("[0-9a-f]*")), reverse=True
        )
        total = 0
        for _, size, path in kept:
            total += size
            if total > self.keep:
                path.unlink(missing_ok=True)

    def get(self, name: str) -> Path | None:
        """Return the compressed file of a name that `put` can have returned; None for any other."""
        stem, _, kind = name.partition(".")
        if len(stem) != 24 or not set(stem) <= set("0123456789abcdef") or kind not in TYPES:
            return None
        path = self.folder / name
        try:
            if not path.is_file() or not _is_whole(path):
                path.unlink(missing_ok=True)  # the page puts it here again
                return None
            path.touch()  # asked for: it stays
        except OSError:
            return None
        return path


def _ends_as(path: Path, content: bytes) -> bool:
    """Whether a compressed file ends with the checksum and the length of this content."""
    with suppress(OSError), path.open("rb") as file:
        file.seek(-8, os.SEEK_END)
        return file.read() == struct.pack("<II", zlib.crc32(content), len(content) & 0xFFFFFFFF)
    return False


def _is_whole(path: Path) -> bool:
    """Whether a compressed file can be read to its end; looked at once in a process."""
    status = path.stat()
    seen = (status.st_ino, status.st_size)
    if _whole.get(path.name) != seen:
        try:
            with gzip.open(path) as file:
                while file.read(2**20):
                    pass
        except (OSError, EOFError, zlib.error):
            return False
        _whole[path.name] = seen
    return True


_whole: dict[str, tuple[int, int]] = {}
