"""Errors and empty states as boxes."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from tests.ui.screen import texts


def test_an_error_of_ours_is_a_box_and_a_bug_passes_through() -> None:
    def page(bug: bool) -> None:
        from tagviz.errors import NotFoundError
        from tagviz.ui.components import errors

        with errors.show_errors():
            raise ValueError("bug") if bug else NotFoundError("No *tag* x", "it was typed", "choose another")

    test = AppTest.from_function(page, kwargs={"bug": False}).run()
    assert not test.exception
    assert r"No \*tag\* x" in texts(test)
    assert "it was typed" in texts(test)
    assert "What to do: choose another" in texts(test)
    assert AppTest.from_function(page, kwargs={"bug": True}).run().exception


def test_an_empty_state_says_what_is_missing() -> None:
    def page() -> None:
        from tagviz.ui.components import errors

        errors.empty("Nothing here.")

    assert "Nothing here." in texts(AppTest.from_function(page).run())
