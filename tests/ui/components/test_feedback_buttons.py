"""Feedback buttons on any page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tagviz.operations import corpora, feedback
from tagviz.operations.context import Context
from tagviz.store.feedback import Answer
from tagviz.store.workspace import Workspace
from tagviz.types import Kind, Query
from tagviz.ui import pages
from tagviz.ui.components import feedback_buttons
from tests.ui import screen

Open = Callable[..., AppTest]


def test_what_belongs_there_instead_is_chosen_in_a_box(app: Open, home: Path) -> None:
    corpus = corpora.open_corpus(Context(Workspace(home)), "awkward")
    near = feedback_buttons.SuggestionList(
        "awkward", corpus.fingerprint, "m-1", "f", Query(tags=("tag0",)), Kind.TAG, ("tag:tag2", "tag:tag4")
    )
    app(pages.FEEDBACK.path)  # the server's workspace is the tests'

    def box() -> None:
        import streamlit

        from tagviz.ui.components import feedback_buttons as own

        own.choose_replacement(streamlit.session_state["near"], 1)

    test = AppTest.from_function(box, default_timeout=60)
    test.session_state["near"] = near
    test.run()
    screen.entered(test, "instead-m-1-tag:tag4", "TAG6")
    assert not test.exception
    (one,) = feedback.current_feedback(Context(Workspace(home)), "awkward")
    assert (one.key, one.answer, one.instead, one.rank) == ("tag:tag4", Answer.INSTEAD, "tag:tag6", 2)
    feedback.forget(Context(Workspace(home)), one.reviewer)


def test_one_click_is_a_verdict_and_the_same_click_again_takes_it_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ws = Workspace(tmp_path)
    monkeypatch.setattr("tagviz.ui.cache.context", lambda: Context(ws))
    monkeypatch.setattr("tagviz.ui.components.feedback_buttons.reviewer", lambda: "Ann")
    monkeypatch.setattr(st, "session_state", {})
    query = Query(tags=("jazz",))
    near = feedback_buttons.SuggestionList(
        "c", "f", "word2vec-1:near", "f", query, Kind.TAG, ("tag:calm", "tag:loud"), (0.9, 0.2)
    )

    def click(of: str, row: int) -> None:
        _, buttons = feedback_buttons.columns("t", near)
        st.session_state[f"t-{of}"] = SimpleNamespace(row=row)
        feedback_buttons._on_click("t", near, Answer(of), feedback_buttons.current_answers(near))
        assert set(buttons) == {"right", "wrong"}

    click("wrong", 1)
    (one,) = feedback.current_feedback(Context(ws), "c")
    assert (one.key, one.rank, one.answer, one.model) == ("tag:loud", 2, Answer.WRONG, "word2vec-1:near")
    assert one.score == pytest.approx(0.2)
    assert feedback_buttons.columns("t", near)[0] == {"right": ["✓", "✓"], "wrong": ["✗", "☒"]}
    click("right", 1)
    assert feedback_buttons.current_answers(near) == [Answer.NONE, Answer.RIGHT]
    click("right", 1)
    assert feedback.current_feedback(Context(ws), "c") == []
    asked = feedback_buttons.columns("t", near, with_replacement=True)
    assert asked[0]["instead"] == ["⇄", "⇄"]
    st.session_state["t-instead"] = SimpleNamespace(row=0)
    feedback_buttons._open_dialog("t", near)
    assert st.session_state[feedback_buttons._DIALOG] == (near, 0)
    click("right", 9)  # a row of a list that was longer a moment ago
    assert feedback.current_feedback(Context(ws), "c") == []
    st.session_state["shown-t"] = pd.RangeIndex(1, 2)  # what the table's search box has left
    click("right", 0)
    assert feedback_buttons.current_answers(near) == [Answer.NONE, Answer.RIGHT]
