"""Waiting times: start, pages, a query, `predict`, an import; and what memory the dashboard takes.

    python -m benchmarks.dashboard            # prints the table and writes it into docs/benchmarks/

The start is measured from launching the server to the browser's map being drawn, after one start that warms the disk.
Times of the library are taken in this process on the demo and, where they lie beside the project, on the real lists;
the real lists' models are trained once into build/dashboard.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import numpy as np
import psutil
from playwright.sync_api import Page, sync_playwright

from benchmarks.report import write_section
from tagviz.operations import corpora, evaluation, models, recommend
from tagviz.operations.context import Context
from tagviz.settings import ASSETS
from tagviz.store.workspace import Workspace
from tagviz.types import Kind, Query
from tests.chromium import launch

ROOT = Path(__file__).resolve().parent.parent
LISTS = ROOT.parent / "shared" / "data" / "lastfm-melon-shape"
BUILD = ROOT / "build" / "dashboard"
TITLES = ("rainy sunday", "비오는날", "route de nuit", "late night jazz", "workout", "80s party", "sad piano", "summer")


@dataclass(frozen=True)
class Row:
    """One line of the table: what was done, what was measured, what was asked for."""

    what: str
    measured: str
    wanted: str


@contextmanager
def server(home: Path | None = None) -> Iterator[tuple[str, psutil.Process]]:
    """A dashboard on the demo with an empty home, or that home; yields at once, before it is ready."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as empty:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
            cwd=ROOT,
            env={**os.environ, "TAGVIZ_HOME": str(home or empty)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield f"http://127.0.0.1:{port}", psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait(20)


def wait_ready(address: str) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"{address}/ready", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            pass
        time.sleep(0.05)
    raise TimeoutError(f"{address} did not become ready")


def start_to_map(page: Page) -> float:
    with server() as (address, _):
        started = time.perf_counter()
        wait_ready(address)
        page.goto(f"{address}/Tag_map")
        page.wait_for_function(
            "window.__map && window.__map.ready() && window.__map.labels().length > 0", timeout=90_000
        )
        return time.perf_counter() - started


def page_changes(page: Page) -> tuple[list[float], float]:
    """Seconds from clicking a menu link to the page's heading, with every page seen once before; peak memory in MB."""
    names = ("Recommend", "Evaluate", "Train", "Data", "Tag map")
    seconds = []
    with server() as (address, process):
        wait_ready(address)
        page.goto(address)
        for lap in range(2):
            for name in names:
                started = time.perf_counter()
                page.get_by_role("link", name=name, exact=True).first.click()
                page.get_by_role("heading", name=re.compile(f"^{name}")).first.wait_for(timeout=60_000)
                if lap:
                    seconds.append(time.perf_counter() - started)
                page.locator("[data-testid=stStatusWidget]").wait_for(state="detached", timeout=60_000)
                page.wait_for_timeout(300)
        return seconds, peak(process)


def peak(process: psutil.Process) -> float:
    """The most memory the process has held, in MB, as Linux counts it."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found.group(1)) / 1024 if found else float("nan")


def milliseconds(ask: Callable[[str], object]) -> str:
    """Median and slowest of one question a title, after one that warms up."""
    ask(TITLES[0])
    times = []
    for title in TITLES:
        started = time.perf_counter()
        ask(title)
        times.append(1000 * (time.perf_counter() - started))
    return f"{np.median(times):.0f} ms (slowest {max(times):.0f})"


def queries(ws: Workspace, name: str, refs: tuple[str, ...], wanted: str) -> list[Row]:
    corpus = corpora.open_corpus(Context(ws), name)
    rows = []
    for ref in refs:
        models.open_model(Context(ws), corpus, ref)  # trains it, if there is none
        started = time.perf_counter()
        model = models.open_model(Context(ws), corpus, ref)
        opened = time.perf_counter() - started

        def ask(title: str, model: models.Model = model) -> None:
            for kind in (Kind.TAG, Kind.SONG):
                recommend.recommend(corpus, model, Query(title=title, n=20), kind)

        rows.append(Row(f"query on {name}, {ref}: tags and songs with reasons", milliseconds(ask), wanted))
        if ref == "best":
            rows.append(Row(f"opening best of {name}", f"{opened:.2f} s", "≤ 2 s"))
    return rows


def predictions(ws: Workspace, refs: tuple[str, ...]) -> list[Row]:
    folder = BUILD / "split"
    shutil.rmtree(folder, ignore_errors=True)
    corpus = corpora.open_corpus(Context(ws), "lastfm")
    evaluation.split(corpus, folder)
    rows = []
    for ref in refs:
        model = models.open_model(Context(ws), corpus, ref)
        made = recommend.predict(corpus, model, folder / "questions.json", BUILD / "results.json")
        wanted = "≥ 100 a second" if ref == "best" else "≥ 200 a second"
        rows.append(Row(f"predict on lastfm, {ref}", f"{made.questions / made.seconds:.0f} questions a second", wanted))
    return rows


def measure() -> list[Row]:
    rows = []
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        start_to_map(page)
        times = [start_to_map(page) for _ in range(3)]
        rows.append(Row("start of the server to a drawn map of the demo", f"{np.median(times):.1f} s", "≤ 8 s"))
        seconds, memory = page_changes(page)
        slowest = f"{np.median(seconds):.2f} s (slowest {max(seconds):.2f})"
        rows.append(Row("page change", slowest, "≤ 1 s"))
        rows.append(Row("peak memory of the dashboard, all pages opened twice", f"{memory:.0f} MB", "≤ 700 MB"))
        browser.close()
    ws = Workspace(BUILD / "home", ASSETS / "demo")
    rows += queries(ws, "demo", ("spectral", "word2vec", "best"), "≤ 150 ms")
    if LISTS.is_dir():
        started = time.perf_counter()
        corpora.import_corpus(Context(ws), LISTS, "lastfm", format="melon")
        rows.append(Row("import of the real lists", f"{time.perf_counter() - started:.1f} s", "≤ 5 s"))
        rows += queries(ws, "lastfm", ("spectral", "best"), "≤ 300 ms")
        rows += predictions(ws, ("spectral", "spectral:playlists", "best"))
    return rows


def main() -> None:
    rows = measure()
    load = os.getloadavg()[0]
    table = ["| task | measured | target |", "| --- | --- | --- |"]
    table += [f"| {row.what} | {row.measured} | {row.wanted} |" for row in rows]
    head = f"`python -m benchmarks.dashboard`, {os.cpu_count()} cores, load average {load:.1f} at the end."
    text = "\n".join(["## Waiting times", "", head, "", *table])
    write_section("dashboard", text)


if __name__ == "__main__":
    main()
