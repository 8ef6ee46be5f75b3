"""Members of an ensemble: the default members, and how members are fitted, compared, stored and restored together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from tagviz.errors import NotReadyError
from tagviz.recommenders.cooccurrence import Cooccurrence, CooccurrenceParams
from tagviz.recommenders.ease import Ease, EaseParams
from tagviz.recommenders.embedding import EmbeddingRecommender
from tagviz.recommenders.factors import Factors, FactorsParams
from tagviz.recommenders.features import Features
from tagviz.recommenders.neighbours import Neighbours, NeighboursParams
from tagviz.recommenders.phrases import Phrases, PhrasesParams
from tagviz.score_ops import min_max_scaled
from tagviz.training import Arrays, TrainingContext
from tagviz.types import Corpus, Floats, Kind, Progress, QueryBatch, Recommender

ROOTED: Mapping[str, Any] = {"variant": "rooted"}
"""Variant of the spectral embedding that recommends best; the other one, `ppmi`, reads best on the map."""


MANY_TAGS = 1000
"""Number of tags (several times the factors) below which factors add nothing to the linear models."""


@dataclass(frozen=True)
class Member:
    """A member to be fitted.

    Attributes:
        name: Name of the member; the part before ":" names the stored arrays, which members may share.
        method: Id of the method; for an embedding the id of its trainer.
        params: Parameters of the method.
        strategy: Query strategy of an embedding, "" for other methods.
    """

    name: str
    method: str
    params: Mapping[str, Any] = field(default_factory=dict)
    strategy: str = ""

    @property
    def store(self) -> str:
        """Name of the stored arrays; members with the same name share one fitted embedding."""
        return self.name.partition(":")[0]


EASES = (
    Member("ease", "ease", {"l2": 10, "dropout": 0.67, "length": 0.5}),
    Member("ease-broad", "ease", {"l2": 10, "dropout": 0.9, "length": 0.95}),
    Member("ease-short", "ease", {"l2": 5, "dropout": 0.62, "length": 1.9}),
)
"""Variants of EASE among the default members of a corpus without songs."""


TEXT = Member("phrases", "phrases")
"""Member that recommends where nothing in the query is spelled like an item."""


def default_members(corpus: Corpus, dimensions: int = 0, text: bool = False) -> tuple[Member, ...]:
    """Return the members whose parameters were tuned on validation playlists.

    There is one set for corpora with songs and one for tags alone. In the latter, factors join from MANY_TAGS tags on,
    and EASE is left out where there are too many tags for it.

    Args:
        corpus: Training playlists.
        dimensions: Largest number of dimensions of factors and embeddings; 0: the tuned ones.
        text: Whether TEXT is added, which needs a sentence model.
    """
    return (*_by_company(corpus, dimensions), *((TEXT,) if text else ()))


def _by_company(corpus: Corpus, dimensions: int) -> tuple[Member, ...]:
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
    small = len(Ease.used_columns(Features(corpus, ease), ease)) <= ease.max_items
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
    corpus: Corpus,
    members: Sequence[Member],
    tools: TrainingContext,
    older: Mapping[str, Recommender] = MappingProxyType({}),
) -> dict[str, Recommender]:
    """Fit each member on the corpus.

    Args:
        corpus: Training playlists.
        members: Members to fit.
        tools: Seed, threads, progress callback, embedding trainers.
        older: Fitted members of nearly the same corpus to start from, by name.

    Returns:
        The fitted members by name.

    Raises:
        NotReadyError: A member needs an embedding and `tools.embed` is missing.
    """
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
                raise NotReadyError(
                    f"Member {member.name!r} needs an embedding", "none can be trained here", "leave it out"
                )
            shared = EmbeddingRecommender(corpus, tools.embed(corpus, member.method, member.params), member.strategy)
            embeddings[member.store] = shared
        same = shared.strategy == member.strategy
        fitted[member.name] = shared if same else EmbeddingRecommender(corpus, shared.embedding, member.strategy)
    return fitted


def _fit(corpus: Corpus, member: Member, tools: TrainingContext) -> Recommender:
    if member.method == "neighbours":
        return Neighbours.fit(corpus, NeighboursParams.parse(member.params), tools)
    if member.method == "cooccurrence":
        return Cooccurrence.fit(corpus, CooccurrenceParams.parse(member.params), tools)
    if member.method == "ease":
        return Ease.fit(corpus, EaseParams.parse(member.params), tools)
    if member.method == "factors":
        return Factors.fit(corpus, FactorsParams.parse(member.params), tools)
    if member.method == "phrases":
        return Phrases.fit(corpus, PhrasesParams.parse(member.params), tools)
    raise NotReadyError(
        f"There is no member {member.method!r}",
        "members: neighbours, cooccurrence, ease, factors, phrases",
        "correct it",
    )


def keep_members(members: Sequence[Member], fitted: Mapping[str, Recommender]) -> tuple[Arrays, list[dict[str, Any]]]:
    """Return the state of all members.

    Args:
        members: The members.
        fitted: The fitted members by name.

    Returns:
        Arrays under `store/…` (an embedding once, however many strategies use it), and the parameters of each
        member.
    """
    arrays: Arrays = {}
    kept = []
    for member in members:
        own, params = fitted[member.name].state()
        arrays.update({f"{member.store}/{name}": array for name, array in own.items()})
        kept.append({"name": member.name, "method": member.method, "strategy": member.strategy, "params": params})
    return arrays, kept


def restore_members(
    arrays: Arrays, kept: Iterable[Mapping[str, Any]], corpus: Corpus, tools: TrainingContext = TrainingContext()
) -> tuple[tuple[Member, ...], dict[str, Recommender]]:
    """Restore members from the state that `keep_members` returned.

    Args:
        arrays: Arrays of the state.
        kept: Parameters of each member.
        corpus: The corpus the members were fitted on.
        tools: What members may use, such as sentence models.

    Returns:
        The members, and the fitted ones by name.
    """
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
        elif member.method == "phrases":
            restored[member.name] = Phrases.restore(own, member.params, corpus, tools)
        else:
            restored[member.name] = _RESTORE[member.method](own, member.params, corpus)
    return members, restored


_RESTORE: dict[str, Callable[[Arrays, Mapping[str, Any], Corpus], Recommender]] = {
    "neighbours": Neighbours.restore,
    "cooccurrence": Cooccurrence.restore,
    "ease": Ease.restore,
    "factors": Factors.restore,
}


def comparable(recommender: Recommender, asked: QueryBatch, kind: Kind) -> Floats:
    """Return a member's scores with each row scaled to [0, 1] over the items that may be recommended.

    Items of the query would otherwise take the top of the scale, at a height that differs between members; they get the
    lowest score of their row.

    Args:
        recommender: Fitted member.
        asked: The queries (q).
        kind: Kind of the items.

    Returns:
        float32 (q, n_kind); zeros where the member does not recommend this kind.
    """
    if kind not in recommender.kinds:
        return np.zeros((len(asked), asked.items[kind].shape[1]), dtype=np.float32)
    scores = np.require(recommender.score(asked, kind), np.float32, ["C", "W"])
    lowest = np.array([row.min(initial=np.inf) for row in scores], dtype=np.float32)
    for group in (asked.items, asked.masked, asked.avoid):
        if kind in group:
            rows = np.repeat(np.arange(len(asked)), np.diff(group[kind].indptr))
            scores[rows, group[kind].indices] = lowest[rows]
    return min_max_scaled(scores, scores, lowest)
