"""A folder as one archive file, and back: written whole, and read without trusting what it says.

The archive is a zip file: every member carries its own checksum, and any program can look into it.
"""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

import orjson

from tagviz.errors import SourceError, StoreError
from tagviz.store.checksums import CHUNK
from tagviz.store.files import DAMAGE, atomic_file, store_errors

HEAD = "tagviz.json"
"""Member that says what the archive is."""
ANOTHER = "name a file that `tagviz backup` or `tagviz export-workspace` wrote"
MOST_FILES = 5_000_000
STORED = (".npy", ".npz", ".parquet", ".gz", ".zip")
"""Endings of files that compression hardly makes smaller."""


def write(path: Path, head: dict[str, object], members: Iterable[tuple[str, Path]]) -> int:
    """Write files into an archive; one that vanishes meanwhile is left out.

    Args:
        path: The archive. It appears when it is whole.
        head: What it is, as JSON.
        members: Name in the archive and file.

    Returns:
        The number of files.

    Raises:
        StoreError: If the disk is full or may not be written, or a file cannot be read.
    """
    count = 0
    with atomic_file(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(HEAD, orjson.dumps(head, option=orjson.OPT_INDENT_2))
        for name, source in members:
            with store_errors(source):
                try:
                    opened = source.open("rb")
                except FileNotFoundError:
                    continue
                with opened:
                    info = zipfile.ZipInfo.from_file(source, name, strict_timestamps=False)
                    info.compress_type = zipfile.ZIP_STORED if source.suffix in STORED else zipfile.ZIP_DEFLATED
                    with archive.open(info, "w", force_zip64=True) as target:
                        while chunk := opened.read(CHUNK):
                            target.write(chunk)
            count += 1
    return count


def read_head(path: Path) -> dict[str, object]:
    """Return what an archive says that it is.

    Raises:
        SourceError: If it is no archive of tagviz.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            head = orjson.loads(archive.read(HEAD))
            if isinstance(head, dict):
                return head
    except (OSError, RuntimeError, *DAMAGE) as error:
        raise SourceError(f"{path.name} is no backup of tagviz", str(error), ANOTHER) from error
    raise SourceError(f"{path.name} is no backup of tagviz", "it does not say what it is", ANOTHER)


def extract(path: Path, folder: Path) -> int:
    """Write the files of an archive into a folder, each compared with its checksum.

    Args:
        path: The archive.
        folder: An empty folder.

    Returns:
        The number of files.

    Raises:
        SourceError: If the archive is damaged, or names files elsewhere.
        StoreError: If the disk is full or may not be written.
    """
    count = 0
    try:
        with zipfile.ZipFile(path) as archive:
            for info in _members(archive, path):
                target = folder / info.filename
                with store_errors(target):
                    target.parent.mkdir(parents=True, exist_ok=True)
                    with archive.open(info) as source, target.open("wb") as file:
                        while chunk := source.read(CHUNK):
                            file.write(chunk)
                count += 1
    except StoreError:
        raise
    except (OSError, RuntimeError, *DAMAGE) as error:
        raise SourceError(f"{path.name} is damaged", str(error), "use another backup; nothing was changed") from error
    return count


def _members(archive: zipfile.ZipFile, path: Path) -> Iterator[zipfile.ZipInfo]:
    infos = archive.infolist()
    if len(infos) > MOST_FILES:
        raise SourceError(f"{path.name} holds {len(infos):,} files", f"at most {MOST_FILES:,}", "use another backup")
    for info in infos:
        name = PurePosixPath(info.filename)
        linked = stat.S_ISLNK(info.external_attr >> 16)
        if name.is_absolute() or ".." in name.parts or "\\" in info.filename or linked:
            raise SourceError(f"{path.name} names a file elsewhere", info.filename[:80], "use another backup")
        if info.filename != HEAD and not info.is_dir():
            yield info
