"""Opens the dashboard in every combination that a link can ask for, and lists what breaks.

    make crawl                              # all: page × tab × model in full, the other parameters pairwise
    python -m tests.crawl --driver websocket --only Recommend

A page breaks where it shows an exception or the sentence that stands for one, where the browser reports an error of a
script or of the content security policy, or where it does not finish. Tests run a short form of it.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from tagviz.evaluation.split import SplitSpec
from tagviz.operations import evaluation, maps, models
from tagviz.operations.context import Context
from tagviz.operations.registry import METHODS
from tagviz.settings import ASSETS
from tagviz.store.workspace import Workspace
from tests.corpora import make_corpus
from tests.serving import ROOT, serving

MISTAKE = "it is tagviz's fault"
"""What `on_script_error` shows instead of a traceback."""
SECOND = "second"
EMPTY = "songs-only"

ODD = ("", "-1", "9" * 30, "nan", "\x00", "tag:", "<b>x</b>", "x" * 3000, "../../etc/passwd", "\udcff", "yes", "☔|a|b")
"""Values that no widget writes but that a link may hold."""

PARAMS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "": {},
    "Tag_map": {
        "at": ("tag:jazz", "song:1", "tag:nobody"),
        "to": ("tag:rock", "tag:jazz"),
        "colour": ("cluster", "facet", "count", "language"),
        "heat": ("rainy night",),
        "least": ("1", "10"),
        "within": ("0.5",),
        "since": ("2012",),
        "until": ("2010",),
        "only": ("genre",),
        "method": ("umap", "pca", "umap3", "densmap"),
        "hold": ("2", "200"),
        "loose": ("0.9",),
        "beside": ("spectral", "spectral@second"),
        "say": ("jazz",),
        "try": ("yes",),
        "show": ("tag", "song"),
    },
    "Recommend": {
        "title": ("rainy night", "비오는날", "jazzz"),
        "tag": ("jazz", "nobody"),
        "song": ("1", "nobody"),
        "avoid": ("tag:rock", "song:1"),
        "beside": ("best", "spectral", "popularity", "word2vec"),
        "n": ("10", "100"),
        "variety": ("50",),
        "popularity": ("-100", "100"),
        "date": ("2015-06-30",),
        "later": ("yes",),
        "spellings": ("yes",),
        "unheeded": ("yes",),
    },
    "Evaluate": {
        "report": ("nothing",),
        "kind": ("tag", "song"),
        "case": ("title only", "all"),
        "k": ("1", "100"),
        "of": ("spectral", "popularity"),
        "reading": ("similarity", "lift"),
        "cumulative": ("yes",),
        "by": ("length", "ndcg"),
        "parts": ("case",),
        "behind": ("similarity|spectral|0|0", "label|spectral"),
        "question": ("0",),
        "space": ("Hubs", "Playlists", "Stability", "Analogy", "Odd one out"),
        "analogy": ("jazz",),
        "odd": ("jazz",),
        "moved": ("spectral",),
    },
    "Train": {
        "do": ("tune", "load", "keep"),
        "method": tuple(METHODS),
        "tune": ("word2vec", "cooccurrence"),
        "asked": ("arena", "tags"),
        "case": ("title only",),
        "metric": ("ndcg",),
    },
    "Data": {"kind": ("tag",)},
    "Judge": {"way": ("disagree", "rare"), "kind": ("tag", "song"), "beside": ("best", "spectral"), "me": ("Ann",)},
    "Curate": {"sort": ("synonyms", "broader", "not music"), "about": ("jazz", "nobody"), "me": ("Ann",)},
    "Watch": {"changed": ("tag",)},
}
"""Each page's own parameters, with values that mean something on the demo."""


@dataclass(frozen=True)
class Stop:
    """One address to open. tabs: whether every tab of the page is clicked."""

    page: str
    params: tuple[tuple[str, str], ...]
    tabs: bool = False

    @property
    def path(self) -> str:
        query = "&".join(f"{name}={quote(text, errors='surrogateescape')}" for name, text in self.params)
        return f"{self.page}?{query}" if query else self.page


