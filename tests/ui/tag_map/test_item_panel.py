"""The panel of an item."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tagviz.ui import pages
from tests.ui.screen import tables

Open = Callable[..., AppTest]


def test_what_is_near_a_tag_and_what_goes_with_it_can_be_judged(app: Open) -> None:
    test = app(pages.TAG_MAP.path, item="tag:tag0", model="spectral")
    assert not test.exception
    judged = [columns for columns in tables(test) if columns[-3:] == ["right", "wrong", "instead"]]
    assert {columns[1] for columns in judged} == {"score", "lift"}


def test_a_playlist_shows_its_contents(app: Open) -> None:
    test = app(pages.TAG_MAP.path, item="playlist:0")
    assert not test.exception
    assert {"Nearest", "Tags", "Songs"} <= {tab.label for tab in test.tabs}
    assert "Recommend for this playlist" in [link.label for link in test.get("page_link")]
