"""Bringing playlists in, done by a browser."""

from __future__ import annotations

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


def upload(page: Page, file: Path, name: str) -> None:
    page.get_by_text("Bring playlists in").click()
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text(file.name).first).to_be_visible()
    page.get_by_role("textbox", name="Name").fill(name)
    page.keyboard.press("Tab")
    settle(page)
    page.get_by_role("button", name="Read it").click()


def test_an_uploaded_table_becomes_a_corpus(page: Page, server: str, tmp_path: Path) -> None:
    file = tmp_path / "lists.csv"
    file.write_text(LISTS, encoding="utf-8")
    page.goto(f"{server}/Data")
    settle(page)
    upload(page, file, "mine")
    expect(page.get_by_text("✓ done").or_(page.get_by_text("1 earlier")).first).to_be_visible()
    page.goto(f"{server}/Data?corpus=mine")
    settle(page)
    expect(page.get_by_test_id("stMetric").filter(has_text="Playlists")).to_contain_text("30")
    expect(page.get_by_test_id("stMetric").filter(has_text="Tags")).to_contain_text("7")


def test_a_broken_file_is_told_and_nothing_is_lost(page: Page, server: str, tmp_path: Path) -> None:
    file = tmp_path / "broken.json"
    file.write_text('[{"id": 1, "plylst_title": "cut off', encoding="utf-8")
    page.goto(f"{server}/Data")
    settle(page)
    upload(page, file, "broken")
    expect(page.get_by_text("Import broken failed; nothing else has changed.")).to_be_visible()
    page.reload()
    settle(page)
    expect(page.get_by_test_id("stMetric").filter(has_text="Playlists")).to_contain_text("6,400")
    page.get_by_role("combobox", name="Corpus").click()
    expect(page.get_by_role("option", name="demo")).to_be_visible()
    expect(page.get_by_role("option", name="broken")).to_have_count(0)
