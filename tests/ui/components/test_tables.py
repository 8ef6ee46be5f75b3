"""Tables with a search box."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tagviz.ui.components import tables
from tests.ui import screen


def test_rows_that_match_keep_their_numbers() -> None:
    frame = pd.DataFrame({"label": ["Jazz", "rock", "acid jazz"], "count": [1, 2, 3]})
    assert tables.matching(frame, " JAZZ ").index.tolist() == [0, 2]
    assert tables.matching(frame, "").index.tolist() == [0, 1, 2]
    assert tables.matching(frame, "(").empty
    picked = {"selection": {"cells": [(1, "label")]}}
    assert tables.clicked(picked, frame.iloc[[0, 2]]) == 2
    assert tables.clicked({"selection": {"cells": []}}, frame) is None


def test_a_button_means_the_row_that_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    state = {"shown-t": pd.Index([4, 7]), "press": SimpleNamespace(row=1)}
    monkeypatch.setattr(st, "session_state", state)
    assert tables.pressed("press", "t") == 7
    state["press"] = SimpleNamespace(row=2)
    assert tables.pressed("press", "t") is None
    assert tables.pressed("nothing", "t") is None


def test_long_tables_get_a_search_box() -> None:
    def page(rows: int) -> None:
        import pandas

        from tagviz.ui.components import tables as own

        own.table(pandas.DataFrame({"label": [f"row {n}" for n in range(rows)]}), "t", "Rows")

    short = AppTest.from_function(page, kwargs={"rows": 20}).run()
    assert not short.exception
    assert not short.get("bidi_component")
    long = AppTest.from_function(page, kwargs={"rows": 21}).run()
    screen.typed(long, "search-t", "row 2")
    assert long.dataframe[0].value["label"].tolist() == ["row 2", "row 20"]


def test_a_number_that_is_shown_as_zero_has_no_minus() -> None:
    frame = pd.DataFrame({"score": [-0.004, 0.126], "change": [-0.0004, 0.5], "whole": [-0.004, 1.0]})
    columns = {
        "score": st.column_config.NumberColumn(format="%.2f"),
        "change": st.column_config.NumberColumn(format="%+.2f"),
    }
    shown = tables.without_negative_zero(frame, columns)
    assert [f"{number:.2f}" for number in shown["score"]] == ["0.00", "0.13"]
    assert [f"{number:+.2f}" for number in shown["change"]] == ["+0.00", "+0.50"]
    assert shown["whole"].tolist() == [-0.004, 1.0]
