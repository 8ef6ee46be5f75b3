"""The files that people really have (../shared/cases/imports): what each is read as, asked about or refused for."""

# ruff: noqa: E501

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from tagviz.embed import imported
from tagviz.errors import SourceError
from tagviz.sources import read
from tagviz.sources.archives import opened
from tagviz.sources.build import titles_uncut
from tagviz.sources.findings import UndecidedError
from tagviz.sources.inspection import inspect
from tagviz.types import Corpus, Kind

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases" / "imports"
pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not beside the project"),
]


@dataclass(frozen=True)
class Expected:
    """What a file is read as: playlists, tags and songs, and names that must stand among tags, titles or songs."""

    playlists: int
    tags: int = 0
    songs: int = 0
    names: tuple[str, ...] = ()


READ: dict[str, Expected] = {
    "01-exportify": Expected(1, 4, 4, ("late night drive", "dream pop", "Glass, Stone and Rain — Ann Aster")),
    "01-exportify/late_night_drive.csv": Expected(1, 4, 4, ("late night drive", "retrowave")),
    "02-exportify-folder": Expected(3, 4, 4, ("gym", "late night drive", "sunday morning")),
    "02-exportify-folder/spotify_playlists.zip": Expected(3, 4, 4, ("gym", "late night drive", "sunday morning")),
    "04-nowplaying-kaggle/spotify_dataset.csv": Expected(3, 0, 3, ("rain", "gym", '12" Motor — Cy Cedar')),
    "05-cornell-yes": Expected(3, 3, 4, ("rock", "Gucci Hour — Ann", "Moon — Di")),
    "05-cornell-yes/train.txt": Expected(3, 3, 4, ("jazz",)),
    "06-spotify-gdpr": Expected(2, 0, 2, ("rainy", "gym", "Blue Hour — Ann Aster")),
    "06-spotify-gdpr/Playlist1.json": Expected(2, 0, 2, ("rainy",)),
    "06-spotify-gdpr/StreamingHistory_music_0.json": Expected(1, 0, 2, ("Blue, Red — Ann",)),
    "06-spotify-gdpr/Streaming_History_Audio_2019_0.json": Expected(2, 0, 2, ("Motor — Cy",)),
    "08-listenbrainz/3.jsonl": Expected(1, 1, 3, ("rock", "t0 — Ann")),
    "09-korean-cp949/playlists.csv": Expected(3, 6, 3, ("비 오는 날 재즈", "재즈", "감성")),
    "09-korean-cp949/mixed.csv": Expected(2, 4, 3, ("late night jazz", "여름 드라이브")),
    "09-korean-cp949/shiftjis.csv": Expected(2, 4, 3, ("雨の日", "ジャズ", "ドライブ")),
    "09-korean-cp949/win1252.csv": Expected(2, 3, 3, ("Café “après-midi”", "été", "müde", "Sommer – Köln")),
    **{f"10-utf16-bom/{name}": Expected(3, 6, 3, ("여름 드라이브", "새벽"))
       for name in ("bom.csv", "unicode.csv", "unicode.tsv", "unicode.txt", "utf16le-nobom.csv")},
    "11-excel-semicolon/dates.csv": Expected(10, 3),
    "11-excel-semicolon/header-comma.csv": Expected(2, 3, 2, ("late night jazz", "night")),
    "11-excel-semicolon/semi.csv": Expected(3, 4, 3, ("jazz", "night")),
    "11-excel-semicolon/sep.csv": Expected(2, 3, 3, ("night",)),
    "13-python-lists/lists.csv": Expected(4, 4, 3, ("rock", "blues")),
    "13-python-lists/numpy.csv": Expected(3, 5, 0, ("rock", "pop", "soul")),
    "13-python-lists/sets.csv": Expected(2, 3, 0, ("rock", "jazz")),
    "13-python-lists/tuple.csv": Expected(2, 3, 0, ("pop", "jazz")),
    "14-jsonl-nested/api.jsonl": Expected(1, 1, 1, ("rainy", "Blue")),
    "14-jsonl-nested/item2tags.json": Expected(2, 3, 0, ("rock", "jazz")),
    "14-jsonl-nested/nestedlist.jsonl": Expected(1, 3, 0, ("jazz",)),
    "14-jsonl-nested/pandas-columns.json": Expected(2, 2, 0, ("a", "b", "rock")),
    "14-jsonl-nested/pandas-index.json": Expected(2, 2, 0, ("a", "b", "rock")),
    "14-jsonl-nested/tagobjects.jsonl": Expected(1, 2, 0, ("rock", "pop")),
    "14-jsonl-nested/tagscore.jsonl": Expected(2, 2, 0, ("Blue", "rock", "pop")),
    "15-msd-lastfm-tags": Expected(1, 1, 0, ("Blue", "rock")),
    "16-m3u-xspf-itunes": Expected(3, 0, 3, ("rain", "Blue Hour — Ann Aster")),
    "16-m3u-xspf-itunes/rain.m3u": Expected(1, 0, 1, ("Blue — Köln",)),
    "16-m3u-xspf-itunes/rain.m3u8": Expected(1, 0, 1, ("Blue Hour — Ann Aster",)),
    "16-m3u-xspf-itunes/rain.xspf": Expected(1, 0, 1, ("Blue — Ann",)),
    "17-mpd": Expected(3, 0, 2, ("party", "zero", "Blue — Ann")),
    "17-mpd/challenge_set.json": Expected(3, 0, 2, ("party",)),
    "19-fma-tracks/tracks.csv": Expected(3, 4, 0, ("Hip-Hop", "Rock", "lo-fi", "beat")),
    "20-interactions/interactions.csv": Expected(2, 0, 2, ("10", "11")),
    "20-interactions/lenskit.csv": Expected(2, 0, 2, ("10", "11")),
    "20-interactions/ml.inter": Expected(2, 0, 2, ("10", "11")),
    "20-interactions/music_artists.dat": Expected(2, 0, 2, ("51", "52")),
    "21-gz-zip/playlists.CSV": Expected(2, 2, 2, ("rock", "pop")),
    "21-gz-zip/playlists.csv.gz": Expected(2, 2, 2, ("rock", "pop")),
    "21-gz-zip/playlists.txt": Expected(2, 2, 2, ("rock", "pop")),
    "21-gz-zip/train.json.gz": Expected(1, 1, 1),
    "23-unquoted-lists/u.csv": Expected(3, 5, 0, ("rock", "pop", "funk")),
    "23-unquoted-lists/braces.csv": Expected(2, 3, 0, ("rock", "pop", "jazz")),
    "25-onehot/annotations_final.csv": Expected(2, 3, 0, ("no voice", "guitar", "piano")),
    "25-onehot/gtzan.csv": Expected(2, 2, 0, ("blues", "jazz")),
    "29-tags-hash-emoji/t.csv": Expected(6, 14, 0, ("#chill", "# chill", "chill", "🔥", "ＪＡＺＺ".title(), "lofi")),
    "30-pairs-named/pairs.csv": Expected(2, 0, 3, ("Blue; Deep — Ann", "Motor | Live — Cy")),
    "30-pairs-named/pairs-ok.csv": Expected(2, 0, 3, ("Red — Bob",)),
    "30-pairs-named/same-name.csv": Expected(2, 0, 3, ("Hello — Adele", "Hello — Lionel")),
    **{f"38-csv-oddities/{name}.csv": Expected(2, 2, 0, ("a", "rock", "jazz"))
       for name in ("blanklines", "caret", "index", "titleline")},
    **{f"38-csv-oddities/{name}.csv": Expected(3, 4, 0, ("rock", "pop", "soul")) for name in ("cr", "crlf")},
    **{f"38-csv-oddities/{name}": Expected(2, 3, 0, ("rock", "pop", "jazz"))
       for name in ("pipe-header.csv", "spaces.csv", "string-tags.jsonl", "tag123.csv", "trailing-all.csv", "trailing.csv")},
    "38-csv-oddities/bom.jsonl": Expected(2, 2, 0, ("rock", "pop")),
    "38-csv-oddities/nan.jsonl": Expected(2, 2, 0, ("rock", "pop")),
    "38-csv-oddities/pretty.jsonl": Expected(1, 1, 0, ("a", "rock")),
    "38-csv-oddities/dup.csv": Expected(2, 4, 0, ("rock", "pop", "jazz", "soul")),
    "38-csv-oddities/entities.csv": Expected(2, 3, 0, ("Rock & Roll", "r&b", "drum & bass", '"x"')),
    "38-csv-oddities/multiline.csv": Expected(2, 3, 0, ("a b", "jazz", "pop")),
    "38-csv-oddities/nul.csv": Expected(2, 2, 0, ("rock", "jazz")),
    "38-csv-oddities/spacesq.csv": Expected(2, 3, 0, ("a, b", "rock", "pop", "jazz")),
    "38-csv-oddities/zeros.csv": Expected(2, 0, 4, ("0012", "12", "12.0", "1e3")),
    "37-degenerate/onetag.jsonl": Expected(5, 1),
    "37-degenerate/two.jsonl": Expected(5, 2),
    "40-tricky-export/c.jsonl": Expected(400, 31, 50, ("hip hop", "hip_hop", "hip-hop", "no_space_", "🔥")),
}  # fmt: skip

