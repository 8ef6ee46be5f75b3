"""The import of playlists, done by a browser: looked at, corrected, imported, and shown on the map."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_dashboard import settle
from tests.chromium import PATIENCE

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)

LISTS = "title,tags,songs\n" + "".join(
    f'"rainy night {number}","jazz|night|tag{number % 5}","blue train|so what|song{number % 7}"\n'
    for number in range(30)
)
EXPORTIFY = (
    "Track URI,Track Name,Album Name,Artist Name(s),Release Date,Added By,Added At,Genres,Record Label,Danceability"
)
GENRES = ("dream pop,shoegaze", "synthwave,retrowave", "jazz,bebop", "rock,indie rock")


def exportify_folder(folder: Path) -> Path:
    """Twelve playlists as Exportify writes them, a file each, beside a picture that is none."""
    folder.mkdir()
    for number in range(12):
        rows = [
            f"spotify:track:{number % 6}{song:021d},Song {song},Album {song % 3},Artist {song % 4},2019-0{1 + song}-01,"
            f'me,2024-01-01T10:00:00Z,"{GENRES[(number + song) % 4]}",Label {song % 5},0.{song}'
            for song in range(8)
        ]
        (folder / f"night_drive_{number}.csv").write_text("\n".join([EXPORTIFY, *rows, ""]), encoding="utf-8")
    (folder / "cover.jpg").write_bytes(b"\xff\xd8\xff\xe0 no playlist")
    return folder


def open_import(page: Page, server: str) -> None:
    page.goto(f"{server}/Data")
    settle(page)
    page.locator("summary").filter(has_text=re.compile("Import$")).click()


def metric(page: Page, label: str) -> object:
    return page.get_by_test_id("stMetric").filter(has_text=re.compile(f"^{label}")).first


def test_a_folder_is_looked_at_corrected_imported_and_lands_on_the_map(page: Page, server: str, tmp_path: Path) -> None:
    open_import(page, server)
    page.get_by_role("radio", name="Folder").click()
    settle(page)
    page.locator("input[type=file]").set_input_files(exportify_folder(tmp_path / "my playlists"))
    expect(page.get_by_text("One playlist a file, named after the file")).to_be_visible()
    expect(metric(page, "Playlists")).to_contain_text("12")  # type: ignore[arg-type]
    expect(metric(page, "Tags")).to_contain_text("8")  # type: ignore[arg-type]
    expect(page.get_by_text(re.compile("Files not read.*cover.jpg"))).to_be_visible()
    expect(page.get_by_text(re.compile("Columns not used.*Record Label, Danceability"))).to_be_visible()

    tags = page.get_by_role("combobox", name="Tags", exact=True)
    settle(page)
    tags.press("Backspace")  # takes Genres away
    expect(page.get_by_text(re.compile("Columns not used.*Genres, Record Label"))).to_be_visible()
    settle(page)  # a list that is drawn again moves under the pointer
    tags.fill("Record Label")
    page.get_by_role("option", name="Record Label", exact=True).click()
    page.keyboard.press("Escape")
    expect(metric(page, "Tags")).to_contain_text("5")  # type: ignore[arg-type]
    settle(page)
    name = page.get_by_role("textbox", name="Name of the corpus")
    expect(name).to_have_value("my-playlists")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("my-playlists is imported: 12 playlists, 5 tags and 48 songs")).to_be_visible()
    expect(page.get_by_text(re.compile("Columns not used: .*Genres, Danceability"))).to_be_visible()
    page.get_by_role("link", name="Open its map").click()
    expect(page).to_have_url(re.compile(r"/Tag_map\?.*corpus=my-playlists"))
    settle(page)
    expect(page.get_by_role("combobox", name="Corpus")).to_have_value("my-playlists")
    expect(page.get_by_text(re.compile(r"12 playlists · 5 tags · 48 songs"))).to_be_visible()
    expect(page.locator("canvas").first).to_be_visible()


def test_a_file_in_cp949_is_read_right_without_a_setting(page: Page, server: str, tmp_path: Path) -> None:
    file = tmp_path / "korean.csv"
    rows = "".join(f"비 오는 날 재즈 {n},재즈|감성|새벽,노래{n % 4}|노래{n % 3}\n" for n in range(20))
    file.write_bytes(f"제목,태그,곡\n{rows}".encode("cp949"))
    open_import(page, server)
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_role("combobox", name=re.compile("^Encoding"))).to_have_value("cp949")
    settle(page)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("korean is imported: 20 playlists, 3 tags and 4 songs")).to_be_visible()
    page.get_by_role("button", name="Show it here").click()
    expect(page).to_have_url(re.compile("corpus=korean"))
    settle(page)
    page.goto(f"{server}/Tag_map?corpus=korean&item=tag:감성")
    expect(page.get_by_text("감성").first).to_be_visible()


def test_a_damaged_file_is_told_and_what_was_on_the_screen_stays(page: Page, server: str, tmp_path: Path) -> None:
    file = tmp_path / "broken.json"
    file.write_text('[{"id": 1, "plylst_title": "cut off', encoding="utf-8")
    open_import(page, server)
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("What to do:")).to_be_visible()
    expect(page.get_by_role("button", name="Import", exact=True)).to_have_count(0)
    expect(metric(page, "Playlists")).to_contain_text("6,400")  # type: ignore[arg-type]
    lists = tmp_path / "lists.csv"
    lists.write_text(LISTS, encoding="utf-8")
    page.get_by_role("button", name="Remove broken.json").click()
    page.locator("input[type=file]").set_input_files(lists)
    expect(page.get_by_role("textbox", name="Name of the corpus")).to_have_value("lists")
    expect(metric(page, "Playlists")).to_contain_text("30")  # type: ignore[arg-type]
