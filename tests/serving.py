"""A Streamlit server of its own for tests and benchmarks that drive a browser."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
STARTS_WITHIN = 120.0
"""Seconds that a start may take on a busy machine."""

OPTIONS = (
    "--server.headless=true",
    "--server.address=127.0.0.1",
    "--server.fileWatcherType=none",
    "--browser.gatherUsageStats=false",
)


def free_port() -> int:
    """A port of loopback that nobody uses now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def serving(
    script: Path,
    environment: Mapping[str, str],
    ready: str = "/_stcore/health",
    options: Sequence[str] = (),
    log: Path | None = None,
    port: int = 0,
    processes: int = 1,
) -> Iterator[str]:
    """The address of a server that runs the script and answers 200 at `ready`; it ends with the block.

    options: further ones of `streamlit run`; where they repeat one of OPTIONS, they win. log: where the server's own
    output goes. port: 0 for any that is free. processes: more than one: `tagviz run --processes`, on the app itself.

    Raises TimeoutError when it does not answer within STARTS_WITHIN."""
    port = port or free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), f"--server.port={port}", *OPTIONS, *options]
    if processes > 1:
        command = [sys.executable, "-m", "tagviz", "run", f"--processes={processes}", f"--port={port}"]
    with (log or Path(os.devnull)).open("ab") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdout=output, stderr=subprocess.STDOUT
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address + ready)
        yield address
    finally:
        process.terminate()
        process.wait(20)
        _end_workers(environment.get("TAGVIZ_HOME", ""))


def _end_workers(home: str) -> None:
    """End the workers of a workspace, which outlive its dashboard and would compute beside the tests that follow."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if "tagviz.worker" in process.cmdline() and home and process.environ().get("TAGVIZ_HOME") == home:
                for each in (*process.children(recursive=True), process):
                    each.kill()


def _wait(address: str) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            pass
        time.sleep(0.2)
    raise TimeoutError(f"{address} did not answer")
