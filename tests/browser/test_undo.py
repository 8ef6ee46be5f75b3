"""The undo bar and the places to take things back later, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.chromium import PATIENCE

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)


def bar(page: Page) -> Locator:
    return page.locator('[class*="st-key-undo-bar-"]')


def test_a_verdict_is_undone_in_the_bar_which_leaves_after_ten_seconds(server: str, page: Page) -> None:
    page.goto(f"{server}/Feedback?me=Uma")
    expect(page.get_by_text("Does this belong on the playlist?")).to_be_visible()
    first = page.locator("h3").first.inner_text()
    page.wait_for_timeout(1000)  # until keys are listened for
    page.keyboard.press("y")
    expect(bar(page)).to_be_visible()
    expect(bar(page).get_by_role("status")).to_have_text(f"“{first}” is marked as right")
    box = bar(page).bounding_box()
    assert box is not None
    assert box["y"] + box["height"] > 900, "at the bottom of the window"
    bar(page).get_by_role("button", name="Undo").click()
    expect(bar(page)).to_have_count(0)
    expect(page.locator("h3").first).to_have_text(first)
    page.keyboard.press("n")
    page.mouse.move(700, 400)  # the bar stays while the pointer is on it
    expect(bar(page)).to_be_visible()
    page.wait_for_timeout(10_500)
    expect(bar(page)).not_to_be_visible()


def test_a_decision_is_undone_in_the_bar_and_a_rejected_one_in_the_history(server: str, page: Page) -> None:
    page.goto(f"{server}/Curate?me=Uma")
    count = page.get_by_role("heading", name=re.compile(r"\d+ suggestions"))
    expect(count).to_be_visible()
    before = count.inner_text()
    table = page.locator('[data-testid="stDataFrame"]').first
    page.wait_for_timeout(1500)  # until it is drawn for good
    box = table.bounding_box()
    assert box is not None
    extra = (box["width"] - 66 - 62 - 250 - 75 - 250) / 5  # columns share what the table is wider than they are
    page.mouse.click(box["x"] + 97 + 1.5 * extra, box["y"] + 52)  # Reject
    expect(bar(page).get_by_role("status")).to_have_text(re.compile("^Rejected, and not suggested again:"))
    expect(count).not_to_have_text(before)
    page.get_by_role("tab", name="History").click()
    expect(page.get_by_text(re.compile("^rejected: ")).first).to_be_attached()
    page.wait_for_timeout(1500)
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 56, box["y"] + 52)  # Suggest again
    expect(bar(page).get_by_role("status")).to_have_text(re.compile("^May be suggested again:"))
    page.get_by_role("tab", name="Suggestions").click()
    expect(count).to_have_text(before)
