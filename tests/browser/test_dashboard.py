"""What a person does, done by a browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tagviz.ui import pages
from tests.chromium import PATIENCE

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)

VIEWS = {"Tag_map": "Tag_map?item=tag:jazz", "Recommend": "Recommend?tag=jazz"}
"""The address of a page where more than its first view is opened."""


def settle(page: Page) -> None:
    """Waits until the script has run and the page has its menu."""
    page.get_by_role("link", name="Recommend").first.wait_for()
    page.locator("[data-testid=stStatusWidget]").wait_for(state="detached")
    page.wait_for_timeout(500)


def test_no_request_leaves_the_machine(page: Page, server: str) -> None:
    """Every page, cold, including fonts, icons, figures and the map."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for each in pages.PAGES:
        page.goto(f"{server}/{VIEWS.get(each.url_path, each.url_path)}")
        settle(page)
    page.wait_for_timeout(1500)
    elsewhere = [url for url in asked if not url.startswith((server, server.replace("http", "ws"), "data:", "blob:"))]
    assert len(asked) > 50
    assert not elsewhere


def test_a_hostile_title_asks_nobody(page: Page, server: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{server}/Recommend?title=![x](http://evil.test/a.png)&tag=![x](http://evil.test/b.png)&tag=<img src=x>")
    settle(page)
    expect(page.get_by_text("![x](http://evil.test/b.png)").first).to_be_visible()
    assert not [url for url in asked if "evil" in url.split("?")[0]]


def test_typing_on_the_home_page_leads_to_an_answer(page: Page, server: str) -> None:
    page.goto(server)
    settle(page)
    page.get_by_role("combobox", name="Type a tag, a title or a song").press_sequentially("rainny", delay=60)
    expect(page.get_by_role("button", name="“rainy” as a phrase")).to_be_visible()
    page.get_by_role("link", name=re.compile("Recommend for a playlist called")).click()
    expect(page).to_have_url(re.compile(r"/Recommend\?.*title=rainny"))
    expect(page.get_by_role("combobox", name="Title")).to_have_value("rainny")
    expect(page.get_by_role("heading", name="Songs to add")).to_be_visible()


def test_back_and_reload_bring_the_same_question(page: Page, server: str) -> None:
    page.goto(f"{server}/Recommend?title=rainy")
    settle(page)
    page.get_by_role("combobox", name="Title").fill("jazz")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("title=jazz"))
    settle(page)
    page.go_back()
    expect(page).to_have_url(re.compile("title=rainy"))
    expect(page.get_by_role("combobox", name="Title")).to_have_value("rainy")
    page.reload()
    settle(page)
    expect(page.get_by_role("combobox", name="Title")).to_have_value("rainy")


def test_tags_are_added_by_typing_and_taken_away_by_a_click(page: Page, server: str) -> None:
    page.goto(f"{server}/Recommend")
    settle(page)
    page.get_by_role("combobox", name="Tags").press_sequentially("jazz", delay=60)
    page.get_by_role("option", name=re.compile("^jazz ")).first.click()
    pills = page.locator("[data-testid=stButtonGroup] button")
    expect(page).to_have_url(re.compile("tag=jazz"))
    settle(page)
    pills.filter(has_text=re.compile("^jazz")).first.click()
    expect(page).not_to_have_url(re.compile("tag=jazz"))


def test_the_model_is_kept_from_page_to_page(page: Page, server: str) -> None:
    page.goto(f"{server}/Recommend?model=neighbours")
    settle(page)
    page.get_by_role("link", name="Data").first.click()
    expect(page).to_have_url(re.compile(r"/Data\?.*model=neighbours"))
    expect(page.get_by_role("heading", name="Data")).to_be_visible()
