"""What a file is taken for, before anything is imported.

Format, columns, the first rows as they will be read, and what will be dropped, changed or must be asked.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from tagviz.sources import READERS, Unpacked, most_files, read_with, reader_of, recognised
from tagviz.sources.archives import opened
from tagviz.sources.build import titles_uncut
from tagviz.sources.files import exists
from tagviz.sources.findings import SAMPLE_BYTES, ColumnRole, Findings, Question, described_change
from tagviz.sources.raw import Options
from tagviz.sources.samples import sample_of
from tagviz.types import Corpus, Kind

ROWS = 10
"""Playlists that a preview shows."""
SHOWN_ITEMS = 12
"""Tags and songs that it shows of each."""
_LEGACY_TITLES = {
    "melon": "Melon / Kakao Arena's JSON",
    "lastfm": "the HetRec Last.fm files",
    "jamendo": "MTG-Jamendo's table of tagged tracks",
    "deezer": "lists of genres by listener",
    "mpd": "Spotify's Million Playlist files",
}


@dataclass(frozen=True)
class PreviewRow:
    """A playlist as it will be read."""

    id: str
    title: str
    tags: tuple[str, ...]
    songs: tuple[str, ...]
    date: str
    likes: int
    group: str


@dataclass(frozen=True)
class ImportPreview:
    """What an import will do.

    taken_for: what the file is, in words. separator: between columns; tag_form: how lists of tags are written.
    counts: playlists, tags, songs, artists and links by name, of what was looked at; `complete` says whether that was
    all of it. dropped: what is left out or corrected, a line each. changed: rows that are altered, with line numbers.
    questions: must be answered before the import. case_variants: tags that differ in case only. offers: what else
    could be read. songs_are: tracks, artists or albums. sessions: how listening becomes playlists, "" for no listening.
    """

    name: str
    format: str
    taken_for: str
    encoding: str
    encoding_why: str
    separator: str
    tag_form: str
    decimal: str
    columns: tuple[ColumnRole, ...]
    rows: tuple[PreviewRow, ...]
    counts: Mapping[str, int]
    complete: bool
    dropped: tuple[str, ...]
    changed: tuple[str, ...]
    rules: tuple[str, ...]
    questions: tuple[Question, ...]
    case_variants: tuple[tuple[str, ...], ...]
    songs_are: str
    sessions: str = ""
    files_not_read: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()

    @property
    def columns_not_used(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if not column.role)


def inspect(
    path: str | Path, format: str = "auto", options: Mapping[str, Any] | None = None, limit: int = SAMPLE_BYTES
) -> ImportPreview:
    """Looks at a file, folder or archive without importing it; of large files at the first `limit` bytes only.

    Raises SourceError for what cannot be read at all.
    """
    source = exists(Path(path).expanduser())
    with opened(source, most_files(options)) as place, tempfile.TemporaryDirectory(prefix="tagviz-") as scratch:
        module = reader_of(recognised(place) if format == "auto" else format)
        findings = Findings(limit=limit)
        parsed: Options = module.OPTIONS.parse(options)
        if not hasattr(module, "load"):
            place, findings.complete = sample_of(module.FORMAT, place, Path(scratch), limit)
        with titles_uncut():
            corpus = read_with(module, Unpacked(place, source, source.name), parsed, findings)
        return _preview(source, module, corpus, findings)


def inspect_text(
    text: str, format: str = "auto", options: Mapping[str, Any] | None = None, name: str = "pasted"
) -> ImportPreview:
    """The same for pasted text: a table, JSON or a playlist file's content."""
    with tempfile.TemporaryDirectory(prefix="tagviz-") as folder:
        path = Path(folder) / f"{name}{suffix_of(text)}"
        path.write_text(text, "utf-8", newline="")
        return inspect(path, format, options)


def suffix_of(text: str) -> str:
    """How a file with this text would end, so that it is recognised: pasted text has no name."""
    head = text.lstrip("\ufeff \t\r\n")
    if head.startswith("#EXTM3U"):
        return ".m3u8"
    if head.startswith("<"):
        return ".xspf" if "xspf.org" in head[:500] else ".xml"
    if head.startswith("{") and "\n{" in head:
        return ".jsonl"
    return ".json" if head.startswith(("{", "[{", "[\n")) else ".tsv" if "\t" in head.split("\n", 1)[0] else ".csv"


def _preview(source: Path, module: ModuleType, corpus: Corpus, findings: Findings) -> ImportPreview:
    meta = corpus.meta
    return ImportPreview(
        name=source.name,
        format=module.FORMAT,
        taken_for=findings.taken_for or _LEGACY_TITLES.get(module.FORMAT, module.FORMAT),
        encoding=findings.encoding,
        encoding_why=findings.encoding_why,
        separator=findings.separator,
        tag_form=findings.tag_form,
        decimal=findings.decimal,
        columns=tuple(findings.columns),
        rows=_rows(corpus),
        counts=_counts(corpus),
        complete=findings.complete,
        dropped=tuple(_line(note) for note in meta.get("notes", ())),
        changed=tuple(described_change(change) for change in findings.changes),
        rules=tuple(findings.statements),
        questions=tuple(findings.questions),
        case_variants=tuple(tuple(group) for group in meta.get("case_variants", ())),
        songs_are=str(meta.get("songs_are", "tracks")),
        sessions=findings.sessions,
        files_not_read=tuple(findings.skipped_files),
        offers=tuple(findings.offers),
    )


def _line(note: Mapping[str, Any]) -> str:
    examples = f" (such as {', '.join(note['examples'])})" if note["examples"] else ""
    return f"{note['count']:,} {note['what']}: {note['action']}{examples}"


def _counts(corpus: Corpus) -> dict[str, int]:
    counts = {"playlists": len(corpus), "titled": int((corpus.playlists["title"] != "").sum())}
    for kind in (Kind.TAG, Kind.SONG, Kind.ARTIST, Kind.GENRE):
        counts[f"{kind}s"] = len(corpus.vocab(kind))
    for kind in (Kind.TAG, Kind.SONG):
        counts[f"{kind}s in playlists"] = int(corpus.matrix(kind).nnz)
    return counts


def _rows(corpus: Corpus) -> tuple[PreviewRow, ...]:
    tags, songs = _labels(corpus, Kind.TAG), _labels(corpus, Kind.SONG)
    return tuple(
        PreviewRow(
            str(row["id"]), str(row["title"]), tags[at], songs[at],
            "" if pd.isna(row["date"]) else str(row["date"])[:19], int(row["likes"]), str(row["group"]),
        )
        for at, row in enumerate(corpus.playlists.head(ROWS).to_dict("records"))
    )  # fmt: skip


def _labels(corpus: Corpus, kind: Kind) -> list[tuple[str, ...]]:
    matrix, vocab = corpus.matrix(kind), corpus.vocab(kind)
    lists = []
    for at in range(min(ROWS, len(corpus))):
        columns = matrix.indices[matrix.indptr[at] : matrix.indptr[at + 1]][:SHOWN_ITEMS]
        lists.append(tuple(vocab.label_list(np.asarray(columns, dtype=np.int64))))
    return lists


FORMATS = tuple(READERS)
