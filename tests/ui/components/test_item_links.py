"""Rows of a table lead to the page of their item."""

from __future__ import annotations

import pandas as pd
import pytest

from tagviz.ui import pages
from tagviz.ui.components import item_links


def test_a_clicked_row_opens_its_item(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple[str, object]] = []
    monkeypatch.setattr("streamlit.switch_page", lambda path, query_params: opened.append((path, query_params)))
    monkeypatch.setattr("tagviz.ui.components.item_links.url_state.link_params", lambda **params: params)
    frame = pd.DataFrame({"label": ["a", "b", "untitled"]})
    monkeypatch.setattr("tagviz.ui.components.tables.table", lambda *args, **kwargs: (None, frame))
    for row in (None, 1, 2):
        monkeypatch.setattr("tagviz.ui.components.tables.clicked", lambda picked, shown, row=row: row)
        item_links.table(frame, ["tag:a", "tag:b", ""], "items")
    assert opened == [(pages.ITEM.path, {"item": "tag:b"})]
