"""The state in the URL: old names are read, new ones written, and a rename is announced once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tagviz import aliases
from tagviz.errors import NotFoundError
from tagviz.ui import pages, url_state

Open = Callable[..., AppTest]


class Query(dict[str, str]):
    """Query parameters without a browser; of each name one value."""

    def get_all(self, name: str) -> list[str]:
        return [self[name]] if name in self else []

    def from_dict(self, params: Mapping[str, list[str]]) -> None:
        self.clear()
        self.update({name: texts[-1] for name, texts in params.items()})


@pytest.fixture
def query(monkeypatch: pytest.MonkeyPatch) -> Query:
    query = Query()
    monkeypatch.setattr(url_state.st, "query_params", query)
    monkeypatch.setattr(st, "session_state", {})
    return query


@pytest.mark.parametrize("alias", aliases.URL_PARAMETERS, ids=lambda alias: f"{alias.old}-{alias.page}")
def test_an_old_parameter_is_read_announced_once_and_replaced(query: Query, alias: aliases.UrlAlias) -> None:
    query[alias.old] = "12"
    assert url_state.has(alias.new)
    assert url_state.param(alias.new) == "12"
    assert url_state.params(alias.new) == ("12",)
    assert url_state.current_value(alias.new, 3) == 12
    assert url_state.renames(alias.page or "Recommend") == [(alias.old, alias.new)]
    assert not url_state.renames(alias.page or "Recommend")
    url_state.set_params(**{alias.new: "13"})
    assert query == {alias.new: "13"}


@pytest.mark.parametrize(("name", "old", "new"), [(*key, new) for key, new in aliases.URL_VALUES.items()])
def test_an_old_value_is_read_as_the_new_one(query: Query, name: str, old: str, new: str) -> None:
    query[name] = old
    assert url_state.param(name) == new
    assert url_state.current_value(name, "", ["", new]) == new


def test_another_name_of_a_method_is_read_and_announced(query: Query) -> None:
    query["model"] = "als"
    assert url_state.param("model") == "factors"
    assert url_state.renames("Recommend") == [("als", "factors")]


def test_an_old_page_is_announced(query: Query) -> None:
    query[url_state.MOVED_FROM] = "Judge"
    assert url_state.renames("Feedback") == [("Judge", "Feedback")]
    query[url_state.MOVED_FROM] = "<script>"
    assert not url_state.renames("Feedback")


def test_a_bound_parameter_forgives_nonsense_and_leaves_defaults_out(query: Query) -> None:
    query.update(k="many", n="7", open="yes")
    assert url_state.current_value("k", 10) == 10
    assert url_state.current_value("n", 10, (10, 20)) == 10
    assert url_state.current_value("open", False) is True
    bound = url_state.bind_param("n", 10, (10, 20))
    assert st.session_state["n"] == 10
    st.session_state["n"] = 20
    bound["on_change"](*bound["args"])
    assert query["n"] == "20"
    st.session_state["n"] = 10
    bound["on_change"](*bound["args"])
    assert "n" not in query


def test_links_keep_corpus_and_model_and_parameters_are_added_and_dropped(query: Query) -> None:
    query.update(corpus="c", model="m", k="3")
    assert url_state.link_params(tag=("a",), song="") == {"corpus": "c", "model": "m", "tag": ("a",)}
    url_state.set_params(k="")
    assert "k" not in query


def test_a_failed_callback_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {})
    monkeypatch.setattr(st, "rerun", lambda *fragments: None)

    def fail() -> None:
        raise NotFoundError("gone")

    url_state.safe_callback(fail)()
    assert str(url_state.last_error()) == "gone"
    assert url_state.last_error() is None


def test_an_old_link_opens_the_same_view_and_says_the_new_names(app: Open) -> None:
    test = app(pages.TAG_MAP.path, at="tag:tag0", within="0.95")
    assert not test.exception
    assert "tag0" in [str(element.value) for element in test.subheader]
    toasts = [toast.value for toast in test.toast]
    assert any("“at” is now called “item”" in text for text in toasts)
    assert len(toasts) == 2
    assert not test.run().toast
