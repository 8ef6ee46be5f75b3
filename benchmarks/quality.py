"""Quality of every method on every data set, next to other libraries: a section of docs/benchmarks/quality.md.

    python -m benchmarks.quality                                     # everything: hours on two cores
    python -m benchmarks.quality --data lastfm-lists --splits 1 --methods neighbours,best --limit 500
    python -m benchmarks.quality --splits 4,5 --data jamendo         # splits that no choice has rested on
    python -m benchmarks.quality --write                             # only the tables, from the cells that are finished

A cell is one method on one split; cells that share a fit run in one process of their own, whose memory the operating
system tells; each is kept as JSON in benchmarks/results/quality (in build/quality where --limit is not the usual one:
such cells are a look, not a result). A second run does only what is missing; a cell that a change of its method has
made stale is to be removed. RecTools needs an environment of its own: see benchmarks/requirements-peers.txt.
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

from benchmarks import quality_page
from benchmarks.report import standing, write_section, write_summary
from tagviz.evaluation import metrics, report
from tagviz.evaluation.resampling import bootstrap_means
from tagviz.evaluation.split import SplitSpec, split
from tagviz.operations import corpora
from tagviz.operations import registry as registry
from tagviz.operations.context import Context
from tagviz.operations.models import training_context
from tagviz.settings import ASSETS, settings
from tagviz.store.workspace import Workspace
from tagviz.training import TrainingContext
from tagviz.types import Corpus, Kind, Recommender

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"
BUILD = ROOT / "build" / "quality"
RESULTS = ROOT / "benchmarks" / "results" / "quality"
LIMIT = 3000
"""Most questions a split."""
KS = (5, 10)
RESAMPLES = 300


@dataclass(frozen=True)
class Data:
    """A data set, how it is asked, and what is to be reached (under the first mask by name)."""

    path: Path
    sentence: str
    protocol: str
    masks: tuple[str, ...] = ("real",)
    options: Mapping[str, str] = field(default_factory=dict)
    goal: float = 0.0


DATA = {
    "lastfm-lists": Data(
        SHARED / "lastfm-melon-shape", "Last.fm lists, split by listener", "arena", ("real", "official"), goal=0.345
    ),
    "lastfm-artists": Data(
        SHARED / "lastfm-hetrec", "Last.fm artists' tags", "tags", options={"view": "artists"}, goal=0.5
    ),
    "jamendo": Data(SHARED / "jamendo", "Jamendo tracks' tags, split by artist", "tags", goal=0.425),
    "deezer": Data(SHARED / "deezer", "Deezer listeners' genres", "tags", goal=0.825),
    "demo": Data(ASSETS / "demo", "The synthetic demo corpus", "arena", ("real", "official")),
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
WITHIN = {"fusion": "best"}
"""Methods that are part of another one's fit: asked there, they cost nothing more (and are told to cost as much)."""
PEERS = ("implicit cosine", "implicit BM25", "implicit ALS", "RecTools EASE", "RecTools EASE mended")


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
        folder = RESULTS if self.limit == LIMIT else BUILD
        return folder / (name.replace(" ", "_").replace(":", "-") + ".json")


def corpus_of(name: str) -> Corpus:
    """The data set, imported once into the benchmark's own workspace."""
    ws = Workspace(BUILD / "workspace", ASSETS / "demo")
    if name not in {info.name for info in corpora.list_corpora(Context(ws))}:
        data = DATA[name]
        corpora.import_corpus(Context(ws), data.path, name, options=data.options)
    return corpora.open_corpus(Context(ws), name)


def run(cell: Cell, fits: Fits) -> dict[str, Any]:
    """Fits and asks one method; numbers with standard errors, per case too."""
    data, corpus = DATA[cell.data], corpus_of(cell.data)
    spec = SplitSpec(data.protocol, cell.mask, seed=cell.seed, share=0.1, limit=cell.limit)  # type: ignore[arg-type]
    parts = split(corpus, spec)
    recommender, fit_seconds = fits.fitted(cell.method, parts.train, cell.seed)
    started = time.process_time()
    judged = report.build({cell.method: recommender}, parts, report.ReportOptions(n_tags=10))
    ask_seconds = time.process_time() - started
    one = parts.questions.select(np.arange(min(20, len(parts.questions)))).queries(parts.train)
    single = []
    for number in range(len(one)):
        started = time.process_time()
        for kind in recommender.kinds:
            recommender.score(one.part(number, number + 1), kind)
        single.append(time.process_time() - started)
    return {
        "cell": vars(cell),
        "questions": len(judged),
        "fit_seconds": fit_seconds,
        "questions_per_second": len(judged) / ask_seconds,
        "query_ms": 1000 * float(np.median(single)),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "measures": {case: measures(judged, cell.method, case) for case in ("", *judged.cases)},
        "resampled": main_resampled(judged, cell.method),
    }


