"""The results of the feedback."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tagviz.ui import pages
from tests.ui.screen import press, texts

Open = Callable[..., AppTest]


def test_results_appear_after_the_first_verdict(app: Open) -> None:
    test = app(pages.FEEDBACK.path, me="ann")
    test.session_state["feedback-tab"] = "Results"
    test.run()
    assert "There is no feedback yet" in texts(test)
    test.session_state["feedback-tab"] = "One by one"
    test.run()
    press(test, "Right")
    test.session_state["feedback-tab"] = "Results"
    test.run()
    assert not test.exception
    by_model = next(frame.value for frame in test.dataframe if "precision" in frame.value.columns)
    assert by_model["verdicts"].tolist() == [1]
    assert "1 verdict" in texts(test)
