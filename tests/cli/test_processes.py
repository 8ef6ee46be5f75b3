"""Several dashboards behind one address, with real processes and a real browser's cookie."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from tagviz.cli import main
from tagviz.cli.processes import MOST
from tagviz.shared_address import COOKIE
from tests.serving import ROOT, STARTS_WITHIN, free_port
from tests.websocket_client import websocket_client


def test_a_number_out_of_range_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--processes", str(MOST + 1), "--port", str(free_port())]) == 1
    assert f"1 to {MOST} were expected" in capsys.readouterr().err


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[psutil.Process, int]]:
    """`tagviz run --processes 2`, and its port."""
    port = free_port()
    environment = {**os.environ, "TAGVIZ_HOME": str(tmp_path_factory.mktemp("home")), "TAGVIZ_DATABASE_URL": ""}
    command = [sys.executable, "-m", "tagviz", "run", "--processes", "2", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        for number in ("0", "1"):
            _until_ready(port, number)
        yield psutil.Process(process.pid), port
    finally:
        process.terminate()
        process.wait(30)


def _ask(port: int, number: str = "", path: str = "/ready") -> tuple[int, str]:
    """Ask a process by its cookie ("": a browser that has none); returns the status and the cookie that comes back."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        headers = {"Cookie": f"_xsrf=a; {COOKIE}={number}; theme=dark"} if number else {}
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        cookies = [text for name, text in answer.getheaders() if name == "set-cookie" and COOKIE in text]
        return answer.status, "".join(cookies)


def _until_ready(port: int, number: str) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < end:
        try:
            if _ask(port, number)[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise TimeoutError(f"process {number} did not get ready")


def test_a_browser_stays_with_its_process(front: tuple[psutil.Process, int]) -> None:
    port = front[1]
    given = {_ask(port)[1].partition(";")[0] for _request in range(4)}
    assert given == {f"{COOKIE}=0", f"{COOKIE}=1"}
    for number in ("0", "1"):
        assert _ask(port, number) == (200, "")
    assert _ask(port, "77")[1].startswith(COOKIE)  # of a time when there were more processes
    assert "HttpOnly; SameSite=Lax" in _ask(port)[1]


def test_each_process_answers_a_page_over_its_websocket(front: tuple[psutil.Process, int]) -> None:
    for number in ("0", "1"):
        headers = {"Cookie": f"{COOKIE}={number}"}
        with websocket_client(f"http://127.0.0.1:{front[1]}", headers) as client:
            rerun = client.run("Recommend", {"title": "jazz"})
            assert not rerun.failed
            assert "jazz" in rerun.text


def test_who_sends_nothing_stops_nobody(front: tuple[psutil.Process, int]) -> None:
    silent = [http.client.HTTPConnection("127.0.0.1", front[1], timeout=5) for _number in range(20)]
    for connection in silent:
        connection.connect()
        connection.sock.sendall(b"GET /ready HTTP/1.1\r\n")
    assert _ask(front[1])[0] == 200
    for connection in silent:
        connection.close()


def test_more_connections_than_files_may_be_open_end_nothing(front: tuple[psutil.Process, int]) -> None:
    process, port = front
    soft, hard = process.rlimit(psutil.RLIMIT_NOFILE)
    process.rlimit(psutil.RLIMIT_NOFILE, (process.num_fds() + 8, hard))
    try:
        silent = [socket.create_connection(("127.0.0.1", port), 5) for _number in range(30)]
        time.sleep(0.5)
        assert process.is_running()
        for connection in silent:
            connection.close()
        _until_ready(port, "1")
    finally:
        process.rlimit(psutil.RLIMIT_NOFILE, (soft, hard))


def test_a_process_that_ends_is_started_again(front: tuple[psutil.Process, int]) -> None:
    process, port = front
    before = process.children()
    assert len(before) == 2
    before[0].kill()
    assert _ask(port, "1")[0] == 200
    _until_ready(port, "0")
    after = {child.pid for child in process.children()}
    assert len(after) == 2
    assert before[1].pid in after
    assert before[0].pid not in after


def test_nothing_is_left_when_it_is_stopped(tmp_path: Path) -> None:
    port = free_port()
    environment = {**os.environ, "TAGVIZ_HOME": str(tmp_path), "TAGVIZ_DATABASE_URL": ""}
    command = [sys.executable, "-m", "tagviz", "run", "--processes", "2", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    while _refused(port):
        time.sleep(0.1)
    children = psutil.Process(process.pid).children()
    process.terminate()
    assert process.wait(30) == 0
    assert not psutil.wait_procs(children, 30)[1]


def test_nothing_is_left_when_it_is_killed(front: tuple[psutil.Process, int]) -> None:
    children = front[0].children()
    assert len(children) == 2
    front[0].kill()
    assert not psutil.wait_procs(children, 30)[1]


def _refused(port: int) -> bool:
    try:
        return _ask(port)[0] == 0
    except OSError:
        return True
