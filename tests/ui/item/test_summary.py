"""The head of an item's page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tagviz.ui import pages
from tests.ui.screen import press, texts

Open = Callable[..., AppTest]


def test_a_tag_is_described_in_one_sentence_and_leads_on(app: Open) -> None:
    test = app(pages.ITEM.path, model="spectral", item="tag:tag0")
    assert not test.exception
    said = texts(test)
    assert "Close to" in said
    assert "mostly with" in said
    assert {"Show on the map", "Recommend with it"} <= {link.label for link in test.get("page_link")}


def test_without_an_item_the_page_asks_for_one(app: Open) -> None:
    assert "Search above" in texts(app(pages.ITEM.path))


@pytest.mark.parametrize("item", ["tag:nowhere", "nonsense"])
def test_an_unknown_item_is_named(app: Open, item: str) -> None:
    test = app(pages.ITEM.path, item=item)
    assert not test.exception
    assert item.partition(":")[2] or item in texts(test)


def test_awkward_names_are_text(app: Open) -> None:
    test = app(pages.ITEM.path, model="spectral", item="tag:![x](http://evil.test/a.png)")
    assert not test.exception
    assert "\\!\\[x\\]" in texts(test)


def test_a_pill_opens_another_item(app: Open) -> None:
    test = app(pages.ITEM.path, model="spectral", item="tag:tag0")
    pill = next(button for button in test.button if button.key and button.key.startswith("open-spectral-"))
    press(test, pill.label)
    assert test.query_params["item"] != "tag:tag0"
