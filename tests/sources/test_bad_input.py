"""Files that are cut off, wrong, hostile or huge: a clear error or a sensible answer, never another exception."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tagviz import text
from tagviz.errors import SourceError, TagvizError
from tagviz.sources import files, read
from tagviz.types import Corpus, Kind

PLAYLIST = {"id": 1, "plylst_title": "x", "tags": ["jazz"], "songs": [1]}


def melon(folder: Path, rows: Any) -> Path:
    path = folder / "train.json"
    path.write_text(rows if isinstance(rows, str) else json.dumps(rows), "utf-8")
    return path


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("", "empty"),
        ("[", "cut off"),
        ('[{"id": 1, "plylst_title": "x", "tags": ["a"', "cut off.*byte 44"),
        ('[{"id": 1, "plylst_title": "x"},', "cut off"),
        ('[{"id": 1 "plylst_title": "x"}]', "not valid JSON.*byte 10"),
        ('[{"id": NaN, "plylst_title": "x"}]', "not valid JSON.*NaN"),
        ('{"id": 1, "plylst_title": "x"}', "no JSON list"),
        ("plylst_title", "no JSON list"),
        ("[]", "no playlist"),
        (json.dumps([PLAYLIST]) + json.dumps([PLAYLIST]), "more text after the list at byte"),
        ('[1, {"plylst_title": "x"}]', "record 1.*expected an object, found int"),
        ([{**PLAYLIST, "id": None}], "record 1, field 'id'"),
        (
            [PLAYLIST, {**PLAYLIST, "id": 2, "tags": "jazz"}],
            "record 2, field 'tags': expected a list, found str 'jazz'",
        ),
        (
            [PLAYLIST, {**PLAYLIST, "id": 2, "tags": ["a", 7]}],
            "record 2, field 'tags': expected a list of text, found int",
        ),
        ([{**PLAYLIST, "songs": [1.5]}], "record 1, field 'songs': expected a list of ids, found float"),
        ([{**PLAYLIST, "plylst_title": ["x"]}], "record 1, field 'plylst_title': expected text"),
        ([{"id": 1, "plylst_title": "", "tags": [], "songs": []}], "holds no playlist"),
    ],
)
def test_wrong_melon_files_say_where(tmp_path: Path, rows: Any, said: str) -> None:
    with pytest.raises(SourceError, match=said) as caught:
        read(melon(tmp_path, rows), format="melon")
    assert caught.value.remedy


def test_every_truncation_is_refused(tmp_path: Path) -> None:
    whole = json.dumps([PLAYLIST, {**PLAYLIST, "id": 2, "plylst_title": 'q"\\ [}'}])
    assert len(read(melon(tmp_path, whole))) == 2
    for length in range(len(whole)):
        with pytest.raises(SourceError):
            read(melon(tmp_path, whole[:length]), format="melon")


def test_json_is_read_in_blocks_like_in_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        {"id": n, "plylst_title": 't "q" \\ ],[{' * (n % 5), "tags": [f"a{n}", "é["], "songs": []} for n in range(60)
    ]
    path = tmp_path / "train.json"
    for indent in (None, 2):
        path.write_text(json.dumps(rows, indent=indent, ensure_ascii=False), "utf-8")
        for block in (7, 64, 1000):
            monkeypatch.setattr(files, "BLOCK", block)
            parts = list(files.json_records(path))
            assert [row for part in parts for row in part.rows] == rows
            assert [part.first for part in parts] == [
                1 + sum(len(p.rows) for p in parts[:n]) for n in range(len(parts))
            ]


def test_hostile_tags_keep_their_spelling(tmp_path: Path) -> None:
    tags = [
        "<b>x</b>",
        "**bold**",
        "![i](http://e.org/x.png)",
        'quo"te',
        "it's",
        "a\nb",
        "\u202eevil",
        "80s",
        "80's",
        "♥",
    ]
    corpus = read(melon(tmp_path, [{**PLAYLIST, "tags": tags}]))
    expected = ["<b>x</b>", "**bold**", "![i](http://e.org/x.png)", 'quo"te', "it's", "a b", "evil", "80s", "80's", "♥"]
    assert list(corpus.vocab(Kind.TAG).ids) == expected
    assert {"what": "tags with control characters or direction marks", "count": 2, "action": "taken out of the text",
            "examples": ["a b", "evil"]} in corpus.meta["notes"]  # fmt: skip


def test_tags_that_become_equal_once_clean_are_joined(tmp_path: Path) -> None:
    corpus = read(melon(tmp_path, [{**PLAYLIST, "tags": ["jazz", "jazz\n", "\u200fjazz"]}]))
    assert list(corpus.vocab(Kind.TAG).ids) == ["jazz"]
    assert corpus.matrix(Kind.TAG).data.tolist() == [1.0]


def test_a_50_mb_title_and_100_000_tags(tmp_path: Path) -> None:
    rows = [{**PLAYLIST, "plylst_title": "é" * 25_000_000, "tags": [f"tag {n}" for n in range(100_000)]}]
    corpus = read(melon(tmp_path, json.dumps(rows, ensure_ascii=False)))
    assert len(corpus.playlists["title"][0]) == text.LONGEST_TITLE
    assert len(corpus.vocab(Kind.TAG)) == 100_000
    assert any("more than 1,000 characters" in note["what"] for note in corpus.meta["notes"])


@pytest.mark.parametrize("missing", ["tags", "songs", "title"])
def test_corpora_without_one_of_the_three(tmp_path: Path, missing: str) -> None:
    columns = {"title": "mine", "tags": "jazz|night", "songs": "s1|s2"}
    del columns[missing]
    (tmp_path / "t.csv").write_text(",".join(columns) + "\n" + ",".join(columns.values()) + "\n")
    corpus = read(tmp_path / "t.csv")
    assert len(corpus) == 1
    assert corpus.has(Kind.TAG) == (missing != "tags")
    assert corpus.has(Kind.SONG) == (missing != "songs")
    assert corpus.has(Kind.WORD) == (missing != "title")


def test_mixed_encodings_are_read_line_by_line(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"id,tags\n1,caf\xe9\n2," + "여행".encode() + b"\n")
    corpus = read(tmp_path / "t.csv")
    assert list(corpus.vocab(Kind.TAG).ids) == ["café", "여행"]
    assert corpus.meta["notes"][0]["what"] == "lines of t.csv that are no UTF-8"


def test_utf16_and_marks_at_the_start(tmp_path: Path) -> None:
    for encoding in ("utf-16", "utf-8-sig"):
        (tmp_path / "t.csv").write_bytes("id,tags\n1,café|여행\n".encode(encoding))
        assert list(read(tmp_path / "t.csv").vocab(Kind.TAG).ids) == ["café", "여행"]


def test_rows_without_ids(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,tags\n1,a\nNaN,b\n,c\n")
    corpus = read(tmp_path / "t.csv")
    assert corpus.playlists["id"].tolist() == ["1", "row 2", "row 3"]
    (tmp_path / "t.csv").write_text("id,tag\n1,a\n1,b\n,c\n")
    corpus = read(tmp_path / "t.csv")
    assert corpus.playlists["id"].tolist() == ["1"]
    assert [note["what"] for note in corpus.meta["notes"]] == ["rows without an id", "rows that repeat a playlist's id"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.csv", b"id,tags\n1,a\n2,b,c\n", "line 3"),
        ("t.csv", b"", "empty"),
        ("t.parquet", b"PAR1nothing", "no Parquet file"),
        ("t.jsonl", b'{"tags": ["a"]}\n{"tags": [\n', "line 2"),
        ("t.jsonl", b"[1]\n", "expected an object"),
        ("t.jsonl", b'{"tags": [true]}\n', "no playlist"),
        ("a_genres.json", b'{"0": ["Rock"], "1": "Pop"}', "record 2, field '1'"),
        ("a_genres.json", b"[1, 2]", "expected an object"),
        ("a_genres.json", b'{"0": ["Rock"', "cut off"),
        ("mpd.slice.0-0.json", b'{"playlists": 3}', "field 'playlists': expected a list"),
        ("mpd.slice.0-0.json", b'{"playlists": [{"pid": 1, "name": "x", "tracks": [3]}]}', "field 'tracks'"),
        ("mpd.slice.0-0.json", b'{"playlists": [{"name": "x", "tracks": []}]}', "field 'pid'"),
        ("j.tsv", b"TRACK_ID\tARTIST_ID\tALBUM_ID\tPATH\tDURATION\tTAGS\ntrack_1\tartist_1\n", "line 2: 2 fields"),
        ("j.tsv", b"TRACK_ID\tARTIST\n", "no column 'ARTIST_ID'"),
    ],
)
def test_other_wrong_files(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=said) as caught:
        read(tmp_path / name)
    assert caught.value.remedy


def test_a_cut_off_lastfm_file(tmp_path: Path) -> None:
    (tmp_path / "user_taggedartists.dat").write_text(
        "userID\tartistID\ttagID\tday\tmonth\tyear\n2\t52\t13\t1\t4\t2009\n2\t5"
    )
    with pytest.raises(SourceError, match="record 2, field 'tagID': expected a whole number"):
        read(tmp_path)
    (tmp_path / "user_taggedartists.dat").write_text(
        "userID\tartistID\ttagID\tday\tmonth\tyear\n2\t52\t13\t1\t4\t2009\n"
    )
    with pytest.raises(SourceError, match=r"tags.dat"):
        read(tmp_path)


names = st.text(max_size=12)
values = st.none() | st.booleans() | st.integers() | st.floats() | names
playlists = st.fixed_dictionaries(
    {"id": st.integers(0, 5) | names},
    optional={
        "plylst_title": st.none() | names,
        "tags": st.none() | st.lists(st.none() | names, max_size=5),
        "songs": st.none() | st.lists(st.none() | st.integers(0, 9) | names, max_size=5),
        "like_cnt": st.none() | st.integers(-(2**40), 2**40),
        "updt_date": st.none() | names,
    },
)
columns = st.sampled_from(["id", "title", "tags", "songs", "date", "likes", "group", "song_name", "artist", "x"])
lines = st.dictionaries(columns, values | st.lists(values, max_size=3), max_size=6)
NAMES = ["t.csv", "t.tsv", "t.jsonl", "t.json", "t.parquet", "train.json", "a_genres.json", "mpd.slice.0.json"]
relaxed = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def consistent(corpus: Corpus) -> None:
    """What every corpus promises, whatever it was read from."""
    for kind in (Kind.TAG, Kind.SONG, Kind.WORD):
        matrix = corpus.matrix(kind)
        assert matrix.shape == (len(corpus), len(corpus.vocab(kind)))
        assert set(matrix.data.tolist()) <= {1.0}
        assert matrix.dtype == "float32"
    assert corpus.vocab(Kind.TAG).ids.is_unique
    assert corpus.playlists["id"].is_unique
    assert len(corpus.songs) == len(corpus.vocab(Kind.SONG))
    assert len(corpus.facets) == len(corpus.vocab(Kind.TAG))
    json.dumps(corpus.meta)
    assert len(corpus.fingerprint) == 16


@given(st.lists(playlists, max_size=8))
@relaxed
def test_any_playlists_become_a_corpus_or_a_clear_error(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    path = tmp_path / "train.json"
    path.write_bytes(json.dumps(rows).encode("utf-8", "surrogatepass"))
    try:
        corpus = read(path, format="melon")
    except TagvizError:
        return
    consistent(corpus)


@given(st.lists(lines, max_size=6))
@relaxed
def test_any_json_lines_become_a_corpus_or_a_clear_error(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows))
    try:
        corpus = read(path)
    except TagvizError:
        return
    consistent(corpus)


@given(st.binary(max_size=200), st.sampled_from(NAMES))
@relaxed
def test_any_bytes_become_a_corpus_or_a_clear_error(tmp_path: Path, content: bytes, name: str) -> None:
    (tmp_path / name).write_bytes(content)
    try:
        corpus = read(tmp_path / name)
    except TagvizError:
        return
    consistent(corpus)


@given(st.text(alphabet="ab,;|\"'\n[] 1é", max_size=80))
@relaxed
def test_any_csv_becomes_a_corpus_or_a_clear_error(tmp_path: Path, body: str) -> None:
    (tmp_path / "t.csv").write_text("id,title,tags\n" + body)
    try:
        corpus = read(tmp_path / "t.csv")
    except TagvizError:
        return
    consistent(corpus)
