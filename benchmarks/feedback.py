"""Verdicts and decisions measured: how long storing a verdict takes with twenty writers at once, what re-ranking from
verdicts brings, and what taking the proposals brings.

    python -m benchmarks.feedback writers [--each 100] [--pause 1.0] [--url URL]
    python -m benchmarks.feedback learning [--method best] [--limit 1000]
    python -m benchmarks.feedback training [--method neighbours] [--limit 1000]
    python -m benchmarks.feedback decisions
    python -m benchmarks.feedback waiting [--method best]

For `learning` reviewers are simulated: they answer from the hidden half of playlists that the model has not seen, and
err in one answer of ten. The lists of half of the listeners are judged; those of the others say what verdicts do for
like questions.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse as sp

from benchmarks.report import write_section
from tagviz.curation.decisions import Act, Decision, Overlay
from tagviz.curation.overlay import curated
from tagviz.curation.translation import TranslatedRecommender
from tagviz.evaluation.split import Questions, SplitSpec, split
from tagviz.feedback import training_examples as training_examples
from tagviz.feedback.active_learning import probability_right, question_value
from tagviz.feedback.adjustment import FeedbackAdjusted, FeedbackMatrix, reliability
from tagviz.operations import corpora, models, recommend
from tagviz.operations import feedback as judging
from tagviz.operations.context import Context
from tagviz.operations.curation import impact, suggestions
from tagviz.ranking import rank
from tagviz.store import database
from tagviz.store.feedback import Answer, FeedbackStore, Verdict
from tagviz.store.workspace import Workspace
from tagviz.types import Corpus, Kind, Query, QueryBatch, Recommender, Vocab

WRITERS = 20


def write(url: str, number: int, each: int, pause: float) -> list[float]:
    """Milliseconds that each of a writer's verdicts took, a verdict every `pause` seconds (0: as fast as can be)."""
    kept = FeedbackStore(database.open_engine(url))
    query = Query(tags=("jazz", "calm"))
    plain = Verdict(f"r{number}", "c", "f", "best-1", "f", query, Kind.TAG, "tag:warm", 1, 0.5, Answer.RIGHT)
    kept.give(plain)
    chance, took = random.Random(number), []
    for at in range(each):
        time.sleep(pause * chance.uniform(0.5, 1.5))
        one = Verdict(f"r{number}", "c", "f", "best-1", "f", query, Kind.TAG, f"tag:{at}", 1, 0.5, Answer.RIGHT)
        begun = time.perf_counter()
        kept.give(one)
        took.append(1000 * (time.perf_counter() - begun))
    return took


def writers(each: int, pause: float, url: str = "") -> None:
    """Prints percentiles of the time a verdict takes, and whether all are there."""
    with tempfile.TemporaryDirectory() as folder:
        place = url or f"sqlite:///{Path(folder) / 'verdicts.db'}"
        kept = FeedbackStore(database.open_engine(place))
        before = len(kept.history())
        with ProcessPoolExecutor(WRITERS, mp_context=multiprocessing.get_context("spawn")) as pool:
            took = np.concatenate(
                list(pool.map(write, [place] * WRITERS, range(WRITERS), [each] * WRITERS, [pause] * WRITERS))
            )
        there = len(kept.history()) - before
        kept.engine.dispose()
    p50, p95, p99 = np.percentile(took, (50, 95, 99))
    print(f"{WRITERS} writers, {pause:g} s between two verdicts: {len(took):,} given, {there - WRITERS:,} stored")
    print(f"p50 {p50:.1f} ms, p95 {p95:.1f} ms, p99 {p99:.1f} ms, slowest {took.max():.1f} ms")


AHEAD = 4
"""Questions that the page Feedback asks at once."""
BUDGETS = (0, 100, 300, 1000, 3000, 10_000)
DEPTH = 20
"""Items of an answer that reviewers are asked about."""
ERROR = 0.1
REVIEWERS = 5
LISTS = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "lastfm-melon-shape"
BUILD = Path(__file__).resolve().parent.parent / "build" / "feedback"


