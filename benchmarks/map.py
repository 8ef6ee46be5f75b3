"""The map against Plotly's scattergl: seconds to a drawn map, bytes, a click, a hover, memory, in headless Chromium.

    python -m benchmarks.map                 # 30,000 and 650,000 synthetic points, both ways
    python -m benchmarks.map --points 30000 --way component

Software WebGL, one page at a time. "Drawn" is the first screenshot in which the cloud is more than background. Bytes
are what the websocket and the routes carried. Both are asked for a highlight (in Plotly a change of the figure).
"Marked" is a highlight without the flight and the screenshot: from Enter to the marked point with its name, drawn.
"Processor" is what the whole browser worked until then, on all cores together: it hardly depends on what else the
machine does. "Tab" is the memory of the page's process; the graphics process is not counted. Ends with the load.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.chromium import launch
from tests.serving import ROOT, serving

PLOTLY_PAGE = """
import json, os
import numpy as np, plotly.graph_objects as go, streamlit as st
st.set_page_config(layout="wide")
@st.cache_resource
def read():
    folder = os.environ["TAGVIZ_MAP_TEST"]
    arrays = np.load(folder + "/points.npz")
    return arrays["xy"], arrays["counts"], arrays["level0"], json.load(open(folder + "/texts.json"))["labels"]
xy, counts, level, labels = read()
sought = st.text_input("Find")
size = 3 + 9 * (np.log1p(counts) / np.log1p(counts.max())) ** 2.4
opacity = np.full(len(xy), 0.8)
if sought:
    opacity[:] = 0.12
    opacity[labels.index(sought)] = 1
marker = dict(size=size.astype(np.float32), color=level, opacity=opacity.astype(np.float32))
figure = go.Figure(go.Scattergl(x=xy[:, 0], y=xy[:, 1], mode="markers", marker=marker, text=labels, hoverinfo="text"))
figure.update_layout(height=640, dragmode="pan")
picked = st.plotly_chart(figure, on_select="rerun", key="map", theme=None)
st.text(f"sought {sought}")
"""


@dataclass
class Wire:
    """Bytes since the last look, by way."""

    websocket: int = 0
    files: int = 0
    requests: list[str] = field(default_factory=list)

    def take(self) -> tuple[int, int]:
        found = self.websocket, self.files
        self.websocket = self.files = 0
        return found


def synthetic(folder: Path, count: int) -> None:
    """Clouds of very different sizes, as a layout makes them, with counts by a power law."""
    random = np.random.default_rng(7)
    topics = 240
    middles = random.normal(size=(topics, 2)) * [0.45, 0.4]
    topic = np.minimum(random.geometric(0.02, size=count), topics) - 1
    xy = (middles[topic] + random.normal(size=(count, 2)) * random.uniform(0.01, 0.07, topics)[topic][:, None]).astype(
        np.float32
    )
    coarse = (np.arctan2(middles[:, 1], middles[:, 0]) / np.pi * 3.999 + 4).astype(np.int32).clip(0, 6)
    arrays = {
        "xy": xy,
        "counts": (random.pareto(1.1, size=count) * 3 + 1).astype(np.int64),
        "trust": random.uniform(size=count).astype(np.float32),
        "near": random.integers(count, size=(count, 5)).astype(np.int32),
        "level0": coarse[topic],
        "level1": topic.astype(np.int32),
    }
    np.savez(folder / "points.npz", **arrays)  # type: ignore[arg-type]
    names = [[f"region {n}" for n in range(7)], [f"district {n}" for n in range(topics)]]
    (folder / "texts.json").write_text(json.dumps({"labels": [f"song {n}" for n in range(count)], "names": names}))
    (folder / "plotly_page.py").write_text(PLOTLY_PAGE)


def measure(way: str, folder: Path) -> dict[str, Any]:
    script = ROOT / "tests" / "map" / "page.py" if way == "component" else folder / "plotly_page.py"
    with serving(script, {"TAGVIZ_MAP_TEST": str(folder)}) as address, sync_playwright() as playwright:
        browser = launch(playwright, "--enable-precise-memory-info")
        url = f"{address}/?wide=1"
        warm = browser.new_page()  # the server's own caches: what every later visitor meets
        warm.goto(url)
        _drawn(warm)
        warm.close()
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        wire = _listen(page)
        started, worked = time.perf_counter(), _processor(browser)
        page.goto(url)
        _drawn(page)
        found: dict[str, Any] = {"drawn s": round(time.perf_counter() - started, 2)}
        found["processor s"] = round(_processor(browser) - worked, 2)
        page.wait_for_timeout(3000)
        socket_bytes, file_bytes = wire.take()
        found |= {"websocket kB": round(socket_bytes / 1000, 1), "files kB": round(file_bytes / 1000, 1)}
        if way == "component":
            found["hover ms"] = round(_hover(page))
            found["click s"] = round(_click(page), 2)
            page.wait_for_timeout(1500)
            found["click kB"] = round(sum(wire.take()) / 1000, 1)
        _watch_marks(page)
        found["highlight s"] = round(_highlight(page, way, wire), 2)
        page.wait_for_timeout(1500)
        found["highlight kB"] = round(sum(wire.take()) / 1000, 1)
        if way == "component":
            found["marked ms"] = round(page.evaluate("window.__marked"))
        found["heap MB"] = round(page.evaluate("performance.memory.usedJSHeapSize") / 2**20)
        found["tab MB"] = round(_memory(browser))
        browser.close()
    return found


def _processes(browser: Browser) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    return found


def _processor(browser: Browser) -> float:
    """Seconds of processor time that all processes of the browser have used."""
    return float(sum(process["cpuTime"] for process in _processes(browser)))


def _memory(browser: Browser) -> float:
    """Megabytes of the largest renderer process, shared pages counted by their share: the tab's."""
    pids = [process["id"] for process in _processes(browser) if process["type"] == "renderer"]
    lines = [Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines() for pid in pids]
    return max(int(line.split()[1]) for told in lines for line in told if line.startswith("Pss:")) / 1024


