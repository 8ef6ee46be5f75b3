"""From one point to another: the way through neighbours, and why two points lie apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from tagviz.errors import UnknownTerm
from tagviz.project.nearest import Nearest, nearest
from tagviz.types import Embedding, Floats, Ints, Kind, Projection, split_key

STEP_POWER = 2.0
"""A step costs (1 − similarity) to this power: higher takes more and smaller steps."""


@dataclass(frozen=True)
class Trip:
    """Keys from start to goal, and the similarity of each to the next (one fewer)."""

    keys: tuple[str, ...]
    similarity: tuple[float, ...]


def trip(embedding: Embedding, start: str, goal: str, k: int = 12, near: Nearest | None = None) -> Trip:
    """The cheapest way through the graph of k nearest neighbours (either way counts), by Dijkstra.

    Where that graph falls apart between the two, k is doubled until it does not. near: neighbours already known (of the
    kind of `start`). Raises UnknownTerm for keys that the embedding does not hold or of different kinds.
    """
    kind, first = _row(embedding, start)
    other, last = _row(embedding, goal)
    if kind != other:
        raise UnknownTerm(
            "A trip stays among one kind", f"{start!r} and {goal!r} differ", "choose two of the same kind"
        )
    if first == last:
        return Trip((start,), ())
    vectors = embedding.of(kind)
    while True:
        if near is None or near.k < min(k, len(vectors) - 1):
            near = nearest(vectors, k)
        way = _way(near.rows[:, :k], near.similarity[:, :k], first, last)
        if way:
            break
        k *= 2
    similarity = np.einsum("ij,ij->i", vectors[way[:-1]], vectors[way[1:]])
    return Trip(tuple(embedding.vocabs[kind].keys(way)), tuple(float(value) for value in similarity))


def _way(rows: Ints, similarity: Floats, first: int, last: int) -> list[int]:
    """Rows from first to last, empty where there is no way."""
    count, k = rows.shape
    cost = np.maximum(1.0 - similarity.astype(np.float64), 1e-6).ravel() ** STEP_POWER
    graph = sp.csr_matrix((cost, rows.ravel(), np.arange(count + 1) * k), shape=(count, count))
    _, before = sp.csgraph.dijkstra(graph, directed=False, indices=first, return_predecessors=True)
    if before[last] < 0:
        return []
    way = [last]
    while way[-1] != first:
        way.append(int(before[way[-1]]))
    return way[::-1]


@dataclass(frozen=True)
class Apart:
    """Two points, in the space and on the map.

    similarity: cosine. rank, rank_back: the how-manieth neighbour the second is of the first, and the first of the
    second (1 is the nearest). map_rank, map_rank_back: the same on the map. map_distance: in units of the median
    distance of two points. shared: keys of neighbours that both have among their 15 nearest.
    """

    similarity: float
    rank: int
    rank_back: int
    map_distance: float
    map_rank: int
    map_rank_back: int
    shared: tuple[str, ...]


def apart(embedding: Embedding, projection: Projection, one: str, two: str, seed: int = 42) -> Apart:
    """Why two points lie where they do. Raises UnknownTerm for keys that the space or the map does not hold."""
    kind, a = _row(embedding, one)
    _, b = _row(embedding, two)
    if kind != projection.vocab.kind or split_key(two)[0] != kind:
        raise UnknownTerm(
            f"This map shows {projection.vocab.kind}s", f"{one!r}, {two!r}", "choose two points of the map"
        )
    vectors, xy = embedding.of(kind), projection.xy
    on_a, on_b = (projection.vocab.row(split_key(key)[1]) for key in (one, two))
    near_a, near_b = vectors @ vectors[a], vectors @ vectors[b]
    far_a, far_b = (np.linalg.norm(xy - xy[row], axis=1) for row in (on_a, on_b))
    pairs = np.random.default_rng(seed).integers(len(xy), size=(2, 4096))
    usual = float(np.median(np.linalg.norm(xy[pairs[0]] - xy[pairs[1]], axis=1))) or 1.0
    both = np.intersect1d(_closest(near_a, a), _closest(near_b, b))
    return Apart(
        similarity=float(near_a[b]),
        rank=_rank(near_a, a, b),
        rank_back=_rank(near_b, b, a),
        map_distance=float(far_a[on_b]) / usual,
        map_rank=_rank(-far_a, on_a, on_b),
        map_rank_back=_rank(-far_b, on_b, on_a),
        shared=tuple(embedding.vocabs[kind].keys(both)),
    )


def _rank(scores: Floats, itself: int, other: int) -> int:
    return int((scores > scores[other]).sum()) + 1 - int(scores[itself] > scores[other])


def _closest(scores: Floats, itself: int, k: int = 15) -> Ints:
    order = np.argsort(-scores, kind="stable")[: k + 1]
    return order[order != itself][:k].astype(np.int32)


def _row(embedding: Embedding, key: str) -> tuple[Kind, int]:
    kind, ident = split_key(key)
    if kind not in embedding.vocabs:
        raise UnknownTerm(
            f"{key!r} is not here", f"this model holds {', '.join(embedding.vocabs)}", "choose one of these"
        )
    return kind, embedding.vocabs[kind].row(ident)
