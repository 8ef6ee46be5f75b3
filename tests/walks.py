"""Ten tasks in a real browser, each from a cold page: clicks, seconds, layout shifts and the largest contentful paint.

    make walks        # all tasks and axe-core on every page; writes docs/benchmarks/walks.md

A click is a click, a key press such as Enter, or a choice in a list; typing a text counts as none. Tests run some of
the tasks.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, Error, Locator, Page, expect, sync_playwright

from tests.accessibility import PAGES, all_findings, ready
from tests.chromium import PATIENCE, launch
from tests.serving import ROOT, serving

MOST_CLICKS = 4
"""Clicks that a task may take."""
MOST_SHIFT = 0.1
"""Largest layout shift that a walk may have, by Chromium's own measure."""
MOST_PAINT = 1.3
"""The largest contentful paint may take so many times that of an empty Streamlit page."""
HEAD_PX, ROW_PX = 38, 35
OUT = ROOT / "docs" / "benchmarks" / "walks.md"
ABOUT = """
`make walks` does them on the demo in Chromium (1440 × 1000), each in a session of its own, and writes this page. A
click is a click, a key such as Enter, or each of the two steps of a choice in a list; typing counts as none. Seconds
run from the request of the first page to the result, waiting included; they depend on what else the machine does (load
of the last five minutes: {load:.1f}). Limits: {clicks} clicks, no layout shift over {shift} (Chromium's own measure, on
the last page of the walk).
"""
OBSERVE = """
window.walked = { paint: 0, shift: 0 };
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) walked.paint = Math.max(walked.paint, entry.startTime);
}).observe({ type: "largest-contentful-paint", buffered: true });
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (!entry.hadRecentInput) walked.shift = Math.max(walked.shift, entry.value);
  }
}).observe({ type: "layout-shift", buffered: true });
"""


@dataclass
class Walk:
    """A person on the pages.

    Attributes:
        page: The browser's page.
        address: The dashboard.
        clicks: What was clicked and pressed so far.
        paint: Milliseconds to the largest contentful paint of the first page.
        began: When the first page was asked for.
    """

    page: Page
    address: str
    clicks: int = 0
    paint: float = 0.0
    began: float = field(default_factory=time.monotonic)

    def open(self, path: str) -> None:
        """Open the first page, cold, and wait until it is drawn."""
        self.began, self.clicks = time.monotonic(), 0
        self.page.goto(f"{self.address}/{path}")
        ready(self.page)
        self.paint = float(self.page.evaluate("walked.paint"))

    def click(self, target: Locator) -> None:
        """Click something."""
        self.clicks += 1
        target.click()

    def press(self, key: str) -> None:
        """Press a key."""
        self.clicks += 1
        self.page.keyboard.press(key)

    def ask(self, label: str, text: str) -> None:
        """Type a text into a search box, and Enter."""
        self.page.get_by_role("combobox", name=label).first.fill(text)
        self.press("Enter")

    def choose(self, label: str, option: str) -> None:
        """Choose an option of a list: two clicks."""
        self.click(self.page.get_by_role("combobox", name=label).last)
        self.click(self.page.get_by_role("option", name=option, exact=True))

    def cell(self, table: Locator, row: int, x: float) -> None:
        """Click a cell of a table, by its row from 0 and its distance from the left edge."""
        table.scroll_into_view_if_needed()
        self.page.wait_for_timeout(500)
        box = table.bounding_box()
        assert box is not None
        self.clicks += 1
        self.page.mouse.click(box["x"] + x, box["y"] + HEAD_PX + ROW_PX * row + ROW_PX / 2)


def company_of_two_tags(walk: Walk) -> None:
    """Find what people put with jazz and rain, and export it."""
    walk.open("Recommend")
    walk.ask("Title", "jazz rain")
    expect(walk.page.get_by_text("Read as", exact=True)).to_be_visible()
    with walk.page.expect_download() as download:
        walk.click(walk.page.get_by_role("button", name="CSV").first)
    assert re.match(r"tagviz-demo-[0-9a-f]+-.*-tags-", download.value.suggested_filename)


