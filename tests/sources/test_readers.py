"""Every reader on the tiny example that docs/formats.md gives, and on what real files hold."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tagviz.errors import InvalidParameterError, SourceError
from tagviz.sources import READERS, detect, options_of, read
from tagviz.sources.inspection import inspect
from tagviz.types import Corpus, Kind

DOCS = Path(__file__).resolve().parents[2] / "docs" / "formats.md"
EXAMPLES = {
    name: body
    for name, body in re.findall(r"^```\w+ file=(\S+)\n(.*?)^```", DOCS.read_text("utf-8"), re.DOTALL | re.MULTILINE)
}


@pytest.fixture
def example(tmp_path: Path) -> Any:
    """A folder with some of the documented example files."""

    def make(*names: str) -> Path:
        for name in names:
            (tmp_path / name).write_text(EXAMPLES[name], "utf-8")
        return tmp_path

    return make


def tags_of(corpus: Corpus, row: int) -> set[str]:
    matrix = corpus.matrix(Kind.TAG)
    return set(corpus.vocab(Kind.TAG).ids[matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]])


def songs_of(corpus: Corpus, row: int) -> set[str]:
    matrix = corpus.matrix(Kind.SONG)
    return set(corpus.vocab(Kind.SONG).ids[matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]])


def noted(corpus: Corpus) -> dict[str, int]:
    return {note["what"]: note["count"] for note in corpus.meta["notes"]}


@pytest.mark.parametrize(
    ("files", "format"),
    [
        (["train.json"], "melon"),
        (["train.json", "song_meta.json", "genre_gn_all.json"], "melon"),
        (["user_taggedartists.dat", "tags.dat", "artists.dat"], "lastfm"),
        (["autotagging.tsv"], "jamendo"),
        (["HU_genres.json"], "deezer"),
        (["mpd.slice.0-0.json"], "mpd"),
        (["playlists.csv"], "table"),
        (["pairs.csv"], "table"),
        (["playlists.jsonl"], "table"),
    ],
)
def test_documented_examples_are_recognised_as_folder_and_as_file(example: Any, files: list[str], format: str) -> None:
    folder = example(*files)
    assert detect(folder) == format
    assert detect(folder / files[0]) == format
    options = {"min_artists": 2} if format == "lastfm" else None
    corpus = read(folder, name="mine", options=options)
    assert corpus.name == "mine"
    assert corpus.meta["format"] == format
    assert len(corpus) == 1 if format == "mpd" else 2


def test_the_documentation_has_an_example_and_the_options_of_every_format() -> None:
    text = DOCS.read_text("utf-8")
    for name in READERS:
        assert f"\n## {name}: " in text
        for option in options_of(name).model_fields:
            assert f"`{option}`" in text, option


def test_melon(example: Any) -> None:
    corpus = read(example("train.json", "song_meta.json", "genre_gn_all.json"))
    assert corpus.playlists["title"].tolist() == ["비 오는 날 재즈", ""]
    assert corpus.playlists["date"].tolist() == [pd.Timestamp("2013-12-19 18:36:19"), pd.Timestamp("2014-01-02 08:00")]
    assert corpus.playlists["likes"].tolist() == [3, 0]
    assert (tags_of(corpus, 0), songs_of(corpus, 0)) == ({"재즈", "비"}, {"11", "12"})
    assert corpus.vocab(Kind.SONG).label_list([0, 1]) == ["Rain — Ann", "12"]
    assert list(corpus.vocab(Kind.GENRE).ids) == ["GN1700", "GN1701"]
    assert corpus.vocab(Kind.GENRE).label_list([0, 1]) == ["재즈", "세부장르전체"]
    assert corpus.vocab(Kind.ARTIST).key(0) == "artist:7"
    assert corpus.vocab(Kind.ARTIST).label(0) == "Ann"
    assert corpus.songs["date"].isna().tolist() == [False, True]
    assert noted(corpus) == {"songs without an issue date (such as 00000000)": 1, "songs without a name": 1}
    assert "재즈" in set(corpus.vocab(Kind.WORD).ids)


def test_melon_notes_what_it_corrects(tmp_path: Path) -> None:
    rows = [
        {"_id": 1, "plylst_title": None, "tags": ["a", "a", None, " "], "songs": [1, 1, 2], "updt_date": "00000000"},
        {"id": 1, "plylst_title": "twice", "tags": ["b"], "songs": []},
        {"id": 3, "plylst_title": "", "tags": [], "songs": []},
        {"id": 4, "plylst_title": "title only", "tags": None, "songs": None},
    ]
    (tmp_path / "train.json").write_text(json.dumps(rows))
    (tmp_path / "song_meta.json").write_text(
        json.dumps([{"id": 1, "song_name": "One"}, {"id": 9, "song_name": "Nine"}])
    )
    corpus = read(tmp_path)
    assert corpus.playlists["id"].tolist() == ["1", "4"]
    assert noted(corpus) == {
        "playlists without a valid date": 1,
        "songs without an issue date (such as 00000000)": 2,
        "playlists whose title is null": 1,
        "empty or null tags": 2,
        "duplicate tags in a playlist": 1,
        "duplicate songs in a playlist": 1,
        "playlists whose id occurred before": 1,
        "playlists without title, tags and songs": 1,
        "playlists with a title only": 1,
        "songs without description": 1,
        "songs described but in no playlist": 1,
    }
    assert list(corpus.vocab(Kind.SONG).ids) == ["1", "2"]
    everything = read(tmp_path, options={"songs": "all"})
    assert list(everything.vocab(Kind.SONG).ids) == ["1", "2", "9"]
    assert everything.matrix(Kind.SONG).shape == (2, 3)


def test_melon_reads_validation_playlists_only_when_asked(example: Any) -> None:
    folder = example("train.json")
    (folder / "val.json").write_text('[{"id": 3, "plylst_title": "", "tags": ["x"], "songs": []}]')
    assert len(read(folder)) == 2
    assert len(read(folder, options={"playlists": "train+val"})) == 3


def test_melon_dates_without_month_or_day(tmp_path: Path) -> None:
    (tmp_path / "train.json").write_text('[{"id": 1, "plylst_title": "x", "tags": [], "songs": [1, 2, 3]}]')
    about = [
        {"id": n, "song_name": "s", "issue_date": d} for n, d in enumerate(["20120000", "20120500", "20121332"], 1)
    ]
    (tmp_path / "song_meta.json").write_text(json.dumps(about))
    dates = read(tmp_path).songs["date"]
    assert dates.tolist()[:2] == [pd.Timestamp("2012-01-01"), pd.Timestamp("2012-05-01")]
    assert dates.isna().tolist() == [False, False, True]


def test_lastfm_lists(example: Any) -> None:
    folder = example("user_taggedartists.dat", "tags.dat", "artists.dat")
    corpus = read(folder, options={"min_artists": 2})
    assert corpus.playlists["title"].tolist() == ["chillout", "downtempo"]
    assert [tags_of(corpus, row) for row in (0, 1)] == [{"downtempo"}, {"chillout"}]
    assert songs_of(corpus, 0) == {"51", "52"}
    assert corpus.playlists["date"].tolist() == [pd.Timestamp("2009-05-01"), pd.Timestamp("2009-04-01")]
    assert (corpus.group_name, corpus.playlists["group"].tolist()) == ("listener", ["2", "2"])
    assert corpus.vocab(Kind.SONG).label_list([0, 1]) == ["Duran Duran", "Morcheeba"]
    assert corpus.meta["title_in_tags"] == 0.0
    with pytest.raises(SourceError, match="no playlist"):
        read(folder)


def test_lastfm_artists_and_latin1(example: Any) -> None:
    folder = example("user_taggedartists.dat", "tags.dat", "artists.dat")
    (folder / "tags.dat").write_bytes("tagID\ttagValue\r\n13\ttropicália\r\n14\tdowntempo\r\n".encode("latin-1"))
    (folder / "artists.dat").write_text("id\tname\turl\n51\tSigur Rós\tx\n", "utf-8")
    corpus = read(folder, options={"view": "artists"})
    assert corpus.playlists["title"].tolist() == ["Sigur Rós", ""]
    assert tags_of(corpus, 0) == {"tropicália", "downtempo"}
    assert noted(corpus) == {"lines of tags.dat that are no UTF-8": 1, "artists that are not in artists.dat": 1}


def test_jamendo(example: Any) -> None:
    folder = example("autotagging.tsv")
    tracks = read(folder)
    assert [tags_of(tracks, row) for row in (0, 1)] == [{"rock", "voice"}, {"dark"}]
    assert dict(zip(tracks.vocab(Kind.TAG).ids, tracks.facets, strict=True)) == {
        "rock": "genre",
        "voice": "instrument",
        "dark": "mood",
    }
    albums = read(folder, options={"view": "albums"})
    assert (tags_of(albums, 0), songs_of(albums, 0)) == ({"rock", "voice", "dark"}, {"track_0000241", "track_0000242"})
    assert albums.playlists["group"].tolist() == ["artist_000005"]


def test_jamendo_without_any_tag_is_refused(tmp_path: Path) -> None:
    lines = ["TRACK_ID\tARTIST_ID\tALBUM_ID\tPATH\tDURATION\tTAGS", "track_1\tartist_1\talbum_1\t41/241.mp3\t3.5"]
    (tmp_path / "autotagging.tsv").write_text("\n".join(lines))
    with suppress(SourceError):
        assert not len(read(tmp_path / "autotagging.tsv", "jamendo").vocab(Kind.TAG))


def test_jamendo_keeps_the_facet_where_two_share_a_name(tmp_path: Path) -> None:
    header = "TRACK_ID\tARTIST_ID\tALBUM_ID\tPATH\tDURATION\tTAGS\n"
    (tmp_path / "a.tsv").write_text(header + "t1\ta\tb\tp\t1\tgenre---vocal\tinstrument---vocal\tgenre---pop\n")
    assert tags_of(read(tmp_path), 0) == {"genre---vocal", "instrument---vocal", "pop"}


def test_deezer_folder_of_countries(example: Any) -> None:
    folder = example("HU_genres.json")
    assert read(folder / "HU_genres.json").playlists["id"].tolist() == ["0", "1"]
    (folder / "HR_genres.json").write_text('{"0": ["Pop"]}')
    assert read(folder).playlists["id"].tolist() == ["HR-0", "HU-0", "HU-1"]


def test_mpd(example: Any) -> None:
    corpus = read(example("mpd.slice.0-0.json"))
    assert corpus.playlists["date"].tolist() == [pd.Timestamp("2017-04-29")]
    assert corpus.vocab(Kind.SONG).key(0) == "song:6I9V"
    assert corpus.vocab(Kind.SONG).label(0) == "Toxic — Britney Spears"
    assert corpus.vocab(Kind.ARTIST).label_list([0]) == ["Britney Spears"]
    assert not corpus.has(Kind.TAG)


def test_table_of_playlists_pairs_lines_and_parquet_agree(example: Any) -> None:
    folder = example("playlists.csv", "pairs.csv", "playlists.jsonl")
    lists = [{"id": 1, "title": "late night jazz", "tags": ["jazz", "night"], "songs": ["s1", "s2"]},
             {"id": 2, "title": "summer rock", "tags": ["rock"], "songs": ["s3"]}]  # fmt: skip
    pd.DataFrame(lists).to_parquet(folder / "p.parquet")
    (folder / "p.json").write_text(json.dumps(lists))
    for name in ("playlists.csv", "pairs.csv", "playlists.jsonl", "p.parquet", "p.json"):
        corpus = read(folder / name)
        assert corpus.playlists["id"].tolist() == ["1", "2"], name
        assert corpus.playlists["title"].tolist() == ["late night jazz", "summer rock"]
        assert [tags_of(corpus, row) for row in (0, 1)] == [{"jazz", "night"}, {"rock"}], name
        assert [songs_of(corpus, row) for row in (0, 1)] == [{"s1", "s2"}, {"s3"}], name
    assert read(folder / "pairs.csv").vocab(Kind.SONG).label(0) == "Blue — Ann"
    wide = read(folder / "playlists.csv")
    assert (wide.group_name, wide.playlists["likes"].tolist()) == ("owner", [4, 0])


def test_table_mapping_and_its_errors(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("nr;moods;what\n1;calm, warm;tea\n2;calm;rain\n")
    with pytest.raises(SourceError, match=r"mine.csv.*nr, moods, what.*tags=COLUMN"):
        read(file)
    with pytest.raises(SourceError, match=r"no column 'mood'.*nr, moods, what"):
        read(file, options={"tags": "mood"})
    with pytest.raises(InvalidParameterError, match="did you mean 'tags'"):
        read(file, options={"tag": "moods"})
    corpus = read(file, options={"tags": "moods", "title": "what", "id": "nr"})
    assert tags_of(corpus, 0) == {"calm", "warm"}
    assert corpus.playlists["id"].tolist() == ["1", "2"]


def test_min_tags_leaves_short_playlists_out_and_says_so(example: Any) -> None:
    corpus = read(example("playlists.csv"), options={"min_tags": "2"})
    assert corpus.playlists["id"].tolist() == ["1"]
    assert noted(corpus) == {"playlists with fewer than 2 tags or 0 songs": 1}
    assert list(corpus.vocab(Kind.TAG).ids) == ["jazz", "night"]


def test_the_same_files_give_the_same_fingerprint(example: Any) -> None:
    folder = example("train.json", "song_meta.json")
    assert read(folder, name="a").fingerprint == read(folder, name="b").fingerprint


def test_unknown_format_and_unrecognised_folder(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No reader recognises"):
        read(tmp_path)
    with pytest.raises(SourceError, match="no file or folder"):
        read(tmp_path / "nowhere")
    with pytest.raises(InvalidParameterError, match="auto, melon, lastfm"):
        read(tmp_path, format="midi")


def test_the_log_of_a_player_is_listening(tmp_path: Path) -> None:
    """Three remarks above as many listens: the remarks are no header."""
    mbid = "e7ccbd8e-4a5b-4a5e-9a9b-0c8b0d3a7d11"
    text = "#AUDIOSCROBBLER/1.1\n#TZ/UTC\n#CLIENT/Rockbox sansae200\n"
    text += f"Radiohead\tOK Computer\tAirbag\t1\t284\tL\t1168360500\t{mbid}\n"
    text += "Björk\tHomogenic\tJóga\t2\t305\tL\t1168360900\t\nBjörk\tHomogenic\tHunter\t1\t255\tS\t1168361300\t\n"
    (tmp_path / ".scrobbler.log").write_text(text, encoding="utf-8")
    looked = inspect(tmp_path / ".scrobbler.log", "auto", {})
    assert "listening history" in looked.taken_for
    assert looked.counts["songs"] == 3
    assert looked.columns_not_used == ("number", "seconds", "played", "mbid")
