"""Kinds of files as programs and data sets write them, made here: each read, asked about or refused as its kind is."""

# ruff: noqa: E501, RUF043

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tagviz.errors import InvalidParameterError, SourceError
from tagviz.sources import read
from tagviz.sources.build import titles_uncut
from tagviz.sources.encodings import detect_encoding
from tagviz.sources.findings import UndecidedError
from tagviz.sources.inspection import inspect, inspect_text
from tagviz.types import Corpus, Kind


def whole(path: Path, **options: Any) -> Corpus:
    with titles_uncut():
        return read(path, options=options)


def songs(corpus: Corpus) -> list[set[str]]:
    """By playlist the labels of its songs."""
    return _labels(corpus, Kind.SONG)


def tags(corpus: Corpus) -> list[set[str]]:
    return _labels(corpus, Kind.TAG)


def _labels(corpus: Corpus, kind: Kind) -> list[set[str]]:
    matrix, vocab = corpus.matrix(kind), corpus.vocab(kind)
    ends = matrix.indptr
    return [set(vocab.label_list(matrix.indices[ends[at] : ends[at + 1]])) for at in range(len(corpus))]


@pytest.fixture
def file(tmp_path: Path) -> Any:
    """Writes a file and gives its path."""

    def write(name: str, text: str, encoding: str = "utf-8") -> Path:
        (tmp_path / name).write_bytes(text.encode(encoding))
        return tmp_path / name

    return write


EXPORTIFY = {
    "de": '"Track-URI","Track-Name","Künstler-URI(s)","Künstlername(n)","Album-Name","Hinzugefügt am","Künstler-Genres"',
    "fr": '"URI du titre","Nom du titre","URI(s) de l\'artiste","Nom(s) de l\'artiste","Nom de l\'album","Ajouté le","Genres de l\'artiste"',
    "es": '"URI de la canción","Nombre de la canción","URI(s) del artista","Nombre(s) del artista","Nombre del álbum","Añadido en","Géneros del artista"',
    "it": '"URI della traccia","Nome della traccia","URI dell\'artista","Nome dell\'artista","Nome dell\'album","Aggiunto il","Generi dell\'artista"',
    "pt": '"URI da faixa","Nome da faixa","URI(s) do artista","Nome(s) do artista","Nome do álbum","Adicionado em","Gêneros do artista"',
    "nl": '"Nummer URI","Nummernaam","Artiest-URI","Naam van artiest","Naam van album","Toegevoegd op","Genres van de artiest"',
    "sv": '"Låtens URI","Låtens namn","Artistens URI","Artistens namn","Albumets namn","Tillagd vid","Artistens genrer"',
    "tr": '"Parça URI","Parça Adı","Sanatçı URI","Sanatçı Adı","Albüm Adı","Eklenme Tarihi","Sanatçı Türleri"',
    "ja": '"トラックURI","トラック名","アーティストURI","アーティスト名","アルバム名","追加日時","アーティストジャンル"',
    "en": '"Track URI","Track Name","Artist URI(s)","Artist Name(s)","Album Name","Added At","Artist Genres"',
}  # fmt: skip


@pytest.mark.parametrize("language", EXPORTIFY)
def test_exportify_in_its_languages(file: Any, language: str) -> None:
    row = '"spotify:track:a1","Blue","spotify:artist:x","Ann","Wet","2022-08-15T02:00:00Z","dream pop,shoegaze"'
    corpus = whole(file("late_night.csv", f"{EXPORTIFY[language]}\n{row}\n"))
    assert corpus.playlists["title"].tolist() == ["late night"]
    assert corpus.vocab(Kind.SONG).keys([0]) == ["song:a1"]
    assert (songs(corpus), tags(corpus)) == ([{"Blue — Ann"}], [{"dream pop", "shoegaze"}])
    assert corpus.playlists["date"].isna().all()  # when a song was added is no date of the playlist


def test_several_artists_with_a_comma_in_a_name(file: Any) -> None:
    row = '"spotify:track:a1","See You","spotify:artist:x","Tyler\\, The Creator,Kali","Igor","2022","rap"'
    corpus = whole(file("x.csv", f"{EXPORTIFY['en']}\n{row}\n"))
    assert set(corpus.vocab(Kind.ARTIST).ids) == {"Tyler, The Creator", "Kali"}


