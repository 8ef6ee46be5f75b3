"""Saved views and the questions of the session on the pages."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tagviz.ui import pages
from tests.ui.screen import press, texts

Open = Callable[..., AppTest]


def links(test: AppTest) -> list[str]:
    return [link.label for link in test.sidebar.get("page_link")]


def test_a_question_is_remembered_kept_and_deleted(app: Open) -> None:
    test = app(pages.RECOMMEND.path, tag=["tag0"])
    assert "tag0" in [question.label for question in test.session_state["questions-of-session"]]
    test.text_input(key="saved-view-name").set_value("my <b>view</b>")
    press(test, "Save")
    assert not test.exception
    (kept,) = [label for label in links(test) if "my" in label]
    assert "<b>" not in kept.replace("\\<", ""), "a name is no markup"
    assert "Saved views" in texts(test)
    next(button for button in test.button if str(button.key).startswith("forget-view-")).click().run()
    assert not test.exception
    assert not [label for label in links(test) if "my" in label]
    press(test, "Undo")
    assert [label for label in links(test) if "my" in label]


def test_a_view_without_a_name_says_what_is_missing(app: Open) -> None:
    test = app(pages.RECOMMEND.path, tag=["tag0"])
    press(test, "Save")
    assert "The view has no name" in "\n".join(str(error.value) for error in test.error) + texts(test)
