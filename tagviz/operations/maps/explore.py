"""What a map is asked: what else lies on it, what grows, what is hot, how two things and two models differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.errors import InvalidParameterError, NotReadyError
from tagviz.operations import models as model_operations
from tagviz.operations.context import Context
from tagviz.operations.items import neighbours
from tagviz.operations.maps import space_of
from tagviz.operations.models import Model
from tagviz.projection import align, out_of_sample, paths
from tagviz.query import parser
from tagviz.recommenders.near_duplicates import NearDuplicates
from tagviz.text import language
from tagviz.types import Corpus, Embedding, Floats, Kind, Projection, Query, Ranking, Vocab, readonly, split_key

MOST_GUESTS = 50_000
"""Of a kind with more items the most frequent ones are placed on another kind's map."""

SCARCE = 10
"""A trend needs an item in at least so many dated playlists."""

"""The method whose models read free phrases."""


def guests(corpus: Corpus, model: Model, kind: Kind, onto: Projection) -> Projection:
    """Items of another kind on a map, each among the points that it is nearest to in the model's space.

    A kind that the model does not know (playlists, genres and artists, mostly) stands where the tags of its playlists
    point, by how much more often than chance they meet. Raises NotFoundError or NotReadyError where there is nothing
    to place.
    """
    space = space_of(model)
    vectors, vocab = (space.of(kind), space.vocabs[kind]) if kind in space.vocabs else _by_company(corpus, space, kind)
    counts = weight(corpus, kind)[corpus.vocab(kind).find(list(vocab.ids))]
    rows = np.argsort(-counts, kind="stable")[:MOST_GUESTS]
    rows = np.sort(rows[np.abs(vectors[rows]).max(axis=1, initial=0) > 0])
    hosts = onto.vocab.kind
    everything = corpus.vocab(kind)
    ids = list(vocab.ids[rows])
    chosen = Vocab.of(kind, ids, everything.label_list(everything.find(ids)))
    own = np.concatenate([space.of(hosts), vectors[rows]])
    mixed = Embedding({hosts: space.vocabs[hosts], kind: chosen}, own, np.ones(len(own), np.float32), None, "mixed")
    return out_of_sample.place(mixed, kind, onto)


def weight(corpus: Corpus, kind: Kind) -> NDArray[np.int64]:
    """How big each item is drawn, int64 (n,): in how many playlists it is; for a playlist how many songs and tags."""
    if kind is not Kind.PLAYLIST:
        return corpus.counts(kind)
    held = [np.diff(corpus.matrix(part).indptr) for part in (Kind.SONG, Kind.TAG)]
    return np.asarray(np.sum(held, axis=0), dtype=np.int64)


def between(corpus: Corpus, kind: Kind, since: int, until: int) -> NDArray[np.int64]:
    """In how many playlists of these years (both included) each item is, int64 (n,). Undated playlists never count."""
    years = corpus.playlists["date"].dt.year.to_numpy()
    rows = np.flatnonzero((years >= since) & (years <= until))
    return np.bincount(corpus.matrix(kind)[rows].indices, minlength=len(corpus.vocab(kind))).astype(np.int64)


def hosts(corpus: Corpus, model: Model, key: str, n: int = 12) -> Ranking:
    """The tags nearest to something that the model has no vector for: where `guests` places it, and why."""
    kind, ident = split_key(key)
    space = space_of(model)
    vectors, _ = _by_company(corpus, space, kind, [corpus.vocab(kind).row(ident)])
    vocab, scores = space.vocabs[Kind.TAG], space.of(Kind.TAG) @ vectors[0]
    rows = np.argsort(-scores, kind="stable")[: n if vectors.any() else 0]
    return Ranking.of(vocab, rows, scores[rows], model.info.method, model.ref)


