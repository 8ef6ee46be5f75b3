"""The workspace: the folder of all artifacts, above the read-only one shipped with tagviz.

```
home/
  names/NAME/STAMP-FINGERPRINT.json      versions of the corpus NAME, newest last
  corpora/FINGERPRINT.json + folder      contents
  models/FINGERPRINT/MODEL.json + folder     by the contents they were trained on
  marks/FINGERPRINT/MODEL.json           annotations of a model: title, note, pinned, archived
  projections/MODEL/ID.json + folder     maps
  reports/FINGERPRINT/ID.json + folder   evaluations
  encodings.db, tagviz.db                cache of sentence vectors; jobs, feedback and decisions
  trash/                                 deleted artifacts, which can be restored
```

Artifacts never change once they are written, so many processes may read and write at once (see `artifacts`).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from filelock import FileLock

from tagviz.errors import NotFoundError, StoreError
from tagviz.settings import ASSETS, settings
from tagviz.store import files as files
from tagviz.store import serialization
from tagviz.store.artifacts import Artifact, ArtifactStore, new_token
from tagviz.store.records import ModelAnnotations as ModelAnnotations
from tagviz.store.records import ModelInfo as ModelInfo
from tagviz.store.records import StoredModel as StoredModel
from tagviz.store.records import TrashItem as TrashItem
from tagviz.store.records import Version as Version
from tagviz.store.records import checked_name as checked_name
from tagviz.store.records import checked_new_name as checked_new_name
from tagviz.store.records import file_of, not_before, version_of
from tagviz.store.records import now as now
from tagviz.training import Arrays
from tagviz.types import Corpus, Ints, Kind, Projection

_MODEL_FIELDS = tuple(one.name for one in fields(ModelInfo) if one.name not in ("marks", "shipped", "size"))
_MODEL_FACTS = tuple(name for name in _MODEL_FIELDS if name not in ("start", "verdicts"))
"""What the description of a model says, and what it has said since the first version."""


@dataclass(frozen=True)
class Workspace:
    """Artifacts in `home`, above the read-only `base`.

    Attributes:
        home: Folder that is written to.
        base: Read-only folder below it, if any.
        packed: Write small files, to be shipped.
    """

    home: Path
    base: Path | None = None
    packed: bool = False

    @classmethod
    def default(cls) -> Self:
        """Return the workspace that the environment names, above the demo."""
        return cls(settings().home, ASSETS / "demo")

    @cached_property
    def corpora(self) -> ArtifactStore:
        """Contents of corpora, by fingerprint."""
        about = ("fingerprint", "playlists", "sizes", "group_name", "tokenizer", "meta")
        return ArtifactStore("corpora", self.home, self.base, depth=1, described_by=about)

    @cached_property
    def models(self) -> ArtifactStore:
        """Trained models, by fingerprint and id."""
        return ArtifactStore("models", self.home, self.base, described_by=_MODEL_FACTS)

    @cached_property
    def projections(self) -> ArtifactStore:
        """Maps, by model and id."""
        about = ("kind", "method", "params", "measures", "names", "fingerprint")
        return ArtifactStore("projections", self.home, self.base, described_by=about)

    @cached_property
    def reports(self) -> ArtifactStore:
        """Evaluations, by fingerprint and id."""
        about = ("id", "created", "protocol", "labels")
        return ArtifactStore("reports", self.home, self.base, described_by=about)

    @cached_property
    def foldings(self) -> ArtifactStore:
        """Groups of near-duplicate items."""
        return ArtifactStore("foldings", self.home, self.base, depth=1)

    @property
    def encodings(self) -> Path:
        """File of the cache of sentence vectors (see `encoding_cache`)."""
        return self.home / "encodings.db"

    @property
    def trash(self) -> Path:
        """Folder of deleted artifacts."""
        return self.home / "trash"

    # --- corpora -----------------------------------------------------------------------------------------------------

    def names(self) -> list[str]:
        """Return the names of the corpora, sorted."""
        files_ = [path for root in self._roots("names") for path in root.glob("[!.]*/*.json")]
        return sorted({path.parent.name for path in files_ if version_of("", path, shipped=False)})

    def versions(self, name: str) -> list[Version]:
        """Return the versions of a corpus, oldest first; those in the home count as newer than shipped ones.

        They come in the order in which they were imported, whatever the clock said. A damaged entry is read from its
        file's name, which says the same.

        Raises:
            NotFoundError: If there is no corpus of this name.
        """
        versions = []
        for root in reversed(list(self._roots("names"))):
            for path in sorted((root / checked_name(name)).glob("*.json")):
                version = version_of(name, path, root.parent == self.base)
                versions += [] if version is None else [version]
        if not versions:
            known = ", ".join(self.names()) or "none yet"
            raise NotFoundError(
                f"There is no corpus {name!r}", f"corpora here: {known}", "import it first, or correct the name"
            )
        return versions

    def save_corpus(self, corpus: Corpus, listed: bool = True) -> Version:
        """Store a corpus, unless its contents are stored already.

        Args:
            corpus: The corpus.
            listed: Whether it becomes the newest version of its name.

        Raises:
            StoreError: If the name cannot be used, or the disk may not be written.
        """
        checked_new_name(corpus.name)
        if listed:
            self._refuse_shipped_name(corpus.name)
        if not self.corpora.intact(corpus.fingerprint):
            self.corpora.put(
                corpus.fingerprint,
                serialization.corpus_info(corpus),
                lambda folder: serialization.write_corpus(folder, corpus, self.packed),
            )
        folder = self.home / "names" / corpus.name
        with files.store_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            with FileLock(folder.with_name(f".{corpus.name}.lock")):  # who imports at the same time comes after
                return self._save_version(folder, corpus, listed)

    def _refuse_shipped_name(self, name: str) -> None:
        """Raise StoreError for the name of a corpus that ships with tagviz, however it is written."""
        shipped = [] if self.base is None else [path.name for path in (self.base / "names").glob("[!.]*")]
        if name.casefold() in {one.casefold() for one in shipped}:
            raise StoreError(
                f"{name!r} is the name of a corpus that ships with tagviz", "it stays as it is", "choose another name"
            )

    def _save_version(self, folder: Path, corpus: Corpus, listed: bool) -> Version:
        before = None
        with suppress(NotFoundError):
            before = self.versions(corpus.name)[-1]
        if before is not None and before.fingerprint == corpus.fingerprint:
            return before
        version = Version(corpus.name, corpus.fingerprint, now(after="" if before is None else before.imported))
        if listed:
            path = folder / file_of(version)
            files.write_json(path, {"fingerprint": version.fingerprint, "imported": version.imported})
        return version

    def corpus_entry(self, name: str, fingerprint: str = "") -> Artifact:
        """Return the stored contents of a corpus.

        Args:
            name: Name of the corpus.
            fingerprint: Beginning of the fingerprint of a version, "" for the newest. A `+` and what follows it, the
                digest of experts' decisions, does not count.

        Raises:
            NotFoundError: If there is no such corpus or version.
        """
        known = self.versions(name)
        fingerprint = fingerprint.partition("+")[0]
        chosen = [version for version in known if version.fingerprint.startswith(fingerprint)]
        if not chosen:
            raise NotFoundError(
                f"{name!r} has no version {fingerprint!r}",
                f"it has {', '.join(v.fingerprint for v in known)}",
                "use one of these",
            )
        return self.corpora.get(chosen[-1].fingerprint)

    def open_corpus(self, name: str, fingerprint: str = "") -> Corpus:
        """Open a corpus, its index arrays memory-mapped; arguments as in `corpus_entry`."""
        entry = self.corpus_entry(name, fingerprint)
        entry.check()
        return serialization.read_corpus(entry.folder, name, entry.info)

    def remove_corpus(self, name: str) -> str:
        """Remove a corpus's name; its contents and models stay.

        Returns:
            The token for `restore`.

        Raises:
            StoreError: If it ships with tagviz.
        """
        if all(version.shipped for version in self.versions(name)):
            raise StoreError(f"The corpus {name!r} ships with tagviz", "what is shipped cannot be deleted", "leave it")
        token = new_token()
        with files.store_errors(self.trash / token):
            files.write_json(self.trash / token / "removed.json", {"shelf": "names", "key": name})
            os.rename(self.home / "names" / name, self.trash / token / "data")
        return token

    # --- models ------------------------------------------------------------------------------------------------------

    def save_model(self, info: ModelInfo, arrays: Arrays, state: Mapping[str, Any]) -> ModelInfo:
        """Store a trained model; one with the same id is replaced.

        Args:
            info: Facts about it.
            arrays: Its arrays.
            state: Its JSON state.
        """

        def write(folder: Path) -> None:
            files.write_arrays(folder / "arrays", arrays, self.packed)
            files.write_json(folder / "state.json", dict(state))

        newest = max((one.created for one in self.model_infos(info.fingerprint) if one.id != info.id), default="")
        info = replace(info, created=not_before(info.created, newest))
        known = {key: content for key, content in asdict(info).items() if key in _MODEL_FIELDS}
        return self._model_info(self.models.put(f"{info.fingerprint}/{info.id}", known, write))

    def model_infos(self, fingerprint: str) -> list[ModelInfo]:
        """Return the facts about the models of a corpus's contents, newest first."""
        infos = [self._model_info(entry) for entry in self.models.entries(fingerprint)]
        return sorted(infos, key=lambda info: (info.created, info.id), reverse=True)

    def open_model(self, fingerprint: str, ident: str) -> StoredModel:
        """Open a stored model.

        Raises:
            NotFoundError: If there is none.
        """
        entry = self.models.get(f"{fingerprint}/{checked_name(ident)}")
        entry.check()
        arrays = files.read_arrays(entry.folder / "arrays")
        return StoredModel(self._model_info(entry), arrays, files.read_json(entry.folder / "state.json"))

    def mark(self, fingerprint: str, ident: str, marks: ModelAnnotations) -> None:
        """Store people's annotations of a model, shipped or not.

        Raises:
            NotFoundError: If there is no such model.
        """
        self.models.get(f"{fingerprint}/{checked_name(ident)}")
        files.write_json(self.home / "marks" / fingerprint / f"{ident}.json", asdict(marks))

    def _model_info(self, entry: Artifact) -> ModelInfo:
        known = {key: content for key, content in entry.info.items() if key in _MODEL_FIELDS}
        marks = ModelAnnotations()
        with suppress(StoreError):  # `tagviz doctor` names it; annotating the model again replaces it
            marks = self._marks(entry.key)
        size = files.size_of(entry.folder)
        return ModelInfo(**known, size=size, shipped=entry.shipped, marks=marks)

    def _marks(self, key: str) -> ModelAnnotations:
        path = self.home / "marks" / f"{key}.json"
        with files.read_errors(path):
            return ModelAnnotations(**(files.read_object(path) or {}))

    def remove_model(self, fingerprint: str, ident: str) -> str:
        """Move a model into the trash.

        Returns:
            The token for `restore`.
        """
        return self.models.remove(f"{fingerprint}/{checked_name(ident)}", self.trash)

    # --- projections, and what was deleted ---------------------------------------------------------------------------

    def save_projection(self, model: str, ident: str, projection: Projection, about: Mapping[str, Any]) -> None:
        """Store a map of a model.

        Args:
            model: Reference of the model.
            ident: Id of the map.
            projection: The map.
            about: Further facts for a list of maps.
        """
        info = {**about, **serialization.projection_info(projection)}
        self.projections.put(
            f"{model}/{ident}", info, lambda folder: serialization.write_projection(folder, projection)
        )

    def open_projection(self, model: str, ident: str) -> Projection:
        """Open a stored map.

        Raises:
            NotFoundError: If there is none.
        """
        entry = self.projections.get(f"{model}/{ident}")
        entry.check()
        return serialization.read_projection(entry.folder, entry.info)

    def save_report(self, fingerprint: str, ident: str, arrays: Arrays, meta: Mapping[str, Any]) -> None:
        """Store an evaluation of a corpus's contents.

        Args:
            fingerprint: Fingerprint of the contents.
            ident: Id of the evaluation.
            arrays: Its arrays.
            meta: Its JSON document.
        """

        def write(folder: Path) -> None:
            files.write_arrays(folder, arrays, self.packed)
            files.write_json(folder / "report.json", dict(meta))

        labels = [model["label"] for model in meta["models"]]
        self.reports.put(f"{fingerprint}/{checked_name(ident)}", {**meta, "id": ident, "labels": labels}, write)

    def open_report(self, fingerprint: str, ident: str) -> tuple[Arrays, Mapping[str, Any]]:
        """Return the arrays and the JSON document of an evaluation.

        Raises:
            NotFoundError: If there is none.
        """
        entry = self.reports.get(f"{fingerprint}/{checked_name(ident)}")
        entry.check()
        return files.read_arrays(entry.folder), files.read_json(entry.folder / "report.json")

    def save_folding(self, key: str, groups: Mapping[Kind, Ints]) -> None:
        """Store which items of a corpus are near duplicates (`recommenders/near_duplicates.py`).

        Args:
            key: Key of the groups.
            groups: Per kind, the group of each item.
        """
        arrays = {str(kind): rows for kind, rows in groups.items()}
        self.foldings.put(key, {}, lambda folder: files.write_arrays(folder, arrays))

    def open_folding(self, key: str) -> dict[Kind, Ints] | None:
        """Return the groups of near duplicates by kind, memory-mapped; None where they are not stored, or damaged."""
        if not self.foldings.intact(key):
            return None
        return {Kind(name): rows for name, rows in files.read_arrays(self.foldings.get(key).folder).items()}

    def deleted(self) -> list[TrashItem]:
        """Return what is in the trash, newest first."""
        items = []
        for path in self.trash.glob("*/removed.json"):
            # somebody may have brought it back meanwhile; what is damaged, `tagviz doctor` names
            with suppress(FileNotFoundError, StoreError, KeyError):
                when = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat()
                removed = files.read_object(path)
                if removed is not None:
                    size = files.size_of(path.parent)
                    items.append(TrashItem(path.parent.name, removed["shelf"], removed["key"], when, size))
        return sorted(items, key=lambda one: one.when, reverse=True)

    def discard(self, token: str) -> None:
        """Delete an item of the trash for good."""
        place = self.trash / checked_name(token)
        with files.store_errors(place):
            shutil.rmtree(place)

    def disk_use(self) -> dict[str, int]:
        """Return the bytes on disk by folder of the home, greatest first.

        `databases` are the files in the home itself.
        """
        sizes = {"databases": 0}
        for path in self.home.iterdir() if self.home.is_dir() else ():
            if path.is_dir():
                sizes[path.name] = files.size_of(path)
            elif path.is_file():
                sizes["databases"] += path.stat().st_size
        return dict(sorted(sizes.items(), key=lambda one: -one[1]))

    def restore(self, token: str) -> str:
        """Undo a deletion.

        Args:
            token: Its token.

        Returns:
            The key of what came back.
        """
        removed = files.read_json(self.trash / checked_name(token) / "removed.json")
        if removed["shelf"] == "names":
            return self._restore_name(token, removed["key"])
        shelves = {shelf.name: shelf for shelf in (self.models, self.projections, self.reports)}
        return shelves[removed["shelf"]].restore(token, self.trash)

    def _restore_name(self, token: str, name: str) -> str:
        place = self.home / "names" / checked_name(name)
        with files.store_errors(place):
            place.mkdir(parents=True, exist_ok=True)
            for path in sorted((self.trash / token / "data").glob("*.json")):
                os.rename(path, place / path.name)
            shutil.rmtree(self.trash / token)
        return name

    def _roots(self, name: str) -> list[Path]:
        return [root / name for root in (self.home, self.base) if root is not None]
