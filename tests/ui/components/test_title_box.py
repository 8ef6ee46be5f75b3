"""The search boxes whose text is in the URL."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tagviz.ui import pages
from tagviz.ui.components.search_box import LONGEST
from tests.ui.screen import chosen, content, entered, offered, typed

Open = Callable[..., AppTest]


def in_url(test: AppTest, name: str) -> list[str]:
    values = test.query_params.get(name, [])
    return [values] if isinstance(values, str) else list(values)


def test_a_long_paste_is_cut_with_a_word_about_it(app: Open) -> None:
    test = app(pages.RECOMMEND.path, title="tag0 " * 200)
    assert not test.exception
    assert content(test, "title")["value"] == ("tag0 " * 200)[:LONGEST]
    assert content(test, "title")["cut"]


def test_home_shows_the_title_of_a_link_and_keeps_what_is_entered(app: Open) -> None:
    test = app(title="tag0")
    assert content(test, "home-search")["value"] == "tag0"
    links = [element.label for element in test.get("page_link")]
    assert any("Recommend for a playlist called" in label for label in links)
    typed(test, "home-search", "tag0 tag2")
    assert in_url(test, "title") == ["tag0"], "only Enter or a pause keeps it"
    entered(test, "home-search", "tag0 tag2")
    assert in_url(test, "title") == ["tag0 tag2"]
    test.query_params["title"] = "tag0"  # the back button
    test.run()
    assert content(test, "home-search")["value"] == "tag0"


def test_an_item_becomes_the_title_read_as_this_item(app: Open) -> None:
    test = app(pages.RECOMMEND.path)
    typed(test, "title", "tag1")
    assert "tag1" in offered(test, "title")
    chosen(test, "title", "tag:tag1")
    assert (in_url(test, "title"), in_url(test, "reading")) == (["tag1"], ["tag1→tag:tag1"])


def test_the_map_reads_a_text_as_the_other_pages_do(app: Open) -> None:
    test = app(pages.TAG_MAP.path)
    entered(test, "map-search", "tag0 and tag2")
    assert not test.exception
    assert in_url(test, "phrase") == ["tag0 and tag2"]
    assert [radio.key for radio in test.radio][:2] == ["reading-0-tag0", "reading-1-tag2"]
    assert "“tag0 and tag2”" in [str(element.value) for element in test.subheader]
    entered(test, "map-search", "TAG0")
    assert "tag0" in [str(element.value) for element in test.subheader], "one tag alone opens it"
    test.radio(key="reading-0-TAG0").set_value("phrase").run()
    assert in_url(test, "reading") == ["TAG0→phrase"]
    chosen(test, "map-search", "tag:tag3")
    assert (in_url(test, "item"), in_url(test, "phrase"), in_url(test, "reading")) == (["tag:tag3"], [], [])
