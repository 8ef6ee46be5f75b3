"""Logging in, with real servers: access tokens, a proxy's header; what is answered without a login."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tagviz.operations import access
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace
from tagviz.ui.components.map.files import BUNDLE
from tests.serving import ROOT, serving
from tests.ui.test_security import ask, start

OPEN = ("/ready", "/live", "/_stcore/health", "/login")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("login")


@pytest.fixture(scope="module")
def token(home: Path) -> str:
    return access.create_token(Context(Workspace(home)), "Kim")


@pytest.fixture(scope="module")
def address(home: Path, token: str) -> Iterator[str]:
    environment = {"TAGVIZ_HOME": str(home), "TAGVIZ_DATABASE_URL": "", "TAGVIZ_LOGIN": "token", "TAGVIZ_LOG": "json"}
    with serving(ROOT / "app.py", environment, "/ready", log=home / "server.log") as started:
        yield started


def websocket(address: str, headers: dict[str, str]) -> int:
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=30) as plain:
        try:
            with connect(
                f"ws://{parts.netloc}/_stcore/stream",
                sock=plain,
                additional_headers=headers,
                subprotocols=["streamlit"],  # type: ignore[list-item]
                proxy=None,
            ):
                return 101
        except InvalidStatus as error:
            return error.response.status_code


def send_token(address: str, token: str, wanted: str = "/") -> tuple[int, dict[str, str]]:
    import http.client

    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    body = urlencode({"token": token})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", f"/login?{urlencode({'next': wanted})}", body, headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status, {name.lower(): text for name, text in answer.getheaders()}


@pytest.mark.parametrize("path", ["/", "/Recommend", "/media/x", "/map/files/x.bin", "/_stcore/host-config"])
def test_nothing_is_answered_without_a_token(address: str, path: str) -> None:
    assert ask(address, path)[0] == 401
    status, headers, _body = ask(address, path, {"Accept": "text/html"})
    assert (status, headers["location"].startswith("/login?next=")) == (303, True)
    assert websocket(address, {}) == 403
    assert websocket(address, {"Cookie": "tagviz_token=tagviz-forged"}) == 403


def test_the_log_is_json_without_names_and_tokens(address: str, home: Path, token: str) -> None:
    send_token(address, token, "/Recommend?title=secret+wish")
    ask(address, "/Recommend?title=secret+wish", {"Cookie": f"tagviz_token={token}"})
    text = (home / "server.log").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    requests = [line for line in lines if line["logger"] == "tagviz.requests"]
    assert {"method": "GET", "path": "/Recommend", "status": 200}.items() <= requests[-1].items()
    assert requests[-1]["ms"] >= 0
    assert not [word for word in ("Kim", token, "secret") if word in text]


@pytest.mark.parametrize("path", OPEN)
def test_health_and_the_form_are_open(address: str, path: str) -> None:
    assert ask(address, path)[0] == 200


def test_a_token_opens_everything_until_it_is_revoked(address: str, token: str, home: Path) -> None:
    status, headers = send_token(address, token, "/Recommend?title=jazz")
    assert (status, headers["location"]) == (303, "/Recommend?title=jazz")
    cookie = headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    sent = {"Cookie": cookie.partition(";")[0]}
    assert ask(address, "/", sent)[0] == 200
    assert ask(address, f"/{BUNDLE.url}", sent)[0] == 200
    assert websocket(address, sent) == 101


@pytest.mark.parametrize("token_text", ["", "tagviz-wrong", "x" * 9000, "' OR 1=1 --", "\x00"])
def test_a_wrong_token_is_refused_with_the_form(address: str, token_text: str) -> None:
    assert send_token(address, token_text)[0] == 401


def test_a_huge_form_is_refused(address: str) -> None:
    assert send_token(address, "x" * 50_000)[0] == 413


@pytest.mark.parametrize("wanted", ["https://evil.example", "//evil.example", "/\\evil.example", "Recommend"])
def test_the_login_leads_to_pages_of_this_server_only(address: str, token: str, wanted: str) -> None:
    assert send_token(address, token, wanted)[1]["location"] == "/"


def test_a_form_of_another_site_is_refused(address: str) -> None:
    assert ask(address, "/login", {"Origin": "https://evil.example"}, "POST")[0] == 403


def test_metrics_are_for_this_machine(address: str) -> None:
    status, _headers, body = ask(address, "/metrics")
    assert status == 200
    assert b"tagviz_http_requests_total" in body
    assert b'tagviz_corpus_playlists{corpus="demo"' in body
    assert ask(address, "/metrics", {"X-Forwarded-For": "10.0.0.1"})[0] == 403


def test_a_header_counts_only_where_it_comes_from_the_proxy(tmp_path: Path) -> None:
    environment = {
        "TAGVIZ_HOME": str(tmp_path),
        "TAGVIZ_DATABASE_URL": "",
        "TAGVIZ_LOGIN": "header",
        "STREAMLIT_SERVER_TRUSTED_USER_HEADERS": '{"X-Forwarded-Email": "email"}',
    }
    named = {"X-Forwarded-Email": "kim@example.com"}
    with serving(ROOT / "app.py", {**environment, "TAGVIZ_TRUSTED_PROXIES": "127.0.0.1"}, "/ready") as address:
        assert ask(address, "/")[0] == 401
        assert websocket(address, {}) == 403
        assert ask(address, "/", named)[0] == 200
        assert websocket(address, named) == 101
    with serving(ROOT / "app.py", {**environment, "TAGVIZ_TRUSTED_PROXIES": "10.9.9.9"}, "/ready") as address:
        assert ask(address, "/", named)[0] == 401
        assert websocket(address, named) == 403


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"TAGVIZ_LOGIN": "password"}, "token was expected"),
        ({"TAGVIZ_LOGIN": "header"}, "server.trustedUserHeaders"),
        (
            {"TAGVIZ_LOGIN": "header", "STREAMLIT_SERVER_TRUSTED_USER_HEADERS": '{"X-User": "name"}'},
            "TAGVIZ_TRUSTED_PROXIES",
        ),
        ({"TAGVIZ_LOGIN": "oidc"}, "no [auth] section"),
        ({"TAGVIZ_ACCESS_FILE": "roles.toml"}, "an absolute path was expected"),
    ],
)
def test_an_incomplete_login_does_not_start(tmp_path: Path, environment: dict[str, str], sentence: str) -> None:
    ended = start(TAGVIZ_HOME=str(tmp_path), **environment)
    assert ended.returncode != 0
    assert sentence in ended.stderr
