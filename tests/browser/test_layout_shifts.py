"""Nothing jumps while a page loads; `make shifts` measures all pages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from benchmarks.layout_shifts import MOST_SHIFT, WINDOWS, measure

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("path", "window"), [("", WINDOWS[0]), ("Tag_map", WINDOWS[1])], ids=["home", "map-on-phone"])
def test_nothing_jumps_while_a_page_loads(browser: Browser, server: str, path: str, window: tuple[int, int]) -> None:
    measured = measure(browser, server, path, window)
    assert measured.paint > 0
    moved = [shift for shift in measured.shifts if shift.value > MOST_SHIFT]
    assert not moved
