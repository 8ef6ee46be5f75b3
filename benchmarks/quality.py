"""How good every method is, on every data set, beside what others would pick instead: a section of docs/benchmarks.md.

    python -m benchmarks.quality                                     # everything: hours on two cores
    python -m benchmarks.quality --data lastfm-lists --seeds 1 --methods neighbours,best --limit 500
    python -m benchmarks.quality --write                             # only the tables, from the cells that are finished

A cell is one method on one split; cells that share a fit run in one process of their own, whose memory the operating
system tells; each is kept as JSON in build/quality. A second run does only what is missing. RecTools needs an
environment of its own: see benchmarks/requirements-peers.txt.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tagviz.evaluate import metrics, report
from tagviz.evaluate.split import split
from tagviz.methods import Tools
from tagviz.operations import corpora
from tagviz.operations import methods as registry
from tagviz.operations.models import tools
from tagviz.settings import ASSETS, settings
from tagviz.store.workspace import Workspace
from tagviz.types import Corpus, Kind, Recommender

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"
BUILD = ROOT / "build" / "quality"
PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- quality: written by benchmarks/quality.py -->", "<!-- quality: end -->"
KS = (5, 10)


@dataclass(frozen=True)
class Data:
    """A data set, how it is asked, and which methods make no sense on it."""

    path: Path
    sentence: str
    protocol: str
    masks: tuple[str, ...] = ("real",)
    options: Mapping[str, str] = field(default_factory=dict)


DATA = {
    "lastfm-lists": Data(
        SHARED / "lastfm-melon-shape", "Last.fm lists, split by listener", "arena", ("real", "official")
    ),
    "lastfm-artists": Data(SHARED / "lastfm-hetrec", "Last.fm artists' tags", "tags", options={"view": "artists"}),
    "jamendo": Data(SHARED / "jamendo", "Jamendo tracks' tags, split by artist", "tags"),
    "deezer": Data(SHARED / "deezer", "Deezer listeners' genres", "tags"),
    "demo": Data(ASSETS / "demo", "the synthetic demo corpus", "arena", ("real", "official")),
}

METHODS: dict[str, tuple[str, Mapping[str, Any]]] = {
    "popularity": ("popularity", {}),
    "neighbours": ("neighbours", {}),
    "cooccurrence": ("cooccurrence", {}),
    "ease": ("ease", {}),
    "factors": ("factors", {}),
    "spectral:context": ("spectral", {"preset": "answers"}),
    "spectral:playlists": ("spectral", {"preset": "answers"}),
    "spectral:mean": ("spectral", {"preset": "answers"}),
    "word2vec:context": ("word2vec", {"preset": "tuned"}),
    "word2vec:playlists": ("word2vec", {"preset": "tuned"}),
    "word2vec:mean": ("word2vec", {"preset": "tuned"}),
    "sentence:playlists": ("sentence", {}),
    "sentence:items": ("sentence", {}),
    "taught:playlists": ("taught", {}),
    "taught:items": ("taught", {}),
    "fusion": ("fusion", {}),
    "best": ("best", {}),
    "word2vec melon:voting": ("word2vec", {"preset": "melon"}),
    "word2vec melon:mean": ("word2vec", {"preset": "melon"}),
}
"""Name in the tables → method and parameters; what stands behind the colon is the way it is asked."""
PEERS = ("implicit cosine", "implicit BM25", "implicit ALS", "RecTools EASE")


@dataclass(frozen=True)
class Cell:
    """One method on one split."""

    data: str
    mask: str
    seed: int
    method: str
    limit: int | None

    @property
    def file(self) -> Path:
        name = f"{self.data} {self.mask} {self.seed} {self.method} {self.limit or 'all'}"
        return BUILD / (name.replace(" ", "_").replace(":", "-") + ".json")


def corpus_of(name: str) -> Corpus:
    """The data set, imported once into the benchmark's own workspace."""
    ws = Workspace(BUILD / "workspace", ASSETS / "demo")
    if name not in {info.name for info in corpora.corpora(ws)}:
        data = DATA[name]
        corpora.import_corpus(ws, data.path, name, options=data.options)
    return corpora.open_corpus(ws, name)


