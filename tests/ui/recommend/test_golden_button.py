"""Golden queries from the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tagviz.operations import golden
from tagviz.operations.context import Context
from tagviz.store.feedback import Answer
from tagviz.store.workspace import Workspace
from tagviz.ui import pages
from tagviz.ui.components import feedback_buttons
from tests.ui.screen import press


def test_marked_answers_become_a_golden_query(
    app: Callable[..., AppTest], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = app(pages.RECOMMEND.path, tag="tag0")
    assert next(button for button in test.button if button.label == "Add to golden queries").disabled
    monkeypatch.setattr(
        feedback_buttons,
        "current_answers",
        lambda suggestions: [Answer.RIGHT, Answer.WRONG, *[Answer.NONE] * (len(suggestions.keys) - 2)],
    )
    test.run()
    press(test, "Add to golden queries")
    assert not test.exception
    (kept,) = golden.list_queries(Context(Workspace(home)), "awkward")
    assert kept.asked_tags == ("tag0",)
    assert [len(each) for each in (kept.must_tags, kept.not_tags, kept.must_songs, kept.not_songs)] == [1, 1, 1, 1]
    press(test, "Undo")
    assert not test.exception
    assert golden.list_queries(Context(Workspace(home)), "awkward") == []
