"""What is selected on the map lies over it in a drawer; the map keeps its size."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.map.driving import READY, point, still, wait

pytestmark = pytest.mark.browser
expect.set_options(timeout=30_000)


def drawer(page: Page) -> Locator:
    return page.locator(".st-key-map-drawer")


def opened(server: str, page: Page) -> None:
    page.goto(f"{server}/Tag_map?model=spectral")
    wait(page, READY)
    still(page)


def test_a_click_opens_a_drawer_and_the_map_and_the_point_stay(server: str, page: Page) -> None:
    opened(server, page)
    surface = page.locator("canvas.surface")
    size, place = surface.bounding_box(), point(page, 0)
    page.mouse.click(*place)
    expect(drawer(page).locator("h3")).to_be_visible()
    still(page)
    assert surface.bounding_box() == size
    assert point(page, 0) == pytest.approx(place, abs=1)
    tools, lies = page.locator(".toolbar").bounding_box(), drawer(page).bounding_box()
    assert tools is not None
    assert lies is not None
    assert lies["x"] + lies["width"] <= tools["x"], "the map's tools stay free"
    page.mouse.move(400, 60)
    page.locator("h1").first.click()
    page.keyboard.press("Escape")
    expect(drawer(page)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(drawer(page)).to_be_visible()


def test_what_is_searched_comes_into_view_beside_the_drawer(server: str, page: Page) -> None:
    page.goto(f"{server}/Tag_map?model=spectral&item=tag:jazz")
    wait(page, READY)
    expect(drawer(page)).to_be_visible()
    still(page)
    lies = drawer(page).bounding_box()
    assert lies is not None
    assert point(page, page.evaluate("window.__map.selected()"))[0] < lies["x"]


def test_on_a_phone_it_is_a_sheet_at_the_bottom(server: str, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server}/Tag_map?model=spectral&item=tag:jazz")
    expect(drawer(page)).to_be_visible()
    page.wait_for_timeout(1000)
    lies = drawer(page).bounding_box()
    assert lies is not None
    assert (lies["x"], lies["width"]) == (0, 390)
    assert lies["y"] > 400
    assert lies["y"] + lies["height"] == pytest.approx(844, abs=1)
