"""Answers: what is near, what to add, and what there is to know of one item."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from weakref import ref

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tagviz.embed import sentence
from tagviz.errors import InvalidParameterError, StoreError
from tagviz.operations import facets
from tagviz.operations.context import Context
from tagviz.operations.models import Model, encoder
from tagviz.operations.reasons import reasons_of
from tagviz.query import parser
from tagviz.query.limits import check_count, check_length
from tagviz.ranking import Ranker, RankingOptions
from tagviz.recommenders.near_duplicates import NearDuplicates, find_near_duplicates
from tagviz.recommenders.personal_tags import personal, private, shared_tags
from tagviz.recommenders.phrases import MULTILINGUAL
from tagviz.recommenders.popularity import Popularity
from tagviz.settings import settings
from tagviz.store.encoding_cache import EncodingCache
from tagviz.types import (
    Corpus,
    Expectation,
    Kind,
    ProgressCallback,
    Query,
    QueryBatch,
    Ranking,
    Recommender,
    no_progress,
    readonly,
)

KEEP_FROM = 50_000
"""Items from which learning what are variants takes so long that it is kept."""
READ_AT_ONCE = 500
"""Tags that a question may wait for to be read by sentence models: some seconds, once."""
LEARNED = 1
"""To be raised when `recommenders/near_duplicates.py` finds others: what was kept before is then learned anew."""


def recommend(
    corpus: Corpus,
    model: Model,
    query: Query,
    kind: Kind,
    rules: RankingOptions = RankingOptions(),
    reasons: bool = True,
) -> Ranking:
    """The `query.n` items of `kind` to add to what is asked, with how each term was read and why each item is there.

    Raises InvalidParameterError when the method does not recommend this kind, or less than one item is asked for.
    """
    if query.n < 1:
        raise InvalidParameterError(
            f"{query.n} items cannot be recommended", "one or more were expected", "ask for more"
        )
    asked = _parsed(query, corpus)
    ranked = Ranker(corpus, rules).rank(model.recommender, asked, kind, query.n)
    rows = ranked.rows[0][ranked.rows[0] >= 0]
    fallback = bool(ranked.fallback[0])
    method = "popularity" if fallback else model.info.method
    return replace(
        Ranking.of(corpus.vocab(kind), rows, ranked.scores[0][: len(rows)], method, model.ref),
        fallback=fallback,
        readings=asked.readings[0],
        reasons=reasons_of(corpus, model, asked, kind, rows) if reasons and not fallback and len(rows) else (),
        expected=None if fallback else _expected(model, asked, kind),
    )


class _LastParsed(threading.local):
    """What a thread has read last: tags and songs are asked for one after the other, with the same query."""

    query: Query | None = None
    corpus: ref[Corpus] | None = None
    asked: QueryBatch


_last = _LastParsed()


def _parsed(query: Query, corpus: Corpus) -> QueryBatch:
    """The query as a batch; the same batch where this thread has just read it, so that members know it, too."""
    if _last.query != query or _last.corpus is None or _last.corpus() is not corpus:
        _last.asked = parser.parse(query, corpus)
        _last.query, _last.corpus = query, ref(corpus)
    return _last.asked


def _expected(model: Model, asked: QueryBatch, kind: Kind) -> Expectation | None:
    """How good answers like this have been, where the method has learned it."""
    known = getattr(model.learned, "expected", None)
    return known(asked, kind) if known is not None and model.learned is model.recommender else None


def near_duplicates(context: Context, corpus: Corpus) -> NearDuplicates:
    """Spelling variants of tags and copies of songs, learned from the corpus; `groups` go into `Rules.variants`.

    Tags that experts keep apart are no variants of each other. What a large corpus taught is kept.
    """
    duplicates = _learned(context, corpus)
    rulings = corpus.rulings.get(Kind.TAG)
    if rulings is None or not rulings.apart.nnz:
        return duplicates
    groups = np.array(duplicates.groups[Kind.TAG])
    for one, other in zip(*rulings.apart.nonzero(), strict=True):
        if one < other and groups[one] == groups[other]:
            groups[other] = groups.max() + 1
    return replace(duplicates, groups={**duplicates.groups, Kind.TAG: readonly(groups, np.int32)})


def left_out(context: Context, corpus: Corpus) -> dict[Kind, NDArray[np.bool_]]:
    """Tags that are recommended only where a title names them, for `RankingOptions.left_out`.

    These are the tags of one listener, and tags that say nothing of music. Where more than READ_AT_ONCE tags would have
    to be encoded first (training best encodes them), only the former.

    Of 50 answers looked at on the Last.fm lists 16 had "awesome", "seen live" or their like among the first ten tags,
    so that leaving them out is the default where people ask; evaluations keep them, since they are held-out tags too.

    Returns:
        Per kind a bool array (n,) over its items.
    """
    out = private(corpus)
    cache = EncodingCache(context.workspace.encodings, MULTILINGUAL, partial(sentence.load, MULTILINGUAL))
    if cache.missing(shared_tags(corpus)) <= READ_AT_ONCE:
        out = out | personal(corpus, partial(encoder, context))
    return {Kind.TAG: readonly(out)}


def _learned(context: Context, corpus: Corpus) -> NearDuplicates:
    if sum(map(len, corpus.vocabs.values())) < KEEP_FROM:
        return find_near_duplicates(corpus)
    key = f"{corpus.fingerprint}-{LEARNED}"
    with suppress(StoreError):  # what cannot be read is learned again
        kept = context.workspace.open_folding(key)
        if kept is not None:
            return NearDuplicates(corpus, kept)
    duplicates = find_near_duplicates(corpus)
    with suppress(StoreError):  # a full disk costs the next start some seconds, not this answer
        context.workspace.save_folding(key, duplicates.groups)
    return duplicates


@dataclass(frozen=True)
class PredictionSummary:
    """What answering a file of questions came to.

    How many, in how many seconds, how many of them by mere popularity for lack of anything known, and what a person
    should know.
    """

    questions: int
    seconds: float
    fallback: int
    warnings: tuple[str, ...] = ()


Entry = Mapping[str, Any]
"""A question in the Arena's shape."""


