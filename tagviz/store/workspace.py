"""The workspace: a folder that holds everything that is made, and the read-only one shipped with tagviz beneath it.

```
home/
  names/NAME/STAMP-FINGERPRINT.json      which contents a corpus's name has stood for, newest last
  corpora/FINGERPRINT.json + folder      contents
  models/FINGERPRINT/MODEL.json + folder     by the contents they were trained on
  marks/FINGERPRINT/MODEL.json           what people say of a model: title, note, pinned, archived
  projections/MODEL/ID.json + folder     maps
  reports/FINGERPRINT/ID.json + folder   verdicts
  encodings.db, tagviz.db                what sentence models have read; jobs
  trash/                                 what was deleted and can come back
```
Artifacts are never changed once written, so any number of processes may read and write at once (see `shelf`).
"""

from __future__ import annotations

import os
import shutil
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from tagviz.errors import StoreError, UnknownTerm
from tagviz.methods import Arrays
from tagviz.settings import ASSETS, settings
from tagviz.store import arrays as files
from tagviz.store import forms
from tagviz.store.shelf import Entry, Shelf, new_token
from tagviz.types import Corpus, Ints, Kind, Projection

NAME_LENGTH = 80


@dataclass(frozen=True)
class Version:
    """One meaning of a corpus's name: the contents' fingerprint and when they were imported (UTC, ISO)."""

    name: str
    fingerprint: str
    imported: str
    shipped: bool = False


@dataclass(frozen=True)
class Marks:
    """What people say of a model."""

    title: str = ""
    note: str = ""
    pinned: bool = False
    archived: bool = False


