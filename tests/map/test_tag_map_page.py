"""The Tag map's page in a real browser, on the demo: search, phrases, ways, downloads, and what links say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.chromium import PATIENCE
from tests.map.driving import READY, middle, names, point, still, wait
from tests.serving import ROOT, serving

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (ROOT / "assets" / "demo").exists(), reason="the demo is not built"),
]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = {"TAGVIZ_HOME": str(tmp_path_factory.mktemp("home"))}
    with serving(ROOT / "app.py", home, "/ready") as address:
        yield address


def opened(browser: Browser, address: str, **options: Any) -> Page:
    page = browser.new_page(viewport={"width": 1440, "height": 900}, **options)
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    wait(page, READY, 60)
    return page


def test_the_map_is_the_page_and_gives_the_margins_back(browser: Browser, url: str):
    page = opened(browser, f"{url}/Tag_map")
    box = page.locator("canvas.surface").bounding_box()
    assert box is not None
    assert box["width"] > 1050
    assert box["height"] > 560
    assert box["y"] + box["height"] < 900
    page.get_by_role("link", name="Recommend").first.click()
    page.get_by_text("Recommend", exact=True).nth(1).wait_for()
    block = page.locator("[data-testid=stMainBlockContainer]")
    page.wait_for_timeout(800)
    assert block.evaluate("(element) => element.style.paddingLeft") == ""
    page.close()


def test_a_click_on_a_name_or_on_its_point_opens_the_tag(browser: Browser, url: str):
    page = opened(browser, f"{url}/Tag_map")
    still(page)
    label = names(page, "tag")[0]
    page.mouse.click(*middle(page, label))
    page.get_by_role("heading", name=label["text"], exact=True).wait_for()
    expect(page.get_by_role("tab", name="Near")).to_be_visible()
    assert "at=tag" in page.url
    page.get_by_role("button", name="Let go").click()
    page.get_by_role("heading", name=label["text"], exact=True).wait_for(state="detached")
    still(page)  # the map has the whole width again
    page.mouse.click(*point(page, label["row"]))
    page.get_by_role("heading", name=label["text"], exact=True).wait_for()
    wait(page, f"window.__map.selected() === {label['row']}")
    page.close()


def test_a_click_on_the_name_of_a_region_flies_in(browser: Browser, url: str):
    page = opened(browser, f"{url}/Tag_map")
    still(page)
    region = names(page, "region")[0]
    page.mouse.click(*middle(page, region))
    wait(page, "window.__map.view().zoom >= 1.6")
    still(page)
    x0, y0, x1, y1 = (region["area"][side] for side in ("x0", "y0", "x1", "y1"))
    view = page.evaluate("window.__map.view()")
    assert (view["x"], view["y"]) == pytest.approx(((x0 + x1) / 2, (y0 + y1) / 2))
    assert "at=" not in page.url
    page.close()


def test_typing_opens_a_tag_and_a_phrase_becomes_a_star(browser: Browser, url: str):
    page = opened(browser, f"{url}/Tag_map")
    page.get_by_placeholder("Find a tag, a song, any phrase").press_sequentially("coffee sh")
    page.get_by_text("coffee shop", exact=True).first.click()
    wait(page, "window.__map.labels().some((label) => label.role === 'selected' && label.text === 'coffee shop')")
    assert "at=tag" in page.url
    page.get_by_placeholder("Find a tag, a song, any phrase").press_sequentially("rainy sunday coffee")
    page.get_by_text("as a phrase").click()
    page.get_by_role("heading", name="“rainy sunday coffee”").wait_for()
    wait(page, "window.__map.labels().some((label) => label.text === 'rainy sunday coffee')")
    assert "say=rainy" in page.url
    assert "at=" not in page.url
    page.close()


def test_shift_click_asks_for_the_way_and_the_link_brings_it_back(browser: Browser, url: str):
    page = opened(browser, f"{url}/Tag_map?at=tag:jazz&to=tag:workout")
    page.get_by_role("heading", name="jazz → workout").wait_for()
    texts = page.evaluate("window.__map.labels().map((label) => label.text)")
    assert {"jazz", "workout"} <= set(texts)
    expect(page.get_by_text("In the full space workout is the")).to_be_visible()
    page.get_by_role("button", name="Let go").click()
    page.get_by_role("heading", name="jazz", exact=True).wait_for()
    assert "to=" not in page.url
    page.close()


def test_other_kinds_and_trends_are_on_the_map_of_a_link(browser: Browser, url: str):
    page = opened(browser, f"{url}/Tag_map?show=genre&show=artist&colour=trend")
    legend = page.locator(".legend")
    expect(legend).to_contain_text("artists")
    expect(legend).to_contain_text("growing")
    page.close()


def test_the_drawing_can_be_taken_away(browser: Browser, url: str):
    page = opened(browser, f"{url}/Tag_map")
    page.get_by_role("button", name="Take away").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Drawing (SVG)").click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert text.count("<circle") > 500
    assert "jazz" in text
    page.close()