def _by_company(
    corpus: Corpus, space: Embedding, kind: Kind, rows: Sequence[int] | None = None
) -> tuple[Floats, Vocab]:
    """Place items of another kind among the tags.

    Returns:
        Unit vectors (n, d) of the items (of some rows only): sums of the vectors of the tags that occur with them,
        weighted by positive PMI, zero where none does. And the whole vocabulary.
    """
    if not corpus.has(kind) or Kind.TAG not in space.vocabs:
        raise NotReadyError(
            f"There are no {kind}s to show", f"{corpus.name!r} does not know any", "choose another kind"
        )
    tags = corpus.vocab(Kind.TAG).find(list(space.vocabs[Kind.TAG].ids))
    everything = np.arange(len(corpus.vocab(kind))) if rows is None else np.asarray(rows)
    held = sp.csr_matrix(corpus.matrix(kind).T)[everything].sign()
    both = sp.coo_matrix(held @ corpus.matrix(Kind.TAG)[:, tags])
    chance = corpus.counts(kind)[everything][both.row] * corpus.counts(Kind.TAG)[tags][both.col] / max(1, len(corpus))
    surprise = np.log(np.maximum(both.data / np.maximum(chance, 1e-9), 1.0)) * np.log1p(both.data)
    sums = sp.csr_matrix((surprise, (both.row, both.col)), shape=both.shape) @ space.of(Kind.TAG)
    length = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.asarray(sums / np.maximum(length, 1e-9), dtype=np.float32), corpus.vocab(kind)


def trends(corpus: Corpus, kind: Kind = Kind.TAG) -> NDArray[np.float64]:
    """Per item the change of its share of the playlists per year, relative to its mean share: .2 grows by a fifth.

    The slope of the yearly shares by least squares, every year weighted by its playlists; NaN for items in fewer than
    SCARCE dated playlists, and for all where the dates cover fewer than two years.
    """
    years = corpus.playlists["date"].dt.year
    dated = np.flatnonzero(years.notna().to_numpy())
    slope = np.full(len(corpus.vocab(kind)), np.nan)
    when = years.to_numpy()[dated].astype(np.float64)
    if len(np.unique(when)) < 2:
        return slope
    held = corpus.matrix(kind)[dated].sign()
    counts = np.asarray(held.sum(axis=0)).ravel()
    centred = when - when.mean()
    # least squares over playlists (in it or not: 1 or 0) is that over yearly shares, weighted by the year's playlists
    per_year = np.asarray(held.T @ centred).ravel() / float(centred @ centred)
    known = counts >= SCARCE
    slope[known] = per_year[known] / (counts[known] / len(dated))
    return slope


def scripts(labels: Sequence[str]) -> list[str]:
    """The script of every label (see `text.language`)."""
    return [language(label) for label in labels]


def relevance(corpus: Corpus, model: Model, query: Query, kind: Kind = Kind.TAG) -> Floats:
    """What the model scores every item of `kind` for a query, float32 (n,).

    Raises InvalidParameterError when the method does not recommend this kind, NotReadyError when nothing in the query
    tells it anything.
    """
    if kind not in model.recommender.kinds:
        raise InvalidParameterError(
            f"{model.ref} does not recommend {kind}s", "there is no heat to show", "choose another model"
        )
    scores: NDArray[np.float32] = model.recommender.score(parser.parse(query, corpus), kind)[0]
    if scores.max(initial=0) == scores.min(initial=0):
        raise NotReadyError(
            f"{model.info.method} can make nothing of “{query.title}”",
            "none of its words is known to this model",
            "use other words, or a model that reads text such as sentence",
        )
    return scores


def spot(corpus: Corpus, model: Model, query: Query, onto: Projection) -> out_of_sample.Spot:
    """Return where a typed text lies on a map of tags, by what a model makes of it.

    Args:
        corpus: Whose tags are on the map.
        model: A model that answers with tags.
        query: The text as the title of a query, with its readings.
        onto: The map.

    Raises:
        NotReadyError: If nothing in the text tells the model anything.
    """
    return spot_of(relevance(corpus, model, query), corpus, onto)


