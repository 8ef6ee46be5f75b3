"""Corpora: bring them in, list them, open them, look them over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tagviz.operations import layers
from tagviz.store.arrays import size_of
from tagviz.store.workspace import Workspace, checked
from tagviz.text import language
from tagviz.types import Corpus, Kind, Progress, ProgressCallback, quiet

EXAMPLES = 20
"""New or gone items that are named, by kind."""


@dataclass(frozen=True)
class CorpusInfo:
    """What a list of corpora shows. fingerprint: of the corpus as experts' decisions make it (see `operations/layers`);
    sizes: items by kind, as it came; versions: fingerprints as it came, oldest first; size: bytes on disk."""

    name: str
    fingerprint: str
    playlists: int
    sizes: Mapping[str, int]
    imported: str
    versions: tuple[str, ...]
    size: int
    shipped: bool
    meta: Mapping[str, Any]

    @property
    def synthetic(self) -> bool:
        """Whether the corpus was invented, which every page says."""
        return bool(self.meta.get("synthetic"))

    @property
    def notes(self) -> tuple[str, ...]:
        """What the import read, dropped and why."""
        return notes_of(self.meta)


@dataclass(frozen=True, eq=False)
class Profile:
    """A corpus looked over.

    sizes: frame `kind`, `items`, `used` (that occur in playlists), `links`. top: per kind a frame `key`, `label`,
    `count`. lengths: per kind, how many playlists (values) have so many items (index, int). languages: how many titles
    (values) are written in which script (index). years: playlists per year (index), empty where no dates are known.
    """

    sizes: pd.DataFrame
    top: Mapping[Kind, pd.DataFrame]
    lengths: Mapping[Kind, pd.Series]
    languages: pd.Series
    years: pd.Series
    notes: tuple[str, ...]


def import_corpus(
    ws: Workspace,
    path: Path,
    name: str | None = None,
    format: str = "auto",
    options: Mapping[str, str] | None = None,
    progress: ProgressCallback = quiet,
) -> CorpusInfo:
    """Reads a file or folder and keeps it as the newest version of the corpus `name` (default: the path's own name).

    Raises SourceError for what cannot be read, StoreError for a name that is none.
    """
    from tagviz import sources

    if name is not None:
        checked(name)
    corpus = sources.read(path, format, name, options, progress)
    progress(Progress("Storing"))
    ws.save_corpus(corpus)
    return info(ws, corpus.name)


def corpora(ws: Workspace) -> list[CorpusInfo]:
    """All corpora by name."""
    return [info(ws, name) for name in ws.names()]


def info(ws: Workspace, name: str) -> CorpusInfo:
    """One corpus without opening it. Raises UnknownTerm when there is none of this name."""
    versions = ws.versions(name)
    entry = ws.corpus_entry(name)
    return CorpusInfo(
        name=name,
        fingerprint=layers.seen(ws, name, versions[-1].fingerprint),
        playlists=int(entry.info["playlists"]),
        sizes=entry.info["sizes"],
        imported=versions[-1].imported,
        versions=tuple(version.fingerprint for version in versions),
        size=size_of(entry.folder),
        shipped=versions[-1].shipped,
        meta=entry.info["meta"],
    )


@dataclass(frozen=True, eq=False)
class Changes:
    """What a newer version of a corpus brought. counts: frame `kind`, `kept`, `new`, `gone` (playlists by their ids,
    items by their keys). new, gone: labels by kind, the most frequent first, at most EXAMPLES."""

    counts: pd.DataFrame
    new: Mapping[Kind, tuple[str, ...]]
    gone: Mapping[Kind, tuple[str, ...]]

    def described(self) -> list[dict[str, Any]]:
        """As JSON: a row a kind, with examples."""
        return [
            {
                **{str(name): value for name, value in row.items()},
                "new_examples": list(self.new[Kind(row["kind"])][:5]),
                "gone_examples": list(self.gone[Kind(row["kind"])][:5]),
            }
            for row in self.counts.to_dict("records")
        ]


def compare(older: Corpus, newer: Corpus) -> Changes:
    """What is new and what is gone in another version of a corpus; items count where playlists hold them."""
    rows: list[dict[str, Any]] = []
    new: dict[Kind, tuple[str, ...]] = {}
    gone: dict[Kind, tuple[str, ...]] = {}
    for kind in (Kind.PLAYLIST, Kind.TAG, Kind.SONG, Kind.WORD, Kind.ARTIST, Kind.GENRE):
        before, after = _used(older, kind), _used(newer, kind)
        if len(before) or len(after):
            new[kind] = _most(newer, kind, after.difference(before, sort=False))
            gone[kind] = _most(older, kind, before.difference(after, sort=False))
            kept = len(after.intersection(before))
            rows.append({"kind": str(kind), "kept": kept, "new": len(after) - kept, "gone": len(before) - kept})
    return Changes(pd.DataFrame(rows, columns=["kind", "kept", "new", "gone"]), new, gone)


def changes(ws: Workspace, name: str) -> Changes | None:
    """What the newest version of a corpus brought next to the one before; None where there is one version only."""
    versions = list(dict.fromkeys(version.fingerprint for version in ws.versions(name)))
    if len(versions) < 2:
        return None
    return compare(ws.open_corpus(name, versions[-2]), ws.open_corpus(name, versions[-1]))


def _used(corpus: Corpus, kind: Kind) -> pd.Index:
    ids = corpus.vocab(kind).ids
    return ids if kind is Kind.PLAYLIST else ids[corpus.counts(kind) > 0]


def _most(corpus: Corpus, kind: Kind, ids: pd.Index) -> tuple[str, ...]:
    vocab = corpus.vocab(kind)
    rows = vocab.find(list(ids))
    order = np.argsort(-corpus.counts(kind)[rows], kind="stable")[:EXAMPLES]
    return tuple(vocab.label_list(rows[order]))


def open_corpus(ws: Workspace, name: str, version: str = "") -> Corpus:
    """The corpus in its newest version, or the one whose fingerprint starts with `version`, as experts' decisions make
    it: this is the one place where they are applied. The whole fingerprint of a version opens it as it came."""
    return layers.opened(ws, name, version)


def delete_corpus(ws: Workspace, name: str) -> str:
    """Takes a corpus off the list; the token brings it back through `Workspace.restore`. Its models stay."""
    return ws.remove_corpus(name)


def profile(corpus: Corpus, n: int = 30) -> Profile:
    """Sizes, the n most frequent items of each kind, lengths of playlists, scripts of titles, and years."""
    kinds = [kind for kind in (Kind.TAG, Kind.SONG, Kind.WORD, Kind.ARTIST, Kind.GENRE) if len(corpus.vocab(kind))]
    sizes = pd.DataFrame(
        [
            {
                "kind": str(kind),
                "items": len(corpus.vocab(kind)),
                "used": int((corpus.counts(kind) > 0).sum()),
                "links": corpus.matrix(kind).nnz,
            }
            for kind in kinds
        ]
    )
    titles = corpus.playlists["title"]
    scripts = pd.Series([language(title) or "no letters" for title in titles[titles != ""]], dtype="str")
    return Profile(
        sizes=sizes,
        top={kind: most_frequent(corpus, kind, n) for kind in kinds},
        lengths={kind: _lengths(corpus, kind) for kind in (Kind.TAG, Kind.SONG, Kind.WORD)},
        languages=scripts.value_counts(),
        years=corpus.playlists["date"].dt.year.dropna().astype(int).value_counts().sort_index(),
        notes=notes_of(corpus.meta),
    )


def notes_of(meta: Mapping[str, Any]) -> tuple[str, ...]:
    """What an import read, dropped and why, a line each."""
    lines = []
    for note in meta.get("notes", ()):
        examples = f" (such as {', '.join(note['examples'])})" if note["examples"] else ""
        lines.append(f"{note['count']:,} {note['what']}: {note['action']}{examples}")
    return tuple(lines)


def most_frequent(corpus: Corpus, kind: Kind, n: int) -> pd.DataFrame:
    """The n most frequent items: `key`, `label`, `count` (playlists that hold it)."""
    counts = corpus.counts(kind)
    rows = np.argsort(-counts, kind="stable")[:n]
    vocab = corpus.vocab(kind)
    return pd.DataFrame({"key": vocab.keys(rows), "label": vocab.label_list(rows), "count": counts[rows]})


def _lengths(corpus: Corpus, kind: Kind) -> pd.Series:
    return pd.Series(np.diff(corpus.matrix(kind).indptr)).value_counts().sort_index()
