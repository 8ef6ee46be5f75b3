"""People in the loop in a real browser: verdicts by keyboard, and what they change; tags merged and unmerged."""

from __future__ import annotations

import re
import time
from urllib.parse import quote_plus

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.chromium import PATIENCE

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)


def judged(page: Page) -> int:
    """How many verdicts the page says were given."""
    found = re.search(r"(\d+) items? answered in this session", page.locator("body").inner_text())
    return int(found.group(1)) if found else 0


def item(page: Page) -> str:
    return page.locator("h3").first.inner_text()


def say(page: Page, key: str, count: int) -> None:
    page.keyboard.press(key)
    expect(page.get_by_text(re.compile(f"{count} items? answered in this session"))).to_be_visible()


def open_page(page: Page, address: str, title: str) -> None:
    page.goto(address)
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()


def first_cell(page: Page) -> Locator:
    return page.locator('[data-testid="stDataFrame"]').first.locator('[role="gridcell"][aria-colindex="1"]').first


def tags(page: Page) -> list[str]:
    """The tags that Recommend suggests, from the table that screen readers read."""
    expect(page.get_by_text("Tags to add")).to_be_visible()
    expect(first_cell(page)).to_be_attached()
    cells = page.locator('[data-testid="stDataFrame"]').first.locator('[role="gridcell"][aria-colindex="1"]')
    return [text.strip() for text in cells.all_text_contents()]


WRONG = (105 + 64 + 34 + 34 + 17) / (105 + 64 + 3 * 34 + 166)
"""How far across the table of tags its ✗ stands: tag, strength, ＋, ✓, ✗, because of
(`tagviz/ui/recommend/results.py`)."""


def click_cell(page: Page, row: int, across: float) -> None:
    """Click into the first table at this share of its width."""
    page.wait_for_timeout(1500)  # until it is drawn for good
    box = page.locator('[data-testid="stDataFrame"]').first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + across * box["width"], box["y"] + 52 + 35 * row)


def test_ten_verdicts_by_keyboard_the_metric_the_next_answers_and_undo(server: str, page: Page) -> None:
    open_page(page, f"{server}/Feedback?me=Ann", "Feedback")
    expect(page.get_by_text("Does this belong on the playlist?")).to_be_visible()
    page.wait_for_timeout(1000)  # until keys are listened for
    first = item(page)
    began = time.perf_counter()
    for number in range(1, 11):
        say(page, "y" if number % 2 else "n", number)
    assert time.perf_counter() - began < 30
    assert item(page) != first
    page.keyboard.press("u")
    expect(page.get_by_text(re.compile("9 items answered in this session"))).to_be_visible()
    say(page, "n", 10)
    page.get_by_role("tab", name="Results").click()
    expect(page.get_by_text(re.compile("is found right in 50% of 10 verdicts"))).to_be_visible()

    page.goto(f"{server}/Recommend?me=Ann&tag=jazz")
    before = tags(page)
    click_cell(page, row=0, across=WRONG)
    expect(first_cell(page)).not_to_have_text(before[0])
    after = tags(page)
    assert before[0] in after[1:], "what was found wrong moves down at once"
    page.goto(f"{server}/Recommend?me=Ann&tag=jazz&ignore_feedback=yes")
    assert tags(page) == before

    open_page(page, f"{server}/Feedback?me=Ann", "Feedback")
    page.get_by_role("tab", name="Results").click()
    page.get_by_role("button", name="Delete my feedback").click()
    page.get_by_role("button", name="Delete all", exact=True).click()
    expect(page.get_by_text("There is no feedback yet")).to_be_visible()
    page.goto(f"{server}/Recommend?me=Ann&tag=jazz")
    assert tags(page) == before


def test_hip_hop_is_merged_and_every_page_follows_until_it_is_undone(server: str, page: Page) -> None:
    open_page(page, f"{server}/Curate?me=Ann", "Curate")
    page.get_by_role("tab", name="New decision").click()
    for label, text in (("Tags", "hip-hop, hiphop, Hip-Hop"), ("Tag that remains", "hip hop"), ("Reason", "one thing")):
        box = page.get_by_label(label, exact=True)
        box.fill(text)
        box.press("Enter")
    expect(page.get_by_text("After merging:")).to_be_visible()
    page.get_by_role("button", name="Apply this decision").click()
    expect(page.get_by_text(re.compile("Decided:"))).to_be_visible()
    expect(page.get_by_text("710 tags")).to_be_visible()

    page.goto(f"{server}/Recommend?tag=hiphop")
    expect(page.get_by_text(re.compile("Interpreted as:.*hip hop"))).to_be_visible()
    assert not {"hip-hop", "Hip-Hop", "hiphop"} & set(tags(page))
    open_page(page, f"{server}/Tag_map?item=tag:hip-hop", "Tag map")
    expect(page.get_by_role("heading", name="hip hop", exact=True)).to_be_visible()
    expect(page.get_by_text("in 639 playlists")).to_be_visible()

    open_page(page, f"{server}/Curate?me=Bob", "Curate")
    page.get_by_role("tab", name="Active decisions").click()
    expect(page.get_by_text("1 active decision on demo")).to_be_visible()
    click_cell(page, row=0, across=0.04)
    expect(page.get_by_text("There are no decisions yet")).to_be_visible()
    expect(page.get_by_text("713 tags")).to_be_visible()


def test_a_button_in_a_table_that_was_searched_means_the_row_that_is_seen(server: str, page: Page) -> None:
    page.goto(f"{server}/Recommend?me=Zoe&tag=jazz&n=50")
    seen = next(tag for tag in tags(page)[5:15] if len(tag) > 5)
    page.get_by_placeholder("Search 50 rows").first.fill(seen)
    expect(first_cell(page)).to_have_text(seen)
    click_cell(page, row=0, across=WRONG - 2 * 34 / (105 + 64 + 3 * 34 + 166))  # ＋
    page.wait_for_url(re.compile("tag=jazz&tag=" + quote_plus(seen).replace("+", r"(\+|%20)")))
