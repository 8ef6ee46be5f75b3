"""Corpora: bring them in, list them, open them, look them over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tagviz.access.roles import Permission
from tagviz.errors import InvalidParameterError, NotFoundError, StoreError
from tagviz.operations import access
from tagviz.operations.context import Context
from tagviz.operations.curation import overlay
from tagviz.song_words import SONGS_ARE
from tagviz.store import corpus_words
from tagviz.store.artifacts import KINDS
from tagviz.store.files import size_of
from tagviz.store.records import DEVICES, NAME_LENGTH
from tagviz.store.workspace import checked_new_name
from tagviz.text import language
from tagviz.types import Corpus, Kind, Progress, ProgressCallback, no_progress

_SONGS_ARE_BEFORE = {"lastfm": "artists"}
"""What the songs of corpora are that were imported before this was asked, by format."""
EXAMPLES = 20
"""New or gone items that are named, by kind."""


@dataclass(frozen=True)
class CorpusInfo:
    """What a list of corpora shows. fingerprint.

    Of the corpus as experts' decisions make it (see `operations/layers`); sizes: items by kind, as it came; versions:
    fingerprints as it came, oldest first; size: bytes on disk.
    """

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
    def songs_are(self) -> str:
        """What its songs are: tracks, artists or albums."""
        return str(self.meta["songs_are"]) if "songs_are" in self.meta else "tracks"

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


@access.change(Permission.IMPORT, "import corpus")
def import_corpus(
    context: Context,
    path: Path,
    name: str | None = None,
    format: str = "auto",
    options: Mapping[str, str] | None = None,
    progress: ProgressCallback = no_progress,
) -> CorpusInfo:
    """Reads a file or folder and keeps it as the newest version of the corpus `name` (default: the path's own name).

    Raises SourceError for what cannot be read, StoreError for a name that is none.
    """
    from tagviz import sources

    if name is not None:
        checked_new_name(name)
    corpus = sources.read(path, format, name, options, progress)
    if name is None:
        corpus = replace(corpus, name=valid_name(corpus.name))
    progress(Progress("Storing"))
    context.workspace.save_corpus(corpus)
    return info(context, corpus.name)


def valid_name(name: str) -> str:
    """A file's own name as a corpus's: what names may not hold is replaced."""
    kept = "".join(char if char.isalnum() or char in "-_." else "-" for char in name)
    kept = kept.strip("-.")[:NAME_LENGTH].rstrip("-.") or "playlists"
    return f"playlists-{kept}" if DEVICES.fullmatch(kept.partition(".")[0]) else kept


def import_summary(info: CorpusInfo) -> dict[str, Any]:
    """What every import ends with, as JSON: what the songs are, rules, and what was not used, changed or not read."""
    kept = ("rules", "columns_not_used", "rows_changed", "files_not_read", "offers")
    variants = info.meta.get("case_variants")
    return {
        "songs_are": info.songs_are,
        **{key: list(info.meta[key]) for key in kept if info.meta.get(key)},
        **({"tags_that_differ_in_case_only": variants} if variants else {}),
    }


def list_corpora(context: Context) -> list[CorpusInfo]:
    """All corpora by name; a damaged one is left out (see `damaged_corpora`)."""
    return _list(context)[0]


def damaged_corpora(context: Context) -> dict[str, StoreError]:
    """What is wrong with the corpora that cannot be described, by name."""
    return _list(context)[1]


def _list(context: Context) -> tuple[list[CorpusInfo], dict[str, StoreError]]:
    infos, errors = [], {}
    for name in context.workspace.names():
        try:
            infos.append(info(context, name))
        except StoreError as error:
            errors[name] = error
        except NotFoundError as error:  # its contents are gone, or it was removed this moment
            errors[name] = StoreError(f"The corpus {name} is damaged", error.title, KINDS["corpora"][1])
    return infos, errors


def info(context: Context, name: str) -> CorpusInfo:
    """One corpus without opening it. Raises NotFoundError when there is none of this name."""
    versions = context.workspace.versions(name)
    entry = context.workspace.corpus_entry(name)
    return CorpusInfo(
        name=name,
        fingerprint=overlay.curated_corpus(context, name, versions[-1].fingerprint),
        playlists=int(entry.info["playlists"]),
        sizes=entry.info["sizes"],
        imported=versions[-1].imported,
        versions=tuple(version.fingerprint for version in versions),
        size=size_of(entry.folder),
        shipped=versions[-1].shipped,
        meta=_with_words(context, name, entry.info["meta"]),
    )


def _with_words(context: Context, name: str, meta: Mapping[str, Any]) -> dict[str, Any]:
    """Facts about a corpus with what its songs are: as a person said, or as the import found."""
    guessed = meta.get("songs_are") or _SONGS_ARE_BEFORE.get(str(meta.get("format")), "tracks")
    return {**meta, "songs_are": corpus_words.songs_are(context.workspace.home, name) or guessed}


@access.change(Permission.IMPORT, "say what songs are")
@access.change(Permission.IMPORT, "say what songs are")
def set_songs_are(context: Context, name: str, songs_are: str) -> None:
    """Says what the songs of a corpus are; every page, command and export then uses the word.

    Args:
        context: The workspace, and who acts.
        name: Name of the corpus.
        songs_are: tracks, artists or albums.

    Raises:
        InvalidParameterError: It is none of these.
        NotFoundError: There is no such corpus.
    """
    if songs_are not in SONGS_ARE:
        raise InvalidParameterError(
            f"Songs cannot be {songs_are!r}", f"they are {', '.join(SONGS_ARE)}", "choose one of these"
        )
    context.workspace.versions(name)
    corpus_words.say_songs_are(context.workspace.home, name, songs_are)


@dataclass(frozen=True, eq=False)
class Changes:
    """What a newer version of a corpus brought. counts.

    Frame `kind`, `kept`, `new`, `gone` (playlists by their ids, items by their keys). new, gone: labels by kind, the
    most frequent first, at most EXAMPLES.
    """

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


def changes(context: Context, name: str) -> Changes | None:
    """What the newest version of a corpus brought next to the one before; None where there is one version only."""
    versions = list(dict.fromkeys(version.fingerprint for version in context.workspace.versions(name)))
    if len(versions) < 2:
        return None
    return compare(context.workspace.open_corpus(name, versions[-2]), context.workspace.open_corpus(name, versions[-1]))


def _used(corpus: Corpus, kind: Kind) -> pd.Index:
    ids = corpus.vocab(kind).ids
    return ids if kind is Kind.PLAYLIST else ids[corpus.counts(kind) > 0]


def _most(corpus: Corpus, kind: Kind, ids: pd.Index) -> tuple[str, ...]:
    vocab = corpus.vocab(kind)
    rows = vocab.find(list(ids))
    order = np.argsort(-corpus.counts(kind)[rows], kind="stable")[:EXAMPLES]
    return tuple(vocab.label_list(rows[order]))


def open_corpus(context: Context, name: str, version: str = "") -> Corpus:
    """Open a corpus, with the experts' decisions applied. This is the only place where they are applied.

    Args:
        context: The workspace, and who acts.
        name: Name of the corpus.
        version: Start of the fingerprint of a version; empty for the newest. A whole fingerprint without decisions
            opens the version as it was imported.
    """
    corpus = overlay.open_curated(context, name, version)
    return replace(corpus, meta=_with_words(context, name, corpus.meta))


@access.change(Permission.DELETE, "delete corpus")
def delete_corpus(context: Context, name: str) -> str:
    """Remove a corpus from the list; `restore` brings it back with the token that is returned. Its models stay."""
    return context.workspace.remove_corpus(name)


@access.change(Permission.RESTORE, "restore", about="")
def restore(context: Context, token: str) -> str:
    """Bring a deleted corpus or model back.

    Args:
        context: The workspace, and who acts.
        token: What the deletion returned.

    Returns:
        Its key in its store.

    Raises:
        NotFoundError: Nothing was deleted under this token.
    """
    return context.workspace.restore(token)


@access.change(Permission.DELETE, "delete permanently", about="")
def discard(context: Context, token: str) -> None:
    """Delete for good what was deleted.

    Args:
        context: The workspace, and who acts.
        token: What the deletion returned.
    """
    context.workspace.discard(token)


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
