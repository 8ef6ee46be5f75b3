"""The queue of questions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tagviz.operations import corpora, feedback
from tagviz.operations.context import Context
from tagviz.store.feedback import Answer
from tagviz.store.workspace import Workspace
from tagviz.ui import pages
from tests.ui.screen import press, texts

Open = Callable[..., AppTest]


def test_a_verdict_that_cannot_be_kept_leaves_the_page_and_says_so(app: Open, home: Path) -> None:
    test = app(pages.FEEDBACK.path, me="ann")
    asked = [button.label for button in test.button]
    (home / "tagviz.db.turn").unlink(missing_ok=True)
    (home / "tagviz.db.turn").mkdir()  # where SQLite's writers queue there is no file to be locked
    press(test, "Right")
    assert not test.exception
    assert any("This action failed." in box.value for box in test.markdown)
    assert [button.label for button in test.button] == asked, "the question stands"
    (home / "tagviz.db.turn").rmdir()
    press(test, "Right")
    assert not any("This action failed." in box.value for box in test.markdown)
    corpus = corpora.open_corpus(Context(Workspace(home)), "awkward")
    assert [one.answer for one in feedback.feedback_store(Context(Workspace(home))).current(corpus.name)] == [
        Answer.RIGHT
    ]


def test_answers_are_counted_and_undone(app: Open, home: Path) -> None:
    test = app(pages.FEEDBACK.path, me="ann")
    assert "Does this belong on the playlist?" in texts(test)
    press(test, "Right")
    press(test, "Wrong")
    assert "2 items answered in this session, 1 of them right." in texts(test)
    press(test, "Skip")
    press(test, "Undo")
    assert not test.exception
    assert "1 item answered in this session, 1 of them right." in texts(test)
    context = Context(Workspace(home))
    assert [one.answer for one in feedback.current_feedback(context, "awkward", "ann")] == [Answer.RIGHT]
