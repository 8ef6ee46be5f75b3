"""Tuned beats default: a search for Word2Vec's settings on the real lists, judged on listeners it has never seen.

    python -m benchmarks.tuning [trials]      # prints the table and writes it into docs/benchmarks/

Everything goes through the product's own commands. The lists are split by listener; the search sees the training side
only and judges its trials on listeners held back from that; what it found and where it began (gensim's own defaults)
are then trained once more and asked about the listeners of the other side. QueryBatch again it goes on from the
trials that
are there.

Finding: Caselles-Dupré, Lesaint & Royo-Letelier, "Word2Vec applied to Recommendation: Hyperparameters Matter", 2018.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.report import write_section
from tagviz.evaluation.compare import compare
from tagviz.operations import corpora, evaluation
from tagviz.operations.context import Context
from tagviz.operations.models import tuning
from tagviz.store.workspace import Workspace

ROOT = Path(__file__).resolve().parent.parent
LISTS = ROOT.parent / "shared" / "data" / "lastfm-melon-shape"
BUILD = ROOT / "build" / "tuning"
SPLIT = ("--protocol", "arena", "--mask", "real", "--seed", "7")
BEGINNING = "preset=gensim"


def tagviz(*words: str) -> dict[str, Any]:
    """What a command answers."""
    print("$ tagviz", *words, file=sys.stderr, flush=True)
    done = subprocess.run(
        [sys.executable, "-m", "tagviz", *words, "--json"],
        cwd=ROOT,
        env={**os.environ, "TAGVIZ_HOME": str(BUILD / "home")},
        stdout=subprocess.PIPE,
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def study(trials: int) -> dict[str, Any]:
    """The search on the training side, brought to so many trials."""
    tagviz("import", str(LISTS), "--format", "melon", "--name", "lastfm")
    tagviz("split", "lastfm", "--out", str(BUILD / "split"), *SPLIT)
    tagviz("import", str(BUILD / "split"), "--format", "melon", "--name", "lastfm-train")
    search = ("tune", "lastfm-train", "--method", "word2vec", "--set", BEGINNING)
    ws = Workspace(BUILD / "home")
    known = tuning.look(
        Context(ws), corpora.open_corpus(Context(ws), "lastfm-train"), "word2vec", fixed={"preset": "gensim"}
    )
    found = {"trials": []} if known is None else tuning.described(known)
    while len(found["trials"]) < trials:
        found = tagviz(*search, "--trials", str(min(10, trials - len(found["trials"]))))
    return found


def judged(found: dict[str, Any]) -> tuple[pd.DataFrame, dict[str, str]]:
    """Both on the side that the search never saw, and what each model is."""
    best = [f"{name}={value}" for name, value in found["best"].items()]
    names = {
        tagviz("train", "lastfm", "--method", "word2vec", "--set", *values)["model"]: name
        for name, values in (
            ("gensim’s defaults, where the search began", [BEGINNING]),
            ("the best trial", best),
        )
    }
    told = tagviz("evaluate", "lastfm", "--model", *names, *SPLIT)
    ws = Workspace(BUILD / "home")
    report = evaluation.open_report(Context(ws), ws.corpus_entry("lastfm").key, told["report"])
    rows = {row["model"]: row for row in told["rows"]}
    table = pd.DataFrame(
        [
            (
                names[ident],
                rows[ident]["arena"],
                *rows[ident]["ci"]["arena"],
                rows[ident]["tag_ndcg"],
                told["questions"],
            )
            for ident in names
        ],
        columns=["settings", "score", "low", "high", "tag_ndcg", "questions"],
    )
    first = next(iter(names))
    pairs = compare(report, "arena")
    against = {}
    for row in pairs.to_dict("records"):
        if first in (row["a"], row["b"]):
            other, sign = (row["b"], -1) if row["a"] == first else (row["a"], 1)
            low, high = sorted((sign * row["low"], sign * row["high"]))
            against[names[other]] = f"{sign * row['difference']:+.4f} [{low:+.4f}, {high:+.4f}]"
    return table, against


def main() -> None:
    found = study(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
    table, against = judged(found)
    tried = len(found["trials"])
    seconds = sum(trial["seconds"] or 0 for trial in found["trials"])
    text = [
        "## Tuned parameters against defaults",
        "",
        f"`python -m benchmarks.tuning {tried}`: {tried} trials of Word2Vec on the training side of the Last.fm lists "
        f"({seconds / 60:.0f} minutes), judged on {table['questions'].iloc[0]:,} questions of listeners that the "
        "search never saw. Arena score with its 95 % interval, resampled by listener; the difference, with its "
        "interval, is paired.",
        "",
        "| settings | score | against where it began | tag nDCG |",
        "| --- | --- | --- | --- |",
        *(
            f"| {row['settings']} | {row['score']:.4f} [{row['low']:.4f}, {row['high']:.4f}] "
            f"| {against.get(str(row['settings']), '')} | {row['tag_ndcg']:.4f} |"
            for row in table.to_dict("records")
        ),
        "",
        "On the search's own validation questions: "
        f"{found['default_score']:.4f} at the beginning, {found['score']:.4f} at the best trial. Its settings: "
        + ", ".join(
            f"{name} {value:.4g}" if isinstance(value, float) else f"{name} {value}"
            for name, value in found["best"].items()
        )
        + ". What mattered (share of the variation): "
        + ", ".join(f"{name} {share:.0%}" for name, share in list(found["importance"].items())[:4])
        + ".",
    ]
    write_section("tuning", "\n".join(text))


if __name__ == "__main__":
    main()
