"""The choices above the Feedback page."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tagviz.operations import feedback
from tagviz.ui import pages
from tagviz.ui.components import feedback_buttons
from tagviz.ui.feedback import controls

Open = Callable[..., AppTest]


def test_kind_order_and_second_model_are_in_the_address(app: Open) -> None:
    test = app(pages.FEEDBACK.path)
    assert not test.exception
    test.selectbox(key="order").set_value(controls.RARE).run()
    assert test.query_params["order"] == controls.RARE
    assert [button.key for button in test.button if str(button.key).startswith("answer-")]
    assert set(controls.ORDERS) == set(feedback.WAYS)
    assert test.text_input(key="me").value == feedback_buttons.GUEST