ASKED = {
    "14-jsonl-nested/item2ids.json": "tags or songs.*--column songs=entries",
    "38-csv-oddities/ragged.csv": "line 3.*--set ragged=join",
    "09-korean-cp949": "name one file",
    "11-excel-semicolon": "different columns.*dates.csv.*name one",
    "30-pairs-named": "name one file",
}
"""What is only half understood, and the way out that the error names."""

REFUSED = {
    "16-m3u-xspf-itunes/Library.xml": "no playlist",
    "26-excel-mangled/sci.csv": r"Excel has turned into 1.23457E\+11.*line 2.*--column id=-",
    "26-excel-mangled/playlists.xlsx": "no workbook that can be read.*CSV",
    "28-lfs-pointer/train.json": "Git LFS pointer.*git lfs pull",
    "28-lfs-pointer/page.json": "web page",
    "28-lfs-pointer/page.csv": "web page",
    "38-csv-oddities/headeronly.csv": "holds no row",
    "38-csv-oddities/long-quote.csv": "quote that is not closed.*line 2",
}

VECTORS = {"rock": 0, "pop": 1, "folk": 3}


def whole(path: Path) -> Corpus:
    with titles_uncut():
        return read(path)


@pytest.mark.parametrize("name", READ)
def test_read(name: str) -> None:
    expected, corpus = READ[name], whole(CASES / name)
    counts = Expected(len(corpus), len(corpus.vocab(Kind.TAG)), len(corpus.vocab(Kind.SONG)), expected.names)
    assert counts == expected
    songs = corpus.vocab(Kind.SONG)
    shown = {*corpus.vocab(Kind.TAG).ids, *corpus.playlists["title"], *songs.label_list(range(len(songs)))}
    assert set(expected.names) <= shown


