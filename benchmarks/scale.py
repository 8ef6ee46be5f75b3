"""Melon's size on this machine: what each step takes at 1 %, 10 % and all of it, in seconds and in memory.

    python -m benchmarks.scale                     # every step that has not been measured yet, then docs/benchmarks/
    python -m benchmarks.scale --scale 0.01 0.1    # only these sizes

The corpora are generated (see `tagviz generate`). Each step is a process of its own, so that seconds of the clock and
of the processor and the peak of resident memory are the operating system's (wait4). What was measured lies in
build/scale and is not measured again; delete a file there to do so.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.report import write_section
from tagviz.operations import items
from tagviz.operations.context import Context

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "scale"
SCALES = (0.01, 0.1, 1.0)
SPACE = ("--method", "spectral", "--set", "variant=rooted", "dimensions=200")
BEST = ("--method", "best", "--set", "dimensions=128")
QUERIES = 40


@dataclass(frozen=True)
class Step:
    """What is measured: a command of tagviz, or a function of this module run in a process of its own."""

    name: str
    title: str
    reach: str
    command: Callable[[Path], Sequence[str]]
    most: float = 1.0  # the largest size at which it is run


@dataclass(frozen=True)
class Cell:
    """What one step took: seconds of the clock and of the processor, peak memory in MB, what it said, the load."""

    seconds: float
    cpu: float
    memory: float
    load: float
    said: dict[str, Any] = field(default_factory=dict)


def tagviz(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "tagviz", *arguments, "--json"]


def here(name: str, folder: Path) -> list[str]:
    return [sys.executable, "-m", "benchmarks.scale", "--run", name, "--folder", str(folder)]


def predict(model: str) -> Callable[[Path], Sequence[str]]:
    return lambda folder: tagviz(
        *("predict", "melon", "--model", model, "--questions", str(folder / "files" / "val.json")),
        *("--out", str(folder / f"{model.replace(':', '-')}.json")),
    )


def score(model: str) -> Callable[[Path], Sequence[str]]:
    answers = Path("files") / "answers" / "val.json"
    return lambda folder: tagviz(
        "score", "--answers", str(folder / answers), "--results", str(folder / f"{model.replace(':', '-')}.json")
    )


STEPS = (
    Step("generate", "generate the files", "", lambda folder: tagviz(
        "generate", "--scale", folder.name, "--seed", "42", "--out", str(folder / "files"))),
    Step("import", "import of the full JSON", "≤ 90 s, ≤ 3 GB", lambda folder: tagviz(
        "import", str(folder / "files"), "--format", "melon", "--name", "melon")),
    Step("spectral", "co-embedding of all kinds, 200-d", "≤ 2 min, ≤ 3 GB", lambda folder: tagviz(
        "train", "melon", *SPACE)),
    Step("best", "all members of the best method, weights and re-ranker", "≤ 20 min, ≤ 6 GB", lambda folder: tagviz(
        "train", "melon", *BEST)),
    Step("recipe", "starting recipe: skip-gram, window 100, 300-d, 50 epochs (extrapolated)", "about 3 hours",
         lambda folder: here("recipe", folder)),
    Step("open", "open the corpus and its default model", "≤ 3 s, ≤ 1.5 GB", lambda folder: here("open", folder)),
    Step("query-spectral", "a query, tags and songs, vectors", "p95 ≤ 80 ms",
         lambda folder: here("query-spectral", folder)),
    Step("query-best", "a query, tags and songs, best method", "p95 ≤ 250 ms",
         lambda folder: here("query-best", folder)),
    Step("loop", "a query by the starting point's loop", "", lambda folder: here("loop", folder)),
    Step("search", "search while typing over tags and songs", "p95 ≤ 50 ms", lambda folder: here("search", folder)),
    Step("predict-spectral", "predict all val questions, vectors", "≤ 3 min", predict("spectral")),
    Step("score-spectral", "their score", "", score("spectral")),
    Step("predict-best", "predict all val questions, best method", "≤ 10 min", predict("best")),
    Step("score-best", "their score", "", score("best")),
    Step("word2vec", "starting recipe in full (preset `melon`)", "", lambda folder: tagviz(
        "train", "melon", "--method", "word2vec", "--set", "preset=melon"), 0.01),
    Step("predict-voting", "predict all val questions as the starting recipe does, by voting", "",
         predict("word2vec:voting"), 0.01),
    Step("score-voting", "their score", "at most that of the vectors", score("word2vec:voting"), 0.01),
    Step("predict-mean", "the same by the mean of vectors", "", predict("word2vec:mean"), 0.01),
    Step("score-mean", "their score", "at most that of the vectors", score("word2vec:mean"), 0.01),
)  # fmt: skip


def measure(step: Step, folder: Path) -> Cell:
    """Runs a step in a process of its own. Raises RuntimeError with what it said when it fails."""
    kept = folder / "cells" / f"{step.name}.json"
    if kept.exists():
        return Cell(**json.loads(kept.read_text()))
    environment = {**os.environ, "TAGVIZ_HOME": str(folder / "home"), "TAGVIZ_DATABASE_URL": ""}
    started = time.perf_counter()
    with (folder / f"{step.name}.log").open("wb") as log:
        process = subprocess.Popen(step.command(folder), cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log)
        said = process.stdout.read() if process.stdout else b""
        _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{step.name} failed:\n{(folder / f'{step.name}.log').read_text()[-2000:]}")
    cell = Cell(
        seconds=round(time.perf_counter() - started, 2),
        cpu=round(usage.ru_utime + usage.ru_stime, 2),
        memory=round(usage.ru_maxrss / 1024, 1),
        load=round(os.getloadavg()[0], 1),
        said=json.loads(said),
    )
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(asdict(cell)))
    return cell


def run(name: str, folder: Path) -> dict[str, Any]:
    """A step that is no command: what it says."""
    from tagviz.operations import corpora, models
    from tagviz.store.workspace import Workspace

    started = time.perf_counter()
    ws = Workspace.default()
    corpus = corpora.open_corpus(Context(ws), "melon")
    if name == "recipe":
        return recipe(corpus)
    if name == "search":
        return search(corpus)
    trained = models.find(Context(ws), corpus.fingerprint, "best") is not None
    ref = "spectral" if name in ("query-spectral", "loop") or not trained else "best"
    model = models.open_model(Context(ws), corpus, ref)
    if name == "open":
        return {"inside": round(time.perf_counter() - started, 2), "model": ref}
    return loop(corpus, model) if name == "loop" else query(corpus, model, folder)


def asked(folder: Path) -> list[dict[str, Any]]:
    questions: list[dict[str, Any]] = json.loads((folder / "files" / "val.json").read_text())
    return questions[: QUERIES + 2]


def spread(times: Sequence[float]) -> dict[str, float]:
    return {"p50": round(1000 * float(np.median(times)), 1), "p95": round(1000 * float(np.percentile(times, 95)), 1)}


class Watch:
    """Times a piece of work again and again, by the clock and by the processor (all threads)."""

    def __init__(self) -> None:
        self.clock: list[float] = []
        self.processor: list[float] = []

    def time(self, work: Callable[[], Any]) -> None:
        clock, processor = time.perf_counter(), time.process_time()
        work()
        self.clock.append(time.perf_counter() - clock)
        self.processor.append(time.process_time() - processor)

    def spread(self, warming: int) -> dict[str, float]:
        """p50 and p95 in milliseconds, without the first ones; `cpu` is p95 of the processor."""
        first = {"first": round(1000 * self.clock[0], 1)}
        return {**spread(self.clock[warming:]), "cpu": spread(self.processor[warming:])["p95"], **first}


def query(corpus: Any, model: Any, folder: Path) -> dict[str, float]:
    """Milliseconds of one question for tags and songs with their reasons, after those that warm up: what is built when
    it is first needed, such as the index that an unknown song is looked up in, counts as the first."""
    from tagviz.operations import recommend
    from tagviz.types import Kind, Query

    def answer(entry: dict[str, Any]) -> None:
        songs, tags = tuple(map(str, entry["songs"])), tuple(entry["tags"])
        for kind in (Kind.TAG, Kind.SONG):
            recommend.recommend(corpus, model, Query(title=entry["plylst_title"], songs=songs, tags=tags), kind)

    unknown = {"songs": ["nobody has this"], "tags": ["nobody writes this"], "plylst_title": "비오는 날"}
    watch = Watch()
    watch.time(lambda: [answer(entry) for entry in (unknown, *asked(folder)[:2])])
    for entry in asked(folder)[2:]:
        watch.time(lambda entry=entry: answer(entry))  # type: ignore[misc]
    return watch.spread(1)


def search(corpus: Any) -> dict[str, float]:
    """Milliseconds from a typed beginning to its hits among tags and songs."""
    from tagviz.types import Kind

    labels = corpus.vocab(Kind.SONG).label_list(range(0, len(corpus.vocab(Kind.SONG)), 997))[: QUERIES // 2]
    typed = [label[:length] for label in labels for length in (2, 4)]
    watch = Watch()
    for text in typed:
        watch.time(lambda text=text: items.complete(corpus, text, (Kind.TAG, Kind.SONG), 20))  # type: ignore[misc]
    return watch.spread(1)


def loop(corpus: Any, model: Any) -> dict[str, float]:
    """The starting point's way with the same vectors: gensim's most_similar for every asked item, counted as votes."""
    from collections import Counter

    from gensim.models import KeyedVectors

    from tagviz.types import Kind

    embedding = model.embedding
    kept = KeyedVectors(embedding.dimension, count=len(embedding.vectors))
    keys = [key for vocab in embedding.vocabs.values() for key in vocab.keys(range(len(vocab)))]
    kept.add_vectors(keys, np.asarray(embedding.vectors))
    songs, matrix = corpus.vocab(Kind.SONG), corpus.matrix(Kind.SONG)
    times = []
    for row in range(QUERIES // 4):
        held = [key for key in songs.keys(matrix[row].indices) if key in kept]
        started = time.perf_counter()
        votes: Counter[str] = Counter()
        for key in held:
            votes.update(found for found, _ in kept.most_similar(key, topn=100))
        votes.most_common(100)
        times.append(time.perf_counter() - started)
    return spread(times[1:])


def recipe(corpus: Any) -> dict[str, float]:
    """Skip-gram as the starting point had it, for half a minute on playlists drawn at random; the whole from that."""
    from gensim.models import Word2Vec

    from tagviz.types import Kind

    rng = np.random.default_rng(0)
    parts = [(kind, corpus.matrix(kind)) for kind in (Kind.SONG, Kind.TAG)]
    total = sum(matrix.nnz for _, matrix in parts)

    def sentences(rows: Any) -> list[list[str]]:
        return [[f"{kind}:{item}" for kind, matrix in parts for item in matrix[row].indices] for row in rows]

    rows = rng.permutation(len(corpus))[: max(200, len(corpus) // 400)]
    learned = sentences(rows)
    started = time.perf_counter()
    Word2Vec(learned, vector_size=300, window=100, min_count=1, sg=1, ns_exponent=-0.5, epochs=1, workers=2)
    seconds = time.perf_counter() - started
    share = sum(map(len, learned)) / total
    return {
        "share": round(share, 5),
        "seconds": round(seconds, 1),
        "whole_hours": round(seconds / share * 50 / 3600, 2),
    }


def shown(step: Step, cell: Cell) -> str:
    if step.name.startswith("score"):
        return f"{cell.said['score']:.4f}"
    if step.name == "recipe":
        return f"{cell.said['whole_hours']:.2f} h (from {cell.said['share']:.2%} of the pairs, one epoch)"
    if "p95" in cell.said:
        cpu = f" (cpu {cell.said['cpu']:.0f} ms)" if "cpu" in cell.said else ""
        first = f", the first {cell.said['first'] / 1000:.1f} s" if "first" in cell.said else ""
        return f"p50 {cell.said['p50']:.0f} ms, p95 {cell.said['p95']:.0f} ms{cpu}{first}, {cell.memory:,.0f} MB"
    model = f" ({cell.said['model']}, {cell.said['inside']:.1f} s of them opening)" if step.name == "open" else ""
    return f"{cell.seconds:,.1f} s (cpu {cell.cpu:,.1f} s), {cell.memory:,.0f} MB{model}"


def grows(name: str) -> bool:
    """Whether a step's processor seconds are those of the work itself."""
    return not name.startswith(("score", "recipe", "query", "loop", "search"))


