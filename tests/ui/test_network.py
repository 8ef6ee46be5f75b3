"""No request leaves the machine: every socket that the server, a worker and the command line use is written down."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.serving import ROOT, serving
from tests.websocket_client import websocket_client

HOOK = """
import sys

WATCHED = ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname")

def write_down(event, arguments):
    if event in WATCHED:
        named = arguments[1] if event.startswith(("socket.connect", "socket.send")) else arguments[0]
        with open({log!r}, "a") as log:
            log.write(f"{{event}} {{named!r}} {{sys.argv!r}}\\n")

sys.addaudithook(write_down)
"""
LOCAL = re.compile(r"^\S+ (\('127\.0\.0\.1'|\('::1'|'localhost'|'127\.0\.0\.1'|None|b?'/|'')")
PAGES = ("", "Tag_map", "Recommend", "Evaluate", "Train", "Data", "Judge", "Curate", "Watch")


@pytest.fixture
def watched(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A log of sockets, and the environment in which every Python process writes it."""
    log = tmp_path / "sockets.log"
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "sitecustomize.py").write_text(HOOK.format(log=str(log)))
    log.touch()
    return log, {
        "PYTHONPATH": os.pathsep.join([str(hooks), str(ROOT)]),
        "TAGVIZ_HOME": str(tmp_path / "home"),
        "TAGVIZ_DATABASE_URL": "",
    }


def strangers(log: Path) -> list[str]:
    return [line for line in log.read_text().splitlines() if not LOCAL.match(line)]


class Connections(threading.Thread):
    """Looks at the connections of a process and its children again and again, those of native libraries too."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.over = threading.Event()
        self.foreign: set[str] = set()

    def run(self) -> None:
        while not self.over.wait(0.02):
            for process in psutil.Process().children(recursive=True):
                try:
                    for one in process.net_connections("inet"):
                        if one.raddr and not one.raddr.ip.removeprefix("::ffff:").startswith(("127.", "::1")):
                            self.foreign.add(f"{process.name()} → {one.raddr.ip}:{one.raddr.port}")
                except psutil.Error:
                    continue


@pytest.fixture
def connections() -> Iterator[Connections]:
    thread = Connections()
    thread.start()
    yield thread
    thread.over.set()
    thread.join()


def test_start_and_every_page_ask_nobody(watched: tuple[Path, dict[str, str]], connections: Connections) -> None:
    log, environment = watched
    with serving(ROOT / "app.py", environment, "/ready") as address, websocket_client(address) as person:
        for page in PAGES:
            assert not person.run(page, {"title": "rainy night"}).failed
    assert not strangers(log)
    assert not connections.foreign


@pytest.mark.parametrize("options", [("--server.address=0.0.0.0",), ("--server.address=",)])
def test_a_server_that_is_open_asks_nobody_for_its_own_address(
    watched: tuple[Path, dict[str, str]], connections: Connections, options: tuple[str, ...]
) -> None:
    """Streamlit asks an outside service where no address is known, to print it and to compare origins with it."""
    log, environment = watched
    environment |= {"TAGVIZ_OPEN_TO_EVERYONE": "yes"}
    with serving(ROOT / "app.py", environment, "/ready", options) as address:
        for path in ("/_stcore/health", "/_stcore/host-config", "/media/x"):
            request = urllib.request.Request(address + path, headers={"Origin": "http://evil.example"})
            with suppress(urllib.error.HTTPError):
                urllib.request.urlopen(request, timeout=20).close()
        time.sleep(0.3)
    assert not strangers(log)
    assert not connections.foreign


@pytest.mark.parametrize("model", ["minilm", "sentence-transformers/all-MiniLM-L6-v2"])
def test_training_and_loading_a_sentence_model_ask_nobody(
    watched: tuple[Path, dict[str, str]], connections: Connections, model: str
) -> None:
    log, environment = watched
    command = [sys.executable, "-m", "tagviz", "train", "demo", "--method", "sentence", "--set", f"model={model}"]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=280, check=False
    )
    assert (done.returncode == 0) is (model == "minilm"), done.stderr
    assert model == "minilm" or "cannot be loaded" in done.stderr
    assert not strangers(log)
    assert not connections.foreign
