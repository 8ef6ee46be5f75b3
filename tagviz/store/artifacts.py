"""A store of artifacts of one kind: `KEY.json` describes an artifact, the folder that it names contains the data.

The JSON file is the commit. The data is written into a folder of its own, flushed and renamed first; only then the JSON
file appears, in one rename. So a reader sees an artifact whole or not at all, two writers never mix, and a process
killed at any moment leaves at most a hidden temporary folder. A read-only `base` may lie below: an artifact that is not
in the home is looked up there.

The JSON file carries its own checksum and those of the data, so that damage is found before anything is read. A damaged
artifact never hides another one: lists leave it out, `damaged` names it, and making it again replaces it.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tagviz.errors import NotFoundError, StoreError
from tagviz.store.checksums import Depth, Manifest, differences, manifest_of
from tagviz.store.files import read_json, read_object, store_errors, write_json

STALE_SECONDS = 24 * 3600
"""A temporary folder older than this was left by a process that died."""


KINDS = {
    "corpora": ("corpus", "import the same file again, or remove it with `tagviz doctor --repair`"),
    "models": ("model", "train it again with the same settings, or remove it with `tagviz doctor --repair`"),
    "projections": ("map", "lay it out again with `tagviz project`, or remove it with `tagviz doctor --repair`"),
    "reports": ("evaluation", "evaluate again, and remove this one with `tagviz doctor --repair`"),
    "features": ("feature table", "add the same table again, or remove it with `tagviz doctor --repair`"),
    "foldings": ("list of near duplicates", "it is made again when it is needed"),
}
"""Of each store: what one artifact is called, and what helps when it is damaged."""


@dataclass(frozen=True)
class Artifact:
    """One artifact.

    Attributes:
        key: Its key in the store.
        info: What it was described with.
        folder: Folder of its data.
        shipped: Whether it is part of the read-only base.
        files: Sizes and checksums of its data; none for one that an older version wrote.
        store: Name of its store.
    """

    key: str
    info: Mapping[str, Any]
    folder: Path
    shipped: bool
    files: Manifest = field(default_factory=dict)
    store: str = ""

    def check(self, depth: Depth = Depth.SMALL) -> None:
        """Compare the data with its checksums.

        Args:
            depth: How closely it is compared.

        Raises:
            StoreError: If a file is not as it was written.
        """
        wrong = differences(self.folder, self.files, depth)
        if not wrong and not self.folder.is_dir():
            wrong = ["its folder is missing"]
        if wrong:
            raise _damaged(self.store, self.key, "; ".join(wrong[:3]))

    @property
    def intact(self) -> bool:
        """Whether its data is as it was written."""
        try:
            self.check()
        except StoreError:
            return False
        return True


@dataclass(frozen=True)
class ArtifactStore:
    """Artifacts of one kind in `home/name` and, read-only, in `base/name`.

    Attributes:
        name: Name of the folder, in the plural.
        home: Folder that is written to.
        base: Read-only folder below it, if any.
        depth: Number of parts of a key; parts are plain names with a `/` between them, such as `FINGERPRINT/MODEL`.
        described_by: What the description of an artifact says at least; one that does not is damaged.
    """

    name: str
    home: Path
    base: Path | None = None
    depth: int = 2
    described_by: tuple[str, ...] = ()

    def put(self, key: str, info: Mapping[str, Any], write: Callable[[Path], None]) -> Artifact:
        """Store an artifact; one with the same key is replaced at once.

        Args:
            key: Its key.
            info: Content of its JSON file.
            write: Writes the data into the (temporary) folder that it is given.

        Raises:
            StoreError: If the disk is full or may not be written.
        """
        place = self.home / self.name / key
        before = None
        with suppress(StoreError):  # a damaged one is replaced all the same
            before = self._folder_named_by(place)
        with store_errors(place):
            place.parent.mkdir(parents=True, exist_ok=True)
            self._remove_stale(place.parent)
            temporary = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
            temporary.mkdir()
        try:
            write(temporary)
            with store_errors(place):
                manifest = manifest_of(temporary)
                folder = _rename_into_place(temporary, place)
            write_json(place.with_name(place.name + ".json"), {**info, "data": folder.name, "files": manifest})
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        if before is not None and before != folder:
            shutil.rmtree(before, ignore_errors=True)
        return Artifact(key, info, folder, False, manifest, self.name)

    def find(self, key: str) -> Artifact | None:
        """Return an artifact, or None; the home goes before the base.

        Raises:
            StoreError: If the file that describes it is damaged.
        """
        for root, shipped in self._roots():
            entry = self._read(root, key, shipped)
            if entry is not None:
                return entry
        return None

    def intact(self, key: str) -> bool:
        """Whether there is such an artifact, and its data is as it was written."""
        try:
            entry = self.find(key)
        except StoreError:
            return False
        return entry is not None and entry.intact

    def _read(self, root: Path, key: str, shipped: bool) -> Artifact | None:
        path = root / f"{key}.json"
        try:
            info = read_object(path)
            if info is None:
                return None
            folder = path.parent / str(info.pop("data"))
            files = {name: (int(size), int(crc)) for name, (size, crc) in dict(info.pop("files", {})).items()}
            missing = [name for name in self.described_by if name not in info]
        except StoreError as error:
            raise _damaged(self.name, key, error.detail or error.title) from error
        except (KeyError, TypeError, ValueError) as error:
            raise _damaged(self.name, key, f"{path.name} does not say what it should") from error
        if missing:
            raise _damaged(self.name, key, f"{path.name} does not say its {missing[0]}")
        return Artifact(key, info, folder, shipped, files, self.name)

    def get(self, key: str) -> Artifact:
        """Return an artifact.

        Raises:
            NotFoundError: If there is none.
        """
        entry = self.find(key)
        if entry is None:
            raise NotFoundError(
                f"There is no {KINDS[self.name][0]} {key!r}",
                "it may have been deleted",
                "list what there is, or make it again",
            )
        return entry

    def entries(self, under: str = "") -> list[Artifact]:
        """Return all artifacts that can be described, sorted by key.

        Args:
            under: First part of their keys; "": all.
        """
        return self.scan(under)[0]

    def damaged(self, under: str = "") -> list[StoreError]:
        """Return an error for each artifact that `entries` leaves out because the file that describes it is damaged."""
        return list(self.scan(under)[1].values())

    def scan(self, under: str = "") -> tuple[list[Artifact], dict[str, StoreError]]:
        """Return what `entries` returns, and the errors of the others by key."""
        entries: dict[str, Artifact] = {}
        errors: dict[str, StoreError] = {}
        for root, shipped in self._roots():
            for path in (root / under).glob("*.json") if under else root.glob("*/" * (self.depth - 1) + "*.json"):
                key = path.relative_to(root).as_posix().removesuffix(".json")
                if key not in entries and key not in errors:
                    try:
                        entry = self._read(root, key, shipped)
                    except StoreError as error:
                        errors[key] = error
                    else:
                        entries |= {} if entry is None else {key: entry}
        return [entries[key] for key in sorted(entries)], {key: errors[key] for key in sorted(errors)}

    def folders(self) -> list[str]:
        """Return the first parts of all keys of two parts, sorted."""
        roots = [root for root, _ in self._roots() if root.is_dir()]
        return sorted({path.name for root in roots for path in root.iterdir() if path.is_dir() and path.name[0] != "."})

    def remove(self, key: str, trash: Path) -> str:
        """Move an artifact into the trash.

        Args:
            key: Its key.
            trash: Folder of the trash.

        Returns:
            The token that `restore` takes.

        Raises:
            NotFoundError: If there is none.
            StoreError: If it ships with tagviz.
        """
        entry = self.get(key)
        if entry.shipped:
            raise StoreError(
                f"{key} ships with tagviz", "what is shipped cannot be deleted", "archive it to keep it out of sight"
            )
        token = new_token()
        bin_ = trash / token
        place = self.home / self.name / key
        with store_errors(place):
            bin_.mkdir(parents=True)
            write_json(bin_ / "removed.json", {"shelf": self.name, "key": key, "data": entry.folder.name})
            os.replace(place.with_name(place.name + ".json"), bin_ / "info.json")
            if entry.folder.exists():
                os.rename(entry.folder, bin_ / "data")
        return token

    def restore(self, token: str, trash: Path) -> str:
        """Bring back a removed artifact.

        Args:
            token: Token from `remove`.
            trash: Folder of the trash.

        Returns:
            Its key.

        Raises:
            StoreError: If an artifact with this key exists again.
        """
        bin_ = trash / token
        removed = read_json(bin_ / "removed.json")
        place = self.home / self.name / str(removed["key"])
        commit = place.with_name(place.name + ".json")
        if commit.exists():
            raise StoreError(f"{removed['key']} exists again", "it was made anew meanwhile", "delete that one first")
        with store_errors(place):
            place.parent.mkdir(parents=True, exist_ok=True)
            folder = _rename_into_place(bin_ / "data", place)
            write_json(commit, {**read_json(bin_ / "info.json"), "data": folder.name})
            shutil.rmtree(bin_)
        return str(removed["key"])

    def _roots(self) -> Iterator[tuple[Path, bool]]:
        yield self.home / self.name, False
        if self.base is not None:
            yield self.base / self.name, True

    def _folder_named_by(self, place: Path) -> Path | None:
        info = read_object(place.with_name(place.name + ".json"))
        return None if info is None else place.parent / str(info["data"])

    @staticmethod
    def _remove_stale(parent: Path) -> None:
        """Remove temporary folders of processes that died long ago."""
        for path in parent.glob(".*"):
            if path.is_dir() and time.time() - path.stat().st_mtime > STALE_SECONDS:
                shutil.rmtree(path, ignore_errors=True)


def new_token() -> str:
    """Return a unique name for one deletion; names sort by time."""
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"


def _rename_into_place(temporary: Path, place: Path) -> Path:
    """Rename a written folder to `place`, or to a unique name next to it if that name is taken."""
    try:
        os.rename(temporary, place)
        return place
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
    own = place.with_name(f"{place.name}.{secrets.token_hex(4)}")
    os.rename(temporary, own)
    return own


def _damaged(store: str, key: str, why: str) -> StoreError:
    noun, remedy = KINDS.get(store, ("artifact", "make it again"))
    return StoreError(f"The {noun} {key.rpartition('/')[2]} is damaged", why, remedy)
