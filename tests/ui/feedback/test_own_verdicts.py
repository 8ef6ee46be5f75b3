"""The reviewer's own verdicts."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from tagviz.operations import feedback
from tagviz.operations.context import Context
from tagviz.store.feedback import Answer
from tagviz.store.workspace import Workspace
from tagviz.ui import pages
from tagviz.ui.components import feedback_buttons
from tagviz.ui.feedback import own_verdicts
from tests.ui.screen import press, texts

Open = Callable[..., AppTest]


@pytest.fixture
def results(app: Open) -> AppTest:
    """The results after Ann found one item right and one wrong."""
    test = app(pages.FEEDBACK.path, me="ann")
    press(test, "Right")
    press(test, "Wrong")
    test.session_state["feedback-tab"] = "Results"
    return test.run()


def answers(home: Path) -> list[Answer]:
    return [one.answer for one in feedback.current_feedback(Context(Workspace(home)), "awkward", "ann")]


def test_each_verdict_is_listed_and_taken_back_and_that_is_undone(
    results: AppTest, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not results.exception
    frame = next(frame.value for frame in results.dataframe if "take_back" in frame.value.columns)
    assert frame["answer"].tolist() == ["✗ wrong", "✓ right"], "the newest first"
    assert frame["model"].tolist() == ["Spectral", "Spectral"]
    assert all(frame["query"])
    own = feedback.current_feedback(Context(Workspace(home)), "awkward", "ann")[::-1]
    monkeypatch.setattr("tagviz.ui.components.tables.pressed", lambda button, table: 0)
    monkeypatch.setattr("streamlit.session_state", {})
    own_verdicts._take_back(own)
    assert answers(home) == [Answer.RIGHT]
    feedback_buttons.undo()
    assert answers(home) == [Answer.RIGHT, Answer.WRONG]


def test_all_are_downloaded_deleted_and_come_back(results: AppTest, home: Path) -> None:
    table = pd.read_csv(io.BytesIO(own_verdicts._file("ann", "csv")))
    assert table[["reviewer", "answer"]].values.tolist() == [["ann", "right"], ["ann", "wrong"]]
    assert own_verdicts._file("ann", "parquet")[:4] == b"PAR1"
    results.button(key="forget").click().run()
    assert "There is no feedback yet" in texts(results)
    assert answers(home) == []
    press(results, "Undo")
    assert answers(home) == [Answer.RIGHT, Answer.WRONG]