def _listen(page: Page) -> Wire:
    wire = Wire()

    def frame(payload: str | bytes) -> None:
        wire.websocket += len(payload)

    def response(event: dict[str, Any]) -> None:
        if not event["request"]["url"].startswith("data:"):
            asked[event["requestId"]] = event["request"]["url"]

    def finished(event: dict[str, Any]) -> None:
        address = asked.get(event["requestId"], "")
        if "/map/files/" in address:
            wire.files += int(event["encodedDataLength"])
            wire.requests.append(address)

    asked: dict[str, str] = {}
    page.on("websocket", lambda found: found.on("framereceived", frame))
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.on("Network.requestWillBeSent", response)
    network.on("Network.loadingFinished", finished)
    return wire


def _colour(page: Page) -> np.ndarray[Any, Any]:
    """How coloured each pixel of the map's middle is, from 0 to 255."""
    picture = np.asarray(
        Image.open(io.BytesIO(page.screenshot(timeout=180_000))).convert("RGB").crop((250, 250, 1000, 700)), dtype=int
    )
    return picture.max(axis=2) - picture.min(axis=2)


def _drawn(page: Page) -> None:
    """Waits until a screenshot shows a cloud: 2 % of the pixels of the map's middle are coloured."""
    page.wait_for_selector("canvas", timeout=180_000)  # screenshots cost: none before there is anything to draw on
    for _ in range(1200):
        if (_colour(page) > 40).mean() > 0.02:
            return
        page.wait_for_timeout(30)
    raise TimeoutError("nothing was drawn")


def _highlight(page: Page, way: str, wire: Wire) -> float:
    """Seconds from Enter to a screenshot of the faded map."""
    before = _colour(page).mean()
    started = time.perf_counter()
    page.get_by_label("Find").fill("song 77")
    page.keyboard.press("Enter")
    while way == "plotly" and wire.websocket < 100_000 and time.perf_counter() - started < 120:
        page.wait_for_timeout(20)  # the figure comes again as a whole
    while _colour(page).mean() > 0.6 * before and time.perf_counter() - started < 120:
        page.wait_for_timeout(20)
    return time.perf_counter() - started


def _watch_marks(page: Page) -> None:
    """Keeps in `window.__marked` the milliseconds from Enter until the marked point and its name are drawn, which is
    while the map already flies there: the pixel that is read makes the page wait for the graphics."""
    page.evaluate(
        """() => addEventListener('keydown', (event) => { if (event.key !== 'Enter' || !window.__map) return;
             const canvas = [...document.querySelectorAll('*')].map((e) => e.shadowRoot).filter(Boolean)
               .map((r) => r.querySelector('canvas.points')).find(Boolean);
             const began = performance.now(), gl = canvas.getContext('webgl2');
             const look = () => {
               if (!window.__map.labels().some((label) => label.text === 'song 77' && label.role === 'marked'))
                 return requestAnimationFrame(look);
               gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
               window.__marked = performance.now() - began; };
             look(); }, { capture: true })"""
    )


def _click(page: Page) -> float:
    """Seconds from a click on the name of a point to the names of its neighbours, which the server sends."""
    label = next(label for label in page.evaluate("window.__map.labels()") if label["role"] == "tag")
    place = page.locator("canvas.surface").bounding_box()
    assert place is not None
    started = time.perf_counter()
    page.mouse.click(place["x"] + label["left"] + label["width"] / 2, place["y"] + label["middle"])
    page.wait_for_function("window.__map.labels().filter((label) => label.role === 'marked').length > 1")
    return time.perf_counter() - started


def _hover(page: Page) -> float:
    """Milliseconds from a pointer's move to the card's text, measured in the page; the median of five points."""
    times = []
    for row in range(5):
        place = page.evaluate(f"window.__map.project({row})")
        page.mouse.move(place["x"] + 40, place["y"] + 40)
        page.wait_for_timeout(200)
        page.evaluate(
            """() => { const card = [...document.querySelectorAll('*')].map((e) => e.shadowRoot).filter(Boolean)
                 .map((r) => r.querySelector('.card')).find(Boolean); const strong = card.querySelector('strong');
               window.__hover = new Promise((done) => { let start = 0;
                 addEventListener('pointermove', () => { start ||= performance.now(); }, { capture: true, once: true });
                 new MutationObserver(() => done(performance.now() - start))
                   .observe(card, { childList: true, subtree: true, attributes: true }); }); }"""
        )
        page.mouse.move(place["x"], place["y"])
        times.append(
            page.evaluate("Promise.race([window.__hover, new Promise((done) => setTimeout(() => done(9999), 2000))])")
        )
    return float(np.median(times))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, nargs="*", default=[30_000, 650_000])
    parser.add_argument("--way", choices=["component", "plotly"], nargs="*", default=["component", "plotly"])
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    rows = []
    for count in asked.points:
        with tempfile.TemporaryDirectory() as folder:
            synthetic(Path(folder), count)
            for way in asked.way:
                rows.append({"points": count, "way": way, **measure(way, Path(folder))})
                if not asked.json:
                    print(rows[-1], flush=True)
    if asked.json:
        print(json.dumps(rows))
    else:
        print("load average:", *(f"{load:.1f}" for load in os.getloadavg()))


if __name__ == "__main__":
    main()
