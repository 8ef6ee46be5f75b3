"""The field: what is offered, what Enter takes, and what was typed before a change."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from tagviz.ui.components.search_box import view
from tests.ui import screen


def page(mode: str) -> None:
    """A page with one field, whose text is kept under `value`."""
    import streamlit

    from tagviz.ui.components.search_box import Field, Option, show

    def options(text: str) -> list[Option]:
        return [Option(f"{text}-{number}", f"{text} {number}") for number in (1, 2)] if text != "none" else []

    def keep(text: str) -> None:
        streamlit.session_state["value"] = text

    text = show(Field("f", "Find", mode=mode), streamlit.session_state.get("value", ""), options, keep, keep)  # type: ignore[arg-type]
    streamlit.text(text)


def test_a_text_counts_while_it_is_typed_and_until_the_value_changes() -> None:
    test = AppTest.from_function(page, args=("text",)).run()
    screen.typed(test, "f", " jazz ")
    assert test.text[0].value == "jazz"
    assert screen.offered(test, "f") == ["jazz 1", "jazz 2"]
    assert screen.content(test, "f")["value"] == ""
    test.session_state["value"] = "rock"  # the back button, or a choice elsewhere
    test.run()
    assert test.text[0].value == "rock"
    test.session_state["value"] = ""
    test.run()
    assert test.text[0].value == "", "what was typed before does not come again with the value"


def test_enter_applies_a_text_and_takes_the_first_option_of_a_choice() -> None:
    for mode, value in (("text", "jazz"), ("choice", "jazz-1")):
        test = AppTest.from_function(page, args=(mode,)).run()
        before = screen.content(test, "f")["serial"]
        screen.entered(test, "f", "jazz")
        assert not test.exception
        assert test.session_state["value"] == value
        assert screen.content(test, "f")["serial"] > before
    screen.entered(test, "f", "none")
    assert test.session_state["value"] == "jazz-1", "nothing to take"
    screen.chosen(test, "f", "other")
    assert test.session_state["value"] == "other"


def test_a_long_text_is_cut_and_the_field_says_so() -> None:
    test = AppTest.from_function(page, args=("text",)).run()
    assert not screen.content(test, "f")["cut"]
    screen.entered(test, "f", "x" * 500)
    assert test.session_state["value"] == "x" * view.LONGEST
    test.session_state["value"] = "y" * 500
    test.run()
    shown = screen.content(test, "f")
    assert shown["value"] == "y" * view.LONGEST
    assert shown["cut"]
    assert str(view.LONGEST) in shown["texts"]["cut"]


def test_what_a_browser_sends_is_not_trusted() -> None:
    test = AppTest.from_function(page, args=("text",)).run()
    for event in ({"event": "entered", "value": {"text": ["a"]}}, {"event": "chosen", "value": "a"}):
        screen.send(test, "f", event=event)
        assert not test.exception
        assert test.session_state["value"] == ""
    screen.send(test, "f", typed={"text": 7, "serial": "x"})
    assert test.text[0].value == ""


def test_the_program_is_served_once_for_ever() -> None:
    answer = TestClient(Starlette(routes=view.BUNDLE.routes())).get(f"/{view.BUNDLE.url}")
    assert answer.content == view.BUNDLE.path.read_bytes()
    assert "immutable" in answer.headers["cache-control"]
    assert TestClient(Starlette(routes=view.BUNDLE.routes())).get("/search_box/bundle-0.js").status_code == 404
