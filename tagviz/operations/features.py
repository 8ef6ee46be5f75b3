"""Numbers per song: preview and add a table, list and remove the tables of a corpus, open them for a training."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tagviz.access.roles import Permission
from tagviz.errors import InvalidParameterError, NotFoundError, SourceError
from tagviz.feature_table import FeatureTable
from tagviz.features import mel
from tagviz.features.archives import PIPE, holds_spectrograms, read_spectrograms
from tagviz.features.audio import holds_audio
from tagviz.features.tables import FeatureFile, read_features
from tagviz.operations import access
from tagviz.operations.context import Context
from tagviz.operations.corpora import valid_name
from tagviz.store import features as store
from tagviz.store.features import AttachedFeatures
from tagviz.types import Corpus, Ints, Kind, Progress, ProgressCallback, no_progress

EXAMPLES = 5
PREVIEWED = 100
"""Spectrograms that a preview reads."""
OTHER_SCALE = 3.0
"""Two tables with the same columns are scaled differently where their medians differ by so many spreads."""


@dataclass(frozen=True)
class FeatureMatch:
    """Which songs or documents of a corpus a table knows.

    Attributes:
        kind: SONG, or PLAYLIST where the documents are tracks.
        matched: Number of them that the table has.
        without: Number of them that it lacks.
        untagged: Ids of the table that no document has; they can be tagged, and are documents of their own.
        untagged_examples: The first of these.
    """

    kind: Kind
    matched: int
    without: int
    untagged: int
    untagged_examples: tuple[str, ...]


@dataclass(frozen=True)
class AddedFeatures:
    """What adding a table came to.

    Attributes:
        name: Name of the table in the corpus.
        file: The file as it was read.
        match: What it knows of the corpus.
        notes: Further remarks: a table that was replaced, another scale.
    """

    name: str
    file: FeatureFile
    match: FeatureMatch
    notes: tuple[str, ...] = ()

    def described(self) -> dict[str, Any]:
        """Return what is printed, as JSON."""
        return {
            "name": self.name,
            **self.file.described(),
            "matched_kind": "document" if self.match.kind is Kind.PLAYLIST else "song",
            "matched": self.match.matched,
            "without_numbers": self.match.without,
            "untagged": self.match.untagged,
            "untagged_examples": list(self.match.untagged_examples),
            "remarks": list(self.notes),
        }


def preview(corpus: Corpus, path: Path, name: str = "", id_column: str = "") -> AddedFeatures:
    """Read a table, or some spectrograms, and match it with a corpus; store nothing.

    Raises:
        SourceError: The file cannot be read as a table of numbers, or none of its ids is in the corpus.
    """
    if str(path) == PIPE:
        raise InvalidParameterError("A pipe cannot be previewed", "it can be read once only", "add it, or name a file")
    if holds_spectrograms(path) or holds_audio(path):
        with tempfile.TemporaryDirectory() as scratch:
            file = read_spectrograms(path, Path(scratch) / "parts", most=PREVIEWED)
    else:
        file = read_features(path, id_column)
    return AddedFeatures(_name(path, name), file, matched(corpus, file.table))


def _name(path: Path, name: str) -> str:
    return valid_name(name or ("sound" if str(path) == PIPE else Path(path).name.split(".")[0]))


def matched(corpus: Corpus, table: FeatureTable) -> FeatureMatch:
    """Match the ids of a table with the songs of a corpus, or with its documents where these are tracks.

    Raises:
        SourceError: No id of the table is in the corpus.
    """
    kind, found = places(corpus, table)
    known = int((found >= 0).sum())
    if not known:
        ours = ", ".join(list(corpus.vocab(kind).ids[:3]))
        raise SourceError(
            f"No song of the table is in {corpus.name!r}",
            f"its ids look like {', '.join(table.ids[:3])}, those of the corpus like {ours}",
            "name the column of the corpus's ids with --id",
        )
    others = np.setdiff1d(np.arange(len(table)), found[found >= 0])
    examples = tuple(table.ids[others[:EXAMPLES]])
    return FeatureMatch(kind, known, len(found) - known, len(others), examples)


def places(corpus: Corpus, table: FeatureTable) -> tuple[Kind, Ints]:
    """Return the kind of the corpus's items that a table is about, and the table's row of each, −1 where it has none.

    Songs, or documents where these are tracks, whichever the table has more of.
    """
    kinds = [kind for kind in (Kind.SONG, Kind.PLAYLIST) if len(corpus.vocab(kind))]
    rows = {kind: table.find(corpus.vocab(kind).ids) for kind in kinds}
    kind = max(rows, key=lambda each: int((rows[each] >= 0).sum()), default=Kind.SONG)
    return kind, rows.get(kind, np.zeros(0, dtype=np.int32))


@access.change(Permission.IMPORT, "add features", about="corpus")
def add(
    context: Context,
    corpus: Corpus,
    path: Path,
    name: str = "",
    id_column: str = "",
    progress: ProgressCallback = no_progress,
) -> AddedFeatures:
    """Read a table or spectrograms, store it, and let the corpus use it; another one of that name is replaced.

    A reading of spectrograms that was stopped continues where it was, when the same is added again.
    """
    progress(Progress("Reading numbers"))
    if holds_spectrograms(path) or holds_audio(path):
        own = _name(path, name)
        partial = context.workspace.home / "checkpoints" / f"features-{valid_name(corpus.name)}-{own}"
        file = read_spectrograms(path, partial, progress)
        added = AddedFeatures(own, file, matched(corpus, file.table))
    else:
        added = preview(corpus, path, name, id_column)
    notes = []
    before = {each.name: each for each in list_features(context, corpus.name)}.get(added.name)
    if before is not None and before.fingerprint != added.file.table.fingerprint:
        older = store.open_features(context.workspace, before.fingerprint)
        notes.append(f"replaces the table {added.name!r} of before ({len(older):,} songs)")
        shifted = other_scale(older, added.file.table)
        if shifted:
            notes.append(f"other scale than before in {', '.join(shifted[:3])}: train anew, older models do not fit")
    progress(Progress("Storing"))
    store.save_features(context.workspace, added.file.table)
    store.attach(context.workspace, base_name(corpus.name), added.name, added.file.table.fingerprint)
    return replace(added, notes=tuple(notes))


def other_scale(one: FeatureTable, other: FeatureTable) -> list[str]:
    """Return the columns that both tables have and whose numbers lie elsewhere in the second."""
    shared = [column for column in one.columns if column in other.columns]
    first, second = (np.asarray(table.values, dtype=np.float64) for table in (one, other))
    out = []
    for column in shared:
        old, new = first[:, one.columns.index(column)], second[:, other.columns.index(column)]
        spread = max(float(np.nanstd(old)), 1e-9)
        ratio = max(float(np.nanstd(new)), 1e-9) / spread
        if abs(float(np.nanmedian(new) - np.nanmedian(old))) > OTHER_SCALE * spread or not 0.1 < ratio < 10:
            out.append(column)
    return out


def list_features(context: Context, corpus: str) -> list[AttachedFeatures]:
    """Return the tables that a corpus uses, by name."""
    return store.attached(context.workspace, base_name(corpus))


@dataclass(frozen=True)
class TableFacts:
    """What is known of a table without its numbers.

    Attributes:
        name: Its name in the corpus; "" where it was asked for by its fingerprint.
        fingerprint: Fingerprint of its content.
        source: What the numbers were computed from: "table", or `mel.SOURCE`.
        columns: Names of the numbers.
        songs: Number of songs.
    """

    name: str
    fingerprint: str
    source: str
    columns: tuple[str, ...]
    songs: int


def facts(context: Context, fingerprint: str, name: str = "") -> TableFacts:
    """Return what is known of a table without its numbers.

    Raises:
        NotFoundError: There is none of this fingerprint.
    """
    info = store.feature_store(context.workspace).get(fingerprint).info
    return TableFacts(name, fingerprint, str(info["source"]), tuple(info["columns"]), int(info["songs"]))


def tables_of(context: Context, corpus: str) -> list[TableFacts]:
    """Return the tables that a corpus uses and that are stored, those of sound first, then by name."""
    tables = []
    for each in list_features(context, corpus):
        with suppress(NotFoundError):
            tables.append(facts(context, each.fingerprint, each.name))
    return sorted(tables, key=lambda table: (table.source != mel.SOURCE, table.name))


def open_table(context: Context, fingerprint: str) -> FeatureTable:
    """Open a table, its numbers memory-mapped.

    Raises:
        NotFoundError: There is none of this fingerprint.
    """
    return store.open_features(context.workspace, fingerprint)


def described(context: Context, corpus: str) -> list[dict[str, Any]]:
    """Return the tables of a corpus as JSON: name, songs, numbers, fingerprint, when added."""
    return [
        {
            "name": each.name,
            "songs": int(entry.info["songs"]),
            "numbers": len(entry.info["columns"]),
            "source": entry.info["source"],
            "file": entry.info["about"].get("file", ""),
            "fingerprint": each.fingerprint,
            "added": each.added,
            "shipped": each.shipped,
        }
        for each in list_features(context, corpus)
        for entry in [store.feature_store(context.workspace).get(each.fingerprint)]
    ]


@access.change(Permission.DELETE, "remove features", about="corpus")
def remove(context: Context, corpus: str, name: str) -> None:
    """Stop using a table; its contents stay for models that were trained with it."""
    store.detach(context.workspace, base_name(corpus), name)


@access.change(Permission.IMPORT, "use features again", about="corpus")
def use_again(context: Context, corpus: str, name: str, fingerprint: str) -> None:
    """Let a corpus use a stored table under a name, as before it was removed or replaced.

    Raises:
        NotFoundError: There is no table of this fingerprint.
    """
    facts(context, fingerprint)
    store.attach(context.workspace, base_name(corpus), name, fingerprint)


def settled(context: Context, corpus: Corpus, values: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the parameters of a content model with the fingerprints of the tables that it names.

    Raises:
        NotFoundError: The corpus has no table of a name.
    """
    known = {each.name: each.fingerprint for each in list_features(context, corpus.name)}
    wanted = [name.strip() for name in str((values or {}).get("features", "")).split(",") if name.strip()]
    for name in wanted:
        if name not in known:
            raise NotFoundError(
                f"{corpus.name!r} has no features {name!r}", f"it has: {', '.join(known) or 'none'}", "add them first"
            )
    digest = str((values or {}).get("digest", "")) or "+".join(known[name] for name in wanted or known)
    return {**(values or {}), "digest": digest}


