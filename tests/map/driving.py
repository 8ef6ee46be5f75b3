"""What the browser tests of the map do again and again, through what the map tells of itself (`window.__map`)."""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import Page

READY = "!!(window.__map && window.__map.ready() && window.__map.labels().length)"


def wait(page: Page, condition: str, seconds: float = 60) -> None:
    """Until an expression of the page is true."""
    end = time.time() + seconds
    while not page.evaluate(condition):
        assert time.time() < end, f"never came true: {condition}"
        page.wait_for_timeout(60)


def point(page: Page, row: int) -> tuple[float, float]:
    """Where a point is in the window."""
    place = page.evaluate(f"window.__map.project({row})")
    return place["x"], place["y"]


def names(page: Page, role: str) -> list[dict[str, Any]]:
    """The names of a role (region, tag, marked, selected) as they are written now, the most important first."""
    return [label for label in page.evaluate("window.__map.labels()") if label["role"] == role]


def middle(page: Page, label: dict[str, Any]) -> tuple[float, float]:
    """The middle of a written name, in the window."""
    box = page.locator("canvas.surface").bounding_box()
    assert box is not None
    return box["x"] + label["left"] + label["width"] / 2, box["y"] + label["middle"]


def still(page: Page) -> None:
    """Until the map has stopped flying and its names stand."""
    before = None
    while (now := page.evaluate("JSON.stringify([window.__map.view(), window.__map.labels()])")) != before:
        before = now
        page.wait_for_timeout(250)
