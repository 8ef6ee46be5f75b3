"""The map in a real browser: what a person sees and does, on the smallest page that has one."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.map.driving import READY, point, still, wait
from tests.serving import serving

ODD = ["<img src=x onerror=alert(1)>", "**bold** [link](http://example.org)", "재즈", "\u202eevil", "a" * 300, "🎷"]

pytestmark = pytest.mark.browser


def write_points(folder: Path, count: int = 600) -> None:
    """Three round clouds of tags; tag 0 is the most frequent and lies in the middle of the first."""
    random = np.random.default_rng(0)
    world = np.arange(count) % 3
    middles = np.array([[-0.6, -0.3], [0.6, -0.3], [0.0, 0.6]])
    xy = (middles[world] + random.normal(scale=0.13, size=(count, 2))).astype(np.float32)
    xy[:3] = middles
    labels = [f"tag {number}" for number in range(count)]
    labels[3 : 3 + len(ODD)] = ODD
    order = np.argsort(((xy[:, None] - xy[None]) ** 2).sum(axis=2), axis=1)
    arrays = {
        "xy": xy,
        "counts": (1000 / (1 + np.arange(count))).astype(np.int64) + 1,
        "trust": np.full(count, 0.5, dtype=np.float32),
        "near": order[:, 1:6].astype(np.int32),
        "level0": world.astype(np.int32),
    }
    np.savez(folder / "points.npz", **arrays)  # type: ignore[arg-type]
    told = {"labels": labels, "names": [["west", "east", "north"]]}
    (folder / "texts.json").write_text(json.dumps(told), encoding="utf-8")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("map")
    write_points(folder)
    page = Path(__file__).with_name("page.py")
    with serving(page, {"TAGVIZ_MAP_TEST": str(folder)}) as address:
        yield address


def opened(browser: Browser, url: str, **options: Any) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 800}, **options)
    page.goto(url)
    wait(page, READY)
    still(page)  # the page may still make room for what comes late
    return page


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    made = opened(browser, server)
    yield made
    made.close()


def test_points_regions_and_names_are_on_the_screen(page: Page):
    labels = page.evaluate("window.__map.labels()")
    assert {"west", "east", "north"} <= {label["text"] for label in labels if label["role"] == "region"}
    assert any(label["role"] == "tag" for label in labels)
    # the middle of the first cloud is not the background's colour
    x, y = point(page, 0)
    page.mouse.move(5, 5)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    assert picture.getpixel((int(x) - 3, int(y))) != picture.getpixel((int(x), 90))


def test_hover_tells_at_once_and_a_click_reaches_python(page: Page):
    x, y = point(page, 0)
    page.mouse.move(x, y)
    page.locator(".card strong").get_by_text("tag 0", exact=True).wait_for(timeout=2000)
    card = page.locator(".card").inner_text()
    assert "1,001 playlists" in card
    assert "50 %" in card
    assert "near: " in card
    page.mouse.click(x, y)
    page.get_by_text("picked tag:tag 0 add False").wait_for(timeout=8000)
    wait(page, "window.__map.selected() === 0")
    assert any(label["role"] == "selected" for label in page.evaluate("window.__map.labels()"))
    page.keyboard.down("Shift")
    page.mouse.click(*point(page, 1))
    page.keyboard.up("Shift")
    page.get_by_text("picked tag:tag 1 add True").wait_for(timeout=8000)


def test_a_lasso_selects_what_lies_within_and_keeps_the_view(page: Page):
    x, y = point(page, 1)
    before = page.evaluate("window.__map.view()")
    page.keyboard.down("Shift")
    page.mouse.move(x - 170, y - 170)
    page.mouse.down()
    for dx, dy in ((170, -170), (170, 170), (-170, 170), (-170, -160)):
        page.mouse.move(x + dx, y + dy, steps=4)
    page.mouse.up()
    page.keyboard.up("Shift")
    page.get_by_text("selection ").wait_for(timeout=8000)
    told = page.get_by_text("selection ").inner_text()
    assert 100 < int(told.split()[1].rstrip(":")) <= 230, told
    assert "tag:tag 1" in told
    assert page.evaluate("window.__map.view()") == before
    page.keyboard.press("Escape")
    page.get_by_text("selection ").wait_for(state="detached", timeout=8000)


def test_wheel_keyboard_and_address_keep_the_view(page: Page, browser: Browser):
    x, y = point(page, 2)
    page.mouse.move(x, y)
    for _ in range(4):
        page.mouse.wheel(0, -200)
        page.wait_for_timeout(40)
    # the address follows when the wheel has come to rest
    told = "Number((new URLSearchParams(location.search).get('view') ?? '').split(',')[2])"
    wait(page, f"window.__map.view().zoom > 3 && Math.abs({told} - window.__map.view().zoom) < 0.01")
    now = point(page, 2)
    # the wheel's place is a whole pixel, and what is off by less than one is off by six times that now
    assert abs(now[0] - x) < 6
    assert abs(now[1] - y) < 6
    again = opened(browser, page.url)
    view, other = page.evaluate("window.__map.view()"), again.evaluate("window.__map.view()")
    assert other == pytest.approx(view, rel=1e-3, abs=1e-4)
    again.close()
    page.locator("canvas.surface").focus()
    page.keyboard.press("ArrowRight")
    wait(page, f"window.__map.view().x > {view['x']}")
    page.keyboard.press("0")
    wait(page, "window.__map.view().zoom === 1")


def test_tab_walks_through_the_neighbours(page: Page):
    page.mouse.click(*point(page, 2))
    page.get_by_text("picked tag:tag 2 add").wait_for(timeout=8000)
    page.wait_for_timeout(300)
    page.keyboard.press("Tab")
    page.locator(".spoken[aria-live]").get_by_text("1 of 5").wait_for(timeout=3000)
    page.keyboard.press("Enter")
    wait(page, "window.__map.selected() !== 2")


def test_a_change_of_colour_or_filter_sends_kilobytes_and_keeps_the_view(page: Page):
    page.mouse.move(*point(page, 0))
    page.mouse.wheel(0, -300)
    page.wait_for_timeout(500)
    view = page.evaluate("window.__map.view()")
    fetched: list[str] = []
    page.on("response", lambda response: fetched.append(response.url) if "/map/" in response.url else None)
    page.get_by_label("Find").fill("tag 9")
    page.keyboard.press("Enter")
    wait(page, "window.__map.labels().some((label) => label.role === 'marked' && label.text === 'tag 9')")
    page.wait_for_timeout(1600)
    assert not fetched
    flown = page.evaluate("window.__map.view()")
    assert flown != view  # a search flies there
    page.get_by_label("At least").fill("100")
    page.keyboard.press("Enter")
    page.wait_for_timeout(1500)
    assert len(fetched) == 1  # one bit a point
    assert page.evaluate("window.__map.view()") == flown


def test_a_map_in_space_turns_by_dragging_and_is_picked_as_it_stands(browser: Browser, server: str):
    page = opened(browser, f"{server}/?space=1")
    x, y = point(page, 0)
    opposite, _ = point(page, 1)  # tags 0 and 1 lie at −0.6 and 0.6
    page.mouse.move(x + 60, y - 200)
    page.mouse.down()
    page.mouse.move(x + 60 + 251, y - 200, steps=4)  # 160 pixels are a radian: a quarter turn
    page.mouse.up()
    wait(page, "Math.abs(window.__map.view().turn[0] - Math.PI / 2) < 0.01")
    now = point(page, 0)  # what was 0.6 in front is now 0.6 to the right
    assert now == pytest.approx((opposite, y), abs=6)
    page.mouse.click(*now)
    page.get_by_text("picked tag:tag 0 add False").wait_for(timeout=8000)
    assert page.evaluate("new URLSearchParams(location.search).get('view').split(',').length") == 5
    page.close()


def test_odd_texts_are_text(page: Page):
    page.get_by_label("Find").fill("<img")
    page.keyboard.press("Enter")
    wait(page, "window.__map.labels().some((label) => label.text.startsWith('<img'))")
    assert page.locator(".tagviz-map img").count() == 0


def test_no_request_leaves_the_machine(browser: Browser, server: str):
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(server)
    wait(page, "!!(window.__map && window.__map.ready())")
    assert asked
    assert [url for url in asked if not url.startswith((server, "data:", "blob:"))] == []
    page.close()


def test_everything_the_map_fetches_may_be_kept_for_ever(browser: Browser, server: str):
    page = browser.new_page()
    kept: dict[str, str] = {}
    page.on(
        "response",
        lambda response: (
            kept.update({response.url: response.headers.get("cache-control", "")}) if "/map/" in response.url else None
        ),
    )
    page.goto(server)
    wait(page, "!!(window.__map && window.__map.ready())")
    assert len(kept) >= 5  # program, points, texts, names, colours
    assert all("immutable" in header for header in kept.values())
    page.close()


def test_dark_theme_and_a_narrow_screen(browser: Browser, server: str):
    page = opened(browser, f"{server}/?wide=1", color_scheme="dark")
    page.set_viewport_size({"width": 800, "height": 700})
    page.wait_for_timeout(500)
    labels = page.evaluate("window.__map.labels()")
    box = page.locator("canvas.surface").bounding_box()
    assert box is not None
    assert box["width"] <= 800
    assert len(labels) >= 8
    assert all(label["left"] >= 0 and label["left"] + label["width"] <= box["width"] for label in labels)
    page.close()


def test_without_webgl_the_page_is_told(browser: Browser, server: str):
    page = browser.new_page()
    page.add_init_script(
        "const get = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest)"
        " { return kind === 'webgl2' ? null : get.call(this, kind, ...rest); };"
    )
    page.goto(server)
    page.get_by_text("supported False").wait_for(timeout=15000)
    page.close()


def test_a_lost_context_comes_back(page: Page):
    frames = page.evaluate("window.__map.frames()")
    page.evaluate("window.__lost = window.__map.lose(); window.__lost.loseContext()")
    page.wait_for_timeout(200)
    page.evaluate("window.__lost.restoreContext()")
    wait(page, f"window.__map.frames() > {frames}")
    page.mouse.move(*point(page, 0))
    page.locator(".card strong").get_by_text("tag 0", exact=True).wait_for(timeout=2000)


def test_a_view_without_points_says_so_and_leads_back(page: Page):
    page.locator("canvas.surface").focus()
    home = page.evaluate("window.__map.view()")
    for _ in range(5):
        page.keyboard.press("+")
        still(page)
    for key in (*["Shift+ArrowRight"] * 30, *["Shift+ArrowUp"] * 30):  # into a corner
        page.keyboard.press(key)
    page.get_by_text("There are no points in this part of the map.").wait_for(timeout=5000)
    page.get_by_role("button", name="Show the whole map").click()
    page.get_by_text("There are no points in this part of the map.").wait_for(state="hidden", timeout=5000)
    still(page)
    assert page.evaluate("window.__map.view()")["zoom"] == pytest.approx(home["zoom"], rel=0.01)


def test_a_first_point_is_reached_by_key_and_names_in_view_are_a_table(page: Page):
    page.locator("canvas.surface").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("picked tag:").wait_for(timeout=8000)
    rows = page.locator("table.spoken tr")
    assert rows.count() > 3
    assert "playlists" in rows.first.inner_text()