class Fits:
    """What one process has fitted: a method is fitted once for all masks of a split and all ways of asking it."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], tuple[Recommender, float]] = {}

    def fitted(self, name: str, train: Corpus, seed: int) -> tuple[Recommender, float]:
        """The recommender and the seconds that fitting it took."""
        base, _, variant = name.partition(":")
        whole = WITHIN.get(base, base)
        key = whole, train.fingerprint
        if key not in self._kept:
            started = _processor_seconds()
            self._kept[key] = _fit(name if whole == base else whole, train, seed), _processor_seconds() - started
        fitted, seconds = self._kept[key]
        if whole != base:
            return getattr(fitted, base), seconds
        if not variant:
            return fitted, seconds
        entry = registry.method(METHODS[name][0])
        return entry.load(*fitted.state(), train, _tools(train), variant), seconds


def _processor_seconds() -> float:
    """Of this process and of those that it has started and seen end: what a busy machine does not stretch."""
    spent = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in spent)


def _fit(name: str, train: Corpus, seed: int) -> Recommender:
    if name in PEERS:
        from benchmarks.peers import Peer, RecTools

        return RecTools(train, "mended" in name) if name.startswith("RecTools") else Peer(name, train, seed)
    method, values = METHODS[name]
    entry = registry.method(method)
    return entry.fit(train, entry.params.parse(values), _tools(train))


def _tools(train: Corpus) -> TrainingContext:
    return training_context(Context(Workspace(BUILD / "workspace")), settings().seed, lambda progress: None)


def measures(judged: report.EvalReport, label: str, case: str) -> dict[str, tuple[float, float]]:
    """Measure → mean and standard error (bootstrap by group where the corpus knows groups)."""
    result: dict[str, tuple[float, float]] = {}
    for kind in (kind for kind in (Kind.SONG, Kind.TAG) if (label, kind) in judged.rows):
        for k in KS:
            row = metrics.summary(judged, kind, k, case, resamples=RESAMPLES).iloc[0]
            for name in ("precision", "recall", "f1"):
                result[f"{kind} {name}@{k}"] = _with_error(row, name)
        if judged.protocol == "tags":
            result[f"nDCG@{KS[-1]}"] = _with_error(row, "ndcg_cut")
        else:
            result[f"{kind} nDCG"] = _with_error(row, f"{kind}_ndcg")
            result["combined"] = _with_error(row, "arena")
    return {name: value for name, value in result.items() if np.isfinite(value[0])}


def main_resampled(judged: report.EvalReport, label: str) -> list[float]:
    """The main measure of bootstrap resamples. All methods of a split see the same draws: differences are paired."""
    if judged.protocol == "tags":
        values, weights = {Kind.TAG: metrics.scores(judged, label, Kind.TAG, 10)["ndcg_cut"]}, {Kind.TAG: 1.0}
    else:
        values, weights = metrics.arena_scores(judged, label), metrics.ARENA_WEIGHT
    drawn = bootstrap_means(np.column_stack(list(values.values())), metrics.clusters(judged), RESAMPLES)
    return [round(float(mean), 6) for mean in drawn @ [weights[kind] for kind in values]]


def _with_error(row: pd.Series, name: str) -> tuple[float, float]:
    return float(row[name]), float(row[f"{name}_high"] - row[f"{name}_low"]) / (2 * 1.96)


def cells(options: argparse.Namespace) -> Iterator[Cell]:
    for seed in options.splits:
        for data in options.data:
            for method in options.methods:
                for mask in DATA[data].masks:
                    yield Cell(data, mask, seed, method, options.limit)


def together(wanted: Iterable[Cell]) -> dict[tuple[str, int, str], list[Cell]]:
    """Cells that share a fit, in the order in which they were wanted."""
    result: dict[tuple[str, int, str], list[Cell]] = {}
    for cell in wanted:
        base = cell.method.partition(":")[0]
        result.setdefault((cell.data, cell.seed, WITHIN.get(base, base)), []).append(cell)
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
        partial.write_text(json.dumps(_rounded(numbers), separators=(",", ":")) + "\n")
        partial.rename(cell.file)


def _rounded(value: Any) -> Any:
    """Numbers as they are kept: five digits are more than any table shows."""
    if isinstance(value, Mapping):
        return {name: _rounded(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(inner) for inner in value]
    return float(f"{value:.5g}") if isinstance(value, float) else value


def sections(finished: list[dict[str, Any]]) -> list[quality_page.Section]:
    """A section per data set and mask."""
    result = []
    for data, about in DATA.items():
        for mask in sorted(about.masks):
            here = [cell for cell in finished if (cell["cell"]["data"], cell["cell"]["mask"]) == (data, mask)]
            title = f"{about.sentence}, {mask} mask" if len(about.masks) > 1 else about.sentence
            main = "combined" if about.protocol == "arena" else "nDCG@10"
            goal = about.goal if mask == sorted(about.masks)[0] else 0.0
            result.append(quality_page.Section(title, main, here, goal, frozenset(PEERS)))
    return result


def main() -> None:
    every = [*METHODS, *PEERS]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=lambda text: text.split(","), default=list(DATA))
    parser.add_argument("--methods", type=lambda text: text.split(","), default=every)
    parser.add_argument(
        "--splits", type=lambda text: [int(seed) for seed in text.split(",")], default=[1, 2, 3], help="their seeds"
    )
    parser.add_argument("--limit", type=int, default=LIMIT, help="most questions a split")
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
    finished = [json.loads(path.read_text()) for path in sorted(RESULTS.glob("*.json"))]
    parts = sections(finished)
    artists = next(part for part in parts if part.title == DATA["lastfm-artists"].sentence)
    text = quality_page.section(parts, artists, "python -m benchmarks.quality", standing("quality"))
    write_section("quality", text)
    write_summary("quality", quality_page.summary(text))


if __name__ == "__main__":
    main()
