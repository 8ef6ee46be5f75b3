"""A corpus as tagviz's own Parquet: playlists.parquet, songs.parquet and tags.parquet in a folder or zip."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tagviz.errors import SourceError
from tagviz.sources.findings import Findings
from tagviz.sources.raw import Options, Pairs, Raw, SongInfo
from tagviz.types import Corpus, Kind, ProgressCallback, no_progress

FORMAT = "tagviz"
OPTIONS = Options
PLAYLISTS, SONGS, TAGS = "playlists.parquet", "songs.parquet", "tags.parquet"
VERSION = 1
_MARK = b"tagviz"


def sniff(path: Path) -> float:
    """1 for a folder with the three tables of an exported corpus; 0 otherwise."""
    folder = path if path.is_dir() else path.parent
    named = path.is_dir() or path.name in (PLAYLISTS, SONGS, TAGS)
    return float(named and all((folder / name).is_file() for name in (PLAYLISTS, SONGS, TAGS)))


def tables(corpus: Corpus) -> Mapping[str, bytes]:
    """The files of a corpus by name."""
    about = {
        "version": VERSION,
        "name": corpus.name,
        "group_name": corpus.group_name,
        "songs_are": corpus.meta.get("songs_are", "tracks"),
    }
    playlists = corpus.playlists.copy()
    for kind, column in ((Kind.TAG, "tags"), (Kind.SONG, "songs")):
        playlists[column] = pd.Series(_lists(corpus, corpus.matrix(kind), kind), dtype="object")
    songs = corpus.songs.assign(id=corpus.vocab(Kind.SONG).ids)
    for kind, name in ((Kind.ARTIST, "artist"), (Kind.GENRE, "genre")):
        matrix = corpus.song_links.get(kind)
        vocab = corpus.vocab(kind)
        if matrix is not None and len(vocab):
            songs[f"{name}_ids"] = _lists(corpus, matrix, kind)
            labels = np.array(vocab.label_list(range(len(vocab))), dtype=object)
            songs[f"{name}_names"] = [labels[row].tolist() for row in np.split(matrix.indices, matrix.indptr[1:-1])]
    tags = pd.DataFrame({"tag": corpus.vocab(Kind.TAG).ids, "facet": pd.Series(corpus.facets, dtype="str")})
    return {name: _parquet(frame, about) for name, frame in ((PLAYLISTS, playlists), (SONGS, songs), (TAGS, tags))}


def _lists(corpus: Corpus, matrix: Any, kind: Kind) -> list[list[str]]:
    ids = corpus.vocab(kind).ids.to_numpy(object)
    return [ids[row].tolist() for row in np.split(matrix.indices, matrix.indptr[1:-1])] if matrix.shape[0] else []


def _parquet(frame: pd.DataFrame, about: Mapping[str, Any]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(frame, preserve_index=False)
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), _MARK: json.dumps(about).encode()})
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    return bytes(sink.getvalue().to_pybytes())


def load(path: Path, options: Options, findings: Findings, progress: ProgressCallback = no_progress) -> Raw:
    """The corpus of an exported folder. Raises SourceError where a table is damaged or of a newer version."""
    folder = path if path.is_dir() else path.parent
    playlists, about = _read(folder / PLAYLISTS, ("id", "title", "tags", "songs"))
    songs, _ = _read(folder / SONGS, ("id",))
    tags, _ = _read(folder / TAGS, ("tag", "facet"))
    findings.taken_for = "a corpus that tagviz exported"
    findings.songs_are = str(about.get("songs_are", "tracks"))
    for name, role in (
        ("id", "id"),
        ("title", "title"),
        ("tags", "tags"),
        ("songs", "songs"),
        ("date", "date"),
        ("likes", "likes"),
        ("group", "group"),
    ):
        findings.column(name, role, "tagviz's own column")
    info = SongInfo(
        songs[[name for name in ("id", "name", "artist", "album", "date") if name in songs]],
        _pairs(songs, "genre_ids"),
        _pairs(songs, "artist_ids"),
        _names(songs, "genre"),
        _names(songs, "artist"),
    )
    facets = dict(zip(tags["tag"].astype(str), tags["facet"].fillna("").astype(str), strict=True))
    frame = playlists.drop(columns=["tags", "songs"])
    return Raw(
        frame,
        _pairs(playlists, "tags"),
        _pairs(playlists, "songs"),
        info,
        facets,
        str(about.get("group_name", "")),
        True,
    )


def _read(file: Path, need: tuple[str, ...]) -> tuple[pd.DataFrame, dict[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(file)
        about = json.loads((table.schema.metadata or {}).get(_MARK, b"{}"))
        frame = table.to_pandas()
    except (pa.ArrowException, OSError, ValueError, UnicodeDecodeError) as error:
        raise SourceError(f"{file.name!r} cannot be read", str(error)[:200], "export the corpus again") from error
    if int(about.get("version", 0)) > VERSION:
        raise SourceError(f"{file.name!r} is of a newer tagviz", f"version {about['version']}", "update tagviz")
    missing = [name for name in need if name not in frame]
    if missing:
        raise SourceError(
            f"{file.name!r} has no column {missing[0]!r}", ", ".join(map(str, frame)), "export the corpus again"
        )
    return frame, about


def _pairs(frame: pd.DataFrame, column: str) -> Pairs:
    if column not in frame:
        return Pairs.none()
    lists = [list(row) if row is not None else [] for row in frame[column]]
    lengths = np.fromiter(map(len, lists), np.int64, len(lists))
    return Pairs.of_lists(lengths, np.array([value for row in lists for value in row] + [None], dtype=object)[:-1])


def _names(frame: pd.DataFrame, name: str) -> dict[str, str]:
    if f"{name}_ids" not in frame or f"{name}_names" not in frame:
        return {}
    both = zip(frame[f"{name}_ids"], frame[f"{name}_names"], strict=True)
    return {str(ident): str(label) for ids, labels in both for ident, label in zip(ids, labels, strict=False)}
