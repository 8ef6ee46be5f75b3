"""Watch in a real browser: alarms with what to do, limits that a person sets, a check, charts, and the report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tagviz.operations import monitor
from tagviz.store.workspace import Workspace
from tests.chromium import PATIENCE
from tests.corpora import make_corpus
from tests.serving import ROOT, serving

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)


@pytest.fixture
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, str]]:
    """A workspace, and the address of a dashboard on it: a corpus of two versions, of which the newer has two more
    tags everywhere. Made anew for each try, since the test sets limits."""
    home = tmp_path_factory.mktemp("watched")
    ws = Workspace(home)
    for extra in ((), ("fresh", "<b>new</b>")):
        rows = [{"id": str(n), "title": f"list {n}", "tags": [f"t{n % 3}", "all", *extra]} for n in range(30)]
        ws.save_corpus(make_corpus(rows, name="watched"))
    monitor.run(ws, "watched", evaluate=False)
    with serving(ROOT / "app.py", {"TAGVIZ_HOME": str(home), "TAGVIZ_DATABASE_URL": ""}, "/ready") as address:
        yield ws, address


def test_an_alarm_its_report_what_to_do_and_limits_of_ones_own(watched: tuple[Workspace, str], page: Page) -> None:
    ws, address = watched
    page.goto(f"{address}/Watch?corpus=watched")
    expect(page.get_by_text("Red: this needs you")).to_be_visible()
    expect(page.get_by_text("2 tags are new and make up 50.0% of all uses.")).to_be_visible()
    expect(page.get_by_text("Charts appear from the second check on.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Report").click()
    report = Path(download.value.path()).read_text(encoding="utf-8")
    assert "watched: RED" in report
    assert "&lt;b&gt;new&lt;/b&gt;" in report

    page.get_by_role("link", name="Curate these tags").click()
    expect(page.get_by_role("heading", name="Curate", exact=True)).to_be_visible()
    expect(page.get_by_text("About", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="fresh")).to_be_visible()
    page.go_back()

    page.get_by_text("When is it amber, and when red?").click()
    for field, value in {"new": "1", "tags": "1", "psi": "99"}.items():
        page.locator(f".st-key-watch-limit-{field}_red input").fill(value)
    page.get_by_role("button", name="Keep these limits").click()
    expect(page.get_by_text("These limits hold from the next check on.")).to_be_visible()
    monitor.run(ws, "watched", evaluate=False)  # as the job does that “Check now” queues
    page.reload()
    expect(page.get_by_text("Amber: have a look")).to_be_visible()
    expect(page.locator("[data-testid=stPlotlyChart]").first).to_be_visible()
    page.get_by_text(re.compile("What is green")).click()
    expect(page.get_by_role("figure", name="Tags gone: 0.0%")).to_be_visible()