def learning(method: str, limit: int, seed: int = 42) -> None:
    """Prints nDCG@10 on judged and on other questions after so many verdicts, for random and chosen ones, for reviewers
    who err and for those who guess; and the same where judged items are left out."""
    ws = Workspace(BUILD)
    corpus = corpora.open_corpus(Context(ws), corpora.import_corpus(Context(ws), LISTS, "lists").name)
    parts = split(corpus, SplitSpec("arena", seed=seed, limit=limit))
    train = parts.train
    model = models.open_model(Context(ws), train, models.train(Context(ws), train, method).id)
    asked = parts.questions.queries(train)
    print(f"{method}: {len(parts.questions):,} questions, {len(train):,} playlists to learn from")
    rows = []
    for kind in (Kind.TAG, Kind.SONG):
        truth = parts.questions.hidden[kind]
        chance = np.random.default_rng(seed)
        judged, others = halves(parts.questions, kind, seed)
        first = rank(model.recommender, asked, kind, train, DEPTH).rows
        pairs = np.array([(q, at) for q in judged for at in range(DEPTH) if first[q, at] >= 0])
        right = np.array([first[q, at] in truth[q].indices for q, at in pairs])
        for how in ("chosen", "random"):
            order = chance.permutation(len(pairs))
            if how == "chosen":
                order = order[
                    np.argsort(
                        -question_value(probability_right(pairs[order, 1] + 1, np.zeros(0, int), np.zeros(0, bool))),
                        kind="stable",
                    )
                ]
            for who in ("err in one of ten", "guess"):
                told = (
                    right ^ (chance.random(len(right)) < ERROR) if who != "guess" else chance.random(len(right)) < 0.5
                )
                begin: dict[str, np.ndarray] = {}
                for budget in BUDGETS:
                    if budget > len(pairs):
                        continue
                    row: dict[str, str | int | float] = {
                        "kind": str(kind),
                        "questions": how,
                        "reviewers": who,
                        "verdicts": budget,
                    }
                    taken = order[:budget]
                    heeding = heeded(model.recommender, train, asked, kind, pairs[taken], first, told[taken])
                    after = rank(heeding, asked, kind, train, DEPTH).rows
                    for name, part in (("judged", judged), ("others", others)):
                        found = ndcg(after, truth, part)
                        if budget == 0:
                            begin[name] = found
                        change = found - begin[name]
                        row[name] = float(found.mean())
                        row[f"{name}, change"] = (
                            f"{change.mean():+.4f} ± {1.96 * change.std() / np.sqrt(len(change)):.4f}"
                        )
                    rows.append(row)
    head = HEAD.format(method=method, limit=limit, questions=len(parts.questions), depth=DEPTH)
    own = method == "neighbours"
    name, title = (
        ("feedback", "Effect of ratings on neighbours")
        if own
        else (f"feedback {method}", f"Effect of ratings on {method}")
    )
    written(pd.DataFrame(rows), head, name, title)