def growth(cells: dict[float, dict[str, Cell]], name: str) -> str:
    """The exponent of processor seconds against size over the two largest sizes: 1 is linear."""
    sizes = sorted(scale for scale in cells if name in cells[scale])
    if len(sizes) < 2 or not grows(name):
        return ""
    small, large = (cells[scale][name].cpu for scale in sizes[-2:])
    return f"{np.log(large / small) / np.log(sizes[-1] / sizes[-2]):.2f}"


def section(cells: dict[float, dict[str, Cell]]) -> str:
    scales = sorted(cells)
    head = ["step", "target at 100 %", *(f"{scale:.0%}" for scale in scales), "growth"]
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    for step in STEPS:
        found = [cells[scale].get(step.name) for scale in scales]
        if any(found):
            parts = [shown(step, cell) if cell else "–" for cell in found]
            lines.append(f"| {' | '.join([step.title, step.reach, *parts, growth(cells, step.name)])} |")
    loads = [cell.load for of_scale in cells.values() for cell in of_scale.values()]
    return "\n".join([
        "## Melon's size",
        "",
        f"`python -m benchmarks.scale`, {os.cpu_count()} cores, generated corpora; every step a process of its own, "
        f"memory as Linux counts its peak. The machine was shared: load average {min(loads):.0f} to {max(loads):.0f} "
        "while this ran, so seconds of the clock are upper bounds and those of the processor (all cores) say more. "
        "Growth: the exponent of processor seconds against size between the two largest; 1 is linear.",
        "",
        *lines,
        "",
        f"![Processor seconds of each step against the size of the corpus]({draw(cells)})",
    ])  # fmt: skip


