"""The Tag map's page in a real browser, on the demo: search, phrases, ways, downloads, and what links say."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.chromium import PATIENCE
from tests.map.test_browser import wait

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (ROOT / "assets" / "demo").exists(), reason="the demo is not built"),
]

READY = "!!(window.__map && window.__map.ready() && window.__map.labels().length)"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), "--server.port", str(port)]
    command += ["--server.headless", "true", "--server.address", "127.0.0.1", "--server.fileWatcherType", "none"]
    home = {"TAGVIZ_HOME": str(tmp_path_factory.mktemp("home"))}
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **home}, stdout=subprocess.DEVNULL)
    try:
        for _ in range(150):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=1)
                break
            except OSError:
                time.sleep(0.3)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def opened(browser: Browser, address: str) -> Page:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
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