def training(method: str, limit: int, seed: int = 42) -> None:
    """Prints nDCG@10 on judged and on other questions of a method trained with verdicts, by reviewers who err in one
    of ten and by those who guess; no layer heeds the verdicts here."""
    ws = Workspace(BUILD)
    corpus = corpora.open_corpus(Context(ws), corpora.import_corpus(Context(ws), LISTS, "lists").name)
    parts = split(corpus, SplitSpec("arena", seed=seed, limit=limit))
    train, asked = parts.train, parts.questions.queries(parts.train)
    plain = models.open_model(
        Context(ws), train, models.train(Context(ws), train, method, options=models.TrainOptions(seed=seed)).id
    ).recommender
    chance = np.random.default_rng(seed)
    sides = {kind: halves(parts.questions, kind, seed) for kind in (Kind.TAG, Kind.SONG)}
    first = {kind: rank(plain, asked, kind, train, DEPTH).rows for kind in sides}
    rows = []
    for who in ("err in one of ten", "guess"):
        votes = {}
        for kind, (judged, _) in sides.items():
            truth = parts.questions.hidden[kind]
            pairs = np.array([(q, at) for q in judged for at in range(DEPTH) if first[kind][q, at] >= 0])
            right = np.array([first[kind][q, at] in truth[q].indices for q, at in pairs])
            told = right ^ (chance.random(len(right)) < ERROR) if who != "guess" else chance.random(len(right)) < 0.5
            votes[kind] = as_votes(asked, pairs, first[kind], told)
        lessons = training_examples.examples_from(train, votes)
        heard = 0 if lessons is None else lessons.verdicts
        info = models.train(Context(ws), train, method, options=models.TrainOptions(seed=seed, examples=lessons))
        after = models.open_model(Context(ws), train, info.id).recommender
        for kind, both in sides.items():
            ranked = rank(after, asked, kind, train, DEPTH).rows
            for name, part in zip(("judged", "others"), both, strict=True):
                truth = parts.questions.hidden[kind]
                before, now = ndcg(first[kind], truth, part), ndcg(ranked, truth, part)
                half = 1.96 * (now - before).std() / np.sqrt(len(part))
                change = f"{(now - before).mean():+.4f} ± {half:.4f}"
                asked_of = f"{len(part):,} {name}"
                rows.append((who, len(votes[kind]), heard, str(kind), asked_of, before.mean(), now.mean(), change))
    columns = ["reviewers", "verdicts", "learned", "kind", "questions", "before", "after", "change"]
    head = TAUGHT.format(method=method, limit=limit, questions=len(parts.questions), depth=DEPTH, learned=len(train))
    written(
        pd.DataFrame(rows, columns=columns),
        head,
        f"feedback training {method}",
        f"Training of {method} on ratings",
    )


