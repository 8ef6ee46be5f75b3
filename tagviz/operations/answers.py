"""Answers: what is near, what to add, and what there is to know of one item."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz import asking
from tagviz.errors import BadParameter, StoreError, UnknownTerm
from tagviz.operations import facets
from tagviz.operations.models import Model
from tagviz.ranking import Rules, keep_to, rank, top
from tagviz.recommend.folding import Folding, learn
from tagviz.recommend.popularity import Popularity
from tagviz.settings import settings
from tagviz.store.workspace import Workspace
from tagviz.types import (
    Corpus,
    Embedding,
    Floats,
    Kind,
    ProgressCallback,
    Query,
    Ranking,
    Recommender,
    Vocab,
    frozen,
    quiet,
    split_key,
)

KEEP_FROM = 50_000
"""Items from which learning what are variants takes so long that it is kept."""
LEARNED = 1
"""To be raised when `recommend/folding.py` finds others: what was kept before is then learned anew."""


@dataclass(frozen=True, eq=False)
class ItemPage:
    """All that a panel shows of one item.

    count: playlists that hold it. neighbours: the nearest items of its
    kind, none where the model does not know the kind. together: frame `key`, `label`, `count`
    (playlists with both), `lift` (how many times more than by chance) of tags; songs: the same of songs. playlists:
    frame `key`, `title`, `date`, `likes`. years: playlists that hold it per year (index).
    """

    key: str
    label: str
    facet: str
    count: int
    neighbours: Ranking
    together: pd.DataFrame
    songs: pd.DataFrame
    playlists: pd.DataFrame
    years: pd.Series


def recommend(
    corpus: Corpus,
    model: Model,
    query: Query,
    kind: Kind,
    rules: Rules = Rules(),
    reasons: bool = True,
    progress: ProgressCallback = quiet,
) -> Ranking:
    """The `query.n` items of `kind` to add to what is asked, with how each term was read and why each item is there.

    Raises BadParameter when the method does not recommend this kind.
    """
    asked = asking.parse(query, corpus)
    ranked = rank(model.recommender, asked, kind, corpus, query.n, rules, progress)
    rows = ranked.rows[0][ranked.rows[0] >= 0]
    fallback = bool(ranked.fallback[0])
    vocab = corpus.vocab(kind)
    return Ranking(
        kind=kind,
        keys=tuple(vocab.keys(rows)),
        labels=tuple(vocab.label_list(rows)),
        scores=frozen(ranked.scores[0][: len(rows)]),
        method="popularity" if fallback else model.info.method,
        model=model.ref,
        fallback=fallback,
        readings=asked.readings[0],
        reasons=model.recommender.explain(asked, kind, rows) if reasons and not fallback and len(rows) else (),
    )


def neighbours(
    corpus: Corpus, model: Model, plus: Sequence[str], minus: Sequence[str] = (), kind: Kind | None = None, n: int = 20
) -> Ranking:
    """The n items of `kind` (default: that of the first key) nearest to the keys `plus`, away from the keys `minus`.

    In a model with a space: cosine to Σ plus − Σ minus of unit vectors ("rock + female − male", Mikolov et al. 2013).
    In one without: its recommendations for these items. Raises UnknownTerm for keys that the corpus or the space lacks.
    """
    if not plus:
        raise BadParameter("Nothing is asked", "at least one key such as tag:jazz is needed", "give a key")
    given = [(*split_key(key), sign) for keys, sign in ((plus, 1.0), (minus, -1.0)) for key in keys]
    for kind_of, ident, _ in given:
        _known(corpus, kind_of, ident)
    kind = kind or given[0][0]
    if model.embedding is None:
        return _by_score(corpus, model, plus, minus, kind, n)
    space = model.embedding
    vector = np.sum([sign * _vector(space, kind_of, ident, model) for kind_of, ident, sign in given], axis=0)
    vector /= max(float(np.linalg.norm(vector)), float(np.finfo(np.float32).tiny))
    if kind not in space.vocabs:
        raise BadParameter(f"{model.ref} has no {kind}s", f"it holds {', '.join(space.vocabs)}", "choose another kind")
    vocab = space.vocabs[kind]
    scores = space.of(kind) @ vector
    _keep_to(corpus, vocab, kind, [vocab.row(ident) for of, ident, sign in given if of is kind and sign > 0], scores)
    scores[[vocab.row(ident) for kind_of, ident, _ in given if kind_of is kind]] = -np.inf
    counts = corpus.counts(kind)[corpus.vocab(kind).find(list(vocab.ids))]
    rows = top(scores, counts, n)
    return Ranking(
        kind=kind,
        keys=tuple(vocab.keys(rows)),
        labels=tuple(vocab.label_list(rows)),
        scores=frozen(scores[rows]),
        method=model.info.method,
        model=model.ref,
    )


def _keep_to(corpus: Corpus, vocab: Vocab, kind: Kind, asked: list[int], scores: Floats) -> None:
    """What experts ruled, for scores of the items that a space holds."""
    if kind in corpus.rulings:
        whole = corpus.vocab(kind)
        rows = whole.find(list(vocab.ids))
        known = rows >= 0
        every = np.full((1, len(whole)), -np.inf, dtype=np.float32)
        every[0, rows[known]] = scores[known]
        items = np.zeros((1, len(whole)), dtype=np.float32)
        items[0, [row for row in rows[asked] if row >= 0]] = 1.0
        keep_to(corpus, {kind: sp.csr_matrix(items)}, kind, every)
        scores[known] = every[0, rows[known]]


def item_page(corpus: Corpus, model: Model, key: str, n: int = 12) -> ItemPage:
    """Neighbours, company, songs, example playlists and years of one item.

    Company is ordered by count · log(lift), which neither rare accidents nor mere hits lead ("local mutual
    information", Evert 2005). Raises UnknownTerm for a key that is not here.
    """
    kind, ident = split_key(key)
    row = _known(corpus, kind, ident)
    holders = holding(corpus, kind, row)
    dates = corpus.playlists["date"].iloc[holders]
    return ItemPage(
        key=key,
        label=corpus.vocab(kind).label(row),
        facet=str(corpus.facets[row]) if kind is Kind.TAG else "",
        count=len(holders),
        neighbours=_beside(corpus, model, key, n),
        together=company(corpus, holders, Kind.TAG, n, without=row if kind is Kind.TAG else -1),
        songs=company(corpus, holders, Kind.SONG, n, without=row if kind is Kind.SONG else -1),
        playlists=_examples(corpus, holders, n),
        years=dates.dt.year.dropna().astype(int).value_counts().sort_index(),
    )


def _beside(corpus: Corpus, model: Model, key: str, n: int) -> Ranking:
    kind, _ = split_key(key)
    known = model.recommender.kinds if model.embedding is None else model.embedding.vocabs
    if kind in known:
        return neighbours(corpus, model, [key], n=n)
    return Ranking(kind, (), (), frozen(np.empty(0, np.float32)), model.info.method, model.ref)


def holding(corpus: Corpus, kind: Kind, row: int) -> NDArray[np.int64]:
    """Rows of the playlists that hold an item."""
    matrix = corpus.matrix(kind)
    return np.searchsorted(matrix.indptr, np.flatnonzero(matrix.indices == row), side="right").astype(np.int64) - 1


def company(corpus: Corpus, playlists: NDArray[np.int64], kind: Kind, n: int, without: int = -1) -> pd.DataFrame:
    """The n items of `kind` most typical of some playlists: frame `key`, `label`, `count`, `lift`."""
    vocab = corpus.vocab(kind)
    both = np.bincount(corpus.matrix(kind)[playlists].indices, minlength=len(vocab)).astype(np.float64)
    expected = corpus.counts(kind) * (len(playlists) / max(1, len(corpus)))
    lift = np.divide(both, expected, out=np.zeros_like(both), where=expected > 0)
    weight = np.where(both > 0, both * np.log(np.maximum(lift, np.finfo(np.float64).tiny)), -np.inf)
    if without >= 0:
        weight[without] = -np.inf
    rows = top(weight.astype(np.float32), corpus.counts(kind), n)
    return pd.DataFrame(
        {
            "key": vocab.keys(rows),
            "label": vocab.label_list(rows),
            "count": both[rows].astype(np.int64),
            "lift": lift[rows].round(2),
        }
    )


def complete(corpus: Corpus, text: str, kinds: Sequence[Kind] = (Kind.TAG, Kind.SONG), n: int = 20) -> list[str]:
    """Search as you type: keys whose label begins with or holds the text."""
    return asking.complete(corpus, text, kinds, n)


def folding(ws: Workspace, corpus: Corpus) -> Folding:
    """Spelling variants of tags and copies of songs, learned from the corpus; `groups` go into `Rules.variants`. Tags
    that experts keep apart are no variants of each other. What a large corpus taught is kept."""
    found = _learned(ws, corpus)
    rulings = corpus.rulings.get(Kind.TAG)
    if rulings is None or not rulings.apart.nnz:
        return found
    groups = np.array(found.groups[Kind.TAG])
    for one, other in zip(*rulings.apart.nonzero(), strict=True):
        if one < other and groups[one] == groups[other]:
            groups[other] = groups.max() + 1
    return replace(found, groups={**found.groups, Kind.TAG: frozen(groups, np.int32)})


def _learned(ws: Workspace, corpus: Corpus) -> Folding:
    if sum(map(len, corpus.vocabs.values())) < KEEP_FROM:
        return learn(corpus)
    key = f"{corpus.fingerprint}-{LEARNED}"
    with suppress(StoreError):  # what cannot be read is learned again
        kept = ws.open_folding(key)
        if kept is not None:
            return Folding(corpus, kept)
    found = learn(corpus)
    with suppress(StoreError):  # a full disk costs the next start some seconds, not this answer
        ws.save_folding(key, found.groups)
    return found


def label(corpus: Corpus, key: str) -> str:
    """What a person reads for a key. Raises UnknownTerm for one that is not here."""
    kind, ident = split_key(key)
    return corpus.vocab(kind).label(_known(corpus, kind, ident))


def _known(corpus: Corpus, kind: Kind, ident: str) -> int:
    """The row of an id; unknown: UnknownTerm with the closest spellings."""
    row = corpus.vocab(kind).row(ident, missing="skip")
    if row < 0:
        near = asking.suggest(corpus, kind, ident, 3)
        hint = f"close to it: {', '.join(near)}" if near else f"{len(corpus.vocab(kind)):,} {kind}s are known"
        raise UnknownTerm(
            f"There is no {kind} {ident!r} in {corpus.name!r}", hint, "use one of these or check the spelling"
        )
    return row


def _vector(space: Embedding, kind: Kind, ident: str, model: Model) -> Floats:
    row = space.vocabs[kind].row(ident, missing="skip") if kind in space.vocabs else -1
    if row < 0:
        raise UnknownTerm(
            f"{kind}:{ident} has no vector in {model.ref}",
            f"it holds {', '.join(space.vocabs)} that are frequent enough",
            "choose another item, or a method such as neighbours that needs no vectors",
        )
    vector: Floats = space.of(kind)[row]
    return vector


def _by_score(corpus: Corpus, model: Model, plus: Sequence[str], minus: Sequence[str], kind: Kind, n: int) -> Ranking:
    for key in plus:
        if split_key(key)[0] not in (Kind.TAG, Kind.SONG):
            raise BadParameter(
                f"{model.ref} cannot be asked for {key!r}", "without a space it knows tags and songs", "choose spectral"
            )
    tags = tuple(key for key in plus if split_key(key)[0] is Kind.TAG)
    songs = tuple(key for key in plus if split_key(key)[0] is Kind.SONG)
    return recommend(corpus, model, Query(tags=tags, songs=songs, avoid=tuple(minus), n=n), kind)


def _examples(corpus: Corpus, holders: NDArray[np.int64], n: int) -> pd.DataFrame:
    """The most liked playlists, the newest first among equals."""
    frame = corpus.playlists.iloc[holders].assign(key=corpus.vocab(Kind.PLAYLIST).keys(holders))
    chosen = frame.sort_values(["likes", "date"], ascending=False, kind="stable").head(n)
    return chosen[["key", "title", "date", "likes"]].reset_index(drop=True)


@dataclass(frozen=True)
class Predicted:
    """What answering a file of questions came to: how many, in how many seconds, how many of them by mere popularity
    for lack of anything known, and what a person should know."""

    questions: int
    seconds: float
    fallback: int
    warnings: tuple[str, ...] = ()


Entry = Mapping[str, Any]
"""A question in the Arena's shape."""


@dataclass(frozen=True)
class Answered:
    """Results in the Arena's shape, how many of them by mere popularity, and what a person should know."""

    results: list[dict[str, Any]]
    fallback: int
    warnings: tuple[str, ...]


def predict(
    corpus: Corpus, model: Model, questions: Path, out: Path, rules: Rules = Rules(), progress: ProgressCallback = quiet
) -> Predicted:
    """Answers a file of questions in the Arena's shape: 100 songs and 10 tags each, best first (or all that there are).

    Of a kind that the corpus does not have, nothing; of one that the method does not recommend, the most popular items.
    Warns when the questions are playlists of the corpus itself. Raises SourceError for a file that is none.
    """
    from tagviz.evaluate import arena

    entries = arena.read(questions)
    started = time.perf_counter()
    found = answered(corpus, model, entries, rules, progress)
    arena.write(out, found.results)
    warnings = (*seen(corpus, entries), *found.warnings)
    return Predicted(len(entries), time.perf_counter() - started, found.fallback, warnings)


def answered(
    corpus: Corpus, model: Model, entries: Sequence[Entry], rules: Rules = Rules(), progress: ProgressCallback = quiet
) -> Answered:
    """Answers questions in the Arena's shape, each for itself: in parts they come to the same."""
    from tagviz.evaluate import arena

    tags, spelling = facets.read_short(corpus, [[str(tag) for tag in entry["tags"]] for entry in entries])
    asked = asking.from_lists(
        corpus,
        [str(entry.get("plylst_title") or "") for entry in entries],
        tags,
        [entry["songs"] for entry in entries],
        _dates([entry.get("updt_date") for entry in entries]),
    )
    warnings: list[str] = []
    lists: dict[Kind, list[list[str]]] = {}
    fallback = np.zeros(len(entries), dtype=bool)
    for kind, n in ((Kind.SONG, arena.ARENA_SONGS), (Kind.TAG, arena.ARENA_TAGS)):
        recommender: Recommender = model.recommender
        if kind not in recommender.kinds and corpus.has(kind):
            recommender = Popularity(corpus)
            warnings.append(f"{model.ref} does not recommend {kind}s: these are the most popular ones.")
        threads = settings().threads
        ranked = rank(recommender, asked, kind, corpus, n, rules, progress, threads) if corpus.has(kind) else None
        if ranked is None:
            lists[kind] = [[] for _ in entries]
            continue
        fallback |= ranked.fallback
        spelled = spelling.written(corpus) if kind is Kind.TAG else corpus.vocab(kind).ids
        ids = np.array(list(spelled), dtype=object)
        lists[kind] = [ids[rows[rows >= 0]].tolist() for rows in ranked.rows]
    results = arena.results([str(entry["id"]) for entry in entries], lists[Kind.SONG], lists[Kind.TAG])
    return Answered(results, int(fallback.sum()), tuple(warnings))


def _dates(values: Sequence[Any]) -> NDArray[np.datetime64]:
    """datetime64[s] of an Arena file's dates, NaT where one is missing or no date."""
    found = pd.to_datetime(pd.Series(values, dtype="str"), format="ISO8601", errors="coerce")
    return found.to_numpy().astype("datetime64[s]")


def seen(corpus: Corpus, entries: Sequence[Entry]) -> list[str]:
    """A warning when questions are playlists of the corpus: their id, and all that they show, is in one."""
    rows = corpus.vocab(Kind.PLAYLIST).find([str(entry["id"]) for entry in entries])
    songs, tags = corpus.matrix(Kind.SONG), corpus.matrix(Kind.TAG)
    known = 0
    for row, entry in zip(rows, entries, strict=True):
        if row >= 0 and (entry["songs"] or entry["tags"] or entry.get("plylst_title")):
            held = {
                *corpus.vocab(Kind.SONG).ids[songs[[row]].indices],
                *corpus.vocab(Kind.TAG).ids[tags[[row]].indices],
            }
            known += held.issuperset(map(str, [*entry["songs"], *entry["tags"]]))
    if not known:
        return []
    return [
        f"{known:,} of {len(entries):,} questions are playlists of the corpus {corpus.name!r} itself: its models have "
        "seen the answers, so trust no score of this. Import the folder that `split` wrote as a corpus and ask that."
    ]