@pytest.mark.parametrize(
    "header",
    [
        '"Track name","Artist name","Album","Playlist name","Type","ISRC","Spotify - id"',
        '"Nombre de la canción","Nombre del artista","Álbum","Nombre de la playlist","Tipo","ISRC","Spotify - id"',
        '"Nom du titre","Nom de l\'artiste","Album","Nom de la playlist","Type","ISRC","Spotify - id"',
    ],
)
def test_tune_my_music(file: Any, header: str) -> None:
    rows = '"Blue","Ann","Wet","rain","Playlist","US1","a1"\n"Motor","Cy","Rpm","rain","Playlist","US2","a3"\n' \
           '"Motor","Cy","Rpm","gym","Playlist","US2","a3"\n'  # fmt: skip
    corpus = whole(file("My Spotify Library.csv", f"{header}\n{rows}"))
    assert dict(zip(corpus.playlists["title"], songs(corpus), strict=True)) == {
        "rain": {"Blue — Ann", "Motor — Cy"}, "gym": {"Motor — Cy"},
    }  # fmt: skip


LISTENS = 'Radiohead,OK Computer,Airbag,07 Jan 2021 12:33\nRadiohead,OK Computer,Lucky,07 Jan 2021 12:38\n' \
          'Ann,Wet,Blue,09 Jan 2021 20:00\n'  # fmt: skip


@pytest.mark.parametrize("header", ["", "artist,album,track,date\n"])
def test_lastfm_scrobbles(file: Any, header: str) -> None:
    path = file("scrobbles.csv", header + LISTENS)
    corpus = whole(path)
    assert songs(corpus) == [{"Airbag — Radiohead", "Lucky — Radiohead"}, {"Blue — Ann"}]
    assert corpus.playlists["date"].dt.strftime("%Y-%m-%d").tolist() == ["2021-01-07", "2021-01-09"]
    assert "without a pause of more than 30 minutes" in corpus.meta["taken_for"]
    assert len(whole(path, sessions="month")) == 1
    assert len(whole(path, sessions="gap:3")) == 3
    assert len(whole(path, sessions="listener")) == 1
    with pytest.raises(InvalidParameterError, match="gap:MINUTES"):
        whole(path, sessions="weekly")


def test_the_listeners_of_lastfm_1k_and_360k(file: Any) -> None:
    mbid = "f1b1cf71-bd35-4e99-8624-24a6e15f133a"
    rows = [("user_000001", "2009-05-04T23:08:57Z", mbid, "Deep Dish", "", "Famous"),
            ("user_000002", "2009-05-04T13:54:10Z", mbid, "坂本龍一", "", "Composition 0919")]  # fmt: skip
    corpus = whole(file("1k.tsv", "".join("\t".join(row) + "\n" for row in rows)))
    assert songs(corpus) == [{"Famous — Deep Dish"}, {"Composition 0919 — 坂本龍一"}]
    corpus = whole(
        file("360k.tsv", f"{'0' * 40}\t{mbid}\tbetty blowtorch\t2137\n{'1' * 40}\t{mbid}\tbetty blowtorch\t3\n")
    )
    assert (songs(corpus), corpus.meta["songs_are"]) == ([{"betty blowtorch"}] * 2, "artists")


@pytest.mark.parametrize(
    "text",
    [
        "1::10::5::978300760\n1::11::3::978302109\n2::10::4::978301968\n",
        "userId,movieId,rating,timestamp\n1,10,5,978300760\n1,11,3,978302109\n2,10,4,978301968\n",
        "user_id:token\titem_id:token\trating:float\ttimestamp:float\n1\t10\t5\t978300760\n1\t11\t3\t978302109\n2\t10\t4\t978301968\n",
    ],
)
def test_user_item_tables_make_a_playlist_of_a_listener(file: Any, text: str) -> None:
    path = file("ratings.dat", text)
    corpus = whole(path)
    assert dict(zip(corpus.playlists["id"], songs(corpus), strict=True)) == {"1": {"10", "11"}, "2": {"10"}}
    assert songs(whole(path, min_weight=4)) == [{"10"}, {"10"}]


