"""Verdicts where something is recommended: on a tag's page, and behind a report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tagviz.operations import corpora, feedback
from tagviz.store.verdicts import Answer
from tagviz.store.workspace import Workspace
from tagviz.types import Kind, Query
from tagviz.ui import verdicts

Open = Callable[..., AppTest]


def tables(test: AppTest) -> list[list[str]]:
    """The columns of each table on the page."""
    return [list(element.value.columns) for element in test.dataframe]


def test_what_is_near_a_tag_and_what_goes_with_it_can_be_judged(app: Open) -> None:
    test = app("pages/1_Tag_map.py", at="tag:tag0", model="spectral")
    assert not test.exception
    judged = [columns for columns in tables(test) if columns[-3:] == ["right", "wrong", "instead"]]
    assert {columns[1] for columns in judged} == {"score", "lift"}


def test_what_a_model_suggested_for_a_playlist_can_be_judged(app: Open) -> None:
    test = app("pages/3_Evaluate.py", behind="model|spectral")
    test.run()
    assert not test.exception
    judged = [columns for columns in tables(test) if columns[-3:] == ["right", "wrong", "instead"]]
    assert len(judged) == 2, "one list a model"


def test_what_belongs_there_instead_is_chosen_in_a_box(app: Open, home: Path) -> None:
    corpus = corpora.open_corpus(Workspace(home), "awkward")
    near = verdicts.Suggested(
        "awkward", corpus.fingerprint, "m-1", "f", Query(tags=("tag0",)), Kind.TAG, ("tag:tag2", "tag:tag4")
    )
    app("pages/6_Judge.py")  # the server's workspace is the tests'

    def box() -> None:
        import streamlit

        from tagviz.ui import verdicts as own

        own._choose(streamlit.session_state["near"], 1)

    test = AppTest.from_function(box, default_timeout=60)
    test.session_state["near"] = near
    test.run()
    test.text_input[0].set_value("TAG6").run()
    assert not test.exception
    next(button for button in test.button if button.label == "tag6").click().run()
    (one,) = feedback.standing(Workspace(home), "awkward")
    assert (one.key, one.answer, one.instead, one.rank) == ("tag:tag4", Answer.INSTEAD, "tag:tag6", 2)
    feedback.forget(Workspace(home), one.reviewer)


def test_one_click_is_a_verdict_and_the_same_click_again_takes_it_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ws = Workspace(tmp_path)
    monkeypatch.setattr("tagviz.ui.cached.workspace", lambda: ws)
    monkeypatch.setattr("tagviz.ui.cached.verdicts", lambda name: feedback.version(ws, name))
    monkeypatch.setattr("tagviz.ui.verdicts.me", lambda: "Ann")
    monkeypatch.setattr(st, "session_state", {})
    query = Query(tags=("jazz",))
    near = verdicts.Suggested("c", "f", "word2vec-1:near", "f", query, Kind.TAG, ("tag:calm", "tag:loud"), (0.9, 0.2))

    def click(of: str, row: int) -> None:
        _, buttons = verdicts.columns("t", near)
        st.session_state[f"t-{of}"] = SimpleNamespace(row=row)
        verdicts._on_click("t", near, Answer(of), verdicts.marks(near))
        assert set(buttons) == {"right", "wrong"}

    click("wrong", 1)
    (one,) = feedback.standing(ws, "c")
    assert (one.key, one.rank, one.answer, one.model) == ("tag:loud", 2, Answer.WRONG, "word2vec-1:near")
    assert one.score == pytest.approx(0.2)
    assert verdicts.columns("t", near)[0] == {"right": ["✓", "✓"], "wrong": ["✗", "☒"]}
    click("right", 1)
    assert verdicts.marks(near) == [Answer.NONE, Answer.RIGHT]
    click("right", 1)
    assert feedback.standing(ws, "c") == []
    asked = verdicts.columns("t", near, other=True)
    assert asked[0]["instead"] == ["⇄", "⇄"]
    st.session_state["t-instead"] = SimpleNamespace(row=0)
    verdicts._ask("t", near)
    assert st.session_state[verdicts._ASKED] == (near, 0)
    click("right", 9)  # a row of a list that was longer a moment ago
    assert feedback.standing(ws, "c") == []
    st.session_state["shown-t"] = pd.RangeIndex(1, 2)  # what the table's search box has left
    click("right", 0)
    assert verdicts.marks(near) == [Answer.NONE, Answer.RIGHT]


def test_a_verdict_that_cannot_be_kept_leaves_the_page_and_says_so(app: Open, home: Path) -> None:
    test = app("pages/6_Judge.py", me="ann")
    asked = [button.label for button in test.button]
    (home / "tagviz.db.turn").unlink(missing_ok=True)
    (home / "tagviz.db.turn").mkdir()  # where SQLite's writers queue there is no file to be locked
    press(test, "Right")
    assert not test.exception
    assert any("That was not done." in box.value for box in test.markdown)
    assert [button.label for button in test.button] == asked, "the question stands"
    (home / "tagviz.db.turn").rmdir()
    press(test, "Right")
    assert not any("That was not done." in box.value for box in test.markdown)
    corpus = corpora.open_corpus(Workspace(home), "awkward")
    assert [one.answer for one in feedback.kept(Workspace(home)).current(corpus.name)] == [Answer.RIGHT]


def press(test: AppTest, label: str) -> None:
    next(button for button in test.button if button.label == label).click()
    test.run()
