"""The tables of an item's page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tagviz.ui import pages
from tagviz.ui.item import details
from tests.ui.screen import tables, texts

Open = Callable[..., AppTest]


def test_tables_and_charts_of_a_tag_and_a_song(app: Open) -> None:
    for item in ("tag:tag0", "song:s0"):
        test = app(pages.ITEM.path, model="spectral", item=item)
        assert not test.exception, item
        assert ["label", "count", "lift"] in tables(test)
        assert ["title", "date", "likes"] in tables(test)
        assert "listeners use it" in texts(test)


def test_a_row_opens_its_item(monkeypatch: pytest.MonkeyPatch) -> None:
    written: dict[str, str] = {}
    monkeypatch.setattr("tagviz.ui.url_state.set_params", written.update)
    monkeypatch.setattr(details.url_state, "set_params", lambda **params: written.update(params))
    monkeypatch.setattr("tagviz.ui.components.tables.selected", lambda table: 1)
    details._open("item-nearest", ("tag:a", "tag:b"))
    assert written == {"item": "tag:b"}
