"""The bar that undoes the last change."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tagviz.errors import TagvizError
from tagviz.ui import pages
from tagviz.ui.components import undo_bar
from tests.ui.screen import press, texts

Open = Callable[..., AppTest]


def offered() -> None:
    import streamlit as st

    from tagviz.ui.components import undo_bar

    done = st.session_state.setdefault("done", [])
    undo_bar.show()

    def change(name: str) -> None:
        done.append(name)
        undo_bar.offer(f"<b>{name}</b> is done", lambda: done.remove(name))

    for name in ("first", "second"):
        st.button(name, on_click=change, args=(name,))


def bars(test: AppTest) -> list[str]:
    return [element.proto.body for element in test.get("html") if "status" in element.proto.body]


@pytest.fixture
def page(app: Open) -> AppTest:
    app()  # the server's workspace is the test's
    return AppTest.from_function(offered, default_timeout=60).run()


def test_the_last_change_is_undone_once_and_its_text_is_only_text(page: AppTest) -> None:
    assert not bars(page)
    press(page, "first")
    press(page, "second")
    assert bars(page) == ['<span role="status">&lt;b&gt;second&lt;/b&gt; is done</span>']
    press(page, "Undo")
    assert not page.exception
    assert page.session_state["done"] == ["first"]
    assert not bars(page)


def test_the_bar_leaves_after_ten_seconds_but_one_that_is_held_still_undoes(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("tagviz.ui.components.undo_bar.time", lambda: now)
    press(page, "first")
    now += undo_bar.SECONDS - 1
    assert bars(page.run())
    now += 2
    press(page, "Undo")  # the pointer was on it
    assert page.session_state["done"] == []
    press(page, "second")
    now += undo_bar.SECONDS + 1
    assert not bars(page.run())


def test_an_undo_that_fails_says_so(app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    test = app(pages.TAG_MAP.path, item="tag:tag0")
    press(test, "Clear selection")
    assert "item" not in test.query_params

    def fails(**params: object) -> None:
        raise TagvizError("It is gone")

    monkeypatch.setattr("tagviz.ui.url_state.set_params", fails)
    press(test, "Undo")
    assert "It is gone" in texts(test)


def test_a_cleared_selection_comes_back(app: Open) -> None:
    test = app(pages.TAG_MAP.path, item="tag:tag0")
    press(test, "Clear selection")
    assert "Selection cleared" in bars(test)[0]
    press(test, "Undo")
    assert test.query_params["item"] == "tag:tag0"
