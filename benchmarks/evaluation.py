"""How fast the evaluation room answers: a stored report of 20,000 questions × 100 songs of five models, all made up,
beside the Arena's rule as a loop; scoring questions of the real lists; and the page in a real browser.

    python -m benchmarks.evaluation [questions]     # prints the table and writes it into docs/benchmarks/
"""

from __future__ import annotations

import math
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psutil
import scipy.sparse as sp
from playwright.sync_api import Page, sync_playwright

from benchmarks.dashboard import LISTS, Row, server, wait_ready
from benchmarks.report import write_section
from tagviz.evaluation import compare, heatmaps, metrics, rank_histogram, serialization
from tagviz.evaluation.items import Items
from tagviz.evaluation.report import EvalReport, EvaluatedModel, build, ranks_of
from tagviz.evaluation.split import SplitSpec, split
from tagviz.operations import corpora, evaluation, models
from tagviz.operations.context import Context
from tagviz.operations.evaluation import views
from tagviz.settings import ASSETS
from tagviz.store.workspace import Workspace
from tagviz.types import Kind, Vocab, readonly
from tagviz.ui import cache
from tagviz.ui.components.report_panel import frames
from tests.chromium import launch

MODELS, SONGS, TAGS = 5, 100_000, 30_000
SCORED = 10_000


