"""More data on the real lists: models that go on from old ones beside models trained anew, in quality and in time.

    python -m benchmarks.continued_training      # prints the table and writes it into docs/benchmarks/

A tenth of the playlists is asked about (whole listeners); of the others a fifth, whole listeners again, is the new data
that the older model has not seen. The older model, the one that goes on from it with the new playlists, and one trained
on everything from nothing answer the same questions.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.report import write_section
from tagviz.evaluation import metrics
from tagviz.evaluation.report import build
from tagviz.evaluation.split import SplitSpec, split
from tagviz.operations import corpora
from tagviz.operations.context import Context
from tagviz.operations.models import compare
from tagviz.operations.registry import method
from tagviz.settings import settings
from tagviz.store.workspace import Workspace
from tagviz.training import TrainingContext
from tagviz.types import Corpus, Kind, Recommender

LISTS = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "lastfm-melon-shape"
METHODS = ("word2vec", "factors")
OLDER, CONTINUED, ANEW = "older", "continued", "anew"
NEW_SHARE, SEED = 0.2, 1


def before(corpus: Corpus) -> Corpus:
    """The corpus without the playlists of a fifth of its listeners; those of nobody known are drawn one by one."""
    group = corpus.playlists["group"]
    names, codes = np.unique(group.where(group != "", corpus.playlists["id"]).to_numpy(dtype=str), return_inverse=True)
    new = np.random.default_rng(SEED).random(len(names)) < NEW_SHARE
    return corpus.select(np.flatnonzero(~new[codes]))


def trained(corpus: Corpus, name: str, start: Recommender | None = None) -> tuple[Recommender, float, float]:
    """The method with its defaults; seconds of the clock and of the processor."""
    entry = method(name)
    tools = TrainingContext(seed=SEED, threads=settings().threads, start=start)
    clock, processor = time.perf_counter(), time.process_time()
    fitted = entry.fit(corpus, entry.params.parse({}), tools)
    return fitted, time.perf_counter() - clock, time.process_time() - processor


def rows(corpus: Corpus, name: str) -> list[str]:
    parts = split(corpus, SplitSpec("arena", seed=SEED, share=0.1))
    old = before(parts.train)
    older, *first = trained(old, name)
    gone_on, *second = trained(parts.train, name, older)
    anew, *third = trained(parts.train, name)
    report = build({OLDER: older, CONTINUED: gone_on, ANEW: anew}, parts)
    table = metrics.summary(report, Kind.TAG, 10).set_index("model")
    found = []
    for label, (clock, processor) in zip((OLDER, CONTINUED, ANEW), (first, second, third), strict=True):
        row = table.loc[label]
        against = ""
        if label != ANEW:
            pair = compare.versus(report, label, ANEW)
            against = f"{pair.difference:+.4f} ({pair.low:+.4f} to {pair.high:+.4f})"
        score = f"{row['arena']:.4f} ({row['arena_low']:.4f} to {row['arena_high']:.4f})"
        seen = len(old) if label == OLDER else len(parts.train)
        found.append(f"| {name} | {label} | {seen:,} | {score} | {against} | {clock:.1f} s (cpu {processor:.1f} s) |")
    return found


def main() -> None:
    begin = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as place:
        ws = Workspace(Path(place))
        corpus = corpora.open_corpus(Context(ws), corpora.import_corpus(Context(ws), LISTS, "lists").name)
        found = [row for name in METHODS for row in rows(corpus, name)]
    text = "\n".join([
        "## Continued training",
        "",
        f"`python -m benchmarks.continued_training`, {os.cpu_count()} cores, load average {begin:.1f} at the "
        f"beginning and {os.getloadavg()[0]:.1f} at the end. Last.fm lists, mask *real*, whole listeners on one side; "
        "the older model has not seen the playlists of a fifth of the training side's listeners. Combined score with "
        "its 95 % interval (bootstrap over listeners); the difference is paired. `continued` takes a third of the "
        "passes.",
        "",
        "| method | model | playlists seen | combined score | against anew | training |",
        "| --- | --- | --- | --- | --- | --- |",
        *found,
    ])  # fmt: skip
    write_section("continued_training", text)


if __name__ == "__main__":
    main()
