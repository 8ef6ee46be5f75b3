"""Playlists and listening as exporters, players and data sets write them: what each is read as."""

# ruff: noqa: E501, RUF043

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tagviz.errors import SourceError
from tagviz.sources.inspection import inspect
from tagviz.types import Kind
from tests.sources.test_kinds import file as file
from tests.sources.test_kinds import songs, tags, whole

TRACK = "6I9VzXrHxO9rA9A5euc8Ak"
EXPORTIFY = (
    '"Track URI","Track Name","Artist Name(s)","Album Name","Album Artist Name(s)","Explicit","Is Playable","Added At"'
)


def test_a_record_label_is_no_tag(file: Any) -> None:
    row = f'"spotify:track:{TRACK}","Blue","Ann","Wet","Ann","false","true","2022-08-15T02:00:00Z"'
    path = file(
        "gym.csv", f'{EXPORTIFY},"Artist Genres","Album Genres","Label"\n{row},"dream pop,shoegaze","","Sub Pop"\n'
    )
    assert tags(whole(path)) == [{"dream pop", "shoegaze"}]
    path = file("run.csv", f'{EXPORTIFY},"Label"\n{row},"Sub Pop"\n')
    assert tags(whole(path)) == [set()]
    assert "Label" in whole(path).meta["columns_not_used"]


def test_lists_of_songs_with_other_columns_and_languages_in_one_folder(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        f'{EXPORTIFY},"Artist Genres"\n"spotify:track:{TRACK}","Blue","Ann","Wet","","","","","jazz"\n'
    )
    (tmp_path / "b.csv").write_text(
        '"Track-URI","Track-Name","Künstlername(n)","Album-Name"\n"spotify:track:b","Dim","Bob","Grey"\n'
    )
    corpus = whole(tmp_path)
    assert corpus.playlists["title"].tolist() == ["a", "b"]
    assert (songs(corpus), tags(corpus)) == ([{"Blue — Ann"}, {"Dim — Bob"}], [{"jazz"}, set()])


def test_favourites_albums_and_artists_of_tune_my_music(file: Any) -> None:
    corpus = whole(file("My Library.csv", (
        "Track name,Artist name,Album,Playlist name,Type,ISRC,Apple - id\n"
        'Blue,Ann,Wet,rain,Playlist,US1,1\nLoud,Di,,rain,Playlist,,3\nDim,"Bob, Cy",Grey,,Favorite,US2,2\n,,Wet,,Album,,\n,Ann,,,Artist,,\n'
    )))  # fmt: skip
    assert dict(zip(corpus.playlists["title"], songs(corpus), strict=True)) == {
        "rain": {"Blue — Ann", "Loud — Di"}, "Favorite": {"Dim — Bob, Cy"},
    }  # fmt: skip
    assert {note["what"]: note["count"] for note in corpus.meta["notes"]}["rows without a name"] == 2


def test_a_list_with_title_and_artist_is_a_playlist_of_songs(file: Any) -> None:
    corpus = whole(file("rain.csv", "title;artist;album;isrc\nBlue;Ann;Wet;US1\nDim;Bob;Grey;\n"))
    assert (corpus.playlists["title"].tolist(), songs(corpus)) == (["rain"], [{"Blue — Ann", "Dim — Bob"}])


def test_a_table_of_songs_without_playlists_is_refused(file: Any) -> None:
    with pytest.raises(SourceError, match="describes songs and holds no playlists.*--column id=-"):
        whole(file("songs.csv", "id,song_name,artist\n1,Blue,Ann\n2,Dim,Bob\n"))


def _export(*playlists: dict[str, Any]) -> str:
    return json.dumps({"playlists": list(playlists)})


def test_local_files_and_older_forms_of_spotifys_playlists(file: Any) -> None:
    local = {"track": None, "episode": None, "localTrack": {"uri": "spotify:local:Cy:Rpm:Loud+Song:200"}}
    assert songs(whole(file("Playlist1.json", _export({"name": "mine", "items": [local]})))) == [{"Loud Song — Cy"}]
    old = {"name": "old", "tracks": [{"trackName": "Blue", "artistName": "Ann", "albumName": "Wet"}]}
    assert songs(whole(file("Playlist1.json", _export(old)))) == [{"Blue — Ann"}]


