"""The dashboard on a corpus of Melon's size in a real browser: map, search, question, evaluation; and what it sends.

    python -m benchmarks.scale_pages                # the full corpus of benchmarks/scale.py, with its spectral space
    python -m benchmarks.scale_pages --scale 0.1

The corpus and the model are those that `python -m benchmarks.scale --steps generate import spectral` made. The map's
layout and a report are made by the command line first, if they are not there, and timed. Each page is opened in
Chromium, the first time (cold) and again; bytes are what the browser received over HTTP and the socket.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks.dashboard import peak, server, wait_ready
from benchmarks.report import write_section
from benchmarks.scale import BUILD, tagviz
from tests.chromium import launch

PATIENCE = 120_000
PLACE = "corpus=melon&model=spectral"
ASKED = 23_015


@dataclass
class Traffic:
    """Bytes that the browser has received since it was asked last."""

    received: int = 0
    seen: list[int] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        page.on("websocket", lambda socket: socket.on("framereceived", lambda data: self.add(len(data))))
        page.on("response", lambda response: self.add(int(response.headers.get("content-length", "0"))))

    def add(self, size: int) -> None:
        self.received += size

    def take(self) -> float:
        """Megabytes."""
        size, self.received = self.received, 0
        return size / 2**20


def settle(page: Page) -> None:
    page.locator("[data-testid=stStatusWidget]").wait_for(state="detached", timeout=PATIENCE)


def mapped(page: Page, address: str) -> None:
    page.goto(f"{address}/Tag_map?{PLACE}")
    page.wait_for_function("window.__map && window.__map.ready() && window.__map.labels().length > 0", timeout=PATIENCE)


def chosen(page: Page, address: str, key: str) -> None:
    page.goto(f"{address}/Tag_map?{PLACE}&item={key}")
    page.get_by_text("playlists").first.wait_for(timeout=PATIENCE)
    settle(page)


def asked(page: Page, address: str, question: str) -> None:
    page.goto(f"{address}/Recommend?{PLACE}&{question}")
    page.get_by_text("Songs to add").first.wait_for(timeout=PATIENCE)
    settle(page)


def typed(page: Page, text: str) -> None:
    """From the first of two keys to the hits of both."""
    page.get_by_role("combobox", name="Tags").press_sequentially(text, delay=60)
    page.get_by_role("option", name=text).first.wait_for(timeout=PATIENCE)


def judged(page: Page, address: str, report: str) -> None:
    page.goto(f"{address}/Evaluate?{PLACE}&report={report}")
    page.locator(".panel[data-set] .histogram [data-mark]").first.wait_for(timeout=PATIENCE)


def looked_over(page: Page, address: str) -> None:
    page.goto(f"{address}/Data?{PLACE}")
    page.get_by_role("heading", name="Data").first.wait_for(timeout=PATIENCE)
    settle(page)


def made(home: Path, *arguments: str) -> tuple[dict[str, Any], float]:
    """What a command says, and its seconds."""
    started = time.perf_counter()
    environment = {**os.environ, "TAGVIZ_HOME": str(home), "TAGVIZ_DATABASE_URL": ""}
    done = subprocess.run(tagviz(*arguments), env=environment, check=True, capture_output=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found, time.perf_counter() - started


def measure(home: Path, tag: str) -> list[tuple[str, str]]:
    rows = []
    _, seconds = made(home, "project", "melon", "--model", "spectral")
    rows.append(("layout of all tags, by the command line", f"{seconds:.0f} s (or already there)"))
    report, seconds = made(home, "evaluate", "melon", "--model", "spectral:playlists", "--limit", str(ASKED))
    rows.append((f"evaluation of {ASKED:,} playlists (training again included)", f"{seconds:.0f} s"))
    ident = str(report.get("report") or report.get("id"))
    with sync_playwright() as playwright, server(home) as (address, process):
        chromium = launch(playwright)
        page = chromium.new_page(viewport={"width": 1440, "height": 900})
        traffic = Traffic()
        traffic.listen(page)

        def row(what: str, work: Callable[[], None]) -> None:
            started = time.perf_counter()
            work()
            rows.append((what, f"{time.perf_counter() - started:.1f} s, {traffic.take():.1f} MB received"))
            print(*rows[-1], sep=": ", flush=True)

        row("server ready", lambda: wait_ready(address))
        row("map of all tags, first", lambda: mapped(page, address))
        row("map of all tags, again", lambda: mapped(page, address))
        row("a tag chosen on the map", lambda: chosen(page, address, f"tag:{tag}"))
        row("a question, first", lambda: asked(page, address, f"tag={tag}"))
        row("the first one with a Korean title", lambda: asked(page, address, f"tag={tag}&title=비오는 날"))
        row("a third question", lambda: asked(page, address, f"tag={tag}&title={tag}"))
        row("search while typing", lambda: typed(page, tag[:2]))
        row("the evaluation, first", lambda: judged(page, address, ident))
        row("the evaluation, again", lambda: judged(page, address, ident))
        row("the Data page", lambda: looked_over(page, address))
        rows.append(("peak memory of the server", f"{peak(process):,.0f} MB"))
        chromium.close()
    return rows


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--scale", type=float, default=1.0)
    arguments.add_argument("--tag", default="")
    given = arguments.parse_args()
    folder = BUILD / f"{given.scale:g}"
    tag = given.tag or commonest(folder / "files" / "train.json")
    begin = os.getloadavg()[0]
    rows = measure(folder / "home", tag)
    text = "\n".join([
        f"## The dashboard at {given.scale:.0%} of Melon's size",
        "",
        f"`python -m benchmarks.scale_pages`, Chromium, {os.cpu_count()} cores, load average {begin:.1f} at the "
        f"beginning and {os.getloadavg()[0]:.1f} at the end. Queries with the most common tag.",
        "",
        "| task | measured |",
        "| --- | --- |",
        *(f"| {what} | {measured} |" for what, measured in rows),
    ])  # fmt: skip
    write_section("scale_pages", text)


def commonest(path: Path) -> str:
    """The tag of the most playlists."""
    from collections import Counter

    found = Counter(tag for playlist in json.loads(path.read_text()) for tag in playlist["tags"])
    return found.most_common(1)[0][0]


if __name__ == "__main__":
    main()
