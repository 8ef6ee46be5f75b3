"""The import's preview, columns by role, questions and the lines that every import ends with, as typed."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from tagviz.cli import main


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TAGVIZ_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_a_preview_keeps_nothing_and_is_json(
    tmp_path: Path, home: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,name,tags,mood\n1,a,rock|pop,x\n2,b,jazz,y\n")
    assert main(["import", str(path), "--preview", "--json"]) == 0
    document = orjson.loads(capsysbinary.readouterr().out)
    assert {column["name"]: column["role"] for column in document["columns"]} == {
        "id": "id", "name": "title", "tags": "tags", "mood": "",
    }  # fmt: skip
    assert document["columns_not_used"] == ["mood"]
    assert document["counts"]["tags"] == 3
    assert [row["tags"] for row in document["rows"]] == [["rock", "pop"], ["jazz"]]
    assert not (home / "names").exists()


def test_columns_are_given_by_role_and_the_import_says_what_it_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "my lists.csv"
    path.write_text("nr, my tags,extra,left\n1,a|b,c,\n2,c\n")
    said = ["import", str(path), "--column", "tags= my tags", "--column", "tags=extra", "--column", "id=nr"]
    assert main(said) == 0
    out = capsys.readouterr().out
    assert "name: my-lists\n" in out
    assert "tags: 3\n" in out
    assert "columns not used: left\n" in out
    assert "rows changed: rows with fewer cells than the header, the rest left empty: 1 (lines 3)\n" in out


def test_what_is_half_understood_is_asked_with_the_option_to_give(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,title,date\n1,a,01/02/2019\n2,b,03/04/2019\n")
    assert main(["import", str(path), "--preview"]) == 0
    assert "to be answered before the import" in capsys.readouterr().out
    assert main(["import", str(path)]) == 1
    assert "add --set date_order=dmy or --set date_order=mdy" in capsys.readouterr().err
    assert main(["import", str(path), "--set", "date_order=mdy"]) == 0
    assert main(["import", str(path), "--column", "colour=title"]) == 1
    assert "There is no role 'colour'" in capsys.readouterr().err


def test_export(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "t.csv"
    path.write_text("playlist,track,artist\nrain,Blue,Ann\nrain,Red,Bob\n")
    assert main(["import", str(path), "--name", "mine"]) == 0
    assert main(["export", "mine", "--form", "xspf", "--playlist", "rain", "--out", str(tmp_path / "rain.xspf")]) == 0
    assert "<creator>Ann</creator>" in (tmp_path / "rain.xspf").read_text("utf-8")
    assert main(["export", "mine", "--form", "doc", "--out", str(tmp_path / "x")]) == 1
    assert "forms: m3u8, xspf, csv, parquet" in capsys.readouterr().err
