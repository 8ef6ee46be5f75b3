"""Playlists and corpora written for other programs and read back: the same playlists, songs, tags and names."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path
from typing import Any

import m3u8
import numpy as np
import pandas as pd
import pytest
import xspf_lib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tagviz.errors import InvalidParameterError, NotFoundError
from tagviz.operations import playlist_export
from tagviz.sources import read
from tagviz.sources.build import titles_uncut
from tagviz.sources.list_cells import is_null
from tagviz.types import Corpus, Kind


def corpus_of(folder: Path, rows: list[dict[str, Any]]) -> Corpus:
    folder.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(rows).to_parquet(folder / "t.parquet")
    with titles_uncut():
        return read(folder / "t.parquet")


def songs(corpus: Corpus) -> dict[str, set[tuple[str, str]]]:
    """By title the names and artists of the songs."""
    matrix, ends = corpus.matrix(Kind.SONG), corpus.matrix(Kind.SONG).indptr
    about = list(zip(corpus.songs["name"], corpus.songs["artist"], strict=True))
    return {
        title: {about[place] for place in matrix.indices[ends[at] : ends[at + 1]]}
        for at, title in enumerate(corpus.playlists["title"])
    }


ROWS = [
    {"id": "p1", "title": "rain", "song_id": "6I9VzXrHxO9rA9A5euc8Ak", "song_name": "Blue", "artist": "Ann"},
    {"id": "p1", "title": "rain", "song_id": "s2", "song_name": "=SUM(A1)", "artist": "Bob & <Cy>"},
    {"id": "p2", "title": "rain / gym", "song_id": "s2", "song_name": "=SUM(A1)", "artist": "Bob & <Cy>"},
]


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return corpus_of(tmp_path / "in", ROWS)


@pytest.mark.parametrize(("form", "name"), [("m3u8", "t.zip"), ("xspf", "t.zip"), ("csv", "t.csv")])
def test_playlists_come_back(corpus: Corpus, tmp_path: Path, form: str, name: str) -> None:
    assert playlist_export.export(corpus, form, tmp_path / name) == 2
    with titles_uncut():
        again = read(tmp_path / name)
    assert songs(again) == songs(corpus)
    if form != "csv":
        assert set(again.vocab(Kind.SONG).ids) == set(corpus.vocab(Kind.SONG).ids)


def test_one_playlist_as_other_programs_see_it(corpus: Corpus, tmp_path: Path) -> None:
    playlist_export.export(corpus, "m3u8", tmp_path / "rain.m3u8", "p1")
    lines = (tmp_path / "rain.m3u8").read_text("utf-8").splitlines()
    assert lines[:4] == ["#EXTM3U", "#PLAYLIST:rain", "#EXTINF:-1,Ann - Blue", "spotify:track:6I9VzXrHxO9rA9A5euc8Ak"]
    playlist_export.export(corpus, "xspf", tmp_path / "rain.xspf", "p1")
    root = ElementTree.parse(tmp_path / "rain.xspf").getroot()
    names = [node.text for node in root.iter("{http://xspf.org/ns/0/}creator")]
    assert names == ["Ann", "Bob & <Cy>"]
    opened = xspf_lib.Playlist.parse(str(tmp_path / "rain.xspf"))
    assert (opened.title, [(track.title, track.creator) for track in opened]) == ("rain", [
        ("Blue", "Ann"), ("=SUM(A1)", "Bob & <Cy>"),
    ])  # fmt: skip
    segments = m3u8.load(str(tmp_path / "rain.m3u8")).segments
    assert [(segment.title, segment.uri) for segment in segments] == [
        ("Ann - Blue", "spotify:track:6I9VzXrHxO9rA9A5euc8Ak"), ("Bob & <Cy> - =SUM(A1)", "urn:tagviz:song:s2"),
    ]  # fmt: skip
    playlist_export.export(corpus, "csv", tmp_path / "t.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "t.csv").read_text("utf-8-sig"))))
    assert list(rows[0]) == ["Track name", "Artist name", "Album", "Playlist name", "Type", "ISRC", "Spotify - id"]
    assert [row["Track name"] for row in rows] == ["Blue", "'=SUM(A1)", "'=SUM(A1)"]
    assert rows[0]["Spotify - id"] == "6I9VzXrHxO9rA9A5euc8Ak"


def test_errors_leave_what_is_there(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "t.m3u8").write_text("mine")
    with pytest.raises(NotFoundError):
        playlist_export.export(corpus, "m3u8", tmp_path / "t.m3u8", "nobody")
    with pytest.raises(InvalidParameterError, match="m3u8, xspf, csv, parquet"):
        playlist_export.export(corpus, "doc", tmp_path / "t.m3u8")
    with pytest.raises(InvalidParameterError, match="folder"):
        playlist_export.export(corpus, "csv", tmp_path)
    assert (tmp_path / "t.m3u8").read_text() == "mine"
    assert playlist_export.playlist_id(corpus, "rain") == "p1"


words = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cf", "Co", "Cn", "Zl", "Zp")), min_size=1, max_size=8)
playlists = st.lists(
    st.fixed_dictionaries(
        {
            "title": words,
            "tags": st.lists(words, max_size=4),
            "songs": st.lists(words, min_size=1, max_size=4),
            "likes": st.integers(0, 1000),
        }
    ),
    min_size=1,
    max_size=6,
)


named = st.text(st.characters(categories=("L", "N", "P", "Sc", "Sm")), min_size=1, max_size=8).filter(
    lambda text: not is_null(text)
)
songs_of_playlists = st.dictionaries(
    named, st.sets(st.tuples(named, named), min_size=1, max_size=4), min_size=1, max_size=4
)


@pytest.mark.parametrize(("form", "name"), [("m3u8", "t.zip"), ("xspf", "t.zip"), ("csv", "t.csv")])
@given(songs_of_playlists)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_playlists_come_back(tmp_path: Path, form: str, name: str, listed: dict[str, set[tuple[str, str]]]) -> None:
    rows = [
        {"id": str(at), "title": title, "song_id": f"s{song}-{artist}", "song_name": song, "artist": artist}
        for at, (title, pairs) in enumerate(listed.items())
        for song, artist in sorted(pairs)
    ]
    first = corpus_of(tmp_path / "in", [*rows, rows[0]])  # a second row of one id, so that rows are songs
    playlist_export.export(first, form, tmp_path / name)
    with titles_uncut():
        again = read(tmp_path / name)
    assert songs(again) == songs(first)


@given(playlists)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_corpus_as_own_parquet_comes_back_whole(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    first = corpus_of(tmp_path / "in", [{"id": str(n), **row} for n, row in enumerate(rows)])
    playlist_export.export(first, "parquet", tmp_path / "t.zip")
    with titles_uncut():
        again = read(tmp_path / "t.zip")
    pd.testing.assert_frame_equal(again.playlists, first.playlists)
    for kind in (Kind.TAG, Kind.SONG):
        order = again.vocab(kind).find(list(first.vocab(kind).ids))
        assert (order >= 0).all()
        assert len(again.vocab(kind)) == len(first.vocab(kind))
        np.testing.assert_array_equal(again.matrix(kind)[:, order].toarray(), first.matrix(kind).toarray())


def test_own_parquet_keeps_artists_genres_dates_and_facets(real_data: Path, tmp_path: Path) -> None:
    with titles_uncut():
        first = read(real_data / "lastfm-melon-shape")
    playlist_export.export(first, "parquet", tmp_path / "t.zip")
    with zipfile.ZipFile(tmp_path / "t.zip") as files:
        assert sorted(files.namelist()) == ["playlists.parquet", "songs.parquet", "tags.parquet"]
    with titles_uncut():
        again = read(tmp_path / "t.zip")
    assert again.group_name == first.group_name
    for kind in (Kind.TAG, Kind.SONG, Kind.ARTIST, Kind.GENRE):
        assert set(again.vocab(kind).ids) == set(first.vocab(kind).ids), kind
    names = dict(zip(first.vocab(Kind.SONG).ids, first.songs["name"], strict=True))
    assert dict(zip(again.vocab(Kind.SONG).ids, again.songs["name"], strict=True)) == names
    assert again.song_links[Kind.GENRE].nnz == first.song_links[Kind.GENRE].nnz
