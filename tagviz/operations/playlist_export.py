"""Playlists and whole corpora as files for other programs: M3U8, XSPF, CSV as TuneMyMusic takes it, own Parquet."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd

from tagviz.csv_guard import csv_bytes
from tagviz.errors import InvalidParameterError, NotFoundError
from tagviz.operations.output_files import write_whole
from tagviz.sources import own_files
from tagviz.sources.playlist_files import OWN_IDENT
from tagviz.types import Corpus, Kind

FORMS: Mapping[str, str] = {"m3u8": ".m3u8", "xspf": ".xspf", "csv": ".csv", "parquet": ".zip", "tags": ".tsv"}
"""The forms, and how a file of each ends; several playlists as M3U8 or XSPF are a zip."""
_SPOTIFY = re.compile(r"[0-9A-Za-z]{22}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class ExportedSong:
    """A song as other programs want it. ident: as in the corpus; artist "" where it is unknown."""

    ident: str
    name: str
    artist: str
    album: str

    @property
    def uri(self) -> str:
        """Spotify's address where the id is one of its; "" otherwise."""
        return f"spotify:track:{self.ident}" if _SPOTIFY.fullmatch(self.ident) else ""


def export(corpus: Corpus, form: str, path: Path, playlist: str = "") -> int:
    """Writes the playlists of a corpus, or one of them by its id; returns how many.

    Args:
        corpus: What is exported.
        form: m3u8, xspf, csv, parquet (a whole corpus in tagviz's own tables, as a zip) or tags (a table of the tags).
        path: The file, written whole or not at all.
        playlist: The id of the one playlist; "" for all.

    Raises:
        InvalidParameterError: The form does not exist, or does not go with one playlist.
        NotFoundError: There is no playlist of this id.
    """
    if form not in FORMS:
        raise InvalidParameterError(f"There is no form {form!r}", f"forms: {', '.join(FORMS)}", "choose one of these")
    if form in ("parquet", "tags") and playlist:
        raise InvalidParameterError(
            f"The form {form} is of the whole corpus", f"playlist {playlist!r} was named", "leave --playlist out"
        )
    rows = [_row(corpus, playlist)] if playlist else list(range(len(corpus)))
    write_whole(path, content(corpus, form, rows, bool(playlist)))
    return len(rows)


def content(corpus: Corpus, form: str, rows: list[int], single: bool) -> bytes:
    """The bytes of a file with the playlists at `rows`."""
    if form == "parquet":
        return _zipped(own_files.tables(corpus).items())
    if form == "tags":
        return csv_bytes(_tags(corpus), "\t")
    if form == "csv":
        return csv_bytes(_tune_my_music(corpus, rows))
    write = _m3u8 if form == "m3u8" else _xspf
    if single:
        return write(_title(corpus, rows[0]), _songs(corpus, rows[0])).encode("utf-8", "replace")
    names = _file_names(corpus, rows)
    files = (
        (f"{name}{FORMS[form]}", write(_title(corpus, row), _songs(corpus, row)).encode("utf-8", "replace"))
        for name, row in zip(names, rows, strict=True)
    )
    return _zipped(files)


def _tags(corpus: Corpus) -> pd.DataFrame:
    """Tags with the number of playlists that hold them and their facet, the most frequent first."""
    counts = corpus.counts(Kind.TAG)
    table = pd.DataFrame({"tag": corpus.vocab(Kind.TAG).ids, "playlists": counts, "facet": corpus.facets})
    return table.iloc[np.argsort(-counts, kind="stable")]


def _zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return packed.getvalue()


def _songs(corpus: Corpus, row: int) -> list[ExportedSong]:
    matrix, ids = corpus.matrix(Kind.SONG), corpus.vocab(Kind.SONG).ids
    places = np.asarray(matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]], dtype=np.int64)
    about = corpus.songs.iloc[places]
    return [
        ExportedSong(str(ids[place]), str(name), str(artist), str(album))
        for place, name, artist, album in zip(places, about["name"], about["artist"], about["album"], strict=True)
    ]


def _title(corpus: Corpus, row: int) -> str:
    title = str(corpus.playlists["title"].iloc[row])
    return title or f"playlist {corpus.playlists['id'].iloc[row]}"


def _file_names(corpus: Corpus, rows: list[int]) -> list[str]:
    """Names that every file system takes, all different."""
    seen: dict[str, int] = {}
    names = []
    for row in rows:
        bare = "".join(char if char.isalnum() or char in " -_." else "_" for char in _title(corpus, row))
        bare = bare.strip(" .")[:80] or "playlist"
        seen[bare.casefold()] = seen.get(bare.casefold(), 0) + 1
        again = seen[bare.casefold()]
        names.append(bare if again == 1 else f"{bare} ({again})")
    return names


def _m3u8(title: str, songs: list[ExportedSong]) -> str:
    lines = ["#EXTM3U", f"#PLAYLIST:{_one_line(title)}"]
    for song in songs:
        shown = f"{song.artist} - {song.name}" if song.artist else song.name
        lines += [f"#EXTINF:-1,{_one_line(shown)}", song.uri or f"{OWN_IDENT}{quote(song.ident)}"]
    return "\n".join(lines) + "\n"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _xspf(title: str, songs: list[ExportedSong]) -> str:
    parts = ['<?xml version="1.0" encoding="UTF-8"?>', '<playlist version="1" xmlns="http://xspf.org/ns/0/">']
    parts += [f"  <title>{_xml(title)}</title>", "  <trackList>"]
    for song in songs:
        fields = {
            "identifier": song.uri or f"{OWN_IDENT}{quote(song.ident)}",
            "title": song.name,
            "creator": song.artist,
            "album": song.album,
        }
        inner = "".join(f"<{name}>{_xml(value)}</{name}>" for name, value in fields.items() if value)
        parts.append(f"    <track>{inner}</track>")
    return "\n".join([*parts, "  </trackList>", "</playlist>"]) + "\n"


def _xml(text: str) -> str:
    return escape(_CONTROL.sub(" ", text))


def _tune_my_music(corpus: Corpus, rows: list[int]) -> pd.DataFrame:
    """A row a song, as TuneMyMusic writes and takes it; playlists of one title are told apart by a number."""
    columns: dict[str, list[str]] = {
        name: [] for name in ("Track name", "Artist name", "Album", "Playlist name", "Type", "ISRC", "Spotify - id")
    }
    seen: dict[str, int] = {}
    for row in rows:
        title = _title(corpus, row)
        seen[title] = seen.get(title, 0) + 1
        title = title if seen[title] == 1 else f"{title} ({seen[title]})"
        for song in _songs(corpus, row):
            cells = (song.name, song.artist, song.album, title, "Playlist", "", song.ident if song.uri else "")
            for name, cell in zip(columns, cells, strict=True):
                columns[name].append(cell)
    return pd.DataFrame(columns, dtype="str")


def playlist_id(corpus: Corpus, text: str) -> str:
    """A playlist's id by its id or its title. Raises NotFoundError where several or none have it."""
    ids = corpus.playlists["id"]
    if (ids == text).any():
        return text
    matching = ids[corpus.playlists["title"] == text].tolist()
    if len(matching) != 1:
        raise NotFoundError(f"{text!r} names no one playlist", f"{len(matching)} have this title", "name it by its id")
    return str(matching[0])


def _row(corpus: Corpus, ident: str) -> int:
    rows = np.flatnonzero((corpus.playlists["id"] == ident).to_numpy())
    if not len(rows):
        raise NotFoundError(f"There is no playlist {ident!r}", f"{len(corpus):,} are known", "check the id")
    return int(rows[0])