@pytest.mark.parametrize("name", READ)
def test_a_preview_says_what_the_import_will_bring(name: str) -> None:
    expected, preview = READ[name], inspect(CASES / name)
    assert not preview.questions
    assert preview.complete
    assert [preview.counts[key] for key in ("playlists", "tags", "songs")] == [
        expected.playlists,
        expected.tags,
        expected.songs,
    ]
    assert len(preview.rows) == min(10, expected.playlists)


@pytest.mark.parametrize("name", ASKED)
def test_asked(name: str) -> None:
    with pytest.raises(SourceError, match=ASKED[name]):
        whole(CASES / name)


def test_a_question_is_shown_in_the_preview_and_answered_by_the_option_it_names() -> None:
    path = CASES / "14-jsonl-nested" / "item2ids.json"
    with pytest.raises(UndecidedError):
        whole(path)
    assert [question.key for question in inspect(path).questions] == ["entries"]
    with titles_uncut():
        assert len(read(path, options={"songs": "entries"}).vocab(Kind.SONG)) == 2
        assert len(read(path, options={"tags": "entries"}).vocab(Kind.TAG)) == 2


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    with pytest.raises(SourceError, match=REFUSED[name]) as caught:
        whole(CASES / name)
    assert caught.value.remedy


def test_dates_in_every_common_form_and_numbers_with_decimal_commas() -> None:
    dates = whole(CASES / "11-excel-semicolon" / "dates.csv").playlists["date"].dt.strftime("%Y-%m-%d").tolist()
    assert dates == [
        "2019-08-31", "2019-09-01", "2019-09-01", "2019-01-01", "2019-08-31", "2019-08-31", "2019-08-31", "2019-08-31",
        "2019-08-31", "2019-08-31",
    ]  # fmt: skip
    semi = whole(CASES / "11-excel-semicolon" / "semi.csv").playlists
    assert semi["likes"].tolist() == [1234, 0, 7]
    assert semi["date"].dt.strftime("%Y-%m-%d").tolist() == ["2019-08-31", "2019-09-01", "2019-09-03"]


