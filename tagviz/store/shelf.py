"""A shelf keeps one kind of artifact: `KEY.json` says what it is, the folder it names holds the data.

The JSON file is the commit: the data is written to a folder of its own, flushed and renamed first, and only then does
the JSON appear, in one rename. So a reader sees an artifact whole or not at all, two writers never mix, and a process
killed at any moment leaves at most a hidden temporary folder. A read-only `base` may lie underneath: what is not at
home is looked for there.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tagviz.errors import StoreError, UnknownTerm
from tagviz.store.arrays import read_json, read_json_if_there, storing, write_json

STALE_SECONDS = 24 * 3600
"""A temporary folder older than this was left by a process that died."""


@dataclass(frozen=True)
class Entry:
    """One artifact: its key, what its JSON says, where its data lies, and whether it is part of the read-only base."""

    key: str
    info: Mapping[str, Any]
    folder: Path
    shipped: bool


@dataclass(frozen=True)
class Shelf:
    """Artifacts of one kind under `home/name` and, read-only, under `base/name`.

    Keys are `depth` plain names with a `/` between them, such as `FINGERPRINT/MODEL`.
    """

    name: str
    home: Path
    base: Path | None = None
    depth: int = 2

    def put(self, key: str, info: Mapping[str, Any], write: Callable[[Path], None]) -> Entry:
        """Stores an artifact: `write` fills a temporary folder. One under the same key is replaced at once."""
        place = self.home / self.name / key
        before = self._folder_named_by(place)
        with storing(place):
            place.parent.mkdir(parents=True, exist_ok=True)
            self._sweep(place.parent)
            temporary = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
            temporary.mkdir()
        try:
            write(temporary)
            with storing(place):
                _flush(temporary)
                folder = _settle(temporary, place)
            write_json(place.with_name(place.name + ".json"), {**info, "data": folder.name})
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        if before is not None and before != folder:
            shutil.rmtree(before, ignore_errors=True)
        return Entry(key, info, folder, False)

    def find(self, key: str) -> Entry | None:
        """The artifact, or None. Home goes before base."""
        for root, shipped in self._roots():
            path = root / f"{key}.json"
            info = read_json_if_there(path)
            if info is not None:
                return Entry(key, info, path.parent / str(info["data"]), shipped)
        return None

    def get(self, key: str) -> Entry:
        """The artifact; raises UnknownTerm when there is none."""
        entry = self.find(key)
        if entry is None:
            raise UnknownTerm(
                f"There is no {self.name.rstrip('s')} {key!r}",
                "it may have been deleted",
                "list what there is, or make it again",
            )
        return entry

    def entries(self, under: str = "") -> list[Entry]:
        """All artifacts whose key lies in the folder `under`, sorted by key."""
        found: dict[str, Entry] = {}
        for root, shipped in self._roots():
            for path in (root / under).glob("*.json") if under else root.glob("*/" * (self.depth - 1) + "*.json"):
                key = path.relative_to(root).as_posix().removesuffix(".json")
                info = None if key in found else read_json_if_there(path)
                if info is not None:
                    found[key] = Entry(key, info, path.parent / str(info["data"]), shipped)
        return [found[key] for key in sorted(found)]

    def folders(self) -> list[str]:
        """Names of the folders that keys of two parts begin with, sorted."""
        roots = [root for root, _ in self._roots() if root.is_dir()]
        return sorted({path.name for root in roots for path in root.iterdir() if path.is_dir() and path.name[0] != "."})

    def remove(self, key: str, trash: Path) -> str:
        """Moves an artifact into the trash and returns the token that `restore` takes. What is shipped stays."""
        entry = self.get(key)
        if entry.shipped:
            raise StoreError(
                f"{key} ships with tagviz", "what is shipped cannot be deleted", "archive it to keep it out of sight"
            )
        token = new_token()
        bin_ = trash / token
        place = self.home / self.name / key
        with storing(place):
            bin_.mkdir(parents=True)
            write_json(bin_ / "removed.json", {"shelf": self.name, "key": key, "data": entry.folder.name})
            os.replace(place.with_name(place.name + ".json"), bin_ / "info.json")
            if entry.folder.exists():
                os.rename(entry.folder, bin_ / "data")
        return token

    def restore(self, token: str, trash: Path) -> str:
        """Brings back what `remove` took away and returns its key."""
        bin_ = trash / token
        removed = read_json(bin_ / "removed.json")
        place = self.home / self.name / str(removed["key"])
        commit = place.with_name(place.name + ".json")
        if commit.exists():
            raise StoreError(f"{removed['key']} exists again", "it was made anew meanwhile", "delete that one first")
        with storing(place):
            place.parent.mkdir(parents=True, exist_ok=True)
            folder = _settle(bin_ / "data", place)
            write_json(commit, {**read_json(bin_ / "info.json"), "data": folder.name})
            shutil.rmtree(bin_)
        return str(removed["key"])

    def _roots(self) -> Iterator[tuple[Path, bool]]:
        yield self.home / self.name, False
        if self.base is not None:
            yield self.base / self.name, True

    def _folder_named_by(self, place: Path) -> Path | None:
        info = read_json_if_there(place.with_name(place.name + ".json"))
        return None if info is None else place.parent / str(info["data"])

    @staticmethod
    def _sweep(parent: Path) -> None:
        """Takes away temporary folders that processes long dead have left."""
        for path in parent.glob(".*"):
            if path.is_dir() and time.time() - path.stat().st_mtime > STALE_SECONDS:
                shutil.rmtree(path, ignore_errors=True)


def new_token() -> str:
    """A name for one deletion that nothing else has; sorts by time."""
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"


def _settle(temporary: Path, place: Path) -> Path:
    """Renames a written folder to `place`, or beside it under a name of its own where another already has that name."""
    try:
        os.rename(temporary, place)
        return place
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
    own = place.with_name(f"{place.name}.{secrets.token_hex(4)}")
    os.rename(temporary, own)
    return own


def _flush(folder: Path) -> None:
    """Makes sure that the files of a folder are on the disk before anything points to them."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
