"""Feature tables in the workspace: their contents by fingerprint, and under which name a corpus uses which.

```
home/features/FINGERPRINT.json + folder      ids, names of the columns, numbers (memory-mapped)
home/attached/CORPUS/NAME.json               which table the corpus uses under this name
```
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from tagviz.errors import NotFoundError, StoreError
from tagviz.feature_table import FeatureTable
from tagviz.store import files
from tagviz.store.artifacts import ArtifactStore
from tagviz.store.records import checked_name, now
from tagviz.store.workspace import Workspace


@dataclass(frozen=True)
class AttachedFeatures:
    """A feature table that a corpus uses.

    Attributes:
        name: Its name in the corpus.
        fingerprint: Fingerprint of the table.
        added: When it was added, UTC, ISO.
        shipped: Whether it is part of the read-only base.
    """

    name: str
    fingerprint: str
    added: str
    shipped: bool = False


def feature_store(workspace: Workspace) -> ArtifactStore:
    """Return the store of feature tables, by fingerprint."""
    about = ("columns", "songs", "source", "about")
    return ArtifactStore("features", workspace.home, workspace.base, depth=1, described_by=about)


def save_features(workspace: Workspace, table: FeatureTable) -> str:
    """Store a table, unless its contents are stored already, and return its fingerprint."""
    store = feature_store(workspace)
    if not store.intact(table.fingerprint):
        info = {
            "columns": list(table.columns),
            "songs": len(table),
            "source": table.source,
            "about": dict(table.about),
        }

        def write(folder: Path) -> None:
            files.write_table(folder / "ids.parquet", pd.DataFrame({"id": table.ids}))
            files.write_arrays(folder, {"values": table.values}, workspace.packed)

        store.put(table.fingerprint, info, write)
    return table.fingerprint


def open_features(workspace: Workspace, fingerprint: str) -> FeatureTable:
    """Open a table, its numbers memory-mapped.

    Raises:
        NotFoundError: There is none of this fingerprint.
    """
    entry = feature_store(workspace).get(checked_name(fingerprint))
    entry.check()
    return FeatureTable(
        ids=pd.Index(files.read_table(entry.folder / "ids.parquet")["id"], dtype="str", name=None),
        columns=tuple(entry.info["columns"]),
        values=files.read_arrays(entry.folder)["values"],
        source=entry.info["source"],
        about=entry.info["about"],
        stored_fingerprint=fingerprint,
    )


def attach(workspace: Workspace, corpus: str, name: str, fingerprint: str) -> None:
    """Let a corpus use a table under a name; another one of that name is replaced."""
    place = workspace.home / "attached" / checked_name(corpus) / f"{checked_name(name)}.json"
    files.write_json(place, {"fingerprint": fingerprint, "added": now()})


def attached(workspace: Workspace, corpus: str) -> list[AttachedFeatures]:
    """Return the tables that a corpus uses, by name; those of the home go before shipped ones."""
    known: dict[str, AttachedFeatures] = {}
    for root, shipped in ((workspace.home, False), (workspace.base, True)):
        if root is not None:
            for path in (root / "attached" / checked_name(corpus)).glob("*.json"):
                with suppress(StoreError, KeyError):  # `tagviz doctor` names a damaged one
                    info = files.read_object(path)
                    if info is not None:
                        found = AttachedFeatures(path.stem, info["fingerprint"], info["added"], shipped)
                        known.setdefault(path.stem, found)
    return [known[name] for name in sorted(known)]


def detach(workspace: Workspace, corpus: str, name: str) -> None:
    """Stop using a table. Its contents stay, for other corpora and for models that were trained with it.

    Raises:
        NotFoundError: The corpus uses no table of this name, or it ships with tagviz.
    """
    known = {each.name: each for each in attached(workspace, corpus)}
    if name not in known or known[name].shipped:
        own = ", ".join(each.name for each in known.values() if not each.shipped) or "none"
        raise NotFoundError(f"{corpus!r} has no features {name!r} of its own", f"it has: {own}", "name one of these")
    with files.store_errors(workspace.home):
        (workspace.home / "attached" / corpus / f"{name}.json").unlink(missing_ok=True)
