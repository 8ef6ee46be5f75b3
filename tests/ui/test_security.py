"""The server as the network sees it: a real process, raw HTTP and websocket clients."""

from __future__ import annotations

import asyncio
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tagviz.errors import InvalidParameterError
from tagviz.server_settings import ServerSettings
from tagviz.ui import security
from tagviz.ui.components.map.files import BUNDLE
from tagviz.ui.components.report_panel import view as glance
from tests.serving import ROOT, serving

FOREIGN = "evil.example"
EVERY_ROUTE = ("/", "/Recommend", "/ready", "/_stcore/health", "/map/files/x.bin", f"/{BUNDLE.url}")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = {"TAGVIZ_HOME": str(tmp_path_factory.mktemp("security")), "TAGVIZ_DATABASE_URL": ""}
    with serving(ROOT / "app.py", home, "/ready") as started:
        yield started


def ask(
    address: str, path: str, headers: Mapping[str, str] | None = None, method: str = "GET"
) -> tuple[int, Mapping[str, str], bytes]:
    """Status, headers (lower case) and body of one request, with exactly these headers besides Host."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, text in {"Host": parts.netloc, **(headers or {})}.items():
            connection.putheader(name, text)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, {name.lower(): text for name, text in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def websocket_status(address: str, host: str = "", origin: str | None = None, path: str = "/_stcore/stream") -> int:
    """The status with which a websocket is answered: 101 is open. The TCP connection goes to the server whatever the
    Host header says, as after DNS rebinding."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=30) as plain:
        try:
            with connect(
                f"ws://{host or parts.netloc}{path}",
                sock=plain,
                origin=origin,  # type: ignore[arg-type]
                subprotocols=["streamlit"],  # type: ignore[list-item]
                proxy=None,
            ):
                return 101
        except InvalidStatus as error:
            return error.response.status_code


def test_own_names_are_answered(address: str) -> None:
    port = urlsplit(address).port
    for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"LOCALHOST:{port}"):
        assert ask(address, "/ready", {"Host": host})[0] == 200
        assert websocket_status(address, host, f"http://{host.lower()}") == 101


@pytest.mark.parametrize("path", EVERY_ROUTE)
def test_a_foreign_host_is_refused_on_every_route(address: str, path: str) -> None:
    for host in (
        FOREIGN,
        f"{FOREIGN}:{urlsplit(address).port}",
        "127.0.0.1.evil.example",
        "localhost@evil.example",
        "",
    ):
        assert ask(address, path, {"Host": host})[0] == 403, host


def test_dns_rebinding_opens_no_websocket(address: str) -> None:
    """The page of a foreign name that now resolves to 127.0.0.1: Host and Origin agree with each other."""
    port = urlsplit(address).port
    assert websocket_status(address, f"{FOREIGN}:{port}", f"http://{FOREIGN}:{port}") == 403


def test_a_foreign_origin_opens_no_websocket_and_writes_nothing(address: str) -> None:
    port = urlsplit(address).port
    for origin in (f"http://{FOREIGN}", "null", f"http://localhost:{port + 1 if port else 1}", "http://[::1"):
        assert websocket_status(address, origin=origin) == 403, origin
        for method in ("POST", "PUT", "DELETE", "OPTIONS"):
            assert ask(address, "/_stcore/upload_file/a/b", {"Origin": origin}, method)[0] == 403, origin


def test_a_foreign_origin_may_not_read_an_answer(address: str) -> None:
    status, headers, _ = ask(address, "/_stcore/health", {"Origin": f"http://{FOREIGN}"})
    assert status == 200
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("path", [*EVERY_ROUTE, "/map/nothing"])
def test_every_answer_has_security_headers(address: str, path: str) -> None:
    for host in (urlsplit(address).netloc, FOREIGN):
        headers = ask(address, path, {"Host": host})[1]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["x-frame-options"] == "SAMEORIGIN"
        assert "frame-ancestors 'self'" in headers["content-security-policy"]
        assert "img-src 'self'" in headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/map",
        "/map/",
        "/map/nothing",
        "/map/files/../../etc/passwd",
        f"/map/files/{'0' * 24}.bin",
        "/map/bundle-.js",
        "/map/bundle-0123456789ab.js",
        "/glance/x/y",
        "/glance/bundle-a.js",
        "/glance/bundle-0123456789ab.js",
        "/ready/x",
    ],
)
def test_what_is_not_there_is_404_and_never_kept(address: str, path: str) -> None:
    status, headers, _ = ask(address, path)
    assert status in (400, 404)
    assert "immutable" not in headers.get("cache-control", "")