@dataclass(frozen=True)
class ModelInfo:
    """What is known of a model without opening it. seconds: training time; size: bytes on disk; created: UTC, ISO.

    start: the model of an older version from which it went on, as `FINGERPRINT/ID`; "" for one trained from nothing.
    verdicts: how many items that reviewers found right or wrong it has learned from.
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
    marks: Marks = field(default_factory=Marks)


@dataclass(frozen=True)
class Deleted:
    """What lies in the trash: the token that brings it back, its shelf and key, when it was deleted, bytes."""

    token: str
    shelf: str
    key: str
    when: str
    size: int


@dataclass(frozen=True, eq=False)
class StoredModel:
    """A model as it lies on disk: what is known of it, and the arrays and JSON that its method restores it from."""

    info: ModelInfo
    arrays: Arrays
    state: Mapping[str, Any]


@dataclass(frozen=True)
class Workspace:
    """Artifacts under `home`, with the read-only `base` beneath. `packed` writes small files, to be shipped."""

    home: Path
    base: Path | None = None
    packed: bool = False

    @classmethod
    def default(cls) -> Self:
        """The workspace that the environment names, with the demo beneath it."""
        return cls(settings().home, ASSETS / "demo")

    @cached_property
    def corpora(self) -> Shelf:
        return Shelf("corpora", self.home, self.base, depth=1)

    @cached_property
    def models(self) -> Shelf:
        return Shelf("models", self.home, self.base)

    @cached_property
    def projections(self) -> Shelf:
        return Shelf("projections", self.home, self.base)

    @cached_property
    def reports(self) -> Shelf:
        return Shelf("reports", self.home, self.base)

    @cached_property
    def foldings(self) -> Shelf:
        return Shelf("foldings", self.home, self.base, depth=1)

    @property
    def encodings(self) -> Path:
        """What sentence models have read (see `encodings.Kept`)."""
        return self.home / "encodings.db"

    @property
    def trash(self) -> Path:
        return self.home / "trash"

    # --- corpora -----------------------------------------------------------------------------------------------------

    def names(self) -> list[str]:
        """Names of the corpora, sorted."""
        found = {path.name for root in self._roots("names") if root.is_dir() for path in root.iterdir()}
        return sorted(name for name in found if not name.startswith("."))

    def versions(self, name: str) -> list[Version]:
        """What a name has stood for, oldest first; what is at home counts as newer than what is shipped."""
        found = []
        for root in reversed(list(self._roots("names"))):
            for path in sorted((root / checked(name)).glob("*.json")):
                found.append(Version(name, **files.read_json(path), shipped=root.parent == self.base))
        if not found:
            known = ", ".join(self.names()) or "none yet"
            raise UnknownTerm(
                f"There is no corpus {name!r}", f"corpora here: {known}", "import it first, or correct the name"
            )
        return found

    def save_corpus(self, corpus: Corpus, listed: bool = True) -> Version:
        """Stores the contents unless they are there; `listed` makes them the newest version of the corpus's name."""
        checked(corpus.name)
        if self.corpora.find(corpus.fingerprint) is None:
            self.corpora.put(
                corpus.fingerprint,
                forms.corpus_info(corpus),
                lambda folder: forms.write_corpus(folder, corpus, self.packed),
            )
        version = Version(corpus.name, corpus.fingerprint, now())
        before = self.versions(corpus.name)[-1] if corpus.name in self.names() else None
        if before is not None and before.fingerprint == corpus.fingerprint:
            return before
        if listed:
            stamp = version.imported.replace(":", "").replace("+0000", "Z")
            path = self.home / "names" / corpus.name / f"{stamp}-{corpus.fingerprint}.json"
            files.write_json(path, {"fingerprint": version.fingerprint, "imported": version.imported})
        return version

    def corpus_entry(self, name: str, fingerprint: str = "") -> Entry:
        """The stored contents of a corpus: its newest version, or the one whose fingerprint starts as given (up to a
        `+`, behind which stands what experts decided on it)."""
        known = self.versions(name)
        fingerprint = fingerprint.partition("+")[0]
        chosen = [version for version in known if version.fingerprint.startswith(fingerprint)]
        if not chosen:
            raise UnknownTerm(
                f"{name!r} has no version {fingerprint!r}",
                f"it has {', '.join(v.fingerprint for v in known)}",
                "use one of these",
            )
        return self.corpora.get(chosen[-1].fingerprint)

    def open_corpus(self, name: str, fingerprint: str = "") -> Corpus:
        """The corpus, its index arrays memory-mapped."""
        entry = self.corpus_entry(name, fingerprint)
        return forms.read_corpus(entry.folder, name, entry.info)

    def remove_corpus(self, name: str) -> str:
        """Takes a name off the list and returns the token for `restore`. Contents and models stay."""
        if all(version.shipped for version in self.versions(name)):
            raise StoreError(f"The corpus {name!r} ships with tagviz", "what is shipped cannot be deleted", "leave it")
        token = new_token()
        with files.storing(self.trash / token):
            files.write_json(self.trash / token / "removed.json", {"shelf": "names", "key": name})
            os.rename(self.home / "names" / name, self.trash / token / "data")
        return token

    # --- models ------------------------------------------------------------------------------------------------------

    def save_model(self, info: ModelInfo, arrays: Arrays, state: Mapping[str, Any]) -> ModelInfo:
        """Stores a trained model; one with the same id is replaced."""

        def write(folder: Path) -> None:
            files.write_arrays(folder / "arrays", arrays, self.packed)
            files.write_json(folder / "state.json", dict(state))

        known = {key: value for key, value in asdict(info).items() if key not in ("marks", "shipped", "size")}
        return self._model_info(self.models.put(f"{info.fingerprint}/{info.id}", known, write))

    def model_infos(self, fingerprint: str) -> list[ModelInfo]:
        """The models of a corpus's contents, newest first."""
        infos = [self._model_info(entry) for entry in self.models.entries(fingerprint)]
        return sorted(infos, key=lambda info: (info.created, info.id), reverse=True)

    def open_model(self, fingerprint: str, ident: str) -> StoredModel:
        entry = self.models.get(f"{fingerprint}/{checked(ident)}")
        arrays = files.read_arrays(entry.folder / "arrays")
        return StoredModel(self._model_info(entry), arrays, files.read_json(entry.folder / "state.json"))

    def mark(self, fingerprint: str, ident: str, marks: Marks) -> None:
        """Keeps what people say of a model, shipped or not."""
        self.models.get(f"{fingerprint}/{checked(ident)}")
        files.write_json(self.home / "marks" / fingerprint / f"{ident}.json", asdict(marks))

    def _model_info(self, entry: Entry) -> ModelInfo:
        known = {key: value for key, value in entry.info.items() if key != "data"}
        path = self.home / "marks" / f"{entry.key}.json"
        marks = Marks(**files.read_json(path)) if path.is_file() else Marks()
        size = files.size_of(entry.folder)
        return ModelInfo(**known, size=size, shipped=entry.shipped, marks=marks)

    def remove_model(self, fingerprint: str, ident: str) -> str:
        """Moves a model into the trash and returns the token for `restore`."""
        return self.models.remove(f"{fingerprint}/{checked(ident)}", self.trash)

    # --- projections, and what was deleted ---------------------------------------------------------------------------

    def save_projection(self, model: str, ident: str, projection: Projection, about: Mapping[str, Any]) -> None:
        """Stores a map under its model. `about`: what else a list of maps shows."""
        info = {**about, **forms.projection_info(projection)}
        self.projections.put(f"{model}/{ident}", info, lambda folder: forms.write_projection(folder, projection))

    def open_projection(self, model: str, ident: str) -> Projection:
        entry = self.projections.get(f"{model}/{ident}")
        return forms.read_projection(entry.folder, entry.info)

    def save_report(self, fingerprint: str, ident: str, arrays: Arrays, meta: Mapping[str, Any]) -> None:
        """Stores a verdict under the corpus's contents."""

        def write(folder: Path) -> None:
            files.write_arrays(folder, arrays, self.packed)
            files.write_json(folder / "report.json", dict(meta))

        labels = [model["label"] for model in meta["models"]]
        self.reports.put(f"{fingerprint}/{checked(ident)}", {**meta, "id": ident, "labels": labels}, write)

    def open_report(self, fingerprint: str, ident: str) -> tuple[Arrays, Mapping[str, Any]]:
        """The arrays and the JSON document of a verdict."""
        entry = self.reports.get(f"{fingerprint}/{checked(ident)}")
        return files.read_arrays(entry.folder), files.read_json(entry.folder / "report.json")

    def save_folding(self, key: str, groups: Mapping[Kind, Ints]) -> None:
        """Stores which items of a corpus are variants of one another (`recommend/folding.py`)."""
        arrays = {str(kind): rows for kind, rows in groups.items()}
        self.foldings.put(key, {}, lambda folder: files.write_arrays(folder, arrays))

    def open_folding(self, key: str) -> dict[Kind, Ints] | None:
        """Groups of variants per kind, memory-mapped; None where they have not been stored."""
        entry = self.foldings.find(key)
        return None if entry is None else {Kind(name): rows for name, rows in files.read_arrays(entry.folder).items()}

    def deleted(self) -> list[Deleted]:
        """What lies in the trash, the newest first."""
        found = []
        for path in self.trash.glob("*/removed.json"):
            with suppress(FileNotFoundError):  # somebody brought it back meanwhile
                when = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat()
                removed = files.read_json_if_there(path)
                if removed is not None:
                    size = files.size_of(path.parent)
                    found.append(Deleted(path.parent.name, removed["shelf"], removed["key"], when, size))
        return sorted(found, key=lambda one: one.when, reverse=True)

    def discard(self, token: str) -> None:
        """Takes what was deleted out of the trash, for good."""
        place = self.trash / checked(token)
        with files.storing(place):
            shutil.rmtree(place)

    def disk_use(self) -> dict[str, int]:
        """Bytes on disk by folder of the home (`databases`: the files that lie in it), the largest first."""
        sizes = {"databases": 0}
        for path in self.home.iterdir() if self.home.is_dir() else ():
            if path.is_dir():
                sizes[path.name] = files.size_of(path)
            elif path.is_file():
                sizes["databases"] += path.stat().st_size
        return dict(sorted(sizes.items(), key=lambda one: -one[1]))

    def restore(self, token: str) -> str:
        """Undoes a deletion by its token and returns the key of what came back."""
        removed = files.read_json(self.trash / checked(token) / "removed.json")
        if removed["shelf"] == "names":
            return self._restore_name(token, removed["key"])
        shelves = {shelf.name: shelf for shelf in (self.models, self.projections, self.reports)}
        return shelves[removed["shelf"]].restore(token, self.trash)

    def _restore_name(self, token: str, name: str) -> str:
        place = self.home / "names" / checked(name)
        with files.storing(place):
            place.mkdir(parents=True, exist_ok=True)
            for path in sorted((self.trash / token / "data").glob("*.json")):
                os.rename(path, place / path.name)
            shutil.rmtree(self.trash / token)
        return name

    def _roots(self, name: str) -> list[Path]:
        return [root / name for root in (self.home, self.base) if root is not None]


def now() -> str:
    """The time in UTC as ISO text; sorts as it runs."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def checked(name: str) -> str:
    """The name if it can be a file's name: letters and digits of any script, `-`, `_` and `.`, not a dot first."""
    fine = all(char.isalnum() or char in "-_." or unicodedata.category(char).startswith("M") for char in name)
    if not fine or not name or name.startswith(".") or len(name) > NAME_LENGTH or len(name.encode()) > 200:
        raise StoreError(
            f"{name[:NAME_LENGTH]!r} cannot be a name",
            f"letters and digits of any language, - _ and . are allowed, at most {NAME_LENGTH}, no dot first",
            "choose another name",
        )
    return name