def run(cell: Cell, fits: Fits) -> dict[str, Any]:
    """Fits and asks one method; numbers with standard errors, per case too."""
    data, corpus = DATA[cell.data], corpus_of(cell.data)
    parts = split(corpus, data.protocol, cell.mask, seed=cell.seed, share=0.1, limit=cell.limit)  # type: ignore[arg-type]
    recommender, fit_seconds = fits.fitted(cell.method, parts.train, cell.seed)
    started = time.perf_counter()
    judged = report.build({cell.method: recommender}, parts, n_tags=10)
    ask_seconds = time.perf_counter() - started
    one = parts.questions.part(np.arange(min(20, len(parts.questions)))).asked(parts.train)
    single = []
    for number in range(len(one)):
        started = time.perf_counter()
        for kind in recommender.kinds:
            recommender.score(one.part(number, number + 1), kind)
        single.append(time.perf_counter() - started)
    return {
        "cell": vars(cell),
        "questions": len(judged),
        "fit_seconds": fit_seconds,
        "questions_per_second": len(judged) / ask_seconds,
        "query_ms": 1000 * float(np.median(single)),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "measures": {case: measures(judged, cell.method, case) for case in ("", *judged.cases)},
    }


class Fits:
    """What one process has fitted: a method is fitted once for all masks of a split and all ways of asking it."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], tuple[Recommender, float]] = {}

    def fitted(self, name: str, train: Corpus, seed: int) -> tuple[Recommender, float]:
        """The recommender and the seconds that fitting it took."""
        base, _, variant = name.partition(":")
        key = base, train.fingerprint
        if key not in self._kept:
            started = time.perf_counter()
            self._kept[key] = _fit(name, train, seed), time.perf_counter() - started
        fitted, seconds = self._kept[key]
        if not variant:
            return fitted, seconds
        entry = registry.method(METHODS[name][0])
        return entry.load(*fitted.state(), train, _tools(train), variant), seconds


def _fit(name: str, train: Corpus, seed: int) -> Recommender:
    if name in PEERS:
        from benchmarks.peers import Peer, RecTools

        return RecTools(train) if name == "RecTools EASE" else Peer(name, train, seed)
    method, values = METHODS[name]
    entry = registry.method(method)
    return entry.fit(train, entry.params.parse(values), _tools(train))


def _tools(train: Corpus) -> Tools:
    return tools(Workspace(BUILD / "workspace"), train, settings().seed, lambda progress: None)


def measures(judged: report.EvalReport, label: str, case: str) -> dict[str, tuple[float, float]]:
    """Measure → mean and standard error (bootstrap by group where the corpus knows groups)."""
    result: dict[str, tuple[float, float]] = {}
    for kind in (kind for kind in (Kind.SONG, Kind.TAG) if (label, kind) in judged.rows):
        for k in KS:
            row = metrics.summary(judged, kind, k, case, resamples=300).iloc[0]
            for name in ("precision", "recall", "f1"):
                result[f"{kind} {name}@{k}"] = _with_error(row, name)
        if judged.protocol == "tags":
            result[f"nDCG@{k}"] = _with_error(row, "ndcg_cut")
        else:
            result[f"{kind} nDCG"] = _with_error(row, f"{kind}_ndcg")
            result["combined"] = _with_error(row, "arena")
    return {name: value for name, value in result.items() if np.isfinite(value[0])}


def _with_error(row: pd.Series, name: str) -> tuple[float, float]:
    return float(row[name]), float(row[f"{name}_high"] - row[f"{name}_low"]) / (2 * 1.96)


def cells(options: argparse.Namespace) -> Iterator[Cell]:
    for seed in range(1, options.seeds + 1):
        for data in options.data:
            for method in options.methods:
                for mask in DATA[data].masks:
                    yield Cell(data, mask, seed, method, options.limit)


def together(wanted: Iterable[Cell]) -> dict[tuple[str, int, str], list[Cell]]:
    """Cells that share a fit, in the order in which they were wanted."""
    result: dict[tuple[str, int, str], list[Cell]] = {}
    for cell in wanted:
        result.setdefault((cell.data, cell.seed, cell.method.partition(":")[0]), []).append(cell)
    return result


def finish(group: list[Cell]) -> None:
    """Runs cells that share a fit and keeps their numbers, or the error that says why there are none."""
    from tagviz.errors import TagvizError

    fits = Fits()
    for cell in group:
        try:
            numbers = run(cell, fits)
        except TagvizError as error:
            numbers = {"cell": vars(cell), "error": str(error)}
        cell.file.parent.mkdir(parents=True, exist_ok=True)
        partial = cell.file.with_suffix(".part")
        partial.write_text(json.dumps(numbers, indent=1))
        partial.rename(cell.file)


def tables(finished: list[dict[str, Any]]) -> str:
    """The Markdown section: per data set and mask one table of all measures and one by case."""
    lines = []
    for data, about in DATA.items():
        for mask in about.masks:
            here = [each for each in finished if each["cell"]["data"] == data and each["cell"]["mask"] == mask]
            if here:
                title = f"{about.sentence}, {mask} mask" if about.protocol == "arena" else about.sentence
                lines += [f"### {title[0].upper()}{title[1:]}", "", *_table(here), ""]
    return "\n".join(lines)


def _table(here: list[dict[str, Any]]) -> list[str]:
    methods = list(dict.fromkeys(each["cell"]["method"] for each in here))
    good = [each for each in here if "error" not in each]
    names = list(dict.fromkeys(name for each in good for name in each["measures"][""]))
    main = next(name for name in ("combined", "nDCG@10") if name in names)
    names.sort(key=lambda name: name != main)
    cases = [case for case in dict.fromkeys(case for each in good for case in each["measures"]) if case]
    rows = []
    for method in methods:
        own = [each for each in good if each["cell"]["method"] == method]
        if not own:
            continue
        row = {"method": method}
        row |= {name: _pooled([each["measures"][""].get(name) for each in own]) for name in names}
        row |= {
            case: _pooled([each["measures"].get(case, {}).get(main) for each in own]) for case in cases[1:] and cases
        }
        costs = {
            "fit s": "fit_seconds",
            "query ms": "query_ms",
            "questions/s": "questions_per_second",
            "MB": "memory_mb",
        }
        row |= {title: f"{np.median([each[key] for each in own]):,.3g}" for title, key in costs.items()}
        rows.append((_mean([each["measures"][""].get(main) for each in own]), row))
    rows.sort(key=lambda pair: -pair[0])
    columns = list(dict.fromkeys(name for _, row in rows for name in row))
    table = [columns, ["---"] * len(columns), *([row.get(name, "–") for name in columns] for _, row in rows)]
    seeds = len({each["cell"]["seed"] for each in good})
    questions = int(np.mean([each["questions"] for each in good]))
    notes = [f"{seeds} split seeds, about {questions:,} questions each; cases: {main}.", ""]
    failed = {each["cell"]["method"]: each["error"] for each in here if "error" in each}
    drawn = ["| " + " | ".join(line) + " |" for line in table]
    return [*notes, *drawn, "", *(f"- {method}: {error}" for method, error in failed.items())]


def _mean(values: list[list[float] | None]) -> float:
    known = [value[0] for value in values if value]
    return float(np.mean(known)) if known else float("-inf")


def _pooled(values: list[list[float] | None]) -> str:
    """Mean over the splits ± half the 95 % interval, the larger of what the questions and what the splits say."""
    known = [value for value in values if value]
    if not known:
        return "–"
    within = np.sqrt(np.sum(np.square([error for _, error in known]))) / len(known)
    between = np.std([mean for mean, _ in known], ddof=1) / np.sqrt(len(known)) if len(known) > 1 else 0.0
    return f"{np.mean([mean for mean, _ in known]):.4f} ± {1.96 * max(within, between):.4f}"


def write(section: str, command: str) -> None:
    """Puts the section between its marks in docs/benchmarks.md."""
    page = PAGE.read_text() if PAGE.exists() else "# Measured\n"
    body = f"{BEGIN}\n## How good the answers are\n\n`{command}`; ± is half of a 95 % interval.\n\n{section}\n{END}"
    head, found, rest = page.partition(BEGIN)
    rest = rest.partition(END)[2] if found else ""
    PAGE.write_text(f"{head.rstrip()}\n\n{body}\n{rest.lstrip()}")


def main() -> None:
    every = [*METHODS, *PEERS]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=lambda text: text.split(","), default=list(DATA))
    parser.add_argument("--methods", type=lambda text: text.split(","), default=every)
    parser.add_argument("--seeds", type=int, default=3, help="how many splits")
    parser.add_argument("--limit", type=int, default=3000, help="most questions a split")
    parser.add_argument("--write", action="store_true", help="only write the page from finished cells")
    options = parser.parse_args()
    for name, known in (("data", DATA), ("methods", every)):
        unknown = [value for value in getattr(options, name) if value not in known]
        if unknown:
            parser.error(f"unknown {name}: {', '.join(unknown)}; there are {', '.join(known)}")
    context = multiprocessing.get_context("spawn")
    wanted = () if options.write else (cell for cell in cells(options) if not cell.file.exists())
    for names, group in together(wanted).items():
        print(*names, flush=True)
        process = context.Process(target=finish, args=(group,))
        process.start()
        process.join()
        if process.exitcode:
            print(f"  failed with exit code {process.exitcode}", flush=True)
    finished = [json.loads(path.read_text()) for path in sorted(BUILD.glob("*.json"))]
    order = {name: place for place, name in enumerate(every)}
    finished.sort(key=lambda each: order.get(each["cell"]["method"], len(order)))
    section = tables(finished)
    write(section, "python -m benchmarks.quality")
    print(section)


if __name__ == "__main__":
    main()
