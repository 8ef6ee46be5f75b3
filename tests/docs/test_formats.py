"""The table of kinds in docs/formats.md: every kind is written here, previewed and read, and compared with the page."""

# ruff: noqa: E501

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tagviz.embed import imported
from tagviz.errors import SourceError
from tagviz.operations import playlist_export
from tagviz.operations.maps import export
from tagviz.sources import read
from tagviz.sources.build import titles_uncut
from tagviz.sources.inspection import inspect
from tests.docs.pages import DOCS

TESTS = Path(__file__).resolve().parents[1]
VECTOR = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]], dtype=np.float32)
MBID = "f1b1cf71-bd35-4e99-8624-24a6e15f133a"
TRACK = {"track_uri": "spotify:track:a", "track_name": "Blue", "artist_name": "Ann"}

Files = Mapping[str, str | bytes]
PLAYLISTS: dict[str, Files] = {
    "Exportify CSV": {"rain.csv": '"Track URI","Track Name","Artist Name(s)"\n"spotify:track:a","Blue","Ann"\n'},
    "TuneMyMusic CSV": {"lib.csv": "Track name,Artist name,Album,Playlist name,Type,ISRC\nBlue,Ann,,rain,Playlist,\nDim,Bob,,rain,Playlist,\n"},
    "Spotify's data export": {"Playlist1.json": '{"playlists": [{"name": "rain", "items": [{"track": {"trackName": "Blue", "artistName": "Ann", "trackUri": "spotify:track:a"}}]}]}'},
    "Last.fm scrobbles": {"me.csv": "Radiohead,OK Computer,Airbag,07 Jan 2021 12:33\nAnn,Wet,Blue,07 Jan 2021 12:38\n"},
    "Last.fm 1K and 360K listeners": {"1k.tsv": f"user_000001\t2009-05-04T23:08:57Z\t{MBID}\tDeep Dish\t\tFamous\n"},
    "ListenBrainz JSON Lines": {"1.jsonl": '{"listened_at": 1740000000, "track_metadata": {"track_name": "Blue", "artist_name": "Ann"}}\n'},
    "#nowplaying": {"spotify_dataset.csv": '"user_id", "artistname", "trackname", "playlistname"\n"u","Ann","Blue","rain"\n'},
    "user–item": {"ratings.dat": "1::10::5::978300760\n1::11::3::978302109\n"},
    "Cornell / Yes": {"train.txt": "0 1\n1 1\n0 1\n", "song_hash.txt": "0\tBlue\tAnn\n1\tDim\tBob\n"},
    "M3U, M3U8": {"l.m3u8": "#EXTM3U\n#EXTINF:-1,Ann - Blue\na.mp3\n"},
    "XSPF": {"l.xspf": '<playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList><track><title>Blue</title><creator>Ann</creator></track></trackList></playlist>'},
    "iTunes": {"Library.xml": '<plist version="1.0"><dict><key>Tracks</key><dict><key>1</key><dict><key>Track ID</key><integer>1</integer><key>Name</key><string>Blue</string></dict></dict><key>Playlists</key><array><dict><key>Name</key><string>rain</string><key>Playlist Items</key><array><dict><key>Track ID</key><integer>1</integer></dict></array></dict></array></dict></plist>'},
    "MPD slices": {"mpd.slice.0-0.json": json.dumps({"playlists": [{"pid": 1, "name": "rain", "tracks": [TRACK]}]})},
    "MSD Last.fm folders": {"A/TR1.json": '{"artist": "Ann", "similars": [], "tags": [["rock", "100"]], "track_id": "TR1", "title": "Blue"}'},
    "Melon / Kakao JSON": {"train.json": '[{"id": 1, "plylst_title": "비", "tags": ["재즈"], "songs": [1], "like_cnt": 0, "updt_date": "2013-12-19"}]'},
    "FMA `tracks.csv`": {"tracks.csv": ",album,track,track\n,title,genre_top,tags\ntrack_id,,,\n2,Wet,Rock,\"['lo-fi']\"\n3,Wet,,\"['beat']\"\n"},
    "one column a tag": {"t.tsv": "clip_id\tguitar\tpiano\n1\t1\t0\n2\t0\t1\n"},
    "tables": {"t.csv": "id,title,tags,songs\n1,rain,jazz|night,s1\n"},
    "a corpus in tagviz's own Parquet": {},
}  # fmt: skip
VECTORS: dict[str, Files] = {
    "word2vec text and binary": {"v.txt": "2 3\nrock .1 .2 .3\npop .4 .5 .6\n"},
    "GloVe, fastText text": {"v.txt": "rock .1 .2 .3\npop .4 .5 .6\n"},
    "TensorBoard pair": {"vectors.tsv": ".1\t.2\t.3\n.4\t.5\t.6\n", "metadata.tsv": "rock\npop\n"},
    "npz, npy": {},
    "Parquet of vectors": {},
}
REFUSED: dict[str, Files] = {"HDF5": {"v.h5": b"\x89HDF\r\n\x1a\n" + bytes(32)}}
EXPORTED = {
    "TuneMyMusic CSV": "csv", "M3U, M3U8": "m3u8", "XSPF": "xspf", "a corpus in tagviz's own Parquet": "parquet",
    "word2vec text and binary": "word2vec word2vec-binary", "TensorBoard pair": "projector", "npz, npy": "npz",
    "Parquet of vectors": "parquet",
}  # fmt: skip
OPENED = {
    "Python's csv": ("operations/test_playlist_export.py", "csv.DictReader"),
    "m3u8": ("operations/test_playlist_export.py", "m3u8.load"),
    "xspf-lib": ("operations/test_playlist_export.py", "xspf_lib.Playlist.parse"),
    "gensim": ("embed/test_vector_files.py", "KeyedVectors.load_word2vec_format"),
    "TensorBoard's projector": ("embed/test_vector_files.py", "ProjectorPlugin("),
    "numpy": ("embed/test_vector_files.py", "np.load("),
    "pandas": ("operations/maps/test_explore.py", "pd.read_parquet("),
    "pandas, embedding-atlas": ("operations/maps/test_explore.py", "atlas.load_pandas_data"),
}
"""By program the test that opens with it what we write, and how."""