@dataclass
class Report:
    """What a crawl found. broken: address and what was wrong with it. seconds: of each stop."""

    broken: list[tuple[str, str]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def text(self) -> str:
        """The report as Markdown."""
        total, slowest = sum(self.seconds), max(self.seconds, default=0.0)
        lines = [f"{len(self.seconds)} stops in {total:.0f} s, slowest {slowest:.1f} s, broken: {len(self.broken)}"]
        return "\n".join([*lines, *(f"- `{where[:300]}`: {what[:500]}" for where, what in self.broken)])


def make_workspace(home: Path) -> None:
    """The demo beside a corpus with awkward tags (with a model, a map and a report) and one that has songs only."""
    from tests.ui.conftest import awkward_corpus

    ws = Workspace(home, ASSETS / "demo")
    awkward = awkward_corpus()
    ws.save_corpus(type(awkward)(**{**vars(awkward), "name": SECOND}))
    second = ws.open_corpus(SECOND)
    maps.project(Context(ws), second, models.open_model(Context(ws), second, "spectral"))
    evaluation.evaluate(Context(ws), second, ["spectral", "popularity"], SplitSpec("arena"))
    lists = [{"title": "", "tags": [], "songs": [f"s{at}" for at in range(n, n + 4)]} for n in range(8)]
    ws.save_corpus(make_corpus(lists, {}, {}, name=EMPTY))


def model_names(home: Path) -> list[str]:
    """What the address can name as a model without training it first: the default and what the demo brings."""
    ws = Workspace(home, ASSETS / "demo")
    trained = {info.method for info in models.list_models(Context(ws), ws.open_corpus("demo").fingerprint)}
    return ["", *(name for name in METHODS if name in trained)]


def full_stops(names: Sequence[str]) -> Iterator[Stop]:
    """Every page, with every tab clicked, under every model."""
    for page in PARAMS:
        for name in names:
            yield Stop(page, (("model", name),) if name else (), tabs=True)
    for do in PARAMS["Train"]["do"]:
        yield Stop("Train", (("do", do),), tabs=True)


def pairwise_stops(page: str, seed: int = 42) -> Iterator[Stop]:
    """Addresses in which every two values of two parameters meet; each parameter has odd values too."""
    from allpairspy import AllPairs

    rng = random.Random(f"{seed}-{page}")
    choices: dict[str, list[str | None]] = {
        "corpus": [None, SECOND, EMPTY, rng.choice(ODD)],
        "model": [None, "spectral", "spectral:playlists", "popularity", rng.choice(ODD)],
    }
    for name, known in PARAMS[page].items():
        choices[name] = [None, *known, *rng.sample(ODD, 2)]
    for row in AllPairs(list(choices.values())):
        params = tuple((name, text) for name, text in zip(choices, row, strict=True) if text is not None)
        yield Stop(page, params)


def odd_stops(names: Sequence[str]) -> Iterator[Stop]:
    """Every odd value in every parameter, one at a time; and the same model on both sides."""
    for page, params in PARAMS.items():
        for name in ("corpus", "model", *params):
            yield from (Stop(page, ((name, text),)) for text in ODD)
    for name in names:
        yield Stop("Recommend", (("title", "jazz"), ("model", name), ("beside", name)))


Opener = Callable[[Stop], Iterable[str]]
"""Opens a stop and yields what is wrong with it."""


@contextmanager
def websocket_opener(address: str) -> Iterator[Opener]:
    """Opens pages without a browser: quick, but clicks no tab and draws nothing."""
    from urllib.parse import urlencode

    from websockets.exceptions import WebSocketException

    from tests.websocket_client import websocket_client

    def opened(stop: Stop) -> Iterator[str]:
        try:
            with websocket_client(address) as client:
                rerun = client.run_query(stop.page, urlencode(stop.params, errors="surrogateescape"), 60.0)
        except (TimeoutError, ConnectionError, WebSocketException) as error:
            yield f"did not finish: {error}"
            return
        if rerun.failed or MISTAKE in rerun.text:
            yield "shows a mistake"

    yield opened


@contextmanager
def browser_opener(address: str) -> Iterator[Opener]:
    """Opens pages in Debian's Chromium and clicks the tabs."""
    from playwright.sync_api import Error, Page, sync_playwright

    from tests.chromium import launch

    errors: list[str] = []

    def settle(page: Page) -> None:
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=60_000)
        page.locator("[data-testid=stSidebarContent] a").first.wait_for(state="attached", timeout=60_000)

    def wrong(page: Page) -> Iterator[str]:
        if page.get_by_text(MISTAKE).count() or page.locator("[data-testid=stException]").count():
            yield "shows a mistake"
        yield from dict.fromkeys(errors)
        errors.clear()

    def opened(stop: Stop) -> Iterator[str]:
        try:
            page.goto(f"{address}/{stop.path}")
            settle(page)
            yield from wrong(page)
            for number in range(page.get_by_role("tab").count() if stop.tabs else 0):
                tab = page.get_by_role("tab").nth(number)
                if tab.is_visible():
                    tab.click()
                    page.wait_for_timeout(300)
                    settle(page)
                    for what in wrong(page):
                        yield f"tab {number}: {what}"
        except Error as error:
            yield f"did not finish: {error.message.splitlines()[0]}"

    with sync_playwright() as playwright:
        page = launch(playwright).new_page(viewport={"width": 1280, "height": 900})
        page.on("pageerror", lambda error: errors.append(f"script error: {error}"))
        page.on(
            "console",
            lambda message: errors.append(message.text) if "Content Security Policy" in message.text else None,
        )
        yield opened


def crawl(opener: Opener, stops: Iterable[Stop], say: Callable[[str], None] = lambda text: None) -> Report:
    """Opens all stops, one after another."""
    report = Report()
    for stop in stops:
        started = time.perf_counter()
        for what in opener(stop):
            report.broken.append((stop.path, what))
            say(f"BROKEN {stop.path[:200]}: {what}")
        report.seconds.append(time.perf_counter() - started)
    return report


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--driver", choices=("browser", "websocket"), default="browser")
    parser.add_argument("--only", choices=list(PARAMS), help="one page")
    parser.add_argument("--part", choices=("full", "pairwise", "odd"), nargs="+", default=["full", "pairwise"])
    parser.add_argument("--log", type=Path, help="where the server's output goes, with the tracebacks of mistakes")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        make_workspace(home)
        names = model_names(home)
        stops: list[Stop] = []
        if "full" in options.part:
            stops += full_stops(names)
        if "pairwise" in options.part:
            stops += [stop for page in PARAMS for stop in pairwise_stops(page)]
        if "odd" in options.part:
            stops += odd_stops(names)
        stops = [stop for stop in stops if options.only is None or stop.page == options.only]
        environment = {"TAGVIZ_HOME": str(home), "TAGVIZ_DATABASE_URL": ""}
        opener = browser_opener if options.driver == "browser" else websocket_opener
        with serving(ROOT / "app.py", environment, "/ready", log=options.log) as address, opener(address) as opened:
            report = crawl(opened, stops, lambda text: print(text, flush=True))
    print(report.text())
    return 1 if report.broken else 0


if __name__ == "__main__":
    sys.exit(main())
