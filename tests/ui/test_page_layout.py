"""What every page has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tagviz import settings as settings_module
from tagviz.ui import pages
from tests.ui.screen import texts

Open = Callable[..., AppTest]


def test_the_menu_is_the_table_of_pages(app: Open) -> None:
    labels = [link.label for link in app(pages.DATA.path).get("page_link")]
    assert labels[: len(pages.PAGES)] == [page.title for page in pages.PAGES]


@pytest.mark.parametrize("page", [page for page in pages.PAGES if page.question], ids=lambda page: page.title)
def test_a_page_has_its_title_and_question(app: Open, page: pages.Page) -> None:
    test = app(page.path)
    assert [title.value for title in test.title] == [page.title]
    assert page.question in texts(test)


def test_without_any_corpus_the_page_leads_to_the_import(
    app: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tagviz.ui.cache.corpora", list)
    test = app(pages.RECOMMEND.path)
    assert not test.exception
    assert "No playlists have been imported yet." in texts(test)
    assert "Import" in [link.label for link in test.get("page_link")]
    settings_module.settings.cache_clear()