def joined(context: Context, digest: str) -> FeatureTable | None:
    """Open tables by their fingerprints, joined by "+", as one; None where there is none.

    A song that a table lacks has no number in its columns (NaN).
    """
    tables = [store.open_features(context.workspace, fingerprint) for fingerprint in digest.split("+") if fingerprint]
    if len(tables) < 2:
        return tables[0] if tables else None
    ids = pd.Index(pd.unique(np.concatenate([table.ids.to_numpy(dtype=object) for table in tables])), dtype="str")
    width = sum(len(table.columns) for table in tables)
    values = np.full((len(ids), width), np.nan, dtype=np.float32)
    columns: list[str] = []
    for table in tables:
        place = table.find(ids)
        has = np.flatnonzero(place >= 0)
        values[has, len(columns) : len(columns) + len(table.columns)] = table.rows(place[has])
        columns += table.columns
    return FeatureTable(ids, tuple(columns), values, "table", stored_fingerprint=digest)


def attached_table(context: Context, corpus: Corpus) -> FeatureTable:
    """Open all tables that a corpus uses as one.

    Raises:
        InvalidParameterError: It uses none.
    """
    table = joined(context, settled(context, corpus, None)["digest"])
    if table is None:
        raise InvalidParameterError(
            f"{corpus.name!r} has no numbers of its songs",
            "nothing was added yet",
            f"tagviz features add {corpus.name} FILE",
        )
    return table


def base_name(corpus: str) -> str:
    """Return the name of the corpus that a training side was split from: "melon:train" → "melon"."""
    return corpus.partition(":")[0]