@dataclass(frozen=True)
class PredictionBatch:
    """Results in the Arena's shape, how many of them by mere popularity, and what a person should know."""

    results: list[dict[str, Any]]
    fallback: int
    warnings: tuple[str, ...]


def predict(
    corpus: Corpus,
    model: Model,
    questions: Path,
    out: Path,
    rules: RankingOptions = RankingOptions(),
    progress: ProgressCallback = no_progress,
) -> PredictionSummary:
    """Answers a file of questions in the Arena's shape: 100 songs and 10 tags each, best first (or all that there are).

    Of a kind that the corpus does not have, nothing; of one that the method does not recommend, the most popular items.
    Warns when the questions are playlists of the corpus itself. Raises SourceError for a file that is none.
    """
    from tagviz.evaluation import arena

    entries = arena.read(questions)
    started = time.perf_counter()
    predicted = predict_batch(corpus, model, entries, rules, progress)
    arena.write(out, predicted.results)
    warnings = (*seen_in_training(corpus, entries), *predicted.warnings)
    return PredictionSummary(len(entries), time.perf_counter() - started, predicted.fallback, warnings)


def predict_batch(
    corpus: Corpus,
    model: Model,
    entries: Sequence[Entry],
    rules: RankingOptions = RankingOptions(),
    progress: ProgressCallback = no_progress,
) -> PredictionBatch:
    """Answers questions in the Arena's shape, each for itself: in parts they come to the same.

    Raises InvalidParameterError for a longer title or more tags than `recommend` takes, and names the question.
    """
    from tagviz.evaluation import arena, metrics

    for entry in entries:
        of = f"question {entry['id']}: "
        check_count("tags", entry["tags"], of)
        for term in (str(entry.get("plylst_title") or ""), *map(str, entry["tags"])):
            check_length(term, of)
    tags, spelling = facets.read_short(corpus, [[str(tag) for tag in entry["tags"]] for entry in entries])
    asked = parser.batch_from_lists(
        corpus,
        [str(entry.get("plylst_title") or "") for entry in entries],
        tags,
        [entry["songs"] for entry in entries],
        _dates([entry.get("updt_date") for entry in entries]),
        read="meaning",
    )
    warnings: list[str] = []
    lists: dict[Kind, list[list[str]]] = {}
    fallback = np.zeros(len(entries), dtype=bool)
    for kind, n in ((Kind.SONG, metrics.ARENA_SONGS), (Kind.TAG, metrics.ARENA_TAGS)):
        recommender: Recommender = model.recommender
        if kind not in recommender.kinds and corpus.has(kind):
            recommender = Popularity(corpus)
            warnings.append(f"{model.ref} does not recommend {kind}s: these are the most popular ones.")
        ranker = Ranker(corpus, rules, progress, settings().threads)
        ranked = ranker.rank(recommender, asked, kind, n) if corpus.has(kind) else None
        if ranked is None:
            lists[kind] = [[] for _ in entries]
            continue
        fallback |= ranked.fallback
        spelled = spelling.written(corpus) if kind is Kind.TAG else corpus.vocab(kind).ids
        ids = np.array(list(spelled), dtype=object)
        lists[kind] = [ids[rows[rows >= 0]].tolist() for rows in ranked.rows]
    results = arena.results([str(entry["id"]) for entry in entries], lists[Kind.SONG], lists[Kind.TAG])
    return PredictionBatch(results, int(fallback.sum()), tuple(warnings))


def _dates(values: Sequence[Any]) -> NDArray[np.datetime64]:
    """datetime64[s] of an Arena file's dates, NaT where one is missing or no date."""
    stamps = pd.to_datetime(pd.Series(values, dtype="str"), format="ISO8601", errors="coerce")
    return stamps.to_numpy().astype("datetime64[s]")


def seen_in_training(corpus: Corpus, entries: Sequence[Entry]) -> list[str]:
    """A warning when questions are playlists of the corpus: their id, and all that they show, is in one.

    Where nothing but a title is shown, it is the playlist's.
    """
    rows = corpus.vocab(Kind.PLAYLIST).find([str(entry["id"]) for entry in entries])
    songs, tags = corpus.matrix(Kind.SONG), corpus.matrix(Kind.TAG)
    known = 0
    for row, entry in zip(rows, entries, strict=True):
        if row >= 0 and (entry["songs"] or entry["tags"] or entry.get("plylst_title")):
            held = {
                *corpus.vocab(Kind.SONG).ids[songs[[row]].indices],
                *corpus.vocab(Kind.TAG).ids[tags[[row]].indices],
            }
            shown = [*map(str, [*entry["songs"], *entry["tags"]])]
            titled = str(entry.get("plylst_title") or "") == corpus.playlists["title"].iat[row]
            known += held.issuperset(shown) if shown else titled
    if not known:
        return []
    return [
        f"{known:,} of {len(entries):,} questions are playlists of the corpus {corpus.name!r} itself: its models have "
        "seen the answers, so trust no score of this. Import the folder that `split` wrote as a corpus and ask that."
    ]
