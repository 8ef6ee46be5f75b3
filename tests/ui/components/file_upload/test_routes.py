"""The route that takes files: who may send what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string
from streamlit.web.server.starlette.starlette_server_config import XSRF_COOKIE_NAME

from tagviz.operations.context import Context
from tagviz.server_settings import ServerSettings, server_settings
from tagviz.store.workspace import Workspace
from tagviz.ui.components.file_upload import routes, tickets

TOKEN = generate_xsrf_token_string()
HEADERS = {routes.XSRF_HEADER: TOKEN}


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr("tagviz.ui.cache.context", lambda: Context(Workspace(tmp_path)))
    small = ServerSettings(**{**vars(server_settings()), "largest_upload": 3})
    monkeypatch.setattr(tickets, "server_settings", lambda: small)
    with TestClient(Starlette(routes=routes.routes()), cookies={XSRF_COOKIE_NAME: TOKEN}) as made:
        yield made


def test_a_file_is_streamed_to_the_disk_and_deleted(client: TestClient) -> None:
    name = tickets.issue()
    ticket = tickets.find(name)
    assert ticket is not None
    content = bytes(range(256)) * 10_000
    answer = client.post(f"/upload/{name}?name=a/b.csv", content=content, headers=HEADERS)
    assert answer.status_code == 200
    assert answer.json() == {"files": 1}
    assert (ticket.folder / "a" / "b.csv").read_bytes() == content
    assert client.delete(f"/upload/{name}?name=a/b.csv", headers=HEADERS).status_code == 200
    assert not list(ticket.folder.iterdir())


def test_only_a_page_of_ours_may_send(client: TestClient) -> None:
    name = tickets.issue()
    for headers in ({}, {routes.XSRF_HEADER: "another"}):
        assert client.post(f"/upload/{name}?name=a", content=b"x", headers=headers).status_code == 403
    assert client.post("/upload/unknown?name=a", content=b"x", headers=HEADERS).status_code == 404
    assert client.get(f"/upload/{name}", headers=HEADERS).status_code == 405


def test_too_much_is_refused_whether_or_not_it_says_so(client: TestClient) -> None:
    name = tickets.issue()
    ticket = tickets.find(name)
    assert ticket is not None

    def parts() -> Iterator[bytes]:
        for _part in range(8):
            yield b"x" * 500_000

    for content in (b"x" * 4_000_000, parts()):
        answer = client.post(f"/upload/{name}?name=songs.json", content=content, headers=HEADERS)
        assert answer.status_code == 413
        assert "tagviz import songs.json" in answer.json()["error"]
        assert "TAGVIZ_LARGEST_UPLOAD=4" in answer.json()["error"]
    assert not list(ticket.folder.iterdir())


def test_a_full_disk_is_said(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: tickets.Arrival, block: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tickets.Arrival, "write", full)
    answer = client.post(f"/upload/{tickets.issue()}?name=a", content=b"x", headers=HEADERS)
    assert answer.status_code == 507
    assert "No space left on device — free space" in answer.json()["error"]