def test_the_right_hash_is_kept_for_ever(address: str) -> None:
    for url in (BUNDLE.url, glance.BUNDLE.url):
        status, headers, body = ask(address, f"/{url}")
        assert (status, "immutable" in headers["cache-control"]) == (200, True)
        assert body


def test_a_huge_header_is_refused(address: str) -> None:
    with suppress(ConnectionError):  # refused before all of it has been sent
        assert 400 <= ask(address, "/ready", {"X-Long": "a" * 1_000_000})[0] < 500
    assert ask(address, "/ready")[0] == 200


def test_routes_lie_under_the_base_path(tmp_path: Path) -> None:
    home = {"TAGVIZ_HOME": str(tmp_path), "TAGVIZ_DATABASE_URL": ""}
    with serving(ROOT / "app.py", home, "/team/tags/ready", ["--server.baseUrlPath=/team/tags/"]) as address:
        assert ask(address, "/team/tags/ready")[2] == b'{"ready":true}'
        assert ask(address, f"/team/tags/{BUNDLE.url}")[1]["content-type"].startswith("text/javascript")
        assert ask(address, f"/team/tags/{glance.BUNDLE.url}")[0] == 200
        assert ask(address, "/team/tags/map/nothing")[0] == 404
        assert b"<!DOCTYPE html>" in ask(address, "/team/tags/Tag_map")[2]
        assert ask(address, "/ready")[0] == 404
        assert websocket_status(address, path="/team/tags/_stcore/stream") == 101


