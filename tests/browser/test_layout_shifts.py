"""Nothing jumps while a page loads: no single layout shift over a tenth of the window, by Chromium's own measure."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from benchmarks.layout_shifts import MOST_SHIFT, WINDOWS, measure

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("path", ["", "Tag_map"])
def test_nothing_jumps_while_a_page_loads(browser: Browser, server: str, path: str) -> None:
    measured = measure(browser, server, path, WINDOWS[0])
    assert measured.paint > 0
    assert measured.largest <= MOST_SHIFT, measured.shifts