def spot_of(scores: Floats, corpus: Corpus, onto: Projection) -> out_of_sample.Spot:
    """Where something lies whose likeness to every tag of the corpus is given."""
    rows = corpus.vocab(onto.vocab.kind).find(list(onto.vocab.ids))
    return out_of_sample.spot_from_scores(np.where(rows >= 0, scores[rows], -np.inf).astype(np.float32), onto)


@dataclass(frozen=True, eq=False)
class ItemPath:
    """Two points: why they lie where they do, and the way from one to the other."""

    apart: paths.Separation
    trip: paths.MapPath
    labels: tuple[str, ...]


def path(corpus: Corpus, model: Model, onto: Projection, start: str, goal: str) -> ItemPath:
    """Raises NotFoundError for keys that the model or the map does not hold."""
    space = space_of(model)
    separation = paths.separation(space, onto, start, goal)
    route = paths.shortest_path(space, start, goal)
    vocab = corpus.vocab(split_key(start)[0])
    return ItemPath(separation, route, tuple(vocab.label(vocab.row(split_key(key)[1])) for key in route.keys))


def compare(first: Model, second: Model, kind: Kind = Kind.TAG, k: int = 10) -> pd.DataFrame:
    """The items that two models place in the most different company first.

    Frame `key`, `label`, `overlap` (share of the k nearest, among what both know, that they agree on) and the three
    nearest that only the `first` and only the `second` names.
    """
    differences = align.differences(space_of(first), space_of(second), kind, k)
    labels = np.asarray(differences.vocab.label_list(np.arange(len(differences.vocab))), dtype=object)

    def only(mine: NDArray[np.int32], theirs: NDArray[np.int32]) -> list[str]:
        pairs = zip(mine, theirs, strict=True)
        return [", ".join(labels[[row for row in one if row not in set(other)][:3]]) for one, other in pairs]

    return pd.DataFrame(
        {
            "key": differences.vocab.keys(np.arange(len(differences.vocab))),
            "label": labels,
            "overlap": differences.overlap,
            "first": only(differences.first, differences.second),
            "second": only(differences.second, differences.first),
        }
    )


def beside(second: Projection, first: Projection) -> Projection:
    """The second map laid over the first, so that the same things lie in the same corner."""
    return align.align(second, first)


def opinions(context: Context, corpus: Corpus, key: str, n: int = 5) -> list[Ranking]:
    """What the newest model of every method with a space says is nearest; who does not know the key is left out."""
    answers: list[Ranking] = []
    for info in model_operations.list_models(context, corpus.fingerprint):
        if info.marks.archived or any(info.method == other.method for other in answers):
            continue
        model = model_operations.open_model(context, corpus, info.id)
        if model.embedding is not None and knows(model, key):
            answers.append(neighbours(corpus, model, [key], n=n))
    return answers


def knows(model: Model, key: str) -> bool:
    """Whether the model has a vector for the key."""
    kind, ident = split_key(key)
    space = model.embedding
    return space is not None and kind in space.vocabs and space.vocabs[kind].row(ident, missing="skip") >= 0


def variants(folding: NearDuplicates, key: str) -> list[str]:
    """Keys of the other spellings of a tag (or copies of a song), the most common first."""
    kind, ident = split_key(key)
    if kind not in folding.groups:
        return []
    vocab = folding.corpus.vocab(kind)
    return vocab.keys(folding.variants(kind, vocab.row(ident)))


def related(corpus: Corpus, model: Model, key: str, least: float, most: int = 60) -> Ranking | None:
    """The neighbours of a key down to a similarity, at most `most`; None where the model does not place it."""
    if not knows(model, key):
        return None
    near = neighbours(corpus, model, [key], n=most)
    kept = int((near.scores >= least).sum())
    return Ranking(
        near.kind, near.keys[:kept], near.labels[:kept], readonly(near.scores[:kept]), near.method, near.model
    )
