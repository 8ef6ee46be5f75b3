"""Tickets: a page that may take files gives the browser one, and the route takes files from whoever has it."""

from __future__ import annotations

import os
import secrets
import shutil
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, Self

from cachetools import TTLCache

from tagviz.errors import SourceError, StoreError
from tagviz.server_settings import server_settings
from tagviz.ui import cache
from tagviz.ui.i18n import _

KEPT_SECONDS = 24 * 3600
"""Seconds after which uploaded files are deleted."""
MOST_FILES = 20_000
LONGEST_PART = 200
"""Characters of a folder's or a file's name."""
_MEGABYTE = 1_000_000


def new_folder() -> Path:
    """Make a folder for an upload, and delete those that are older than KEPT_SECONDS.

    Raises:
        StoreError: It cannot be made.
    """
    root = cache.context().workspace.home / "uploads"
    folder = root / secrets.token_hex(8)
    try:
        if root.is_dir():
            for old in root.iterdir():
                if time.time() - old.stat().st_mtime > KEPT_SECONDS:
                    shutil.rmtree(old, ignore_errors=True)
        folder.mkdir(parents=True)
    except OSError as error:
        raise not_stored(error) from error
    return folder


def not_stored(error: OSError) -> StoreError:
    """The error where the disk is full or may not be written."""
    return StoreError(
        _("The upload cannot be stored"),
        error.strerror or type(error).__name__,
        _("free space on the server's disk, or check its permissions"),
    )


def place_inside(name: str) -> Path:
    """Return the place of an uploaded file in its folder: a folder's upload names files with their folders."""
    clean = "".join(sign if sign.isprintable() else "_" for sign in name).replace("\\", "/")
    parts = [part[-LONGEST_PART:] for part in PurePosixPath(clean).parts if part not in ("/", "..", ".")]
    return Path(*[part.lstrip(".") or "file" for part in parts] or ["file"])


def whole(folder: Path) -> Path:
    """Return what was uploaded: the one file or the one folder, or the folder with all of them."""
    entries = [one for one in folder.iterdir() if not one.name.startswith(".")]
    return entries[0] if len(entries) == 1 else folder


def largest_bytes() -> int:
    """Bytes that one upload may have, all of its files together."""
    return server_settings().largest_upload * _MEGABYTE


def too_large(name: str, size: int) -> SourceError:
    """The error for files that are larger than the server takes: with what imports them nevertheless."""
    return SourceError(
        _("{name} is too large to upload").format(name=name),
        _("{size} MB; this server takes {limit} MB at once").format(
            size=f"{-(-size // _MEGABYTE):,}", limit=f"{server_settings().largest_upload:,}"
        ),
        _("on the server, run: tagviz import {name}; or start it with TAGVIZ_LARGEST_UPLOAD={size}").format(
            name=_quoted(name), size=-(-size // _MEGABYTE)
        ),
    )


def _quoted(name: str) -> str:
    """A file's name as a shell reads it."""
    from shlex import quote

    return quote(name if not name.startswith("-") else f"./{name}")


@dataclass
class Ticket:
    """An upload.

    Attributes:
        folder: Where its files are.
        sizes: Bytes by place of the files that are there whole.
        arriving: Bytes of those that arrive.
    """

    folder: Path
    sizes: dict[Path, int] = field(default_factory=dict)
    arriving: int = 0

    @property
    def ident(self) -> tuple[tuple[str, int], ...]:
        """What is there now: another where a file came or went."""
        return tuple(sorted((place.as_posix(), size) for place, size in list(self.sizes.items())))

    def check(self, name: str, size: int) -> None:
        """Raise SourceError where so many bytes more are too many."""
        total = sum(self.sizes.values()) + self.arriving + size
        if total > largest_bytes():
            raise too_large(PurePosixPath(name).name or "file", total)
        if len(self.sizes) >= MOST_FILES:
            raise SourceError(
                _("Too many files"), f"{MOST_FILES:,}", _("put them into one archive, such as a .zip file")
            )

    def remove(self, name: str) -> None:
        """Delete a file, or all of them where no name is given."""
        with _lock:
            for place in [place_inside(name)] if name else list(self.sizes):
                if self.sizes.pop(place, None) is not None:
                    (self.folder / place).unlink(missing_ok=True)
                    for parent in list(place.parents)[:-1]:
                        with suppress(OSError):
                            (self.folder / parent).rmdir()


class Arrival:
    """A file that arrives: it has its name only when it is whole, and is deleted where it does not become so.

    Args:
        ticket: The upload.
        name: Name of the file, maybe with its folders.
    """

    def __init__(self, ticket: Ticket, name: str) -> None:
        self.ticket, self.name, self.size = ticket, name, 0
        self.place = place_inside(name)
        self.partial = ticket.folder / f".{secrets.token_hex(6)}.part"
        self.done = False

    def __enter__(self) -> Self:
        self.ticket.folder.mkdir(parents=True, exist_ok=True)
        self.file: IO[bytes] = self.partial.open("wb")
        return self

    def write(self, block: bytes) -> None:
        """Append a block. Raises SourceError where it becomes too much."""
        self.ticket.check(self.name, len(block))
        self.file.write(block)
        self.size += len(block)
        self.ticket.arriving += len(block)

    def finish(self) -> None:
        """Give the file its name."""
        self.file.close()
        target = self.ticket.folder / self.place
        target.parent.mkdir(parents=True, exist_ok=True)
        with _lock:
            os.replace(self.partial, target)
            self.ticket.sizes[self.place] = self.size
        self.done = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.ticket.arriving -= self.size
        with suppress(OSError):
            self.file.close()
        if not self.done:
            self.partial.unlink(missing_ok=True)


_lock = threading.Lock()
_tickets: TTLCache[str, Ticket] = TTLCache(maxsize=10_000, ttl=KEPT_SECONDS)


def issue() -> str:
    """Return a ticket with a new folder. Raises StoreError where it cannot be made."""
    name = secrets.token_urlsafe(24)
    folder = new_folder()
    with _lock:
        _tickets[name] = Ticket(folder)
    return name


def find(name: str) -> Ticket | None:
    """Return the upload of a ticket; None where there is none, or no longer."""
    with _lock:
        return _tickets.get(name)
