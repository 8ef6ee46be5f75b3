"""Recommend in a browser: the answer is in view in a narrow window, and the question stays in view in a wide one."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import PATIENCE

pytestmark = pytest.mark.browser


def test_the_answer_is_in_view_and_so_is_the_question(page: Page, server: str) -> None:
    page.set_viewport_size({"width": 1440, "height": 800})
    page.goto(f"{server}/Recommend?title=late+night+jazz")
    box = page.get_by_role("combobox", name="Title")
    table = page.locator(".stDataFrame").first
    expect(table).to_be_visible(timeout=PATIENCE)
    page.locator(".stMain").evaluate("main => main.scrollTo(0, main.scrollHeight)")
    expect(box).to_be_in_viewport()
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator(".stMain").evaluate("main => main.scrollTo(0, 0)")
    expect(page.get_by_label("Compare with", exact=True)).to_be_hidden()
    assert (table.bounding_box() or {"y": 844})["y"] < 844 - 200, "several answers are on the first screen"
    page.get_by_text("Tags, songs, model and options").click()
    expect(page.get_by_role("combobox", name="Tags")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