def test_histories_beside_playlists_are_offered_and_off() -> None:
    folder = CASES / "06-spotify-gdpr"
    assert any("--sessions gap" in offer for offer in inspect(folder).offers)
    with titles_uncut():
        assert len(read(folder, options={"sessions": "gap"})) == 2
        assert len(read(folder, options={"sessions": "month"})) == 1


def test_tags_that_differ_in_case_or_composition_only_are_offered_as_one() -> None:
    path = CASES / "29-tags-hash-emoji" / "t.csv"
    preview = inspect(path)
    assert {tuple(sorted(map(len, group))) for group in preview.case_variants} == {(2, 4), (4, 4)}
    with titles_uncut():
        assert len(read(path, options={"merge_case": True}).vocab(Kind.TAG)) == 12


def test_the_columns_that_are_not_used_and_the_rows_that_changed_are_named() -> None:
    corpus = whole(CASES / "01-exportify" / "late_night_drive.csv")
    assert {"Added At", "Danceability"} <= set(corpus.meta["columns_not_used"])
    corpus = whole(CASES / "38-csv-oddities" / "entities.csv")
    assert any("HTML entities" in change and "2, 3" in change for change in corpus.meta["rows_changed"])
    assert whole(CASES / "20-interactions" / "music_artists.dat").meta["songs_are"] == "artists"


@pytest.mark.parametrize(
    "name",
    ["blankend", "blankmiddle", "crlf", "header1", "multi", "multi-noheader", "named", "plain", "u2028", "utf16",
     "vecheader", "vt", "x85"],
)  # fmt: skip
def test_word_i_of_a_tensorboard_pair_keeps_vector_i(name: str) -> None:
    found = imported.read(CASES / "32-projector" / name)
    assert len(found.words) == 4
    for word, row in VECTORS.items():
        assert found.words[row] == word
        np.testing.assert_array_equal(found.vectors[row], np.eye(4)[row])


def test_tensorboard_pairs_that_are_quoted_or_too_short() -> None:
    found = imported.read(CASES / "32-projector" / "quoted")
    assert found.words == ("rock", "pop", 'hip "hop"', "folk")
    with pytest.raises(SourceError, match="3 words, 4 vectors"):
        imported.read(CASES / "32-projector" / "short")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("21-gz-zip/vectors.vec.gz", 2),
        ("34-other-vectors/emb.json", 4),
        ("34-other-vectors/float16.npz", 4),
        ("34-other-vectors/keys.npz", 4),
        ("34-other-vectors/words.npz", 4),
        ("35-gensim/bin.bin", 7),
        ("35-gensim/ft.vec", 7),
        ("35-gensim/nohdr.txt", 7),
        ("35-gensim/text.txt", 7),
        ("35-gensim/text.txt.gz", 7),
        ("35-gensim/under.bin", 7),
        ("35-gensim/w2t_tensor.tsv", 7),
        ("37-degenerate/1d.txt", 10),
        ("37-degenerate/zero.txt", 10),
    ],
)
def test_vectors_are_read(name: str, words: int) -> None:
    with opened(CASES / name, playlists=False) as place:
        found = imported.read(place)
    assert len(found.words) == len(set(found.words)) == words
    if name.startswith("35-gensim/") and "ft" not in name:
        text = imported.read(CASES / "35-gensim" / "text.txt")
        order = [found.words.index(word if word in found.words else word.replace(" ", "_")) for word in text.words]
        np.testing.assert_allclose(found.vectors[order], text.vectors, rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("34-other-vectors/emb.h5", "HDF5.*h5py"),
        ("34-other-vectors/emb.npy", "no list of words.*emb.txt"),
        ("34-other-vectors/emb.safetensors", "no one matrix"),
        ("34-other-vectors/object.npz", "without running code"),
        ("35-gensim/ft.bin", "fastText model"),
        ("35-gensim/native.kv", "pickled"),
        ("35-gensim/vocab.txt", "one number"),
        ("36-st-folder/no-pooling", "sentence model.*--method sentence"),
    ],
)
def test_vectors_that_are_refused_with_the_way_out(name: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        imported.read(CASES / name)