def start(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A start that is expected to fail: it ends by itself."""
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port=0", *options]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize(
    ("options", "environment", "sentence"),
    [
        (["--server.address=0.0.0.0"], {}, "tagviz does not start on the address 0.0.0.0"),
        (["--server.address=::"], {}, "tagviz does not start on the address ::"),
        ([], {"STREAMLIT_SERVER_ADDRESS": "0.0.0.0"}, "tagviz does not start on the address 0.0.0.0"),
        (
            ["--server.enableXsrfProtection=false"],
            {},
            "tagviz does not start with server.enableXsrfProtection = false",
        ),
        ([], {"TAGVIZ_OPEN_TO_EVERYONE": "maybe"}, "TAGVIZ_OPEN_TO_EVERYONE is 'maybe'"),
    ],
)
def test_an_open_door_does_not_start(
    tmp_path: Path, options: list[str], environment: dict[str, str], sentence: str
) -> None:
    ended = start(*options, TAGVIZ_HOME=str(tmp_path), **environment)
    assert ended.returncode != 0
    assert sentence in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1, ended.stderr


def outer_address() -> str:
    for each in psutil.net_if_addrs().values():
        for one in each:
            if one.family is socket.AF_INET and not one.address.startswith("127."):
                return one.address
    pytest.skip("this machine has no address but the loopback")


def test_open_to_everyone_answers_under_the_machines_own_names_only(tmp_path: Path) -> None:
    own = outer_address()
    home = {"TAGVIZ_HOME": str(tmp_path), "TAGVIZ_DATABASE_URL": "", "TAGVIZ_OPEN_TO_EVERYONE": "yes"}
    with serving(ROOT / "app.py", home, "/ready", ["--server.address=0.0.0.0"]) as address:
        port = urlsplit(address).port
        assert ask(f"http://{own}:{port}", "/ready")[0] == 200
        assert websocket_status(f"http://{own}:{port}") == 101
        assert ask(f"http://{own}:{port}", "/ready", {"Host": f"{FOREIGN}:{port}"})[0] == 403


def test_another_server_does_not_open_what_the_options_close(tmp_path: Path) -> None:
    """uvicorn listens where it is told to; requests that come in from outside are refused all the same."""
    own = outer_address()
    with socket.socket() as free:
        free.bind((own, 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "app:app", "--host", "0.0.0.0", "--port", str(port), "--log-level", "error"],
        cwd=ROOT,
        env={**os.environ, "TAGVIZ_HOME": str(tmp_path), "TAGVIZ_DATABASE_URL": ""},
    )
    try:
        for _ in range(600):
            try:
                local = ask(f"http://127.0.0.1:{port}", "/_stcore/health")[0]
                break
            except ConnectionError:
                process.poll()
                assert process.returncode is None
                time.sleep(0.2)
        assert local == 200
        assert ask(f"http://{own}:{port}", "/_stcore/health", {"Host": f"localhost:{port}"})[0] == 403
    finally:
        process.terminate()
        process.wait(20)


class Recorder:
    """An app that keeps the headers it sees."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}

    async def __call__(self, scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        self.headers = {name.decode(): text.decode() for name, text in scope["headers"]}


IDENTITIES = {
    "x-forwarded-user": "admin",
    "X_Forwarded_User": "admin",
    "x-auth-request-email": "admin@example.com",
    "remote-user": "admin",
    "x-team-person": "admin",
}


@pytest.mark.parametrize(
    ("peer", "trusted", "arrives"),
    [
        ("10.0.0.2", "10.0.0.2", True),
        ("::ffff:10.0.0.2", "10.0.0.0/24", True),
        ("10.0.0.3", "10.0.0.2", False),
        ("127.0.0.1", "", False),
    ],
)
def test_identity_headers_come_from_the_proxy_only(
    monkeypatch: pytest.MonkeyPatch, peer: str, trusted: str, arrives: bool
) -> None:
    """The peer counts, not what X-Forwarded-For makes of it: uvicorn's own middleware runs before ours."""
    import uvicorn

    monkeypatch.setenv("TAGVIZ_TRUSTED_PROXIES", trusted)
    monkeypatch.setattr("uvicorn.config.ProxyHeadersMiddleware", uvicorn.config.ProxyHeadersMiddleware)
    security._remember_peers()
    recorder = Recorder()
    policy = security.Policy(ServerSettings.from_environment(), frozenset({"x-team-person"}))
    guarded = security.SecurityMiddleware(recorder, policy)
    app = uvicorn.config.ProxyHeadersMiddleware(guarded, trusted_hosts="*")  # type: ignore[arg-type]
    headers = {"host": "localhost", "accept": "*/*", "x-forwarded-for": "10.0.0.2:4711", **IDENTITIES}
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "server": ("127.0.0.1", 80),
        "client": (peer, 4711),
        "headers": [(name.encode(), text.encode()) for name, text in headers.items()],
    }
    with ThreadPoolExecutor(1) as thread:  # Playwright's event loop may be running in this one
        thread.submit(asyncio.run, app(scope, None, None)).result()  # type: ignore[arg-type]
    assert recorder.headers["accept"] == "*/*"
    assert ({*IDENTITIES} <= {*recorder.headers}) is arrives
    assert arrives or not {*IDENTITIES} & {*recorder.headers}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("TAGVIZ_TRUSTED_PROXIES", "proxy"),
        ("TAGVIZ_FRAME_ANCESTORS", "https://wiki.example; script-src *"),
        ("TAGVIZ_IMPORT_ROOTS", "data"),
        ("TAGVIZ_IMPORT_ROOTS", "/"),
    ],
)
def test_settings_that_cannot_be_read_are_refused(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    monkeypatch.setenv(name, text)
    with pytest.raises(InvalidParameterError, match=name):
        ServerSettings.from_environment()


def test_embedding_can_be_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAGVIZ_FRAME_ANCESTORS", "'self' https://wiki.example.com")
    headers = security.Policy(ServerSettings.from_environment()).response_headers()
    assert headers["Content-Security-Policy"].endswith("frame-ancestors 'self' https://wiki.example.com")
    assert "X-Frame-Options" not in headers
