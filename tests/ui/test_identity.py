"""Who uses the page: what each way to log in says, and what a page shows to whom."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tagviz.access.roles import Role
from tagviz.operations.context import Context
from tagviz.server_settings import server_settings
from tagviz.store.workspace import Workspace
from tagviz.ui import identity, pages
from tests.ui.screen import texts

Open = Callable[..., AppTest]


def choose(monkeypatch: pytest.MonkeyPatch, **environment: str) -> None:
    for name, text in environment.items():
        monkeypatch.setenv(name, text)
    server_settings.cache_clear()


def test_where_nobody_logs_in_everybody_is_admin_and_unverified(app: Open, home: Path) -> None:
    app()
    actor = identity.actor(Context(Workspace(home)))
    assert (actor.role, actor.remote, actor.verified) == (Role.ADMIN, True, False)


def test_without_a_login_the_page_shows_only_the_way_in(app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(monkeypatch, TAGVIZ_LOGIN="token")
    test = app(pages.RECOMMEND.path, title="tag1")
    assert not test.exception
    assert "Log in to use it" in texts(test)
    assert not test.dataframe


def test_a_damaged_access_file_lets_nobody_in(app: Open, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(monkeypatch, TAGVIZ_LOGIN="token")
    monkeypatch.setattr(identity, "token_holder", lambda context, token: "Kim")
    (home / "access.toml").write_text("default = owner", encoding="utf-8")
    test = app()
    assert "cannot be used" in texts(test)
    assert not test.sidebar.selectbox


@pytest.mark.parametrize(("role", "label"), [("viewer", "viewer"), ("admin", "admin")])
def test_the_side_bar_names_the_person_and_the_role(
    app: Open, home: Path, monkeypatch: pytest.MonkeyPatch, role: str, label: str
) -> None:
    choose(monkeypatch, TAGVIZ_LOGIN="token")
    monkeypatch.setattr(identity, "token_holder", lambda context, token: "Kim")
    (home / "access.toml").write_text(f'default = "{role}"', encoding="utf-8")
    test = app()
    assert not test.exception
    assert f"Kim · {label}" in texts(test)
    links = [element.label for element in test.sidebar.get("page_link")]
    assert ("Audit" in links) is (role == "admin")


def test_a_corpus_of_others_is_not_there(app: Open, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(monkeypatch, TAGVIZ_LOGIN="token")
    monkeypatch.setattr(identity, "token_holder", lambda context, token: "Kim")
    (home / "access.toml").write_text('[corpora]\nawkward = ["lee"]', encoding="utf-8")
    test = app(pages.DATA.path)
    assert test.sidebar.selectbox(key="corpus").value != "awkward"
    assert "There is no corpus “awkward”" in texts(test)


def test_a_read_only_dashboard_says_so(app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(monkeypatch, TAGVIZ_READ_ONLY="yes")
    assert "This dashboard is read-only" in texts(app())