def made_up(questions: int, seed: int = 1) -> EvalReport:
    """A report of random answers, better for the first models, with truths of 1 to 100 songs and 1 to 8 tags."""
    rng = np.random.default_rng(seed)
    items, hidden, shown, rows = {}, {}, {}, {}
    for kind, size, longest in ((Kind.SONG, SONGS, 60), (Kind.TAG, TAGS, 8)):
        lengths = rng.integers(1, longest + 1, questions)
        columns = np.concatenate([np.sort(rng.choice(size, length, replace=False)) for length in lengths])
        indptr = np.concatenate([[0], np.cumsum(lengths)])
        hidden[kind] = sp.csr_matrix((np.ones(len(columns), np.float32), columns, indptr), shape=(questions, size))
        shown[kind] = sp.csr_matrix((questions, size), dtype=np.float32)
        counts = np.maximum(1, rng.zipf(1.5, size) % 1000).astype(np.int32)
        vectors = rng.normal(size=(size, 32 if kind is Kind.TAG else 0))
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        items[kind] = Items(
            vocab=Vocab.of(kind, [str(number) for number in range(size)]),
            counts=readonly(counts),
            band=readonly((np.arange(size) % 3).astype(np.int8)),
            catalogue=size,
            facets=np.full(size, "", dtype=object),
            vectors=readonly(vectors.astype(np.float16)),
            genres=sp.csr_matrix((size, 0), dtype=np.float32),
        )
        for model in range(MODELS):
            # all different, because their remainders are; more than needed, because those that happen to be right go
            filler = rng.integers(0, size // 200, (questions, 200)) * 200 + np.arange(200)
            answer = np.empty((questions, 100), dtype=np.int32)
            for row in range(questions):
                truth = columns[indptr[row] : indptr[row + 1]]
                taken = truth[rng.random(len(truth)) < 0.5 - 0.05 * model]
                right = np.zeros(100, dtype=bool)
                right[rng.choice(100, len(taken), replace=False)] = True
                answer[row, right] = taken
                answer[row, ~right] = filler[row][~np.isin(filler[row], truth)][: 100 - len(taken)]
            rows[f"model {model}", kind] = readonly(answer, np.int32)
    frame = pd.DataFrame(
        {
            "id": [str(number) for number in range(questions)],
            "title": "",
            "titled": False,
            "date": pd.Timestamp("2020-01-01").as_unit("s"),
            "group": [f"g{number}" for number in rng.integers(0, questions // 3, questions)],
            "case": rng.choice(["songs", "songs+tags", "title"], questions),
            "songs": 10,
            "tags": 4,
            "language": "",
            "year": 2020,
        }
    )
    labels = [f"model {model}" for model in range(MODELS)]
    return EvalReport(
        name="made up", corpus="made up", fingerprint="", protocol="arena", mask="real", by_group=True, seed=seed,
        share=0.2, leak=0.0, notes=(), created="2020-01-01T00:00:00+00:00", version="", playlists=100_000, trained="",
        models=tuple(EvaluatedModel(label) for label in labels), questions=frame, items=items, shown=shown,
        hidden=hidden,
        rows=rows, ranks={(label, kind): ranks_of(found, hidden[kind]) for (label, kind), found in rows.items()},
        fallback={key: np.zeros(questions, dtype=bool) for key in rows},
    )  # fmt: skip


def plain_loop(report: EvalReport, label: str, kind: Kind) -> float:
    """The Arena's nDCG question by question, as its published rule reads."""
    answers, truth = report.rows[label, kind].tolist(), report.hidden[kind]
    ideals = [0.0]
    for place in range(200):
        ideals.append(ideals[-1] + 1 / math.log2(place + 2))
    total = 0.0
    for row, answer in enumerate(answers):
        wanted = set(truth.indices[truth.indptr[row] : truth.indptr[row + 1]].tolist())
        total += (
            sum(1 / math.log2(place + 2) for place, item in enumerate(answer) if item in wanted) / ideals[len(wanted)]
        )
    return total / len(answers)


def timed(work: Callable[[], Any], times: int = 3) -> tuple[float, Any]:
    """The best of several runs, in seconds, and what the last one returned."""
    best, result = math.inf, None
    for _ in range(times):
        start = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - start)
    return best, result


def in_the_library(report: EvalReport) -> list[Row]:
    """What a stored report answers, in this process."""
    rows: list[Row] = []

    def line(what: str, work: Callable[[], Any], limit: str = "", times: int = 3) -> Any:
        seconds, result = timed(work, times)
        rows.append(Row(what, f"{1000 * seconds:.0f} ms", limit))
        return result

    label = report.labels[0]
    loop = line("nDCG of one model, the Arena's rule as a plain loop", lambda: plain_loop(report, label, Kind.SONG))
    line("running sums of five models × two kinds, once", lambda: warm(report), times=1)
    ks = iter(range(1, 100))
    line(
        "every metric of five models at a new k",
        lambda: [metrics.scores(report, one, Kind.SONG, 99 - next(ks)) for one in report.labels],
        "≤ 50 ms",
    )
    ndcg = float(metrics.scores(report, label, Kind.SONG, 100)["ndcg"].mean())
    if abs(ndcg - loop) > 1e-9:
        raise SystemExit(f"the two disagree: {ndcg} and {loop}")

    def judged(k: int) -> None:
        metrics.summary(report, Kind.SONG, k)
        compare.compare(report, "ndcg", Kind.SONG, k)

    line("table with 1,000 resamples and paired comparison of five models", lambda: judged(next(ks)), "≤ 3 s")
    line("rank histogram of five models", lambda: rank_histogram.histogram(report, Kind.SONG, 100))
    line("similarity heatmap, the first time", lambda: heatmaps.similarity(report, label), times=1)
    line("recommended-instead-of heatmap", lambda: heatmaps.instead(report, label, 10))
    line("the page's table, heatmap and histogram at all 20 k", lambda: glance(report), times=1)
    for reading in views.READINGS:
        line(
            f"the exported panel at a new k, its figures included ({reading})",
            lambda reading=reading: views.panel(
                report, k=next(ks) % 20 + 1, options=views.PanelOptions(reading=reading, resamples=400)
            ),  # type: ignore[misc]
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.npz"
        arrays, document = serialization.state(report)
        np.savez(path, **arrays)  # type: ignore[arg-type]

        def opened() -> EvalReport:
            with np.load(path, allow_pickle=False) as kept:
                return serialization.restore({name: kept[name] for name in kept.files}, document)

        line(f"opening the stored report ({path.stat().st_size / 1e6:.0f} MB)", opened)
    return rows


def scoring() -> list[Row]:
    """Questions of the real lists asked of a vector method, as often as it takes to make SCORED."""
    with tempfile.TemporaryDirectory() as home:
        ws = Workspace(Path(home))
        corpora.import_corpus(Context(ws), LISTS, "lastfm", format="melon")
        parts = split(corpora.open_corpus(Context(ws), "lastfm"), SplitSpec("arena"))
        rows = np.resize(np.arange(len(parts.questions)), SCORED)
        asked = replace(parts, questions=parts.questions.select(rows))
        found = []
        for ref in ("spectral", "word2vec"):
            recommender = models.open_model(Context(ws), parts.train, ref).recommender
            seconds, _ = timed(lambda recommender=recommender: build({"m": recommender}, asked), 1)  # type: ignore[misc]
            what = f"scoring {SCORED:,} questions of the real lists, 100 songs and 100 tags each, {ref}"
            found.append(Row(what, f"{seconds:.1f} s", "≤ 20 s"))
    return found


SHOWN = """([what, before]) => {
  const panel = () => {
    for (const host of document.querySelectorAll("*")) {
      const found = host.shadowRoot?.querySelector(".panel")
      if (found) return found
    }
  }
  const here = panel()
  const done = (start) => requestAnimationFrame(() => setTimeout(() => (window.shown = performance.now() - start)))
  const look = (start) => here.dataset[what] !== before ? done(start) : requestAnimationFrame(() => look(start))
  window.shown = 0
  window.addEventListener("keydown", () => look(performance.now()), {capture: true, once: true})
  return here.dataset[what]
}"""
"""From the next key to the frame after the one in which the panel shows another k or another case: milliseconds in
`window.shown`. The panel writes what it shows when table, heatmap and histogram are drawn."""


@dataclass(frozen=True)
class Spent:
    """How long a person waited, and how much of the processor the dashboard and the browser took for it, in ms. On a
    machine that does nothing else the wait is about the sum of both."""

    waited: float
    dashboard: float
    browser: float

    def __str__(self) -> str:
        return f"{self.waited:.0f} ms (processor time: dashboard {self.dashboard:.0f}, browser {self.browser:.0f})"


def processor(process: psutil.Process) -> tuple[float, float]:
    """Milliseconds of processor time that the dashboard and the browsers of this benchmark have taken so far."""
    browsers = [one for one in psutil.Process().children(recursive=True) if "chrom" in one.name()]
    totals = []
    for several in ([process], browsers):
        times = [one.cpu_times() for one in several if one.is_running()]
        totals.append(1000 * sum(one.user + one.system for one in times))
    return totals[0], totals[1]


def answered(page: Page, process: psutil.Process, key: str, what: str) -> list[float]:
    """From one key, on what has the focus, to the changed panel; `what` of its marks tells: its k or its case. The
    processor's time goes on until the page rests."""
    page.evaluate(SHOWN, [what, page.locator(".panel").get_attribute(f"data-{what}")])
    before = processor(process)
    page.keyboard.press(key)
    page.wait_for_function("window.shown > 0", timeout=60_000)
    waited = float(page.evaluate("window.shown"))
    page.wait_for_timeout(400)
    rest(page)
    return [waited, *np.subtract(processor(process), before)]


def rest(page: Page) -> None:
    page.locator("[data-testid=stStatusWidget]").wait_for(state="detached", timeout=60_000)
    page.wait_for_timeout(600)


def slid(page: Page, process: psutil.Process, times: int = 7) -> Spent:
    """From a key on the slider to the changed table, heatmap and histogram: the median of several."""
    page.locator(".panel[data-whole=true]").wait_for(timeout=60_000)
    rest(page)
    found = []
    for _ in range(times):
        page.get_by_role("slider", name="Suggestions looked at").focus()
        found.append(answered(page, process, "ArrowLeft", "k"))
    return Spent(*np.median(found, axis=0))


def filtered(page: Page, process: psutil.Process) -> Spent:
    """From the key that chooses a case to the panel of its questions: the median over the cases, each for the first
    time."""
    box = page.get_by_role("combobox", name="Questions")
    found = []
    for _ in range(box.get_by_role("option").count() - 1):
        box.focus()
        found.append(answered(page, process, "ArrowDown", "case"))
    return Spent(*np.median(found, axis=0))


@dataclass(frozen=True)
class Opened:
    """A page from its address: to the drawn panel, to the slider that answers by itself, to rest."""

    panel: Spent
    slider: Spent
    rest: Spent


def opened(page: Page, process: psutil.Process, address: str, ident: str) -> Opened:
    """Asks for a report's address in a browser and a dashboard that have been used before."""
    before, started = processor(process), time.perf_counter()

    def spent() -> Spent:
        return Spent(1000 * (time.perf_counter() - started), *np.subtract(processor(process), before))

    page.goto(f"{address}/Evaluate?report={ident}", wait_until="commit")
    page.locator(".panel[data-set] .histogram [data-mark]").first.wait_for(timeout=120_000)
    drawn = spent()
    page.locator(".panel[data-whole=true]").wait_for(timeout=120_000)
    whole = spent()
    page.locator("[data-testid=stStatusWidget]").wait_for(state="detached", timeout=60_000)
    page.locator("[data-testid=stDataFrame] canvas").last.wait_for(timeout=120_000)
    return Opened(drawn, whole, spent())


def on_a_page(page: Page, process: psutil.Process, address: str, ident: str, what: str, wanted: str) -> list[Row]:
    found = opened(page, process, address, ident)
    rest(page)
    again = opened(page, process, address, ident)
    return [
        Row(f"the page opens {what} from its address: table, heatmap and histogram", str(found.panel), wanted),
        Row("… the same report once more, by a reload", str(again.panel), wanted),
        Row("… the first time until its slider answers without the server", str(found.slider), ""),
        Row("… until all below is there, too", str(found.rest), ""),
        Row(f"k slider to changed table, heatmap and histogram, {what}", str(slid(page, process)), "≤ 200 ms"),
        Row(f"case filter to the same, for the first time, {what}", str(filtered(page, process)), "≤ 200 ms"),
    ]


def in_the_browser(report: EvalReport) -> list[Row]:
    """The page on the demo's own report and on the large one, in Chromium."""
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        ws = Workspace(Path(home), ASSETS / "demo")
        corpus = corpora.open_corpus(Context(ws), "demo")
        (shipped,) = evaluation.list_reports(Context(ws), corpus.fingerprint)
        arrays, document = serialization.state(report)
        ws.save_report(corpus.fingerprint, "large", arrays, document)
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        rows = []
        with server(Path(home)) as (address, process):
            wait_ready(address)
            opened(page, process, address, str(shipped["id"]))
            rows += on_a_page(page, process, address, str(shipped["id"]), "the demo's report", "")
            large = f"a stored report of {len(report):,} questions"
            rows += on_a_page(page, process, address, "large", large, "≤ 1.5 s")
        browser.close()
    return rows


def main() -> None:
    questions = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    report = made_up(questions)
    rows = in_the_library(report) + (scoring() if LISTS.is_dir() else []) + in_the_browser(report)
    table = ["| task | measured | target |", "| --- | --- | --- |"]
    table += [f"| {row.what} | {row.measured} | {row.wanted} |" for row in rows]
    loads = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    head = (
        f"`python -m benchmarks.evaluation`: a made-up report of {questions:,} questions × 100 songs and 100 tags of "
        f"{MODELS} models, the real lists and the demo; {os.cpu_count()} cores, load averages {loads} at the end. "
        "On a busy machine the waits say little; the processor time beside them is what they cost."
    )
    text = "\n".join(["## Response times", "", head, "", *table])
    write_section("evaluation", text)


def glance(report: EvalReport) -> None:
    frames.frames(report, frames.PanelQuery(Kind.TAG, tuple(range(1, 21)), "", "", "similarity", cache.RESAMPLES))


def warm(report: EvalReport) -> None:
    for label, kind in report.rows:
        metrics.cumulative_hits(report, label, kind, report.depth(kind))


if __name__ == "__main__":
    main()