def test_a_file_without_a_header_that_is_not_known_is_asked_about(file: Any) -> None:
    path = file("t.csv", "1,2\n3,4\n")
    with pytest.raises(SourceError, match="no header line.*--set header="):
        whole(path)
    assert songs(whole(path, header="user,item")) == [{"2"}, {"4"}]


def test_kakao_in_every_form(tmp_path: Path) -> None:
    rows = [{"id": 1, "plylst_title": "비 오는 날", "tags": ["재즈", "비"], "songs": [11, 12], "like_cnt": 3,
             "updt_date": "2013-12-19 18:36:19.000"},
            {"id": 2, "plylst_title": "여름", "tags": ["팝"], "songs": [11], "like_cnt": 0,
             "updt_date": "2014-01-02 08:00:00.000"}]  # fmt: skip
    frame = pd.DataFrame(rows)
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_csv(tmp_path / "indexed.csv")
    frame.to_csv(tmp_path / "korean.csv", index=False, encoding="cp949")
    frame.to_parquet(tmp_path / "a.parquet")
    frame.to_json(tmp_path / "records.json", orient="records")
    frame.to_json(tmp_path / "split.json", orient="split")
    frame.to_json(tmp_path / "columns.json")
    frame.to_json(tmp_path / "a.jsonl", orient="records", lines=True)
    for path in sorted(tmp_path.iterdir()):
        corpus = whole(path)
        assert corpus.playlists["title"].tolist() == ["비 오는 날", "여름"], path.name
        assert corpus.playlists["likes"].tolist() == [3, 0], path.name
        assert corpus.playlists["date"].dt.year.tolist() == [2013, 2014], path.name
        assert (tags(corpus), songs(corpus)) == ([{"재즈", "비"}, {"팝"}], [{"11", "12"}, {"11"}]), path.name


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("#chill #summer", "#chill"), [{"chill", "summer"}, {"chill"}]),
        (("rock / pop", "jazz"), [{"rock", "pop"}, {"jazz"}]),
        (("rock•pop", "jazz"), [{"rock", "pop"}, {"jazz"}]),
        (("\"{'rock': 5, 'pop': 2}\"", "\"{'jazz': 1}\""), [{"rock", "pop"}, {"jazz"}]),
        (("\"[{'id': 1, 'name': 'rock'}]\"", "[]"), [{"rock"}, set()]),
        (('"[""it\'s"", \'b\']"', '"[""x, y""]"'), [{"it's", "b"}, {"x, y"}]),
        (("\"array(['rock', 'pop'], dtype=object)\"", "\"['a' 'b']\""), [{"rock", "pop"}, {"a", "b"}]),
        (('"{""hip hop"",rock}"', "{x}"), [{"hip hop", "rock"}, {"x"}]),
        (("nan", "rock"), [set(), {"rock"}]),
        (("(live)", "a|b"), [{"(live)"}, {"a", "b"}]),
    ],
)
def test_tags_in_a_column(file: Any, cells: tuple[str, str], expected: list[set[str]]) -> None:
    assert tags(whole(file("t.csv", f"id,title,tags\n1,a,{cells[0]}\n2,b,{cells[1]}\n"))) == expected


def test_scores_have_a_threshold(file: Any) -> None:
    path = file("t.jsonl", json.dumps({"id": 1, "tags": [["rock", "100"], ["pop", "33"]]}) + "\n")
    assert tags(whole(path)) == [{"rock", "pop"}]
    assert tags(whole(path, min_score=50)) == [{"rock"}]


def test_two_separators_in_one_column_are_asked_about(file: Any) -> None:
    path = file("t.csv", 'id,title,tags\n1,a,rock;pop\n2,b,"jazz,soul"\n3,c,"rock,pop"\n4,d,rock;x\n')
    with pytest.raises(UndecidedError, match="which stands between.*--set separator=';'"):
        whole(path)
    assert tags(whole(path, separator=","))[1] == {"jazz", "soul"}