LIBRARY = json.dumps({"tracks": [{"artist": "Ann", "album": "Wet", "track": "Blue", "uri": f"spotify:track:{TRACK}"}],
                      "albums": [], "shows": [], "episodes": [], "bannedTracks": [], "artists": []})  # fmt: skip


def test_liked_songs_are_a_playlist_where_they_are_alone_and_offered_beside_others(file: Any, tmp_path: Path) -> None:
    corpus = whole(file("YourLibrary.json", LIBRARY))
    assert (corpus.playlists["title"].tolist(), songs(corpus)) == (["Liked Songs"], [{"Blue — Ann"}])
    packed = tmp_path / "my_spotify_data.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("Spotify Account Data/YourLibrary.json", LIBRARY)
        archive.writestr("Spotify Account Data/Playlist1.json", _export({"name": "rain", "items": []}))
        archive.writestr("Spotify Account Data/Userdata.json", "{}")
        archive.writestr("Spotify Account Data/Read_Me_First.pdf", b"%PDF")
    preview = inspect(packed)
    assert [row.title for row in preview.rows] == ["rain"]
    assert any("liked songs" in offer for offer in preview.offers)
    assert {"Userdata.json", "Read_Me_First.pdf"} <= set(preview.files_not_read)


def test_the_extended_history_in_an_archive(tmp_path: Path) -> None:
    plays = [
        {"ts": f"2019-01-0{day}T10:00:00Z", "username": "me", "ms_played": played, "master_metadata_track_name": name,
         "master_metadata_album_artist_name": "Ann", "master_metadata_album_album_name": "Wet", "spotify_track_uri": uri,
         "episode_name": None}
        for day, played, name, uri in ((1, 200_000, "Blue", "spotify:track:a"), (2, 3_000, "Blue", "spotify:track:a"),
                                       (3, 200_000, None, None))
    ]  # fmt: skip
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("MyData/endsong_0.json", json.dumps(plays))
        archive.writestr("MyData/ReadMeFirst.pdf", b"%PDF")
    (tmp_path / "data.zip").write_bytes(packed.getvalue())
    preview = inspect(tmp_path / "data.zip")
    assert [row.songs for row in preview.rows] == [("Blue — Ann",)]
    assert any("less than 30 seconds" in line for line in preview.dropped)
    assert "master_metadata_track_name" in [column.name for column in preview.columns]


SCROBBLES = {
    "lastfmstats": "Artist;Album;AlbumId;Track;Date#me\nAnn;Wet;;Blue;1609954380000\nBob;Grey;;Dim;1610137980000\n",
    "lastfm-to-csv": 'uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid\n"1609954380","06 Jan 2021, 17:33","Ann","","Wet","","Blue",""\n"1610137980","08 Jan 2021, 20:33","Bob","","Grey","","Dim",""\n',
    "lastfm-tools": "1609954380\tBlue\tAnn\tWet\t\t\t\n1610137980\tDim\tBob\t\t\t\t\n",
    "api": json.dumps([{"track": [{"artist": {"#text": "Ann", "mbid": ""}, "album": {"#text": "Wet"}, "name": "Blue", "date": {"uts": "1609954380", "#text": "06 Jan"}},
                                  {"artist": {"#text": "Bob", "mbid": ""}, "album": {"#text": ""}, "name": "Dim", "date": {"uts": "1610137980", "#text": "08 Jan"}}]}]),
}  # fmt: skip


@pytest.mark.parametrize("program", SCROBBLES)
def test_scrobbles_of_several_programs(file: Any, program: str) -> None:
    corpus = whole(file("me.json" if program == "api" else "me.txt", SCROBBLES[program]))
    assert songs(corpus) == [{"Blue — Ann"}, {"Dim — Bob"}]
    assert corpus.playlists["date"].dt.strftime("%Y-%m-%d").tolist() == ["2021-01-06", "2021-01-08"]


def test_listens_as_the_api_of_listenbrainz_gives_them(file: Any) -> None:
    listen = {"listened_at": 1609954380, "track_metadata": {"track_name": "Blue", "artist_name": "Ann"}}
    assert songs(whole(file("l.json", json.dumps({"payload": {"count": 1, "listens": [listen]}})))) == [{"Blue — Ann"}]


