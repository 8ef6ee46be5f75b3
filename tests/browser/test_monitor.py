"""Monitor in a real browser: alarms with what to do, limits that a person sets, a check, charts, and the report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tagviz.operations import monitoring
from tagviz.operations.context import Context
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
    monitoring.run_checks(Context(ws), "watched", evaluate=False)
    with serving(ROOT / "app.py", {"TAGVIZ_HOME": str(home), "TAGVIZ_DATABASE_URL": ""}, "/ready") as address:
        yield ws, address


def test_an_alarm_its_report_what_to_do_and_limits_of_ones_own(watched: tuple[Workspace, str], page: Page) -> None:
    ws, address = watched
    page.goto(f"{address}/Monitor?corpus=watched")
    expect(page.get_by_text("Red: action needed")).to_be_visible()
    expect(page.get_by_text("2 tags are new and make up 50.0% of all uses.")).to_be_visible()
    expect(page.get_by_text("Charts appear after the second check.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download report").click()
    report = Path(download.value.path()).read_text(encoding="utf-8")
    assert "watched: RED" in report
    assert "&lt;b&gt;new&lt;/b&gt;" in report

    page.get_by_role("link", name="Curate these tags").click()
    expect(page.get_by_role("heading", name="Curate", exact=True)).to_be_visible()
    expect(page.get_by_text("Only about", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="fresh")).to_be_visible()
    page.go_back()

    page.get_by_text("Thresholds for amber and red").click()
    for field, value in {"new": "1", "tags": "1", "psi": "99"}.items():
        page.locator(f".st-key-threshold-{field}_red input").fill(value)
    page.get_by_role("button", name="Save thresholds").click()
    expect(page.get_by_text("Saved. The next check uses these thresholds.")).to_be_visible()
    monitoring.run_checks(Context(ws), "watched", evaluate=False)  # as the job does that “Check now” queues
    page.reload()
    expect(page.get_by_text("Amber: please check")).to_be_visible()
    expect(page.locator("[data-testid=stPlotlyChart]").first).to_be_visible()
    page.get_by_text(re.compile("Green measures")).click()
    expect(page.get_by_role("figure", name="Tags gone: 0.0%")).to_be_visible()
