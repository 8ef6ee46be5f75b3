"""The Tag map's page in a real browser, on the demo: search, phrases, ways, downloads, and what links say."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tagviz.operations import maps, models, registry
from tagviz.operations.context import Context
from tagviz.operations.maps import previews
from tagviz.projection.layout import LayoutParams
from tagviz.store.workspace import Workspace
from tagviz.types import Kind
from tests.chromium import PATIENCE
from tests.corpora import make_corpus
from tests.map.driving import READY, middle, names, point, still, wait
from tests.serving import ROOT, serving

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (ROOT / "assets" / "demo").exists(), reason="the demo is not built"),
]


NO_WEBGL = """
    const get = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
      return kind === "webgl2" ? null : get.call(this, kind, ...rest);
    };
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with two corpora beside the demo: `small` is laid out, `fresh` is not yet."""
    folder = tmp_path_factory.mktemp("home")
    ws = Workspace(folder)
    _small(ws, "small", 3)
    _small(ws, "fresh", 4)
    return folder


@pytest.fixture(scope="module")
def url(home: Path) -> Iterator[str]:
    with serving(ROOT / "app.py", {"TAGVIZ_HOME": str(home), "TAGVIZ_DATABASE_URL": ""}, "/ready") as address:
        yield address


def _small(ws: Workspace, name: str, lists: int) -> None:
    """A corpus of four tags, which needs no UMAP, with its model; `small` with its map and previews of its layouts."""
    tags = ["jazz", "rock", "chill", "workout"]
    playlists = [{"title": "", "tags": [tag for tag in tags if tag != left], "songs": ["s"]} for left in tags * lists]
    corpus = make_corpus(playlists, name=name)
    ws.save_corpus(corpus)
    model = models.open_model(Context(ws), corpus, "spectral")
    if name == "small":
        maps.open_map(Context(ws), corpus, model)
        previews.make(Context(ws), corpus, model)


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
    expect(page.get_by_role("tab", name="Nearest")).to_be_visible()
    assert "item=tag" in page.url
    page.get_by_role("button", name="Clear selection").click()
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
    assert "item=" not in page.url
    page.close()


def test_typing_opens_a_tag_and_a_phrase_becomes_a_star(browser: Browser, url: str):
    page = opened(browser, f"{url}/Tag_map")
    page.get_by_placeholder("Search a tag, song or phrase").press_sequentially("coffee sh")
    page.get_by_role("option", name="coffee shop").first.click()
    wait(page, "window.__map.labels().some((label) => label.role === 'selected' && label.text === 'coffee shop')")
    assert "item=tag" in page.url
    page.get_by_placeholder("Search a tag, song or phrase").press_sequentially("rainy sunday coffee")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="“rainy sunday coffee”").wait_for()
    wait(page, "window.__map.labels().some((label) => label.text === 'rainy sunday coffee')")
    assert "phrase=rainy" in page.url
    assert "item=" not in page.url
    page.close()


def test_shift_click_asks_for_the_way_and_the_link_brings_it_back(browser: Browser, url: str):
    page = opened(browser, f"{url}/Tag_map?item=tag:jazz&target=tag:workout")
    page.get_by_role("heading", name="jazz → workout").wait_for()
    texts = "window.__map.labels().map((label) => label.text)"
    wait(page, f"['jazz', 'workout'].every((name) => {texts}.includes(name))")
    expect(page.get_by_text("In the embedding workout is the")).to_be_visible()
    page.get_by_role("button", name="Clear path").click()
    page.get_by_role("heading", name="jazz", exact=True).wait_for()
    assert "target=" not in page.url
    page.close()


def test_other_kinds_and_trends_are_on_the_map_of_a_link(browser: Browser, url: str):
    page = opened(browser, f"{url}/Tag_map?show=genre&show=artist&colour=trend")
    legend = page.locator(".legend")
    expect(legend).to_contain_text("artists")
    expect(legend).to_contain_text("rising")
    page.close()


def test_the_drawing_and_the_page_can_be_taken_away(browser: Browser, url: str, tmp_path: Path):
    page = opened(browser, f"{url}/Tag_map")
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Vector graphic (SVG)").click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert text.count("<circle") > 500
    assert "jazz" in text
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Interactive page").click()
    waiting.value.save_as(tmp_path / "map.html")
    page.close()
    alone = browser.new_page(offline=True)
    alone.goto((tmp_path / "map.html").as_uri())
    alone.locator(".js-plotly-plot .scatterlayer .point").nth(500).wait_for(state="attached")
    expect(alone.locator(".annotation").filter(has_text="jazz").first).to_be_visible()
    alone.close()


def test_what_is_on_the_screen_is_saved_as_a_picture(browser: Browser, url: str):
    page = opened(browser, f"{url}/Tag_map")
    still(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save as a picture").click()
    picture = Image.open(waiting.value.path()).convert("RGB")
    box = page.locator("canvas.surface").bounding_box()
    assert box is not None
    assert picture.size == pytest.approx((box["width"], box["height"]), abs=1)
    x, y = point(page, names(page, "tag")[0]["row"])
    assert picture.getpixel((int(x - box["x"]), int(y - box["y"]))) != picture.getpixel((3, 3))
    page.close()


def test_a_copied_link_brings_the_view_and_the_tag_back(browser: Browser, url: str):
    page = opened(browser, f"{url}/Tag_map?item=tag:jazz", permissions=["clipboard-read", "clipboard-write"])
    still(page)
    page.get_by_role("button", name="Zoom out").click()
    still(page)
    page.get_by_role("button", name="Copy a link to this view").click()
    expect(page.get_by_text("Link copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    view = page.evaluate("window.__map.view()")
    page.close()
    again = opened(browser, link)
    again.get_by_role("heading", name="jazz", exact=True).wait_for()
    assert again.evaluate("window.__map.view()") == pytest.approx(view, rel=1e-3, abs=1e-4)
    again.close()


def test_without_webgl_there_is_a_plain_map(browser: Browser, url: str):
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(PATIENCE)
    page.add_init_script(NO_WEBGL)
    page.goto(f"{url}/Tag_map")
    page.get_by_text("This browser does not support WebGL 2, so a simple map is shown.").wait_for()
    page.locator(".js-plotly-plot .scatterlayer .point").nth(500).wait_for(state="attached")
    page.close()


def test_fingers_pick_pinch_and_hold(browser: Browser, url: str):
    page = opened(browser, f"{url}/Tag_map", has_touch=True)
    still(page)
    middle = (700, 500)  # of the two fingers: what lies there stays on the screen
    label = min(names(page, "tag"), key=lambda one: math.dist(point(page, one["row"]), middle))
    x, y = point(page, label["row"])
    touch = page.context.new_cdp_session(page)

    def fingers(kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    fingers("touchStart", (x, y))
    expect(page.locator(".card strong")).to_have_text(label["text"])  # held long enough, its card shows
    fingers("touchEnd")
    fingers("touchStart", (600, 500))
    fingers("touchStart", (600, 500), (800, 500))
    for reach in range(0, 101, 20):
        fingers("touchMove", (600 - reach, 500), (800 + reach, 500))
    fingers("touchEnd")
    wait(page, "window.__map.view().zoom > 1.8")  # twice as far apart
    still(page)
    page.touchscreen.tap(*point(page, label["row"]))
    page.get_by_role("heading", name=label["text"], exact=True).wait_for()
    page.close()


def test_playlists_stand_among_their_tags_and_say_what_they_hold(browser: Browser, url: str):
    page = opened(browser, f"{url}/Tag_map?show=playlist&min_playlists=1000")  # hides nearly all tags and no playlist
    expect(page.locator(".legend")).to_contain_text("playlists")
    still(page)
    page.mouse.click(*point(page, 2000))
    page.get_by_role("tab", name="Tags", exact=True).wait_for()
    assert "item=playlist" in page.url
    expect(page.get_by_role("link", name="Recommend for this playlist")).to_be_visible()
    page.close()


def test_what_is_selected_on_one_map_stands_out_on_the_other(browser: Browser, url: str):
    page = opened(browser, f"{url}/Tag_map?compare=sentence")
    wait(page, "Object.keys(window.__maps).length === 2 && Object.values(window.__maps).every((map) => map.ready())")
    first, second = page.locator("canvas.surface").all()
    box = first.bounding_box()
    assert box is not None
    page.keyboard.down("Alt")
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    page.keyboard.up("Alt")
    page.get_by_text(re.compile(r"items? selected")).wait_for()
    marked = "Object.values(window.__maps).map((map) => map.labels().filter((label) => label.role === 'marked').length)"
    wait(page, f"{marked}.some((count) => count > 5)")
    assert page.get_by_role("heading", name="Where the maps differ").is_visible()
    second.hover()
    page.close()


def test_another_corpus_beside_this_one_shows_the_same_tag(browser: Browser, url: str):
    page = opened(browser, f"{url}/Tag_map?compare=spectral of small&item=tag:jazz")
    wait(page, "Object.keys(window.__maps).length === 2 && Object.values(window.__maps).every((map) => map.ready())")
    wait(page, "Object.values(window.__maps).every((map) => map.selected() >= 0)")
    expect(page.get_by_text("small · Spectral", exact=True)).to_be_visible()
    expect(page.get_by_text("that both know")).to_contain_text("4 tags")
    page.close()


SIDES = "Object.values(window.__maps).sort((one, other) => one.project(0).x - other.project(0).x)"
BOTH = "Object.keys(window.__maps).length === 2 && Object.values(window.__maps).every((map) => map.ready())"


def test_what_the_pointer_is_on_is_named_on_the_map_beside(browser: Browser, url: str):
    page = opened(browser, f"{url}/Tag_map?compare=spectral of small")
    wait(page, BOTH)
    wait(page, f"{SIDES}[1].labels().some((label) => label.role === 'tag')")
    still(page)
    label = page.evaluate(f"{SIDES}[1].labels().find((label) => label.role === 'tag')")
    rows = {1: label["row"]}
    for here, there in ((1, 0), (0, 1)):  # from right to left, then back
        place = page.evaluate(f"{SIDES}[{here}].project({rows[here]})")
        page.mouse.move(place["x"] + 30, place["y"] + 30)
        page.mouse.move(place["x"], place["y"])
        expect(page.locator(".card strong").filter(visible=True)).to_have_text(label["text"])
        echo = f"{SIDES}[{there}].labels().find((one) => one.text === '{label['text']}' && one.role === 'marked')"
        wait(page, f"!!{echo}")
        rows[there] = page.evaluate(echo)["row"]
    page.mouse.move(5, 5)
    wait(page, f"{SIDES}.every((map) => map.labels().every((one) => one.role !== 'marked'))")
    page.close()


def test_a_second_corpus_is_laid_out_from_the_map_beside_it(browser: Browser, url: str, home: Path):
    """The page asks for the layout, a worker makes it, and it shows by itself."""
    page = opened(browser, f"{url}/Tag_map?compare=spectral of fresh&item=tag:jazz")
    wait(page, BOTH, 600)  # a worker has to start, which takes its time on a busy machine
    wait(page, "Object.values(window.__maps).every((map) => map.selected() >= 0)")
    expect(page.get_by_text("that both know")).to_contain_text("4 tags")
    page.close()
    ws = Workspace(home, ROOT / "assets" / "demo")
    demo, fresh = (ws.open_corpus(name) for name in ("demo", "fresh"))
    first = maps.ready_map(Context(ws), demo, registry.DEFAULT)
    made = maps.ready_map(Context(ws), fresh, "spectral")
    assert first is not None
    assert made is not None
    known = first.xy[first.vocab.find(list(made.vocab.ids))]
    assert np.abs(made.xy.mean(axis=0) - known.mean(axis=0)).max() < 0.1
    model = models.open_model(Context(ws), fresh, "spectral").info.id
    entry = ws.projections.get(f"{model}/{maps.map_id(Kind.TAG, LayoutParams())}")
    assert entry.info["start"] == first.fingerprint


def test_a_preview_of_a_layout_hands_its_settings_over(browser: Browser, url: str):
    page = opened(browser, f"{url}/Tag_map?corpus=small&model=spectral")
    page.get_by_role("button", name="Layout").click()
    page.get_by_text("Previews of the most frequent tags").wait_for()
    expect(page.locator("[data-testid=stImage] img")).to_have_count(9)
    page.get_by_role("button", name="50 · 0.6").click()
    page.wait_for_url(lambda address: "n_neighbors=50" in address and "min_dist=0.6" in address)
    page.close()