def rows() -> list[list[str]]:
    """The cells of the table."""
    body = (DOCS / "formats.md").read_text("utf-8").partition("## Kinds of files")[2].partition("\n## ")[0]
    lines = [line for line in body.splitlines() if line.startswith("| ")][2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def written(folder: Path, files: Files) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder if len(files) > 1 or "/" in next(iter(files)) else folder / next(iter(files))


def _own_parquet(folder: Path) -> Path:
    with titles_uncut():
        playlist_export.export(read(written(folder, PLAYLISTS["tables"])), "parquet", folder / "t.zip")
    return folder / "t.zip"


def _npz(folder: Path) -> Path:
    np.savez(folder / "v.npz", keys=np.array(["rock", "pop"]), vectors=VECTOR)
    return folder / "v.npz"


def _parquet(folder: Path) -> Path:
    pd.DataFrame({"key": ["rock", "pop"], "anything": list(VECTOR)}).to_parquet(folder / "v.parquet")
    return folder / "v.parquet"


MADE: dict[str, Callable[[Path], Path]] = {
    "a corpus in tagviz's own Parquet": _own_parquet, "npz, npy": _npz, "Parquet of vectors": _parquet,
}  # fmt: skip


def kind_of(cell: str) -> str:
    """The kind of a row, as it is called here."""
    return next(kind for kind in {**PLAYLISTS, **VECTORS, **REFUSED} if cell.startswith(kind))


def test_the_table_holds_every_kind_once() -> None:
    assert [kind_of(row[0]) for row in rows()] == [*PLAYLISTS, *VECTORS, *REFUSED]


@pytest.mark.parametrize("row", rows(), ids=lambda row: kind_of(row[0]))
def test_a_kind_is_read_and_previewed_as_the_table_says(row: list[str], tmp_path: Path) -> None:
    kind = kind_of(row[0])
    path = MADE[kind](tmp_path) if kind in MADE else written(tmp_path, {**PLAYLISTS, **VECTORS, **REFUSED}[kind])
    if kind in REFUSED:
        with pytest.raises(SourceError, match=r"HDF5.*convert it"):
            imported.read(path)
        assert row[2:] == ["named, with the conversion", "–", "–", "–"]
    elif kind in VECTORS:
        found = imported.read(path)
        np.testing.assert_allclose(found.vectors, VECTOR)
        assert (found.words, row[2], row[3]) == (("rock", "pop"), "yes", "yes")
    else:
        preview = inspect(path)
        with titles_uncut():
            corpus = read(path)
        assert (len(preview.rows), preview.questions, row[2], row[3]) == (len(corpus), (), "yes", "yes")


@pytest.mark.parametrize("row", rows(), ids=lambda row: kind_of(row[0]))
def test_a_kind_is_written_and_opened_as_the_table_says(row: list[str]) -> None:
    kind = kind_of(row[0])
    if kind not in EXPORTED:
        assert row[4:] == ["–", "–"]
        return
    forms = playlist_export.FORMS if kind in PLAYLISTS else export.ENDINGS
    assert set(EXPORTED[kind].split()) <= set(forms)
    assert row[4] in ("yes", EXPORTED[kind])
    file, call = OPENED[row[5]]
    assert call in (TESTS / file).read_text("utf-8")


def test_every_form_that_is_written_stands_in_the_table() -> None:
    playlists = set(playlist_export.FORMS) - {"tags"}  # a list of a corpus's tags, which no import reads
    for kinds, forms in ((PLAYLISTS, playlists), (VECTORS, export.ENDINGS)):
        assert {form for kind in kinds for form in EXPORTED.get(kind, "").split()} == set(forms)
