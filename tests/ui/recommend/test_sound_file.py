"""Dropping a sound file: what is said without a model of sound."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tagviz.ui import pages
from tests.ui.screen import texts


def test_without_a_model_of_sound_the_page_says_how_to_get_one(app: Callable[..., AppTest]) -> None:
    test = app(pages.RECOMMEND.path)
    test.session_state["sound-open"] = True
    test.run()
    assert not test.exception
    assert "No model of this corpus knows how its songs sound" in texts(test)
