"""The blind comparison."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tagviz.operations import feedback, models
from tagviz.operations.context import Context
from tagviz.store.feedback import Answer
from tagviz.store.workspace import Workspace
from tagviz.ui import pages
from tests.ui.screen import press

Open = Callable[..., AppTest]


def test_two_models_are_mixed_without_their_names_and_a_verdict_is_stored(app: Open, home: Path) -> None:
    context = Context(Workspace(home))
    models.train(context, context.workspace.open_corpus("awkward"), "neighbours")
    test = app(pages.FEEDBACK.path, me="ann", compare="neighbours")
    test.session_state["feedback-tab"] = "Blind comparison"
    test.run()
    assert not test.exception
    rows = [button for button in test.button if str(button.key).startswith("blind-0-")]
    assert len(rows) >= 8, "two buttons an item"
    rows[0].click().run()
    (verdict,) = feedback.current_feedback(context, "awkward", "ann")
    assert verdict.answer is Answer.RIGHT
    press(test, "Next playlist")
    assert not test.exception
    assert not [button for button in test.button if str(button.key).startswith("blind-0-")]
