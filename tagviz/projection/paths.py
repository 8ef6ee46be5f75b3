"""Paths between two points through nearest neighbours, and the reasons why two points are apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from tagviz.errors import NotFoundError
from tagviz.projection.nearest import Nearest, nearest
from tagviz.types import Embedding, Floats, Ints, Kind, Projection, split_key

STEP_POWER = 2.0
"""Exponent on (1 − similarity), the cost of a step: higher prefers more and smaller steps."""


@dataclass(frozen=True)
class MapPath:
    """A path through neighbours.

    Attributes:
        keys: Keys from start to goal.
        similarity: Similarity of each key to the next (one fewer).
    """

    keys: tuple[str, ...]
    similarity: tuple[float, ...]


def shortest_path(embedding: Embedding, start: str, goal: str, k: int = 12, near: Nearest | None = None) -> MapPath:
    """Find the cheapest path through the undirected graph of k nearest neighbours (Dijkstra).

    Where that graph does not connect the two keys, k is doubled until it does.

    Args:
        embedding: Embedding with both keys.
        start: First key.
        goal: Last key, of the same kind.
        k: Number of neighbours.
        near: Neighbours of that kind, where they are known already.

    Raises:
        NotFoundError: The embedding lacks a key, or the kinds differ.
    """
    kind, first = _kind_and_row(embedding, start)
    other, last = _kind_and_row(embedding, goal)
    if kind != other:
        raise NotFoundError(
            "A trip stays among one kind", f"{start!r} and {goal!r} differ", "choose two of the same kind"
        )
    if first == last:
        return MapPath((start,), ())
    vectors = embedding.of(kind)
    while True:
        if near is None or near.k < min(k, len(vectors) - 1):
            near = nearest(vectors, k)
        path = _dijkstra_path(near.rows[:, :k], near.similarity[:, :k], first, last)
        if path:
            break
        k *= 2
    similarity = np.einsum("ij,ij->i", vectors[path[:-1]], vectors[path[1:]])
    return MapPath(tuple(embedding.vocabs[kind].keys(path)), tuple(float(value) for value in similarity))


def _dijkstra_path(rows: Ints, similarity: Floats, first: int, last: int) -> list[int]:
    """Return the rows from first to last, empty where there is no path."""
    count, k = rows.shape
    cost = np.maximum(1.0 - similarity.astype(np.float64), 1e-6).ravel() ** STEP_POWER
    graph = sp.csr_matrix((cost, rows.ravel(), np.arange(count + 1) * k), shape=(count, count))
    _, before = sp.csgraph.dijkstra(graph, directed=False, indices=first, return_predecessors=True)
    if before[last] < 0:
        return []
    path = [last]
    while path[-1] != first:
        path.append(int(before[path[-1]]))
    return path[::-1]


@dataclass(frozen=True)
class Separation:
    """Distance of two points in the embedding and on the map.

    Attributes:
        similarity: Cosine in the embedding.
        rank: Rank of the second among the neighbours of the first in the embedding (1 is the nearest).
        rank_back: Rank of the first among the neighbours of the second.
        map_distance: Distance on the map in units of the median distance of two points.
        map_rank: As `rank`, on the map.
        map_rank_back: As `rank_back`, on the map.
        shared: Keys that are among the 15 nearest neighbours of both.
    """

    similarity: float
    rank: int
    rank_back: int
    map_distance: float
    map_rank: int
    map_rank_back: int
    shared: tuple[str, ...]


def separation(embedding: Embedding, projection: Projection, one: str, two: str, seed: int = 42) -> Separation:
    """Compare the distance of two points in the embedding with that on the map.

    Args:
        embedding: Embedding of the map.
        projection: The map.
        one: First key.
        two: Second key.
        seed: Seed of the sample that estimates the median distance.

    Raises:
        NotFoundError: The embedding or the map lacks a key.
    """
    kind, a = _kind_and_row(embedding, one)
    _, b = _kind_and_row(embedding, two)
    if kind != projection.vocab.kind or split_key(two)[0] != kind:
        raise NotFoundError(
            f"This map shows {projection.vocab.kind}s", f"{one!r}, {two!r}", "choose two points of the map"
        )
    vectors, xy = embedding.of(kind), projection.xy
    map_a, map_b = (projection.vocab.row(split_key(key)[1]) for key in (one, two))
    near_a, near_b = vectors @ vectors[a], vectors @ vectors[b]
    far_a, far_b = (np.linalg.norm(xy - xy[row], axis=1) for row in (map_a, map_b))
    pairs = np.random.default_rng(seed).integers(len(xy), size=(2, 4096))
    median_distance = float(np.median(np.linalg.norm(xy[pairs[0]] - xy[pairs[1]], axis=1))) or 1.0
    shared = np.intersect1d(_closest(near_a, a), _closest(near_b, b))
    return Separation(
        similarity=float(near_a[b]),
        rank=_rank(near_a, a, b),
        rank_back=_rank(near_b, b, a),
        map_distance=float(far_a[map_b]) / median_distance,
        map_rank=_rank(-far_a, map_a, map_b),
        map_rank_back=_rank(-far_b, map_b, map_a),
        shared=tuple(embedding.vocabs[kind].keys(shared)),
    )


def _rank(scores: Floats, itself: int, other: int) -> int:
    return int((scores > scores[other]).sum()) + 1 - int(scores[itself] > scores[other])


def _closest(scores: Floats, itself: int, k: int = 15) -> Ints:
    order = np.argsort(-scores, kind="stable")[: k + 1]
    return np.asarray(order[order != itself][:k], dtype=np.int32)


def _kind_and_row(embedding: Embedding, key: str) -> tuple[Kind, int]:
    return split_key(key)[0], embedding.row(key)