def why_a_song_is_there(walk: Walk) -> None:
    """See why the third song is there."""
    walk.open("Recommend?title=late+night+jazz")
    walk.cell(walk.page.locator(".stDataFrame").nth(1), 2, 60)
    expect(walk.page.get_by_text("is result 3 of 20")).to_be_visible()


def merge_spellings(walk: Walk) -> None:
    """Merge the spellings of hip hop."""
    walk.open("Curate?suggestions=spellings&tag=" + quote("hip hop"))
    walk.cell(walk.page.locator(".stDataFrame").first, 0, 30)
    expect(walk.page.get_by_role("button", name="Undo")).to_be_visible()


def failures_of_titles(walk: Walk) -> None:
    """Find where the model fails for playlists of which only the title is known, and look at one."""
    walk.open("Evaluate")
    walk.clicks += 2  # the list is opened, and an entry is chosen
    walk.page.locator(".panel select").first.select_option(label="only the title shown")
    listed = walk.page.locator(".st-key-evaluate-behind .stDataFrame").first
    expect(walk.page.get_by_role("heading", name="Playlists with the worst results")).to_be_visible()
    ready(walk.page)
    walk.cell(listed, 0, 60)
    expect(walk.page.get_by_role("link", name="Open in Recommend")).to_be_visible()


def undo_an_old_verdict(walk: Walk) -> None:
    """Undo a wrong verdict of an earlier visit."""
    walk.open("Feedback?me=Walker")
    walk.page.wait_for_timeout(1000)
    walk.page.keyboard.press("y")
    expect(walk.page.get_by_text("1 item answered")).to_be_visible()
    walk.page.goto("about:blank")
    walk.open("Feedback?me=Walker")
    walk.click(walk.page.get_by_role("tab", name="Results"))
    count = walk.page.get_by_text(re.compile("^Feedback by Walker.* on this corpus:"))
    before = count.inner_text()
    walk.cell(walk.page.locator(".stDataFrame").last, 0, 45)
    expect(count).not_to_have_text(before)


def neighbours_of_a_tag(walk: Walk) -> None:
    """Find a tag on the map, and what is near it."""
    walk.open("Tag_map")
    walk.ask("Search a tag or a song", "jazz")
    expect(walk.page.locator(".st-key-map-drawer h3").first).to_have_text("jazz")


def two_models(walk: Walk) -> None:
    """See what changes in an answer with another model."""
    walk.open("Recommend?title=late+night+jazz")
    walk.choose("Compare with", "Spectral")
    expect(walk.page.get_by_role("heading", name="What changed").first).to_be_visible()


def an_earlier_question(walk: Walk) -> None:
    """Come back to an earlier question of the session."""
    walk.open("Recommend?title=late+night+jazz")
    walk.ask("Title", "summer party")
    expect(walk.page).to_have_url(re.compile("summer"))
    ready(walk.page)
    walk.click(walk.page.get_by_text("Saved views and history"))
    walk.click(walk.page.get_by_role("link", name="late night jazz"))
    expect(walk.page.get_by_role("combobox", name="Title")).to_have_value("late night jazz")


def from_a_table_to_a_page(walk: Walk) -> None:
    """Read everything about the most frequent tag."""
    walk.open("Data")
    table = walk.page.locator(".st-key-table-most-frequent-tag .stDataFrame").first
    walk.cell(table, 0, 60)
    expect(walk.page).to_have_url(re.compile("/Item"))
    expect(walk.page.get_by_role("heading", name="What each model says")).to_be_visible()


def start_a_training(walk: Walk) -> None:
    """Train a model and see it run."""
    walk.open("Train")
    walk.click(walk.page.get_by_role("button", name="Start training"))
    outcome = walk.page.get_by_role("heading", name="Running jobs").or_(walk.page.get_by_text("was there already"))
    expect(outcome.first).to_be_in_viewport()


