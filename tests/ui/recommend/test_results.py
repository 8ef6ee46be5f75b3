"""The recommendations."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tagviz.types import Kind, Ranking, Reason
from tagviz.ui import pages
from tagviz.ui.recommend.results import merged, reasons_text, relative_scores
from tests.ui.screen import texts

Open = Callable[..., AppTest]


def test_strengths_run_from_a_hundred_down() -> None:
    def of(*scores: float) -> list[float]:
        keys = tuple(f"tag:{at}" for at in range(len(scores)))
        return relative_scores(Ranking(Kind.TAG, keys, keys, scores, "m")).tolist()

    assert of(0.04, 0.02, 0.01) == pytest.approx([100, 50, 25])
    assert of(1.0, 0.0, -1.0) == pytest.approx([100, 50, 0])  # from the lowest: (0 + 1) / 2
    assert of(0.0, 0.0) == [0, 0]


def test_reasons_are_one_line_the_weak_ones_left_out() -> None:
    reasons = (Reason("tag:jazz", "jazz", 0.6), Reason("tag:x", "", 0.38), Reason("tag:rock", "rock", 0.02))
    assert reasons_text(reasons) == "jazz 60%, untitled 38%"
    assert reasons_text(reasons, most=1) == "jazz 60%"


def test_a_name_is_a_reason_once_and_its_words_belong_to_it() -> None:
    reasons = (
        Reason("tag:black metal", "black metal", 0.45),
        Reason("word:black", "black", 0.2),
        Reason("tag:ambient", "ambient", 0.15),
        Reason("word:ambient", "ambient", 0.1),
        Reason("word:sun", "sun", 0.1),
    )
    assert reasons_text(reasons) == "black metal 65%, ambient 25%, sun 10%"
    assert reasons_text((Reason("word:hip", "hip", 0.6), Reason("tag:hip-hop", "hip-hop", 0.4))) == "hip-hop 100%"
    assert sum(reason.weight for reason in merged(reasons)) == pytest.approx(1.0)


def test_a_clicked_row_says_why(app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tagviz.ui.components.tables.clicked", lambda picked, shown: 0)
    test = app(pages.RECOMMEND.path, tag="tag0", model="neighbours")
    assert not test.exception
    assert "is result 1 of 20." in texts(test)
    assert any("share" in frame.value.columns for frame in test.dataframe)
