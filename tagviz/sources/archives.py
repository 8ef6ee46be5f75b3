"""Files, folders and archives opened with limits: what is packed is unpacked into a folder that goes afterwards."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any

from tagviz.errors import SourceError
from tagviz.sources.signatures import refuse_foreign

MOST_FILES = 20_000
"""Files that a folder or an archive may hold; the option `max_files` raises it for folders."""
MOST_BYTES = 8 * 2**30
"""Bytes that an archive may unpack to."""
MOST_RATIO = 200
"""How many times its packed size a file may unpack to, where that is more than FREE_BYTES."""
FREE_BYTES = 64 * 2**20
_PIECE = 2**20
_PACKED: dict[str, tuple[bytes, Any]] = {
    ".gz": (b"\x1f\x8b", gzip.open),
    ".bz2": (b"BZh", bz2.open),
    ".xz": (b"\xfd7zXZ\x00", lzma.open),
}
_OWN_ZIPS = (".xlsx", ".xlsm", ".xlsb", ".ods", ".npz", ".pt", ".pth")


@contextmanager
def opened(path: Path, max_files: int = MOST_FILES, playlists: bool = True) -> Iterator[Path]:
    """The file or folder that stands for `path`: itself, or what it unpacks to.

    Raises SourceError for what is no regular file or folder, for archives that would unpack to too much or outside
    their folder, and, where `playlists` are wanted, for files that hold none (see `signatures`).
    """
    _check_kind(path)
    if path.is_dir():
        count_files(path, max_files)
        yield path
        return
    with path.open("rb") as file:
        head = file.read(8)
    packed = next((opener for mark, opener in _PACKED.values() if head.startswith(mark)), None)
    zipped = head.startswith(b"PK\x03\x04") and path.suffix.lower() not in _OWN_ZIPS
    if packed is None and not zipped:
        if playlists:
            refuse_foreign(path)
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="tagviz-") as folder:
        target = Path(folder)
        place = _unzip(path, target) if zipped else _decompress(path, packed, target)
        _refuse_nested(path, place)
        if playlists and place.is_file():
            refuse_foreign(place)
        yield place


def _refuse_nested(path: Path, place: Path) -> None:
    """Archives within archives are not unpacked: there is no end to them."""
    inner = [place] if place.is_file() else files_below(place)
    packed = [file.name for file in inner if file.suffix.lower() in (".zip", *_PACKED, ".rar", ".7z")]
    if packed and len(packed) == len(inner):
        raise SourceError(
            f"{path.name!r} holds nothing but other archives", ", ".join(packed[:5]), "unpack it, and name one of these"
        )


def count_files(folder: Path, most: int = MOST_FILES) -> int:
    """How many files stand below a folder. Raises SourceError past `most`, without looking at the rest."""
    count, waiting = 0, [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
                    count += 1
                    if count > most:
                        raise SourceError(
                            f"{folder.name!r} holds more than {most:,} files",
                            "a folder of playlists this large is refused, so that nothing is read by mistake",
                            "name a smaller folder, or allow it with --set max_files=1000000",
                        )
        except PermissionError as error:
            raise SourceError(f"{folder.name!r} cannot be listed", str(error), "check its rights") from error
    return count


def files_below(folder: Path) -> list[Path]:
    """The regular files below a folder in the order of their names; links and hidden files are left out."""
    listed: list[Path] = []
    for place, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__MACOSX")))
        for name in sorted(names):
            file = Path(place, name)
            if not name.startswith(".") and not file.is_symlink() and file.is_file():
                listed.append(file)
    return listed


def _check_kind(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise SourceError(f"{path.name!r} cannot be read", error.strerror or str(error), "check the path") from error
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise SourceError(f"{path.name!r} is neither a file nor a folder", "a pipe, device or socket", "name a file")
    if stat.S_ISREG(mode) and not os.access(path, os.R_OK):
        raise SourceError(f"{path.name!r} cannot be read", "no right to read it", "check the file's rights")


def _decompress(path: Path, opener: Any, folder: Path) -> Path:
    name = path.stem if path.suffix.lower() in _PACKED else f"{path.name}.unpacked"
    if name.lower().endswith(".tar"):
        raise SourceError(f"{path.name!r} is a tar archive", "only .zip and .gz are unpacked here", "unpack it first")
    target = folder / name
    try:
        with opener(path, "rb") as packed:
            _copy(packed, target, path.name, path.stat().st_size, MOST_BYTES)
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError(f"{path.name!r} is cut off or damaged", str(error)[:200], "fetch it again") from error
    return target


def _copy(source: IO[bytes], target: Path, name: str, packed: int, left: int) -> int:
    """Copies what unpacks from `packed` bytes, and stops where that is too much. Returns the bytes written."""
    most = min(left, max(FREE_BYTES, MOST_RATIO * packed))
    written = 0
    with target.open("wb") as file:
        while block := source.read(_PIECE):
            written += len(block)
            if written > most:
                raise SourceError(
                    f"{name!r} unpacks to too much",
                    f"more than {most:,} bytes from {packed:,}",
                    "unpack it yourself where you trust it, and name the folder",
                )
            file.write(block)
    return written


def _unzip(path: Path, folder: Path) -> Path:
    """Unpacks a zip below `folder`; the one file in it, its one folder, or the folder itself."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if _wanted(path.name, member)]
            if len(members) > MOST_FILES:
                raise SourceError(f"{path.name!r} holds too many files", f"{len(members):,}", "unpack it yourself")
            total = sum(member.file_size for member in members)
            if total > MOST_BYTES:
                raise SourceError(
                    f"{path.name!r} unpacks to too much", f"{total:,} bytes", "unpack it yourself where you trust it"
                )
            left = MOST_BYTES
            for member in members:
                target = folder.joinpath(*PurePosixPath(member.filename.replace("\\", "/")).parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as source:
                    left -= _copy(source, target, f"{path.name}/{member.filename}", member.compress_size, left)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, zlib.error, ValueError) as error:
        detail = "it asks for a password" if "password" in str(error) else str(error)[:200]
        raise SourceError(
            f"{path.name!r} cannot be unpacked", detail, "fetch it again, or unpack it yourself"
        ) from error
    if not members:
        raise SourceError(f"{path.name!r} is an empty archive", "no file in it", "fetch it again")
    place = folder
    while len(entries := list(place.iterdir())) == 1:
        place = entries[0]
        if place.is_file():
            return place
    return place


def _wanted(name: str, member: zipfile.ZipInfo) -> bool:
    """Whether a member is unpacked. Raises SourceError for links and for paths that leave the archive."""
    parts = PurePosixPath(member.filename.replace("\\", "/")).parts
    outside = member.filename.startswith(("/", "\\")) or ".." in parts or any(":" in part for part in parts[:1])
    if outside or stat.S_ISLNK(member.external_attr >> 16):
        what = "a path that leaves the archive" if outside else "a link"
        raise SourceError(f"{name!r} is not unpacked", f"it holds {what}: {member.filename[:80]!r}", "do not trust it")
    hidden = any(part.startswith((".", "__MACOSX")) for part in parts)
    return not member.is_dir() and not hidden and bool(parts)