def halves(questions: Questions, kind: Kind, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The questions that are judged, and the others: half of the listeners each, the same for all kinds."""
    names = questions.frame["group"].where(questions.frame["group"] != "", questions.frame["id"]).to_numpy(dtype=str)
    people = np.unique(names)
    asked = np.isin(names, np.random.default_rng(seed).permutation(people)[: len(people) // 2])
    held = np.diff(questions.hidden[kind].indptr) > 0
    return np.flatnonzero(held & asked), np.flatnonzero(held & ~asked)


HEAD = """
`python -m benchmarks.feedback learning --method {method} --limit {limit}`: {questions:,} questions on the Last.fm
lists, split by listener; nDCG@10 of `{method}` with the layer of `feedback/adjustment.py`. Five simulated reviewers are
asked about the first {depth} items of the lists of half of the listeners, at random or where it matters; they answer
from the hidden half and err in one of ten, or they guess. *judged*: these lists; *others*: those of the other
listeners, about which nobody was asked. ± is half of a 95 % interval of the paired difference to no verdicts.
""".strip()
TAUGHT = """
`python -m benchmarks.feedback training --method {method} --limit {limit}`: {questions:,} questions on the Last.fm
lists, split by listener; nDCG@10 of `{method}` trained on {learned:,} playlists, then on these and on the verdicts of
five simulated reviewers on the first {depth} items of the lists of half of the listeners (*judged*); *others*: lists of
the other listeners. No layer heeds the verdicts here. *learned*: verdicts that went into the training: of reviewers who
guess, none, since their answers have nothing to do with the order of the items. ± is half of a 95 % interval of the
paired difference.
""".strip()


def heeded(
    inner: Recommender,
    corpus: Corpus,
    asked: QueryBatch,
    kind: Kind,
    pairs: np.ndarray,
    first: np.ndarray,
    told: np.ndarray,
) -> FeedbackAdjusted:
    """The model after these verdicts."""
    return FeedbackAdjusted(inner, corpus, {kind: as_votes(asked, pairs, first, told)})


def as_votes(asked: QueryBatch, pairs: np.ndarray, first: np.ndarray, told: np.ndarray) -> FeedbackMatrix:
    """Verdicts on (question, place) pairs, given in turn by some reviewers."""
    who = np.arange(len(pairs)) % REVIEWERS
    places = pairs[:, 1] if len(pairs) else np.zeros(0, int)
    trust = np.array([reliability(places[who == one], told[who == one]) for one in range(REVIEWERS)])
    return FeedbackMatrix(
        asked,
        pairs[:, 0] if len(pairs) else np.zeros(0, int),
        first[pairs[:, 0], places] if len(pairs) else np.zeros(0, int),
        np.where(told, 1.0, -1.0).astype(np.float32),
        trust[who].astype(np.float32),
    )


def ndcg(rows: np.ndarray, truth: sp.csr_matrix, questions: np.ndarray, k: int = 10) -> np.ndarray:
    """nDCG@k of each question."""
    found = []
    for q in questions:
        right = set(truth[q].indices.tolist())
        gain = sum(1 / np.log2(at + 2) for at, row in enumerate(rows[q][:k]) if int(row) in right)
        found.append(gain / sum(1 / np.log2(at + 2) for at in range(min(k, len(right)))))
    return np.array(found)


def written(table: pd.DataFrame, head: str, name: str, title: str) -> None:
    """Puts a table into its section of docs/benchmarks/."""
    columns = list(table.columns)
    lines = ["| " + " | ".join(columns) + " |", "| " + " | ".join("---" for _ in columns) + " |"]
    for row in table.itertuples(index=False):
        lines.append("| " + " | ".join(f"{cell:.4f}" if isinstance(cell, float) else str(cell) for cell in row) + " |")
    write_section(name, "\n".join([f"## {title}", "", head, "", *lines]))


def decisions() -> None:
    """Prints what taking all proposals of a sort does to the metrics of a quick method on the real lists."""
    with tempfile.TemporaryDirectory() as folder:
        ws = Workspace(Path(folder))
        corpus = corpora.open_corpus(Context(ws), corpora.import_corpus(Context(ws), LISTS, "lists").name)
        spellings = [one.decision for one in suggestions.suggest(Context(ws), corpus, "spellings")]
        blocks = [
            one.decision for one in suggestions.suggest(Context(ws), corpus, "not music") if "written" in one.evidence
        ]
        hops = [one for one in spellings if "hip hop" in one.tags]
        for name, taken in (("hip hop", hops), ("all spellings", spellings), ("written as not about music", blocks)):
            effect = impact.measure_impact(Context(ws), corpus.name, taken)
            before, after, low, high = effect.metrics["ndcg"]
            told = f"nDCG@10 of {effect.method} {before:.4f} → {after:.4f}, difference {low:+.4f} to {high:+.4f}"
            print(f"{name}: {len(taken)} decisions, {effect.questions:,} questions: {told}")


def waiting(method: str) -> None:
    """Puts down how long the review queue takes for the next item, and what 5,000 decisions add to a query."""
    with tempfile.TemporaryDirectory() as folder:
        ws = Workspace(Path(folder))
        corpus = corpora.open_corpus(Context(ws), corpora.import_corpus(Context(ws), LISTS, "lists").name)
        model = models.open_model(Context(ws), corpus, models.train(Context(ws), corpus, method).id)
        rows = []
        for kind in (Kind.TAG, Kind.SONG):
            took: list[float] = []
            tasks: list[judging.Task] = []
            at = 0
            while len(took) < 200:  # as on the page Feedback: the items of four questions, then those of the next four
                begun = time.perf_counter()
                if not tasks:
                    tasks, at = (
                        judging.tasks(
                            Context(ws), corpus, model, judging.QueueRequest(kind, "Ann", start=at, count=AHEAD)
                        ),
                        at + AHEAD,
                    )
                one = tasks.pop(0)
                took.append(1000 * (time.perf_counter() - begun))
                judging.record_feedback(
                    Context(ws), replace(one.verdict, answer=Answer.RIGHT if len(took) % 2 else Answer.WRONG)
                )
            rows.append(
                {
                    "what": f"next {kind} to judge, {method}, Last.fm lists",
                    **_percentiles(took),
                    "asked": "at most 100 ms",
                }
            )
    rows.extend(_layered(method))
    written(
        pd.DataFrame(rows),
        "`python -m benchmarks.feedback waiting`: 200 items of the review queue, each judged before the next, as the "
        "page Feedback asks for them (most are at hand; every so many, the next four questions are answered). And 200 "
        "queries of two tags for the best 20 of 30,000 tags with their reasons, by turns without decisions and under a "
        "layer of 5,000 (merged, blocked, renamed, kept apart, under another: 1,000 each). Milliseconds by the clock.",
        "feedback waiting",
        "Waiting times of reviews and decisions",
    )


def _layered(slow: str) -> list[dict[str, str | float]]:
    """The same queries without decisions and under 5,000."""
    chance = np.random.default_rng(42)
    drawn = [chance.choice(30_000, 12, replace=False) for _ in range(20_000)]
    with tempfile.TemporaryDirectory() as folder:
        ws = Workspace(Path(folder))
        vocab = Vocab.of(Kind.TAG, [f"tag {number}" for number in range(30_000)])
        frame = pd.DataFrame({"tags": [[vocab.ids[tag] for tag in tags] for tags in drawn]})
        place = Path(folder) / "tags.jsonl"
        frame.to_json(place, orient="records", lines=True)
        raw = corpora.open_corpus(Context(ws), corpora.import_corpus(Context(ws), place, "many").name)
        ids = list(raw.vocab(Kind.TAG).ids)
        taken = [Decision(Act.MERGE, (ids[2 * n],), ids[2 * n + 1]) for n in range(1_000)]
        taken += [Decision(Act.BLOCK, (ids[4_000 + n],)) for n in range(1_000)]
        taken += [Decision(Act.RENAME, (ids[5_000 + n],), f"label {n}") for n in range(1_000)]
        taken += [Decision(Act.APART, (ids[6_000 + n], ids[7_000 + n])) for n in range(1_000)]
        taken += [Decision(Act.BROADER, (ids[8_000 + n],), ids[9_000 + n]) for n in range(1_000)]
        seen = curated(raw, Overlay(tuple(taken)))
        rows: list[dict[str, str | float]] = []
        for method in ("neighbours", slow):
            plain = models.open_model(Context(ws), raw, models.train(Context(ws), raw, method).id)
            translated = replace(plain, recommender=TranslatedRecommender(plain.recommender, raw, seen))
            both = {"without decisions": (raw, plain), "under 5,000": (seen, translated)}
            took: dict[str, list[float]] = {name: [] for name in both}
            for number in range(210):
                for name, (corpus, model) in both.items():
                    begun = time.perf_counter()
                    recommend.recommend(
                        corpus, model, Query(tags=(ids[11_000 + number], ids[12_000 + number])), Kind.TAG
                    )
                    if number >= 10:
                        took[name].append(1000 * (time.perf_counter() - begun))
            before, layered = (float(np.median(took[name])) for name in both)
            rows += [{"what": f"a query of {method}, {name}", **_percentiles(took[name]), "asked": ""} for name in both]
            rows[-1]["asked"] = f"{layered / before - 1:+.1%} at the median; at most +10 %"
        return rows


def _percentiles(took: Sequence[float]) -> dict[str, str]:
    return {**{f"p{at}": f"{np.percentile(took, at):.1f}" for at in (50, 95)}, "slowest": f"{max(took):.1f}"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("writers")
    one.add_argument("--each", type=int, default=100)
    one.add_argument("--pause", type=float, default=1.0)
    one.add_argument("--url", default="")
    commands.add_parser("decisions")
    one = commands.add_parser("waiting")
    one.add_argument("--method", default="best")
    one = commands.add_parser("learning")
    one.add_argument("--method", default="best")
    one.add_argument("--limit", type=int, default=1000)
    one = commands.add_parser("training")
    one.add_argument("--method", default="neighbours")
    one.add_argument("--limit", type=int, default=1000)
    given = parser.parse_args()
    if given.command == "writers":
        writers(given.each, given.pause, given.url)
    elif given.command == "training":
        training(given.method, given.limit)
    elif given.command == "waiting":
        waiting(given.method)
    elif given.command == "decisions":
        decisions()
    else:
        learning(given.method, given.limit)


if __name__ == "__main__":
    main()
