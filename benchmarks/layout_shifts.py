"""Layout shifts and the largest contentful paint of every page, as Chromium measures them, beside an empty page.

    python -m benchmarks.layout_shifts                              # the demo; writes the table into docs/benchmarks/
    python -m benchmarks.layout_shifts http://127.0.0.1:8501 Data   # a running server, some pages; prints what moved

Every page is opened cold, in a session of its own, on a server that is warm.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from benchmarks.report import write_section
from tests.accessibility import PAGES, ready
from tests.chromium import PATIENCE, launch
from tests.serving import ROOT, serving

WINDOWS = ((1440, 1000), (390, 844))
"""Widths and heights: a laptop and a phone."""
MOST_SHIFT = 0.1
"""No single layout shift of a page may be larger."""
SETTLED_MS = 1000
"""What is watched after a page is drawn."""
OBSERVE = """
window.observed = { paint: 0, shifts: [] };
const named = (node) => {
  const names = [];
  for (let at = node?.nodeType === 1 ? node : node?.parentElement; at && names.length < 3; at = at.parentElement) {
    const key = [...at.classList].find((name) => name.startsWith("st-key-"));
    const name = key ? `.${key}` : at.dataset.testid ?? (names.length ? "" : at.tagName.toLowerCase());
    if (name) names.push(name);
  }
  return names.reverse().join(" > ");
};
const box = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join(" ");
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) observed.paint = Math.max(observed.paint, entry.startTime);
}).observe({ type: "largest-contentful-paint", buffered: true });
new PerformanceObserver((list) => {
  for (const { value, startTime, hadRecentInput, sources } of list.getEntries()) {
    if (hadRecentInput) continue;
    const moved = sources.map((one) => `${named(one.node)}: ${box(one.previousRect)} → ${box(one.currentRect)}`);
    observed.shifts.push({ value, at: startTime, moved });
  }
}).observe({ type: "layout-shift", buffered: true });
"""


@dataclass(frozen=True)
class Shift:
    """One layout shift.

    Attributes:
        value: Its size, by Chromium's own measure.
        at: Milliseconds since the page was asked for.
        moved: The elements that moved, each with its place before and after: x y width height.
    """

    value: float
    at: float
    moved: tuple[str, ...]


@dataclass(frozen=True)
class Measured:
    """What a page did while it was drawn.

    Attributes:
        path: Its address.
        width: Of the window, in pixels.
        paint: Milliseconds to the largest contentful paint.
        shifts: All layout shifts without input.
    """

    path: str
    width: int
    paint: float
    shifts: tuple[Shift, ...]

    @property
    def total(self) -> float:
        """The sum of all layout shifts."""
        return sum(shift.value for shift in self.shifts)

    @property
    def largest(self) -> float:
        """The largest single layout shift."""
        return max((shift.value for shift in self.shifts), default=0.0)


def measure(browser: Browser, address: str, path: str, window: tuple[int, int]) -> Measured:
    """Open a page in a session of its own, and return what it did until it was drawn and a second later."""
    page = browser.new_page(viewport={"width": window[0], "height": window[1]})
    page.set_default_timeout(PATIENCE)
    page.add_init_script(OBSERVE)
    try:
        page.goto(f"{address}/{path}")
        ready(page)
        page.wait_for_timeout(SETTLED_MS)
        observed: dict[str, Any] = page.evaluate("observed")
    finally:
        page.close()
    shifts = tuple(Shift(one["value"], one["at"], tuple(one["moved"])) for one in observed["shifts"])
    return Measured(path, window[0], float(observed["paint"]), shifts)


def empty_page(browser: Browser, window: tuple[int, int]) -> float:
    """Milliseconds to the largest contentful paint of a Streamlit page that says one word; the median of three."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "app.py"
        script.write_text("import streamlit as st\n\nst.title('Empty')\n", encoding="utf-8")
        with serving(script, {}) as address:
            paints = []
            for _number in range(3):
                page = browser.new_page(viewport={"width": window[0], "height": window[1]})
                page.add_init_script(OBSERVE)
                page.goto(address)
                page.get_by_role("heading", name="Empty").wait_for(timeout=PATIENCE)
                page.wait_for_timeout(SETTLED_MS)
                paints.append(float(page.evaluate("observed.paint")))
                page.close()
    return median(paints)


def measure_all(browser: Browser, address: str, paths: Iterable[str]) -> list[Measured]:
    """Measure the pages in every window; print each, with what moved."""
    results = []
    for path in paths:
        for window in WINDOWS:
            result = measure(browser, address, path, window)
            print(f"{path or 'Home'} {window[0]}: {result.total:.3f}, paint {result.paint / 1000:.2f} s", flush=True)
            for shift in result.shifts:
                if shift.value >= 0.005:
                    print(f"  {shift.value:.3f} at {shift.at:.0f} ms", *shift.moved, sep="\n    ", flush=True)
            results.append(result)
    return results


def table(results: Sequence[Measured], empty: dict[int, float]) -> str:
    """The section of the documentation."""
    lines = [
        "## While a page loads",
        "",
        f"`python -m benchmarks.layout_shifts`, demo, every page cold on a warm server, {os.cpu_count()} cores, load "
        f"average {os.getloadavg()[1]:.1f}. Layout shifts are Chromium's own measure (limit: no single one over "
        f"{MOST_SHIFT}); × is the largest contentful paint beside that of an empty Streamlit page in the same run ("
        + ", ".join(f"{paint / 1000:.2f} s at {width} px" for width, paint in empty.items())
        + "; goal: ≤ 1.3).",
        "",
        "| page | px | sum of shifts | largest shift | largest contentful paint, s | × |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {result.path.partition('?')[0] or 'Home'} | {result.width} | {result.total:.3f} | {result.largest:.3f} "
        f"| {result.paint / 1000:.2f} | {result.paint / empty[result.width]:.1f} |"
        for result in results
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure the pages of a running server, or all pages of the demo and write the table."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if len(sys.argv) > 1:
            measure_all(browser, sys.argv[1], sys.argv[2:] or PAGES)
            return
        with tempfile.TemporaryDirectory() as home:
            environment = {"TAGVIZ_HOME": home, "TAGVIZ_DATABASE_URL": ""}
            with serving(ROOT / "app.py", environment, "/ready") as address:
                for path in PAGES:  # what is computed once is there afterwards
                    measure(browser, address, path, WINDOWS[0])
                results = measure_all(browser, address, PAGES)
        empty = {window[0]: empty_page(browser, window) for window in WINDOWS}
        browser.close()
    write_section("layout_shifts", table(results, empty))


if __name__ == "__main__":
    main()
