"""The search box in a browser: keys, input methods, and a query from its reading to the back button."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tagviz.operations import corpora, maps, models
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace
from tests.browser.test_dashboard import settle
from tests.chromium import PATIENCE
from tests.serving import ROOT, serving

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)


def box(page: Page, name: str) -> Locator:
    return page.get_by_role("combobox", name=name)


def test_keys_of_a_box_that_chooses(page: Page, server: str) -> None:
    page.goto(f"{server}/Recommend?corpus=demo")
    settle(page)
    tags = box(page, "Tags")
    tags.press_sequentially("jaz", delay=40)
    options = page.get_by_role("option")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(tags).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    assert tags.get_attribute("aria-activedescendant") == options.nth(1).get_attribute("id")
    page.keyboard.press("Escape")
    expect(tags).to_have_attribute("aria-expanded", "false")
    expect(tags).to_have_value("jaz")
    page.keyboard.press("Escape")
    expect(tags).to_have_value("")
    page.keyboard.type("jazz")
    page.keyboard.press("Enter")  # before the server has answered
    expect(page).to_have_url(re.compile("tag=jazz"))
    expect(tags).to_have_value("")
    expect(tags).to_be_focused()


def test_slash_goes_to_the_first_box_and_is_typed_within_one(page: Page, server: str) -> None:
    page.goto(f"{server}/Recommend?corpus=demo")
    settle(page)
    page.keyboard.press("/")
    expect(box(page, "Title")).to_be_focused()
    page.keyboard.type("a/c")
    expect(box(page, "Title")).to_have_value("a/c")


def test_an_input_method_keeps_its_enter(page: Page, server: str) -> None:
    page.goto(f"{server}/?corpus=demo")
    settle(page)
    search = box(page, "Type a tag, a title or a song")
    search.focus()
    client = page.context.new_cdp_session(page)
    client.send("Input.imeSetComposition", {"text": "비", "selectionStart": 1, "selectionEnd": 1})
    search.evaluate(
        "field => field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true}))"
    )
    page.wait_for_timeout(600)
    assert "title=" not in page.url, "the Enter belongs to the input method"
    client.send("Input.insertText", {"text": "비오는 날"})
    expect(search).to_have_value("비오는 날")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("title="))
    expect(search).to_have_value("비오는 날")


def test_a_paste_over_the_limit_is_cut_with_a_word_about_it(page: Page, server: str) -> None:
    for path, name in (("", "Type a tag, a title or a song"), ("Recommend", "Title"), ("Tag_map", "Search a tag")):
        page.goto(f"{server}/{path}?corpus=demo")
        settle(page)
        box(page, name).fill("rain " * 100)
        expect(page.get_by_text("Only the first 300 characters are used.")).to_be_visible()
        assert len(box(page, name).input_value()) == 300


def test_what_is_typed_without_enter_comes_back_too(page: Page, server: str) -> None:
    page.goto(f"{server}/?corpus=demo")
    settle(page)
    search = box(page, "Type a tag, a title or a song")
    search.press_sequentially("jazz", delay=40)
    expect(page).to_have_url(re.compile("title=jazz"))
    page.get_by_role("link", name="Show on the map").click()
    expect(page).to_have_url(re.compile(r"/Tag_map\?.*phrase=jazz"))
    expect(page.get_by_role("heading", name="jazz", exact=True)).to_be_visible()
    page.go_back()
    expect(page).to_have_url(re.compile(r"/\?.*title=jazz"))
    expect(search).to_have_value("jazz")
    expect(page.get_by_text("Read as")).to_be_visible()


@pytest.fixture(scope="module")
def real_lists(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a dashboard with the real lists."""
    home = tmp_path_factory.mktemp("real")
    context = Context(Workspace(home))
    corpora.import_corpus(context, real_data / "lastfm-melon-shape", "lastfm", format="melon")
    corpus = corpora.open_corpus(context, "lastfm")
    info = models.train(context, corpus, "spectral")
    models.make_default(context, info)
    maps.project(context, corpus, models.open_model(context, corpus, info.id))
    with serving(ROOT / "app.py", {"TAGVIZ_HOME": str(home), "TAGVIZ_DATABASE_URL": ""}, "/ready") as address:
        yield address


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("path", "typed", "artist", "choice", "read"),
    [
        ("", "bjork", "artist Björk", "As a phrase", "“bjork” as a phrase"),  # these lists have no such tag
        ("", "madonna", "artist Madonna", "tag madonna", "tag madonna"),
        ("Recommend", "madonna", "artist Madonna", "tag madonna", "tag madonna"),
        ("Tag_map", "madonna", "artist Madonna", "tag madonna", "tag madonna"),
    ],
)
def test_a_name_is_read_exchanged_and_brought_back(
    page: Page, real_lists: str, path: str, typed: str, artist: str, choice: str, read: str
) -> None:
    """A name → Enter → its reading → another one → the back button, on the real lists."""
    param, label = {"": ("title", "Type a tag, a title or a song"), "Recommend": ("title", "Title")}.get(
        path, ("phrase", "Search a tag or a song")
    )
    page.goto(f"{real_lists}/{path}?corpus=lastfm")
    search = box(page, label)
    search.wait_for(timeout=2 * PATIENCE)  # the map is computed first
    settle(page)
    search.press_sequentially(typed, delay=40)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{param}={typed}"))
    pill = page.get_by_role("button", name=artist)
    pill.click()
    page.get_by_text(choice, exact=True).first.click()
    expect(page).to_have_url(re.compile(f"reading={typed}"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name=read)).to_be_visible()
    page.go_back()
    expect(page).not_to_have_url(re.compile("reading="))
    expect(search).to_have_value(typed)
    expect(pill).to_be_visible()
    page.go_back()
    expect(page).not_to_have_url(re.compile(f"{param}="))
    expect(search).to_have_value("")
    expect(page.get_by_text("Read as")).to_be_hidden()