def test_the_order_of_day_and_month_is_decided_for_the_column_or_asked(file: Any) -> None:
    path = file("t.csv", "id,title,date\n1,a,01/02/2019\n2,b,03/04/2019\n")
    with pytest.raises(UndecidedError, match="--set date_order=dmy"):
        whole(path)
    assert whole(path, date_order="mdy").playlists["date"].dt.month.tolist() == [1, 3]
    assert whole(path, date_order="dmy").playlists["date"].dt.month.tolist() == [2, 4]
    decided = file("u.csv", "id,title,date\n1,a,01/02/2019\n2,b,31/04/2018\n3,c,30/04/2018\n")
    assert whole(decided).playlists["date"].dt.month.fillna(0).tolist() == [2, 0, 4]


def test_unbalanced_quotes_in_tabs_are_text(file: Any) -> None:
    corpus = whole(
        file("t.tsv", 'id\ttitle\ttags\n1\t"Weird Al" Yankovic\trock\n2\t7" single\tpop\n3\t"ok"\tjazz\n4\t"x\tsoul\n')
    )
    assert corpus.playlists["title"].tolist() == ['"Weird Al" Yankovic', '7" single', "ok", '"x']
    assert any("not closed" in change for change in corpus.meta["rows_changed"])


def test_ragged_rows_are_asked_about_with_their_lines(file: Any) -> None:
    path = file("t.csv", "id,title,tags\n1,a,rock\n2,b,jazz,extra\n3,c\n")
    with pytest.raises(SourceError, match="line 3"):
        whole(path)
    assert tags(whole(path, ragged="cut")) == [{"rock"}, {"jazz"}, set()]
    assert tags(whole(path, ragged="join")) == [{"rock"}, {"jazz", "extra"}, set()]
    assert any("lines 4" in change for change in whole(path, ragged="cut").meta["rows_changed"])


def test_a_column_whose_name_begins_with_a_blank_and_columns_by_role(file: Any) -> None:
    path = file("t.csv", "nr, moods,what\n1,calm|warm,tea\n2,calm,rain\n")
    corpus = whole(path, tags=" moods", title="what", id="nr")
    assert (tags(corpus), corpus.playlists["title"].tolist()) == ([{"calm", "warm"}, {"calm"}], ["tea", "rain"])
    assert tags(whole(path, tags=" moods\nwhat"))[0] == {"calm", "warm", "tea"}
    roles = {column.name: (column.role, column.why) for column in inspect(path, options={"tags": "moods"}).columns}
    assert roles["moods"] == ("tags", "as asked")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp949", "비 오는 날 듣는 재즈"),
        ("cp932", "雨の日に聴くジャズ"),
        ("cp932", "夏のドライブ"),
        ("cp1252", "Café “après-midi” — Köln"),
        ("cp1252", "Mañana señorita"),
        ("cp1251", "Русский рок на ночь для долгой дороги"),
        ("gb18030", "下雨天听的爵士乐和民谣"),
        ("big5", "下雨天聽的爵士樂與民謠"),
        ("utf-16", "비 오는 날"),
        ("utf-16-le", "late night jazz 비"),
        ("utf-8-sig", "비 오는 날"),
    ],
)
def test_encodings_are_found_out(file: Any, encoding: str, text: str) -> None:
    path = file("t.csv", f"id,title,tags\n1,{text},a|b\n2,plain,c\n", encoding)
    corpus = whole(path)
    assert corpus.playlists["title"][0] == text, detect_encoding(path)
    assert whole(path, encoding=encoding).playlists["title"][0] == text


def test_an_encoding_that_does_not_fit_is_refused(file: Any) -> None:
    path = file("t.csv", "id,title\n1,Köln\n", "cp1252")
    with pytest.raises(SourceError, match="not in utf-8: byte 12"):
        whole(path, encoding="utf-8")
    with pytest.raises(InvalidParameterError, match="no encoding"):
        whole(path, encoding="klingon")


