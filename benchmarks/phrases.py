"""How well best understands what people type, part by part, and what it costs: docs/benchmarks/reading.md.

    python -m benchmarks.phrases --file ../shared/words/phrases.json     # trains best on the Last.fm lists: minutes
    python -m benchmarks.phrases --file ../shared/words/phrases.json --held-out   # pairs of tags, too: trains it again

Phrases of the file and of validation_phrases.json: understood (a wanted tag among the first five), reciprocal rank,
each part taken away alone, differences paired with bootstrap intervals. Pairs: two tags that share songs in the lists
of listeners whom the model has not seen. Costs: milliseconds that reading a phrase adds, the first phrase of a
process, the memory of the two text models.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from benchmarks.quality import BUILD, corpus_of
from benchmarks.report import write_section
from tagviz.evaluation import golden
from tagviz.evaluation.golden import GoldenQuery, GoldenReport
from tagviz.evaluation.resampling import bootstrap_means, intervals
from tagviz.evaluation.split import SplitSpec, split
from tagviz.operations import golden as asking
from tagviz.operations import models, recommend
from tagviz.operations.context import Context
from tagviz.query.parser import batch_from_lists
from tagviz.ranking import RankingOptions, rank
from tagviz.recommenders import phrases
from tagviz.recommenders.best import Best
from tagviz.recommenders.fusion import Fusion
from tagviz.recommenders.phrases import Phrases
from tagviz.store.workspace import Workspace
from tagviz.types import Corpus, Floats, Ints, Kind, QueryBatch, Reason, Recommender

DATA = "lastfm-lists"
TEXT = "phrases"
FEWEST_SHARED = 4
"""Songs that two tags must share in held-out lists to be a pair."""
MOST_PAIRS = 300
FIRST = 20
"""Songs that pairs are judged by."""
NEW = ("walking the dog in the park", "un soir de pluie", "eine lange zugfahrt", "noche de luna", "바람 부는 언덕")
"""Phrases that no model has read, one a language."""
VALIDATION = Path(__file__).parent / "validation_phrases.json"
"""Phrases that settings were chosen on."""
NEGATIONS = ("{0} but not {1}", "{0} sans {1}", "{0} sin {1}", "{0} ohne {1}", "{1} 말고 {0}")
"""The first tag without the second one, in five languages."""
FIRST_QUESTION = (
    "import time; from tagviz.embed import sentence; started = time.process_time();"
    "held = lambda: int(open('/proc/self/statm').read().split()[1]) * 4096 / 2**20; before = held();"
    "[sentence.load(name)(['x']) for name in ('minilm', 'e5')];"
    "print(time.process_time() - started, held() - before)"
)


class Plain:
    """A recommender that takes titles as words, as before they were read."""

    method = "plain"

    def __init__(self, inner: Recommender) -> None:
        self.inner = inner
        self.kinds = inner.kinds

    def score(self, asked: QueryBatch, kind: Kind) -> Floats:
        return self.inner.score(_unread(asked), kind)

    def explain(self, asked: QueryBatch, kind: Kind, rows: Ints) -> tuple[tuple[Reason, ...], ...]:
        return self.inner.explain(_unread(asked), kind, rows)

    def state(self) -> tuple[dict[str, NDArray[np.generic]], dict[str, object]]:
        return self.inner.state()


class Unglossed(Plain):
    """A recommender that reads texts of other languages as they are."""

    method = "unglossed"

    def score(self, asked: QueryBatch, kind: Kind) -> Floats:
        kept, phrases.GLOSS = phrases.GLOSS, 0.0
        try:
            return self.inner.score(asked, kind)
        finally:
            phrases.GLOSS = kept


def _unread(asked: QueryBatch) -> QueryBatch:
    items = dict(asked.items)
    for kind, named in asked.named.items():
        items[kind] = sp.csr_matrix(items[kind] - items[kind].multiply(named > 0))
    return replace(asked, items=items, named={}, phrases=(), avoided_phrases=(), match=())


def variants(best: Best) -> dict[str, Recommender]:
    """Best, and best with one part taken away."""
    fusion = best.fusion
    names = list(fusion.fitted)
    text = fusion.fitted[TEXT]
    assert isinstance(text, Phrases)

    def weighted(change: Callable[[Floats], Floats]) -> Best:
        weights = {kind: change(np.array(own)) for kind, own in fusion.weights.items()}
        return _with(best, fusion.fitted, weights)

    def without_text(weights: Floats) -> Floats:
        weights[:, names.index(TEXT)] = 0
        return weights

    def text_as(**settings: float) -> Best:
        params = text.params.model_copy(update=settings)
        changed = Phrases(text.corpus, params, text._tools, text._rows, text._vectors)
        return _with(best, {**fusion.fitted, TEXT: changed}, fusion.weights)

    return {
        "best": best,
        "without reading titles": Plain(best),
        "without text models": weighted(without_text),
        "the same weight for all members": weighted(lambda weights: np.full_like(weights, 1 / weights.shape[1])),
        "without the listeners' prior": text_as(prior=0.0),
        "MiniLM alone where the text is English": text_as(english=1.0),
        "E5 alone": text_as(english=0.0),
        "without words of other languages in English": Unglossed(best),
        "text models alone": text,
    }


def _with(best: Best, fitted: Mapping[str, Recommender], weights: Mapping[Kind, Floats]) -> Best:
    fusion = Fusion(best.fusion.corpus, best.fusion.params, best.fusion.members, fitted, weights)
    return Best(fusion, best.params, best.trees, best.gains, best.calibrations)


def understood(
    corpus: Corpus, recommender: Recommender, model: models.Model, queries: Sequence[GoldenQuery]
) -> GoldenReport:
    """The queries asked as on the page; every tag may be answered, as through `predict`."""
    asked = replace(model, recommender=recommender)
    return golden.judge("", queries, [asking.answer(corpus, asked, query, RankingOptions()) for query in queries])


def phrase_table(corpus: Corpus, model: models.Model, queries: Sequence[GoldenQuery]) -> list[str]:
    """Lines of the table of phrases and parts."""
    assert isinstance(model.recommender, Best)
    reports = {name: understood(corpus, one, model, queries) for name, one in variants(model.recommender).items()}
    lines = [
        "| answered by | in the first 5 | MRR@10 | difference in the first 5 (95 %) | in MRR (95 %) |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, report in reports.items():
        row = report.summary(resamples=0).iloc[0]
        apart = golden.compare(report, reports["best"]).set_index("measure")
        gaps = [
            "" if name == "best" else f"{each['difference']:+.3f} [{each['low']:+.3f}, {each['high']:+.3f}]"
            for each in (apart.loc["understood"], apart.loc["mrr"])
        ]
        lines.append(f"| {name} | {row['understood']:.3f} | {row['mrr']:.3f} | {gaps[0]} | {gaps[1]} |")
    missed = reports["best"].frame.query("not understood")
    named = [f"{row.title} ({', '.join(row.answers)})" for row in missed.itertuples()]
    by_language = [
        f"{row.group} {row.understood:.2f} / {row.mrr:.2f} ({row.queries})"
        for row in reports["best"].summary("language", resamples=0).itertuples()
        if row.group
    ]
    return [
        *lines,
        "",
        *([f"By language or script: {'; '.join(by_language)}.", ""] if by_language else []),
        f"Not understood: {'; '.join(named)}.",
    ]


def held_out(ws: Workspace, corpus: Corpus, seed: int = 1) -> list[str]:
    """Lines of the table of pairs: songs with both tags, and with the one but not the other."""
    parts = split(corpus, SplitSpec("arena", seed=seed, share=0.1))
    model = models.open_model(Context(ws), parts.train, models.train(Context(ws), parts.train, "best").id)
    held = corpus.select(np.flatnonzero(~corpus.playlists["id"].isin(parts.train.playlists["id"]).to_numpy()))
    seen, unseen = _songs_of(parts.train), _songs_of(held)
    pairs = _pairs(parts.train, unseen, np.random.default_rng(seed))
    both = [np.intersect1d(unseen[a].indices, unseen[b].indices) for a, b in pairs]
    one = [np.setdiff1d(np.setdiff1d(unseen[a].indices, unseen[b].indices), seen[b].indices) for a, b in pairs]
    asked = {match: _ask(corpus, [[a, b] for a, b in pairs], (match,) * len(pairs)) for match in ("any", "all")}
    alone = _ask(corpus, [[a] for a, _ in pairs], ())
    avoiding = replace(alone, avoid={Kind.TAG: _ask(corpus, [[b] for _, b in pairs], ()).items[Kind.TAG]})
    chances = {
        "both tags, any of them": _ndcg(model, asked["any"], parts.train, both),
        "both tags, all of them": _ndcg(model, asked["all"], parts.train, both),
        "typed “a + b”": _ndcg(model, _typed(parts.train, "{0} + {1}", pairs), parts.train, both),
    }
    negated = {
        "one tag, the other not avoided": _ndcg(model, alone, parts.train, one),
        "one tag, the other avoided": _ndcg(model, avoiding, parts.train, one),
    } | {
        f"typed “{form.format('a', 'b')}”": _ndcg(model, _typed(parts.train, form, pairs), parts.train, one)
        for form in NEGATIONS
    }
    lines = [f"| {len(pairs)} pairs | nDCG@{FIRST} | difference (95 %) |", "| --- | --- | --- |"]
    for values in (chances, negated):
        base = next(iter(values.values()))
        for name, own in values.items():
            low, high = intervals(bootstrap_means((own - base)[:, None], np.arange(len(pairs))))
            gap = f"{float((own - base).mean()):+.4f} [{low[0]:+.4f}, {high[0]:+.4f}]" if own is not base else ""
            lines.append(f"| {name} | {own.mean():.4f} | {gap} |")
    return lines


def _typed(corpus: Corpus, form: str, pairs: Sequence[tuple[int, int]]) -> QueryBatch:
    """The pairs as people type them."""
    tags = corpus.vocab(Kind.TAG)
    titles = [form.format(tags.label(a), tags.label(b)) for a, b in pairs]
    nothing: list[list[str]] = [[]] * len(pairs)
    return batch_from_lists(corpus, titles, nothing, nothing, read="meaning")


def _songs_of(corpus: Corpus) -> sp.csr_matrix:
    """(tags, songs): the songs of the lists whose title is the tag."""
    rows = corpus.vocab(Kind.TAG).find(list(corpus.playlists["title"]))
    titled = np.flatnonzero(rows >= 0)
    shape = (len(corpus.vocab(Kind.TAG)), len(corpus))
    titles = sp.csr_matrix((np.ones(len(titled)), (rows[titled], titled)), shape=shape)
    return sp.csr_matrix(titles @ corpus.matrix(Kind.SONG))


def _pairs(train: Corpus, songs: sp.csr_matrix, rng: np.random.Generator) -> list[tuple[int, int]]:
    sizes = np.diff(songs.indptr)
    common = np.flatnonzero((sizes >= 2 * FEWEST_SHARED) & (train.counts(Kind.TAG) >= 10))
    binary = sp.csr_matrix((np.ones(songs.nnz), songs.indices, songs.indptr), shape=songs.shape)[common]
    shared = (binary @ binary.T).toarray()
    half = np.minimum(sizes[common][:, None], sizes[common]) / 2
    found = np.argwhere(np.triu((shared >= FEWEST_SHARED) & (shared < half), 1))
    chosen = found[np.sort(rng.choice(len(found), min(MOST_PAIRS, len(found)), replace=False))]
    return [(int(common[a]), int(common[b])) for a, b in chosen]


def _ask(corpus: Corpus, tags: list[list[int]], match: tuple[str, ...]) -> QueryBatch:
    rows = np.repeat(np.arange(len(tags)), [len(row) for row in tags])
    columns = [tag for row in tags for tag in row]
    items = {
        kind: sp.csr_matrix((len(tags), len(corpus.vocab(kind))), dtype=np.float32)
        for kind in (Kind.SONG, Kind.WORD, Kind.TAG)
    }
    items[Kind.TAG] = sp.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=items[Kind.TAG].shape)
    return QueryBatch(("",) * len(tags), items, match=match)


def _ndcg(
    model: models.Model, asked: QueryBatch, corpus: Corpus, wanted: Sequence[NDArray[np.integer]]
) -> NDArray[np.float64]:
    rows = rank(model.recommender, asked, Kind.SONG, corpus, FIRST).rows
    discounts = 1 / np.log2(np.arange(2, FIRST + 2))
    gained = [float((np.isin(own, right) * discounts).sum()) for own, right in zip(rows, wanted, strict=True)]
    ideal = [max(1e-9, float(discounts[: len(right)].sum())) for right in wanted]
    return np.array(gained) / np.array(ideal)


def costs(corpus: Corpus, model: models.Model) -> list[str]:
    """Lines of the table of costs."""
    assert isinstance(model.recommender, Best)
    text = model.recommender.fusion.fitted[TEXT]
    assert isinstance(text, Phrases)
    text.likely_tags(_phrase(corpus, "a first phrase"))
    spent = []
    for number in range(40):
        for phrase in NEW:
            started = time.process_time()
            text.likely_tags(_phrase(corpus, f"{phrase} {number}"))
            spent.append(1000 * (time.process_time() - started))
    command = [sys.executable, "-c", FIRST_QUESTION]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    first, grown = map(float, printed.split())
    return [
        "| cost (processor time) | |",
        "| --- | --- |",
        f"| reading a new phrase: p50, p95 | {np.quantile(spent, 0.5):.0f} ms, {np.quantile(spent, 0.95):.0f} ms |",
        f"| opening both text models and reading a first text with each | {first:.2f} s |",
        f"| memory that both add at their first phrase | {grown:.0f} MB |",
    ]


def _phrase(corpus: Corpus, phrase: str) -> QueryBatch:
    return replace(_ask(corpus, [[]], ()), titles=(phrase,), phrases=(phrase,))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--file", type=Path, required=True, help="golden queries for the Last.fm lists")
    parser.add_argument("--held-out", action="store_true", help="pairs of tags too, which trains best once more")
    options = parser.parse_args()
    corpus, ws = corpus_of(DATA), Workspace(BUILD / "workspace")
    model = models.open_model(Context(ws), corpus, models.train(Context(ws), corpus, "best").id)
    recommend.near_duplicates(Context(ws), corpus)
    command = "python -m benchmarks.phrases --file words/phrases.json" + (" --held-out" if options.held_out else "")
    lines = ["## Phrases, part by part", "", f"`{command}`", ""]
    for title, file in (("Phrases as people type them", options.file), ("Validation phrases", VALIDATION)):
        queries = golden.read(file)
        lines += [f"### {title}: {len(queries)}", "", *phrase_table(corpus, model, queries), ""]
    if options.held_out:
        lines += ["### Several tags, and one without another", "", *held_out(ws, corpus), ""]
    write_section("phrases", "\n".join([*lines, "### Costs", "", *costs(corpus, model)]))


if __name__ == "__main__":
    main()
