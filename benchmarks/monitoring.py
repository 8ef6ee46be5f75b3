"""Monitoring of two versions of the real Last.fm lists: assignments up to a year's end, then all of them.

`python -m benchmarks.monitoring --data FOLDER [--until 2009]` makes both versions in TAGVIZ_HOME and runs
`monitor run`. With `--page` it measures in a browser how long the page Monitor takes to open after two years of weekly
checks, and writes it into docs/benchmarks/.
"""

from __future__ import annotations

import argparse
import copy
import os
import re
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

from benchmarks.dashboard import server, wait_ready
from benchmarks.report import write_section
from tagviz import cli
from tagviz.operations import corpora, models, monitoring
from tagviz.operations.context import Context
from tagviz.settings import settings
from tagviz.store.files import write_json
from tagviz.store.workspace import Workspace
from tests.chromium import launch

ASSIGNMENTS, BESIDE = "user_taggedartists.dat", ("tags.dat", "artists.dat")
WEEKS = 104
LAPS = 5


def earlier(data: Path, out: Path, until: int) -> None:
    """The data set as it was at the end of a year: the assignments made by then."""
    lines = (data / ASSIGNMENTS).read_text(encoding="latin-1").splitlines(keepends=True)
    kept = [line for line in lines[1:] if int(line.split("\t")[5]) <= until]
    (out / ASSIGNMENTS).write_text("".join([lines[0], *kept]), encoding="latin-1")
    for name in BESIDE:
        (out / name).symlink_to((data / name).resolve())


def versions(ws: Workspace, data: Path, until: int) -> None:
    """Imports both versions."""
    with tempfile.TemporaryDirectory() as folder:
        earlier(data, Path(folder), until)
        corpora.import_corpus(Context(ws), Path(folder), "lastfm")
    corpora.import_corpus(Context(ws), data, "lastfm")


def weekly(run: dict[str, Any], weeks: int = WEEKS, seed: int = 42) -> list[dict[str, Any]]:
    """A check as it would have come out every week, the newest last: each on a version of its own, with values that
    wander by chance around those that were found, and an evaluation."""
    chance = np.random.default_rng(seed)
    end = datetime.fromisoformat(run["created"])
    found = []
    for week in range(weeks):
        one = copy.deepcopy(run)
        when = (end - timedelta(weeks=weeks - 1 - week)).astimezone(UTC)
        stamp = when.strftime("%Y%m%d%H%M%S")
        one |= {"id": f"{stamp}-{week:06x}", "created": when.isoformat(timespec="milliseconds")}
        one["newer"] = f"{week:016x}"
        for check in one["checks"]:
            if check["value"] is not None:
                check["value"] = round(float(check["value"] * np.exp(chance.normal(0, 0.15))), 6)
        one["metrics"] = [
            {"metric": metric, "value": at + float(chance.normal(0, 0.01)), "low": at - 0.05, "high": at + 0.05,
             "questions": 1000}
            for metric, at in (("ndcg", 0.4), ("precision", 0.19), ("recall", 0.45))
        ]  # fmt: skip
        found.append(one)
    return found


def opening(browser_page: Page, address: str) -> tuple[list[float], list[float], int]:
    """Seconds from a click in the menu to how it stands, and to the last chart drawn; how many charts there are."""
    stands, drawn, charts = [], [], 0
    browser_page.goto(f"{address}/Monitor?corpus=lastfm")
    for lap in range(LAPS + 1):
        browser_page.get_by_role("link", name="Data", exact=True).first.click()
        browser_page.get_by_role("heading", name=re.compile("^Data")).first.wait_for(timeout=60_000)
        browser_page.locator("[data-testid=stStatusWidget]").wait_for(state="detached", timeout=60_000)
        browser_page.wait_for_timeout(1500)
        began = time.perf_counter()
        browser_page.get_by_role("link", name="Monitor", exact=True).first.click()
        browser_page.get_by_text(re.compile("^Checked ")).wait_for(timeout=60_000)
        stood = time.perf_counter() - began
        browser_page.get_by_text("Thresholds for amber and red").wait_for(timeout=60_000)
        browser_page.wait_for_function(
            "(() => { const all = [...document.querySelectorAll('[data-testid=stPlotlyChart]')];"
            " return all.length && all.every(one => one.querySelector('.scatterlayer .point')); })()",
            timeout=60_000,
            polling=20,
        )
        if lap:
            stands.append(stood)
            drawn.append(time.perf_counter() - began)
        charts = browser_page.locator("[data-testid=stPlotlyChart]").count()
    return stands, drawn, charts


def page(data: Path, until: int) -> None:
    """Measures the page with two years of weekly checks."""
    with tempfile.TemporaryDirectory() as home:
        ws = Workspace(Path(home))
        versions(ws, data, until)
        run = monitoring.run_checks(Context(ws), "lastfm", evaluate=False)
        for one in weekly(run):
            write_json(ws.home / "monitor" / "lastfm" / f"{one['id']}.json", one)
        (ws.home / "monitor" / "lastfm" / f"{run['id']}.json").unlink()
        began = time.process_time()
        count = len(monitoring.list_runs(Context(ws), "lastfm"))
        reading = time.process_time() - began
        with server(Path(home)) as (address, process), sync_playwright() as playwright:
            wait_ready(address)
            browser = launch(playwright)
            before = sum(process.cpu_times()[:2])
            stands, drawn, charts = opening(browser.new_page(viewport={"width": 1440, "height": 900}), address)
            spent = sum(process.cpu_times()[:2]) - before
            browser.close()
    rows = [
        ("how it stands, after a click in the menu", f"{np.median(stands):.2f} s (slowest {max(stands):.2f})"),
        (f"all {charts} charts drawn", f"{np.median(drawn):.2f} s (slowest {max(drawn):.2f})"),
        ("reading the checks (processor time)", f"{reading:.3f} s"),
        ("the server's processor time, for Monitor and the page before it", f"{spent / (LAPS + 1):.2f} s"),
    ]
    head = f"`python -m benchmarks.monitoring --data FOLDER --page`: the page Monitor with {count} weekly checks"
    head += f" of the Last.fm lists in a browser; median of {LAPS}, {os.cpu_count()} cores, load average "
    head += f"{os.getloadavg()[0]:.1f}."
    lines = ["| task | measured |", "| --- | --- |", *(f"| {what} | {measured} |" for what, measured in rows)]
    write_section(
        "monitoring", "\n".join(["## Monitor after two years", "", head + " Target: at most 1 s.", "", *lines])
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--until", type=int, default=2009)
    parser.add_argument("--model", default="", help="method to train on the newest version and make the default")
    parser.add_argument("--page", action="store_true", help="measure the page instead")
    given, rest = parser.parse_known_args()
    if given.page:
        page(given.data, given.until)
        return 0
    ws = Workspace(settings().home)
    versions(ws, given.data, given.until)
    if given.model:
        models.make_default(
            Context(ws), models.train(Context(ws), corpora.open_corpus(Context(ws), "lastfm"), given.model)
        )
    return cli.main(["monitor", "run", "lastfm", *rest])


if __name__ == "__main__":
    sys.exit(main())