@pytest.mark.parametrize("first", ["", "sep=,\n"])
def test_nowplaying_with_escaped_quotes(file: Any, first: str) -> None:
    corpus = whole(file("spotify_dataset.csv", (
        first + '"user_id", "artistname", "trackname", "playlistname"\n'
        '"u1","Joe \\"Fingers\\" Carr","Motor \\"Live\\"","rain"\n"u1",,"Nameless","rain"\n"u2","A","C\\\\","rain"\n'
    )))  # fmt: skip
    assert songs(corpus) == [{'Motor "Live" — Joe "Fingers" Carr', "Nameless"}, {"C\\ — A"}]


def test_tags_as_movielens_writes_them_are_no_scrobbles(file: Any) -> None:
    corpus = whole(
        file(
            "tags.dat",
            "15::4973::excellent!::1215184630\n20::1747::politics::1188263867\n20::1747::satire::1188263867\n",
        )
    )
    assert dict(zip(corpus.playlists["id"], tags(corpus), strict=True)) == {
        "15": {"excellent!"}, "20": {"politics", "satire"},
    }  # fmt: skip
    assert corpus.vocab(Kind.ARTIST).ids.tolist() == []


def test_sequences_of_recbole(file: Any) -> None:
    corpus = whole(
        file("s.inter", "session_id:token\titem_id_list:token_seq\titem_id:token\ns1\ta b c\td\ns2\ta c\tb\n")
    )
    assert songs(corpus) == [{"a", "b", "c"}, {"a", "c"}]
    assert corpus.meta["columns_not_used"] == ["item_id"]


def test_cornells_list_without_its_names(file: Any) -> None:
    with pytest.raises(SourceError, match="no song_hash.txt"):
        whole(file("train.txt", "0 1 2 \n10 5 3 \n0 1 2 \n1 2 \n"))


@pytest.mark.parametrize(
    ("line", "song"),
    [
        ("#EXTINF:123,Ann - Blue", "Blue — Ann"),
        ('#EXTINF:-1 tvg-id="x" group-title="a,b",Ann - Blue', "Blue — Ann"),
        ("#EXTINF:200,AC/DC - Back - In Black", "Back - In Black — AC/DC"),
        ("#EXTINF:12.5, Motörhead - Überflieger", "Überflieger — Motörhead"),
    ],
)
def test_what_stands_before_a_place_in_m3u(file: Any, line: str, song: str) -> None:
    assert songs(whole(file("l.m3u", f"#EXTM3U\r\n{line}\r\nC:\\Music\\a.mp3\r\n", "latin-1"))) == [{song}]


def test_a_stream_is_no_playlist(file: Any) -> None:
    with pytest.raises(SourceError, match="a stream for players"):
        whole(file("s.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9,\nhttp://x/1.ts\n"))


def test_xspf_without_titles(file: Any) -> None:
    path = file("l.xspf", '<playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList><track><location>file:///m/Ann%20-%20Blue.mp3'
                          '</location></track><track><annotation>Dim</annotation><location>b.mp3</location></track></trackList></playlist>')  # fmt: skip
    assert songs(whole(path)) == [{"Ann - Blue", "Dim"}]


def test_what_no_reader_knows_is_named_with_what_it_looks_like(file: Any, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No reader recognises 'radio.pls': text with the ending '.pls'"):
        whole(file("radio.pls", "[playlist]\nFile1=a.mp3\n"))
    with pytest.raises(SourceError, match="hold vectors.*load CORPUS FILE"):
        whole(file("v.vec", "2 2\nrock 1 2\npop 3 4\n"))
    (tmp_path / "x.bin").write_bytes(bytes(range(256)))
    with pytest.raises(SourceError, match="bytes that are no text"):
        whole(tmp_path / "x.bin")
    folder = tmp_path / "ml-1m"
    folder.mkdir()
    (folder / "ratings.dat").write_text("1::10::5::978300760\n")
    (folder / "users.dat").write_text("1::F::1\n")
    with pytest.raises(SourceError, match="several things that could be read: ratings.dat, users.dat"):
        whole(folder)
    (tmp_path / "noise.csv").write_bytes(b"\x05\x06id,tags\n\x07\x081,rock\n")
    with pytest.raises(SourceError, match="is no text"):
        whole(tmp_path / "noise.csv")