def workbook(path: Path, rows: list[list[str | int | float]]) -> Path:
    """A small Excel workbook of one sheet."""
    cells = "".join(
        "<row>"
        + "".join(
            f"<c><v>{c}</v></c>" if isinstance(c, int | float) else f'<c t="inlineStr"><is><t>{c}</t></is></c>'
            for c in row
        )
        + "</row>"
        for row in rows
    )
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>',
        )
        book.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        book.writestr(
            "xl/workbook.xml",
            f'<workbook {main} xmlns:r="{relations}"><sheets><sheet name="Lists" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        )
        book.writestr("xl/worksheets/sheet1.xml", f"<worksheet {main}><sheetData>{cells}</sheetData></worksheet>")
    return path


def test_excel_workbooks(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", [["id", "title", "tags"], [1, "late night", "jazz|night"], [2, "비", "재즈"]])
    corpus = whole(path)
    assert (corpus.playlists["id"].tolist(), tags(corpus)) == (["1", "2"], [{"jazz", "night"}, {"재즈"}])
    spoiled = workbook(tmp_path / "u.xlsx", [["id", "title"], [1234567890123456789, "a"]])
    with pytest.raises(SourceError, match="ids that Excel has rounded.*row 2"):
        whole(spoiled)


def test_ids_with_a_decimal_comma_and_an_exponent_are_refused_too(file: Any) -> None:
    with pytest.raises(SourceError, match="1,00E"):
        whole(file("t.csv", "id;title;tags\n1,00E+05;a;rock\n1,00E+05;b;pop\n"))


def test_itunes_libraries(file: Any) -> None:
    library = """<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE plist PUBLIC "-//Apple Computer//DTD PLIST 1.0//EN"
    "http://www.apple.com/DTDs/PropertyList-1.0.dtd"><plist version="1.0"><dict><key>Tracks</key><dict><key>1</key><dict>
    <key>Track ID</key><integer>1</integer><key>Name</key><string>Blue</string><key>Artist</key><string>Ann</string>
    <key>Genre</key><string>Rock</string></dict></dict><key>Playlists</key><array><dict><key>Master</key><true/>
    <key>Name</key><string>Library</string></dict><dict><key>Name</key><string>rain</string><key>Playlist Items</key>
    <array><dict><key>Track ID</key><integer>1</integer></dict></array></dict></array></dict></plist>"""
    corpus = whole(file("Library.xml", library))
    assert (corpus.playlists["title"].tolist(), songs(corpus), tags(corpus)) == (["rain"], [{"Blue — Ann"}], [{"Rock"}])


def test_a_folder_of_mpd_with_a_challenge_set_beside(tmp_path: Path) -> None:
    slice_ = {
        "playlists": [
            {"pid": 0, "name": "x", "tracks": [{"track_uri": "spotify:track:a", "track_name": "A", "artist_name": "B"}]}
        ]
    }
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mpd.slice.0-0.json").write_text(json.dumps(slice_))
    (tmp_path / "challenge_set.json").write_text(json.dumps({"playlists": [{"pid": 9, "tracks": []}]}))
    corpus = whole(tmp_path)
    assert corpus.playlists["id"].tolist() == ["0"]
    assert any("challenge sets beside" in note["what"] for note in corpus.meta["notes"])


def test_large_files_are_previewed_in_part(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,title,tags\n" + "".join(f"{n},title {n},rock|pop\n" for n in range(40_000)))
    preview = inspect(path)
    assert not preview.complete
    assert 0 < preview.counts["playlists"] < 40_000
    assert len(whole(path)) == 40_000


@pytest.mark.parametrize(
    ("text", "format"),
    [
        ("id,title,tags\n1,a,rock|pop\n", "table"),
        ("id\ttitle\ttags\n1\ta\trock\n", "table"),
        ('{"id": 1, "tags": ["rock"]}\n{"id": 2, "tags": ["pop"]}\n', "table"),
        ('[{"id": 1, "tags": ["rock"]}]', "table"),
        ("#EXTM3U\n#EXTINF:1,Ann - Blue\nblue.mp3\n", "playlists"),
    ],
)
def test_pasted_text_is_looked_at_like_a_file(text: str, format: str) -> None:
    preview = inspect_text(text)
    assert preview.format == format
    assert preview.counts["playlists"] >= 1
