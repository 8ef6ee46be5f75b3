"""Access tokens: made once, stored as digests, revoked, expired."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tagviz.errors import InvalidParameterError, NotFoundError
from tagviz.store.access_tokens import AccessTokens
from tagviz.store.database import open_engine


@pytest.fixture
def tokens(tmp_path: Path) -> AccessTokens:
    return AccessTokens(open_engine(f"sqlite:///{tmp_path / 'tagviz.db'}"))


def test_a_token_names_its_person_until_it_is_revoked(tokens: AccessTokens) -> None:
    token = tokens.create("Kim")
    assert tokens.person(token) == "Kim"
    assert [(one.name, one.expires, one.expired) for one in tokens.list()] == [("Kim", None, False)]
    with pytest.raises(InvalidParameterError, match="has an access token"):
        tokens.create("Kim")
    tokens.revoke("Kim")
    assert tokens.person(token) == ""
    with pytest.raises(NotFoundError):
        tokens.revoke("Kim")


def test_an_expired_token_names_nobody(tokens: AccessTokens) -> None:
    token = tokens.create("Kim", days=1e-9)
    assert tokens.person(token) == ""
    assert tokens.list()[0].expired
    with pytest.raises(InvalidParameterError, match="a positive number"):
        tokens.create("Lee", days=0)


@pytest.mark.parametrize("text", ["", "tagviz-", "x" * 10_000, "' OR '1'='1", "tagviz-\udcff"])
def test_what_is_no_token_names_nobody(tokens: AccessTokens, text: str) -> None:
    tokens.create("Kim")
    assert tokens.person(text) == ""


def test_the_database_does_not_hold_the_token(tokens: AccessTokens, tmp_path: Path) -> None:
    token = tokens.create("Kim")
    rows = sqlite3.connect(tmp_path / "tagviz.db").execute("SELECT * FROM access_tokens").fetchall()
    assert rows
    assert token not in str(rows)