def draw(cells: dict[float, dict[str, Cell]]) -> str:
    """A plot of processor seconds against size, both logarithmic; its address, seen from docs/benchmarks/."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.add_subplot(xscale="log", yscale="log", xlabel="share of Melon's size", ylabel="processor seconds")
    for step in STEPS:
        found = {scale: cells[scale][step.name].cpu for scale in sorted(cells) if step.name in cells[scale]}
        if grows(step.name) and len(found) > 1:
            axes.plot(list(found), list(found.values()), marker="o", label=step.title)
    low, high = min(cells), max(cells)
    axes.plot([low, high], [2, 2 * high / low], color="grey", linestyle=":", label="linear")
    axes.set_xticks(list(cells), [f"{scale:.0%}" for scale in cells])
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    axes.legend(fontsize=7)
    figure.savefig(ROOT / "docs" / "images" / "growth.png", dpi=110)
    return "../images/growth.png"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--scale", type=float, nargs="+", default=list(SCALES))
    arguments.add_argument("--steps", nargs="+", default=[step.name for step in STEPS])
    arguments.add_argument("--run")
    arguments.add_argument("--folder", type=Path)
    given = arguments.parse_args()
    if given.run:
        print(json.dumps(run(given.run, given.folder)))
        return
    for scale in given.scale:
        for step in STEPS:
            if step.name in given.steps and scale <= step.most:
                folder = BUILD / f"{scale:g}"
                folder.mkdir(parents=True, exist_ok=True)
                print(f"{scale:.0%} {step.title}: {shown(step, measure(step, folder))}", flush=True)
    cells = {
        scale: {step.name: measure(step, BUILD / f"{scale:g}") for step in STEPS if _known(step, scale)}
        for scale in SCALES
    }
    write_section("scale", section({scale: of_scale for scale, of_scale in cells.items() if of_scale}))


def _known(step: Step, scale: float) -> bool:
    return (BUILD / f"{scale:g}" / "cells" / f"{step.name}.json").exists()


if __name__ == "__main__":
    main()
