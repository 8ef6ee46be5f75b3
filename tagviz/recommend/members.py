"""Several recommenders as members of one: which, with what settings, fitted, compared, kept and brought back
together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from tagviz.errors import NotReady
from tagviz.methods import Arrays, Tools
from tagviz.ranking import scaled
from tagviz.recommend.cooccurrence import Cooccurrence, CooccurrenceParams
from tagviz.recommend.ease import Ease, EaseParams
from tagviz.recommend.embedding import EmbeddingRecommender
from tagviz.recommend.factors import Factors, FactorsParams
from tagviz.recommend.features import Features
from tagviz.recommend.neighbours import Neighbours, NeighboursParams
from tagviz.types import Asked, Corpus, Floats, Kind, Progress, Recommender

ROOTED: Mapping[str, Any] = {"variant": "rooted"}
"""The spectral space that answers best; the other one, `ppmi`, reads best on the map."""


MANY_TAGS = 1000
"""Tags, several times the factors, below which factors know nothing that the linear models do not."""


@dataclass(frozen=True)
class Member:
    """A member to be fitted. For an embedding, `method` is its trainer and `strategy` how it is asked; members of the
    same `store` share one fitted embedding."""

    name: str
    method: str
    params: Mapping[str, Any] = field(default_factory=dict)
    strategy: str = ""

    @property
    def store(self) -> str:
        return self.name.partition(":")[0]


EASES = (
    Member("ease", "ease", {"l2": 10, "dropout": 0.67, "length": 0.5}),
    Member("ease-broad", "ease", {"l2": 10, "dropout": 0.9, "length": 0.95}),
    Member("ease-short", "ease", {"l2": 5, "dropout": 0.62, "length": 1.9}),
)


def default_members(corpus: Corpus, dimensions: int = 0) -> tuple[Member, ...]:
    """Members whose settings were searched on validation playlists: one set for corpora with songs, one for tags
    alone, where factors join from MANY_TAGS on and EASE stays out of what is too large for it. dimensions: the most
    that factors and spaces may have; 0: as searched.
    """
    space = {**ROOTED, "dimensions": dimensions} if dimensions else ROOTED
    factors = {"factors": dimensions} if dimensions else {}
    if corpus.has(Kind.SONG):
        return (
            Member("neighbours", "neighbours"),
            Member("cooccurrence", "cooccurrence"),
            Member("factors", "factors", factors),
            Member("spectral:context", "spectral", space, "context"),
            Member("spectral:playlists", "spectral", space, "playlists"),
        )
    many = len(corpus.vocab(Kind.TAG)) >= MANY_TAGS
    ease = EaseParams()
    small = len(Ease.used(Features(corpus, ease), ease)) <= ease.max_items
    return (
        Member("neighbours", "neighbours", {"k": 450, "power": 2.0, "idf": 1.1, "popularity": 0.22}),
        Member("neighbours-sharp", "neighbours", {"k": 900, "power": 3.5, "idf": 0.5, "popularity": 0.1}),
        Member("cooccurrence", "cooccurrence", {"a": 1.0, "b": 0.15, "length": 0.75}),
        *(EASES if small else ()),
        Member("spectral:context", "spectral", space, "context"),
        Member("spectral:playlists", "spectral", space, "playlists"),
        *((Member("factors", "factors", {"l2": 40, "iterations": 10, **factors}),) if many else ()),
    )


def fit_members(
    corpus: Corpus, members: Sequence[Member], tools: Tools, older: Mapping[str, Recommender] = MappingProxyType({})
) -> dict[str, Recommender]:
    """Each member fitted on the corpus, by name; `older`: those of nearly the same corpus, to go on from. Raises
    NotReady where an embedding is wanted and `tools.embed` is missing."""
    fitted: dict[str, Recommender] = {}
    embeddings: dict[str, EmbeddingRecommender] = {}
    for number, member in enumerate(members):
        tools.progress(Progress(f"Fitting {member.name}", number / len(members)))
        if not member.strategy:
            fitted[member.name] = _fit(corpus, member, replace(tools, start=older.get(member.name)))
            continue
        shared = embeddings.get(member.store)
        if shared is None:
            if tools.embed is None:
                raise NotReady(f"Member {member.name!r} needs an embedding", "none can be trained here", "leave it out")
            shared = EmbeddingRecommender(corpus, tools.embed(corpus, member.method, member.params), member.strategy)
            embeddings[member.store] = shared
        same = shared.strategy == member.strategy
        fitted[member.name] = shared if same else EmbeddingRecommender(corpus, shared.embedding, member.strategy)
    return fitted


def _fit(corpus: Corpus, member: Member, tools: Tools) -> Recommender:
    if member.method == "neighbours":
        return Neighbours.fit(corpus, NeighboursParams.parse(member.params), tools)
    if member.method == "cooccurrence":
        return Cooccurrence.fit(corpus, CooccurrenceParams.parse(member.params), tools)
    if member.method == "ease":
        return Ease.fit(corpus, EaseParams.parse(member.params), tools)
    if member.method == "factors":
        return Factors.fit(corpus, FactorsParams.parse(member.params), tools)
    raise NotReady(
        f"There is no member {member.method!r}", "members: neighbours, cooccurrence, ease, factors", "correct it"
    )


def keep_members(members: Sequence[Member], fitted: Mapping[str, Recommender]) -> tuple[Arrays, list[dict[str, Any]]]:
    """Arrays of all members under `store/…` (an embedding once, however many ways it is asked), and their
    parameters."""
    arrays: Arrays = {}
    kept = []
    for member in members:
        own, params = fitted[member.name].state()
        arrays.update({f"{member.store}/{name}": array for name, array in own.items()})
        kept.append({"name": member.name, "method": member.method, "strategy": member.strategy, "params": params})
    return arrays, kept


def restore_members(
    arrays: Arrays, kept: Iterable[Mapping[str, Any]], corpus: Corpus
) -> tuple[tuple[Member, ...], dict[str, Recommender]]:
    """Undoes `keep_members`."""
    members = tuple(Member(each["name"], each["method"], each["params"], each["strategy"]) for each in kept)
    restored: dict[str, Recommender] = {}
    embeddings: dict[str, EmbeddingRecommender] = {}
    for member in members:
        start = f"{member.store}/"
        own = {name.removeprefix(start): array for name, array in arrays.items() if name.startswith(start)}
        if member.strategy and member.store in embeddings:
            embedding = embeddings[member.store].embedding
            restored[member.name] = EmbeddingRecommender(corpus, embedding, member.strategy)
        elif member.strategy:
            embeddings[member.store] = EmbeddingRecommender.restore(own, member.params, corpus, member.strategy)
            restored[member.name] = embeddings[member.store]
        else:
            restored[member.name] = _RESTORE[member.method](own, member.params, corpus)
    return members, restored


_RESTORE: dict[str, Callable[[Arrays, Mapping[str, Any], Corpus], Recommender]] = {
    "neighbours": Neighbours.restore,
    "cooccurrence": Cooccurrence.restore,
    "ease": Ease.restore,
    "factors": Factors.restore,
}


def comparable(recommender: Recommender, asked: Asked, kind: Kind) -> Floats:
    """(q, n_kind): the member's scores, each row stretched to [0, 1] over what may be answered.

    What the query holds already would otherwise take the top of the scale, at a height that differs from member to
    member; it is put to the bottom of its row. A kind that the member cannot answer is a matrix of zeros.
    """
    if kind not in recommender.kinds:
        return np.zeros((len(asked), asked.items[kind].shape[1]), dtype=np.float32)
    scores = np.require(recommender.score(asked, kind), np.float32, ["C", "W"])
    lowest = np.array([row.min(initial=np.inf) for row in scores], dtype=np.float32)
    for group in (asked.items, asked.masked, asked.avoid):
        if kind in group:
            rows = np.repeat(np.arange(len(asked)), np.diff(group[kind].indptr))
            scores[rows, group[kind].indices] = lowest[rows]
    return scaled(scores, scores, lowest)
