"""The training room's times: a query while a training runs, what a job costs beside its work, the registry, big files.

    python -m benchmarks.training      # prints the table and writes it into docs/benchmarks/

Everything runs in a home of its own, with a real worker and the demo. Queries are asked by ten threads of one process,
each on its own rhythm, as ten people with the Recommend page open would; once with nothing else going on, once while a
worker trains Word2Vec.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.dashboard import Row
from benchmarks.report import write_section
from tagviz.embed import imported
from tagviz.operations import corpora, jobs, models, recommend
from tagviz.operations.context import Context
from tagviz.operations.models import compare
from tagviz.settings import ASSETS, settings
from tagviz.store.jobs import Job, State
from tagviz.store.workspace import Workspace, now
from tagviz.types import Kind, Query

ROOT = Path(__file__).resolve().parent.parent
TITLES = ("rainy sunday", "비오는날", "route de nuit", "late night jazz", "workout", "80s party", "sad piano", "summer")
SESSIONS, THINKING, ASKED = 10, 0.5, 20
"""People at once, seconds between two of their questions, and questions of each."""


@contextmanager
def worker(ws: Workspace) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-m", "tagviz.worker"], env=jobs.environment(Context(ws)), cwd=ROOT)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def until(ws: Workspace, ident: int, reached: Callable[[Job], bool]) -> tuple[Job, float]:
    """The job when it has come so far, and the moment."""
    while not reached(job := jobs.job(Context(ws), ident)):
        if job.state is State.FAILED:
            raise RuntimeError(job.error)
        time.sleep(0.02)
    return job, time.time()


def queries(ws: Workspace) -> float:
    """The 95th percentile in milliseconds of what ten sessions wait for an answer."""
    corpus = corpora.open_corpus(Context(ws), "demo")
    model = models.open_model(Context(ws), corpus, "spectral")

    def session(number: int) -> list[float]:
        rng, took = np.random.default_rng(number), []
        for turn in range(ASKED):
            time.sleep(THINKING * 2 * rng.random())
            begun = time.perf_counter()
            for kind in (Kind.TAG, Kind.SONG):
                recommend.recommend(corpus, model, Query(title=TITLES[(number + turn) % len(TITLES)], n=20), kind)
            took.append(1000 * (time.perf_counter() - begun))
        return took[2:]

    with ThreadPoolExecutor(SESSIONS) as people:
        return float(np.percentile([one for took in people.map(session, range(SESSIONS)) for one in took], 95))


def trainings(ws: Workspace) -> list[Row]:
    idle, busy = queries(ws), 0.0
    long = {"corpus": "demo", "method": "word2vec", "values": {"epochs": 2000}}
    firsts, cancels = [], []
    for number in range(3):
        ident = jobs.submit(Context(ws), "train", {**long, "seed": number}, start=False)
        queued = time.time()
        _, begun = until(ws, ident, lambda job: bool(job.phase))
        firsts.append(begun - queued)
        busy = queries(ws) if number == 0 else busy
        time.sleep(2)
        asked = time.time()
        jobs.cancel(Context(ws), ident)
        _, over = until(ws, ident, lambda job: job.over)
        cancels.append(over - asked)
    quick = []
    for number in range(3):
        ident = jobs.submit(
            Context(ws), "train", {"corpus": "demo", "method": "neighbours", "seed": number}, start=False
        )
        queued = time.time()
        quick.append(until(ws, ident, lambda job: bool(job.phase))[1] - queued)
        until(ws, ident, lambda job: job.over)
    return [
        Row(f"query p95 of {SESSIONS} sessions, nothing else running", f"{idle:.0f} ms", ""),
        Row("the same while Word2Vec trains", f"{busy:.0f} ms ({busy / idle:.2f} ×)", "≤ 2 ×"),
        Row("queue to first progress, no heavy imports (neighbours)", f"{np.median(quick):.1f} s", "≤ 3 s"),
        Row("queue to first progress, Word2Vec", f"{np.median(firsts):.1f} s", ""),
        Row("cancel of a running Word2Vec", f"{max(cancels):.1f} s at most of three", "≤ 2 s"),
    ]


def registry(ws: Workspace) -> list[Row]:
    """200 models of one corpus: listing them with their scores, as the page does."""
    corpus = corpora.open_corpus(Context(ws), "demo")
    one = models.train(Context(ws), corpus, "cooccurrence", {"a": 0.123})
    stored = ws.open_model(one.fingerprint, one.id)
    for number in range(200 - len(ws.model_infos(one.fingerprint))):
        ws.save_model(replace(one, id=f"cooccurrence-{number:06x}", created=now()), stored.arrays, stored.state)
    begun = time.perf_counter()
    infos = models.list_models(Context(ws), one.fingerprint)
    reached = compare.best_scores(Context(ws), one.fingerprint)
    found = [reached.get(compare.fitting(info.method, info.params)) for info in infos]
    use, deleted = ws.disk_use(), ws.deleted()
    seconds = time.perf_counter() - begun
    print(len(found), "models,", len(use), "folders,", len(deleted), "deleted", file=sys.stderr)
    return [Row(f"listing {len(infos)} models with scores and disk use", f"{seconds:.2f} s", "≤ 1 s")]


def page(ws: Workspace) -> list[Row]:
    """The Train page with these models, drawn by Streamlit without a browser: opened once, then again."""
    from streamlit.testing.v1 import AppTest

    os.environ["TAGVIZ_HOME"], os.environ["TAGVIZ_DATABASE_URL"] = str(ws.home), ""
    settings.cache_clear()
    os.chdir(ROOT)
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    test.query_params["corpus"] = "demo"
    test.run()
    times = []
    for _ in range(4):
        test.switch_page("pages/4_Train.py")
        test.query_params["do"] = "keep"
        begun = time.perf_counter()
        test.run()
        times.append(time.perf_counter() - begun)
        if test.exception:
            raise RuntimeError(test.exception[0].message)
        test.switch_page("pages/5_Data.py")
        test.run()
    told = f"{np.median(times[1:]):.2f} s (first {times[0]:.2f})"
    return [Row("the registry's page with 200 models, drawn by the server", told, "≤ 1 s")]


def files(folder: Path) -> list[Row]:
    """Vectors of 30,000 words × 300 written by gensim."""
    from gensim.models import KeyedVectors

    rng = np.random.default_rng(0)
    vectors = KeyedVectors(vector_size=300)
    vectors.add_vectors([f"word{n}" for n in range(30_000)], rng.standard_normal((30_000, 300)).astype(np.float32))
    rows = []
    for name, binary, wanted in (("text", False, "≤ 5 s"), ("binary", True, "≤ 1 s")):
        path = folder / f"v.{name}"
        vectors.save_word2vec_format(str(path), binary=binary)
        times = []
        for _ in range(3):
            begun = time.perf_counter()
            imported.read(path)
            times.append(time.perf_counter() - begun)
        rows.append(Row(f"loading word2vec {name}, 30,000 × 300", f"{np.median(times):.2f} s", wanted))
    return rows


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        ws = Workspace(folder / "home", ASSETS / "demo")
        begin = os.getloadavg()[0]
        rows = files(folder)
        with worker(ws):
            rows += trainings(ws)
        rows += registry(ws)
        rows += page(ws)
    table = ["| task | measured | target |", "| --- | --- | --- |"]
    table += [f"| {row.what} | {row.measured} | {row.wanted} |" for row in rows]
    head = (
        f"`python -m benchmarks.training`, {os.cpu_count()} cores, load average {begin:.1f} at the beginning and "
        f"{os.getloadavg()[0]:.1f} at the end."
    )
    text = "\n".join(["## The Train page", "", head, "", *table])
    write_section("training", text)


if __name__ == "__main__":
    main()
