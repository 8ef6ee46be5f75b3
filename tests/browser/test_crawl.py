"""The short form of the crawler: no page, no tab and no parameter ends in a mistake. `make crawl` is the long one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import crawl
from tests.chromium import found
from tests.serving import ROOT, serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("crawl")
    crawl.make_workspace(home)
    with serving(ROOT / "app.py", {"TAGVIZ_HOME": str(home), "TAGVIZ_DATABASE_URL": ""}, "/ready") as started:
        yield started


@pytest.fixture(scope="module")
def browser_opener(address: str) -> Iterator[crawl.Opener]:
    if found() is None:
        pytest.skip("Debian's Chromium is not installed")
    with crawl.browser_opener(address) as opened:
        yield opened


@pytest.mark.parametrize("page", list(crawl.PARAMS))
def test_every_tab_of_every_page_in_a_browser(browser_opener: crawl.Opener, page: str) -> None:
    """Under the default model and under one without a map; errors of the content security policy count too."""
    stops = [stop for stop in crawl.full_stops(["", "popularity"]) if stop.page == page]
    report = crawl.crawl(browser_opener, stops)
    assert not report.broken, report.text()
    assert len(report.seconds) >= 2


@pytest.mark.parametrize("page", list(crawl.PARAMS))
def test_odd_parameters(address: str, page: str) -> None:
    """Every eighth address of the pairwise set, over the websocket."""
    with crawl.websocket_opener(address) as opened:
        report = crawl.crawl(opened, list(crawl.pairwise_stops(page))[::8])
    assert not report.broken, report.text()


def test_the_crawler_notices_a_mistake(tmp_path: Path) -> None:
    """A page that fails, as ours fail, is reported: otherwise the tests above would prove nothing."""
    script = tmp_path / "app.py"
    script.write_text("import streamlit as st\n\nst.text_input('x', key='a')\nst.text_input('y', key='a')\n")
    with serving(script, {}) as address, crawl.websocket_opener(address) as opened:
        report = crawl.crawl(opened, [crawl.Stop("", ())])
    assert [what for _, what in report.broken] == ["shows a mistake"]


def test_two_values_of_two_parameters_meet() -> None:
    rows = [dict(stop.params) for stop in crawl.pairwise_stops("Recommend")]
    for title in (None, "rainy night"):
        for beside in (None, "best"):
            assert any(row.get("title") == title and row.get("beside") == beside for row in rows)
