"""The dashboard behind a real nginx: TLS, a path of its own, websockets, headers of visitors; a prefix taken away."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tagviz.ui.components.map.files import BUNDLE
from tests.chromium import PATIENCE
from tests.serving import ROOT, serving

CONFIGURATION = ROOT / "deploy" / "nginx.conf"
HOST = "tags.example.com"


@contextmanager
def nginx(folder: Path, upstream: str, edit: tuple[str, str] = ("", "")) -> Iterator[int]:
    """Debian's nginx with deploy/nginx.conf in front of a dashboard; yields its port.

    edit: a pair of texts, of which the first is replaced by the second in the configuration.
    """
    program = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if program is None:
        pytest.skip("Debian's nginx is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    key, certificate = folder / "tagviz.key", folder / "tagviz.crt"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}"),
            *("-addext", f"subjectAltName=DNS:{HOST}", "-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    text = CONFIGURATION.read_text(encoding="utf-8")
    for old, new in (
        ("127.0.0.1:8501", upstream),
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("/etc/ssl/tagviz.crt", str(certificate)),
        ("/etc/ssl/tagviz.key", str(key)),
        edit,
    ):
        assert old in text
        text = text.replace(old, new) if old else text
    temporary = " ".join(
        f"{name}_temp_path {folder / name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user} pid {folder / 'pid'}; error_log {folder / 'error.log'}; daemon off;\n"
        f"events {{}} http {{ access_log off; {temporary}\n{text}\n}}",
        encoding="utf-8",
    )
    process = subprocess.Popen([program, "-c", str(folder / "nginx.conf"), "-p", str(folder)])
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        assert process.poll() is None, (folder / "error.log").read_text()
        yield port
    finally:
        process.terminate()
        process.wait(10)


def ask(port: int, path: str, headers: dict[str, str] | None = None, host: str = HOST) -> tuple[int, bytes]:
    import http.client

    context = ssl._create_unverified_context()
    connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=30)
    connection.request("GET", path, headers={"Host": f"{host}:{port}", **(headers or {})})
    answer = connection.getresponse()
    return answer.status, answer.read()


def websocket(port: int, path: str, origin: str | None = None, headers: dict[str, str] | None = None) -> int:
    plain = socket.create_connection(("127.0.0.1", port), timeout=30)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with connect(
            f"wss://{HOST}:{port}{path}",
            sock=plain,
            ssl=context,
            origin=origin,  # type: ignore[arg-type]
            additional_headers=headers,
            subprotocols=["streamlit"],  # type: ignore[list-item]
            proxy=None,
        ):
            return 101
    except InvalidStatus as error:
        return error.response.status_code
    finally:
        plain.close()


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    home = {"TAGVIZ_HOME": str(tmp_path_factory.mktemp("home")), "TAGVIZ_DATABASE_URL": ""}
    home["TAGVIZ_TRUSTED_PROXIES"] = "127.0.0.1"
    options = ["--server.baseUrlPath=tags", f"--server.allowedHosts={HOST}"]
    with (
        serving(ROOT / "app.py", home, "/tags/ready", options) as address,
        nginx(tmp_path_factory.mktemp("nginx"), urlsplit(address).netloc) as started,
    ):
        yield started


def test_pages_routes_and_websockets_are_answered_under_the_path(port: int) -> None:
    assert ask(port, "/tags/ready") == (200, b'{"ready":true}')
    assert b"<!DOCTYPE html>" in ask(port, "/tags/Tag_map")[1]
    assert ask(port, f"/tags/{BUNDLE.url}")[0] == 200
    assert ask(port, "/tags/map/nothing")[0] == 404
    assert websocket(port, "/tags/_stcore/stream", f"https://{HOST}:{port}") == 101


def test_other_names_and_origins_are_refused(port: int) -> None:
    assert ask(port, "/tags/ready", host="evil.example")[0] == 403
    assert websocket(port, "/tags/_stcore/stream", "https://evil.example") == 403


def test_figures_are_not_for_visitors(port: int) -> None:
    assert ask(port, "/tags/metrics")[0] == 403


@pytest.mark.browser
def test_the_map_is_drawn(port: int, browser: Browser) -> None:
    with browser.new_context(ignore_https_errors=True) as context:
        page = context.new_page()
        page.goto(f"https://localhost:{port}/tags/Tag_map?corpus=demo", timeout=PATIENCE)
        page.wait_for_function("window.__map && window.__map.ready", timeout=PATIENCE)


def test_a_login_header_of_a_visitor_does_not_get_through(tmp_path: Path) -> None:
    environment = {
        "TAGVIZ_HOME": str(tmp_path / "home"),
        "TAGVIZ_DATABASE_URL": "",
        "TAGVIZ_LOGIN": "header",
        "TAGVIZ_TRUSTED_PROXIES": "127.0.0.1",
        "STREAMLIT_SERVER_TRUSTED_USER_HEADERS": '{"X-Forwarded-Email": "email"}',
    }
    options = ["--server.baseUrlPath=tags", f"--server.allowedHosts={HOST}"]
    forged = {"X-Forwarded-Email": "admin@example.com"}
    with serving(ROOT / "app.py", environment, "/tags/ready", options) as address:
        upstream = urlsplit(address).netloc
        outer, inner = tmp_path / "outer", tmp_path / "inner"
        outer.mkdir()
        inner.mkdir()
        with nginx(outer, upstream) as port:
            assert ask(port, "/tags/", forged)[0] == 401
            assert websocket(port, "/tags/_stcore/stream", headers=forged) == 403
        named = ('X-Forwarded-Email ""', 'X-Forwarded-Email "kim@example.com"')
        with nginx(inner, upstream, named) as port:
            assert ask(port, "/tags/", forged)[0] == 200
            assert websocket(port, "/tags/_stcore/stream") == 101


def test_a_proxy_may_take_the_prefix_away(tmp_path: Path) -> None:
    home = {"TAGVIZ_HOME": str(tmp_path / "home"), "TAGVIZ_DATABASE_URL": ""}
    edit = ("proxy_pass http://tagviz;", "proxy_pass http://tagviz/;")
    with (
        serving(ROOT / "app.py", home, "/ready", [f"--server.allowedHosts={HOST}"]) as address,
        nginx(tmp_path, urlsplit(address).netloc, edit) as port,
    ):
        assert ask(port, "/tags/ready")[0] == 200
        assert re.search(r'src="\./', ask(port, "/tags/")[1].decode())
        assert ask(port, f"/tags/{BUNDLE.url}")[0] == 200
        assert websocket(port, "/tags/_stcore/stream", f"https://{HOST}:{port}") == 101