Task = Callable[[Walk], None]
TASKS: Sequence[Task] = (
    company_of_two_tags,
    why_a_song_is_there,
    merge_spellings,
    failures_of_titles,
    undo_an_old_verdict,
    neighbours_of_a_tag,
    two_models,
    an_earlier_question,
    from_a_table_to_a_page,
    start_a_training,
)


@dataclass(frozen=True)
class Outcome:
    """What a walk took.

    Attributes:
        task: Its sentence.
        clicks: Clicks and key presses.
        seconds: From the first page's request to the result.
        paint: Milliseconds to the first page's largest contentful paint.
        shift: The largest layout shift of the last page.
    """

    task: str
    clicks: int
    seconds: float
    paint: float
    shift: float


def run(browser: Browser, address: str, task: Task) -> Outcome:
    """Do a task in a session of its own; an AssertionError where its result does not come."""
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    page.add_init_script(OBSERVE)
    walk = Walk(page, address)
    try:
        task(walk)
        seconds = time.monotonic() - walk.began
        shift = float(page.evaluate("walked.shift"))
    finally:
        page.close()
    return Outcome((task.__doc__ or "").strip(), walk.clicks, seconds, walk.paint, shift)


def empty_page(browser: Browser) -> float:
    """Milliseconds to the largest contentful paint of a Streamlit page that says one word; the median of three."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "app.py"
        script.write_text("import streamlit as st\n\nst.title('Empty')\n", encoding="utf-8")
        with serving(script, {}) as address:
            paints = []
            for _number in range(3):
                page = browser.new_page(viewport={"width": 1440, "height": 1000})
                page.add_init_script(OBSERVE)
                page.goto(address)
                page.get_by_role("heading", name="Empty").wait_for(timeout=PATIENCE)
                page.wait_for_timeout(1000)
                paints.append(float(page.evaluate("walked.paint")))
                page.close()
    return sorted(paints)[1]


def report(outcomes: Sequence[Outcome], empty: float, barriers: Sequence[str]) -> str:
    """The page of the documentation."""
    rows = [
        f"| {one.task} | {one.clicks} | {one.seconds:.1f} | {one.paint / 1000:.2f} | {one.shift:.3f} |"
        for one in outcomes
    ]
    found = "\n".join(f"- {line}" for line in barriers) or "None."
    about = " ".join(ABOUT.split()).format(clicks=MOST_CLICKS, shift=MOST_SHIFT, load=os.getloadavg()[1])
    return f"""# Ten tasks in the browser

{about}

| task | clicks | seconds | largest contentful paint of the first page, s | largest layout shift |
| --- | --- | --- | --- | --- |
{chr(10).join(rows)}

The largest contentful paint of an empty Streamlit page was {empty / 1000:.2f} s in the same run.

## Barriers

Serious and critical findings of axe-core on {len(PAGES)} pages, in the light and the dark theme:

{found}
"""


def main() -> int:
    """Do all tasks, write the page, and say what is beyond its limits."""
    with tempfile.TemporaryDirectory() as home:
        environment = {"TAGVIZ_HOME": home, "TAGVIZ_DATABASE_URL": ""}
        with serving(ROOT / "app.py", environment, "/ready") as address:
            with sync_playwright() as playwright:
                browser = launch(playwright)
                empty = empty_page(browser)
                outcomes: list[Outcome] = []
                failed: list[str] = []
                for task in TASKS:
                    try:
                        outcomes.append(run(browser, address, task))
                    except (AssertionError, Error) as error:
                        failed.append(f"not done: {task.__name__}: {str(error)[:200]}")
                        print(failed[-1], flush=True)
                    else:
                        print(outcomes[-1], flush=True)
                browser.close()
            barriers = list(all_findings(address))
    OUT.write_text(report(outcomes, empty, barriers), encoding="utf-8")
    beyond = failed + [one.task for one in outcomes if one.clicks > MOST_CLICKS or one.shift > MOST_SHIFT]
    print("\n".join([f"beyond its limits: {task}" for task in beyond] + list(barriers)) or f"written: {OUT.name}")
    return int(bool(beyond or barriers))


if __name__ == "__main__":
    sys.exit(main())
