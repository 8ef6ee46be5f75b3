"""Formulas in text are defused in every CSV, and come back as they were."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagviz.csv_guard import csv_bytes, csv_text, guard, unguard

SIGNS = "=+-@\t\r＝＋－＠"


@pytest.mark.parametrize("sign", SIGNS)
def test_text_that_begins_like_a_formula_gets_an_apostrophe(sign: str) -> None:
    assert guard(f"{sign}cmd|' /C calc'!A0") == f"'{sign}cmd|' /C calc'!A0"


@given(st.text(alphabet=f"'{SIGNS}ab 1"))
def test_every_text_comes_back_and_none_is_left_dangerous(text: str) -> None:
    assert unguard(guard(text)) == text
    assert guard(text)[:1] not in tuple(SIGNS)


def test_numbers_stay_numbers_and_names_of_columns_are_text() -> None:
    text = csv_text(pd.DataFrame({"=name": ["-a", "b"], "n": [-1.5, 2.0]}))
    assert text == "'=name,n\n'-a,-1.5\nb,2.0\n"
    assert csv_bytes(pd.DataFrame({"a": ["é"]})).startswith(b"\xef\xbb\xbf")
