"""Hostile archives, folders and files: refused or bounded, nothing written outside, nothing left behind."""

# ruff: noqa: E501, RUF043, PT017

from __future__ import annotations

import gzip
import io
import os
import stat
import tempfile
import zipfile
from pathlib import Path

import pytest

from tagviz.errors import SourceError
from tagviz.sources import archives, files, read
from tagviz.sources.build import titles_uncut
from tagviz.sources.encodings import Encoding, open_text
from tagviz.sources.inspection import inspect

FUZZ = Path(__file__).resolve().parents[3] / "shared" / "cases" / "fuzz"
TABLE = b"id,title,tags\n1,a,rock\n"


def refused(path: Path, match: str) -> None:
    with pytest.raises(SourceError, match=match) as caught:
        read(path)
    assert caught.value.remedy


@pytest.mark.parametrize("name", ["../out.csv", "/out.csv", "a/../../out.csv", "..\\out.csv", "C:/out.csv"])
def test_paths_that_leave_the_archive(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    with zipfile.ZipFile(folder / "t.zip", "w") as archive:
        archive.writestr(name, TABLE)
    refused(folder / "t.zip", "leaves the archive")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["in", "t.zip"]


def test_links_in_archives_and_folders(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("t.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    refused(tmp_path / "t.zip", "a link")
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "secret.csv").write_bytes(TABLE)
    (folder / "t.csv").symlink_to(tmp_path / "secret.csv")
    refused(folder, "No reader recognises")


def test_bombs_stop_at_their_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "FREE_BYTES", 2**20)
    with zipfile.ZipFile(tmp_path / "t.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("t.csv", TABLE + b"\n" * 2**23)
    refused(tmp_path / "t.zip", "unpacks to too much")
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(TABLE + b"\n" * 2**23))
    refused(tmp_path / "t.csv.gz", "unpacks to too much")
    with zipfile.ZipFile(tmp_path / "t.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 2**30)
    refused(tmp_path / "t.xlsx", "too much|no workbook")
    assert not list(Path(tempfile.gettempdir()).glob("tagviz-*/t.csv"))


def test_xml_entities_are_never_expanded(tmp_path: Path) -> None:
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE p [<!ENTITY l0 "lol">{lol}]><playlist><title>&l9;</title></playlist>'
    (tmp_path / "t.xspf").write_text(bomb)
    refused(tmp_path / "t.xspf", "declares entities")
    outside = '<?xml version="1.0"?><!DOCTYPE plist [<!ENTITY x SYSTEM "file:///etc/passwd">]><plist version="1.0"><dict/></plist>'
    (tmp_path / "Library.xml").write_text(outside)
    refused(tmp_path / "Library.xml", "no iTunes library")


def test_a_folder_of_too_many_files_is_refused_at_once(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"{number}.csv").write_bytes(TABLE)
    with pytest.raises(SourceError, match="more than 200 files.*max_files"):
        read(tmp_path, options={"max_files": "200"})
    assert archives.count_files(tmp_path, 300) == 300


def test_an_archive_of_too_many_files_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        for number in range(archives.MOST_FILES + 1):
            archive.writestr(f"{number}.csv", b"")
    refused(tmp_path / "t.zip", "too many files: 20,001")


def test_archives_within_archives_are_not_unpacked(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("t.csv", TABLE)
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        archive.writestr("inner.zip", inner.getvalue())
    refused(tmp_path / "t.zip", "nothing but other archives: inner.zip")


def test_what_is_there_stays_as_it_was_when_an_import_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        archive.writestr("good.csv", TABLE)
        archive.writestr("../out.csv", TABLE)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    refused(tmp_path / "t.zip", "leaves the archive")
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert not list(Path(tempfile.gettempdir()).glob("tagviz-*/good.csv"))


def test_pipes_and_files_without_rights(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "t.csv")
    refused(tmp_path / "t.csv", "neither a file nor a folder")


def test_a_file_that_grows_is_read_up_to_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(TABLE)
    with open_text(path, Encoding("utf-8", ""), len(TABLE)) as stream:
        with path.open("ab") as more:
            more.write(b"2,b,pop\n" * 1000)
        assert stream.read() == TABLE.decode()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("train.json", '[{"id": 1, "plylst_title": "a", "tags": ["rock"], "songs": []}]'),
        ("t.xspf", '<playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList><track><title>a</title></track>'
                   "</trackList></playlist>"),
    ],
)  # fmt: skip
def test_json_and_xml_that_grow_are_read_up_to_where_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    path = tmp_path / name
    path.write_text(text)
    stat_of = os.fstat

    def growing(number: int) -> os.stat_result:
        size = stat_of(number)
        with path.open("a") as more:  # as a program that writes on does, between looking at the size and reading
            more.write("x" * 1_000_000)
        return size

    monkeypatch.setattr(files.os, "fstat", growing)
    with titles_uncut():
        assert len(read(path)) == 1


@pytest.mark.parametrize("name", ["t.csv.gz", "t.zip", "t.csv.bz2", "t.xlsx", "t.tar.gz"])
def test_damaged_archives(tmp_path: Path, name: str) -> None:
    marks = {".gz": b"\x1f\x8b", ".zip": b"PK\x03\x04", ".bz2": b"BZh", ".xlsx": b"PK\x03\x04"}
    (tmp_path / name).write_bytes(marks[Path(name).suffix] + b"\x00broken" * 9)
    refused(tmp_path / name, "damaged|unpacked|workbook|tar archive")


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"%PDF-1.4", "PDF document"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"ID3\x04", "audio file"),
        (b"SQLite format 3\x00", "SQLite"),
        (b"\x80\x04\x95", "pickle"),
        (b"\x93NUMPY\x01", "numpy array.*Train page"),
        (b"\xd0\xcf\x11\xe0", "old Office file"),
        (b"<!DOCTYPE html><html>", "web page"),
    ],
)
def test_what_is_no_list_of_playlists_is_named(tmp_path: Path, content: bytes, match: str) -> None:
    (tmp_path / "t.csv").write_bytes(content + b" " * 20)
    refused(tmp_path / "t.csv", match)
    with pytest.raises(SourceError, match=match):
        inspect(tmp_path / "t.csv")


@pytest.mark.skipif(not FUZZ.is_dir(), reason="the cases are not beside the project")
@pytest.mark.parametrize("name", [path.name for path in sorted(FUZZ.glob("*sources*"))] if FUZZ.is_dir() else [])
def test_files_that_once_broke_a_reader(name: str) -> None:
    for path in (FUZZ / name).iterdir():
        with titles_uncut():
            try:
                read(path)
            except SourceError as error:
                assert error.remedy
