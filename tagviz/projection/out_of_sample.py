"""Out-of-sample placement: items of another kind, or a free phrase, placed on an existing map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tagviz.errors import NotFoundError
from tagviz.types import Embedding, Floats, Ints, Kind, Progress, ProgressCallback, Projection, no_progress, readonly

HOSTS = 6
"""Number of nearest points ("hosts") among which an item is placed."""
SHARPNESS = 8.0
"""Exponent on the similarity to a host: higher places an item closer to its nearest hosts."""

BLOCK_BYTES = 64 * 2**20
"""Size of one block of similarities."""


def place(
    embedding: Embedding, kind: Kind, projection: Projection, progress: ProgressCallback = no_progress
) -> Projection:
    """Place all items of a kind on a map of another kind, each at the weighted mean of its HOSTS nearest points.

    The map itself does not change. Trust is unknown (NaN), neighbours are not stored and clusters are those of the
    nearest host.

    Args:
        embedding: Embedding with both kinds.
        kind: Kind of the items to place.
        projection: The map.
        progress: Progress callback.

    Raises:
        NotFoundError: The embedding lacks one of the kinds.
    """
    hosts, rows = _host_vectors(embedding, projection)
    if kind not in embedding.vocabs:
        raise NotFoundError(
            f"This embedding has no {kind}s", f"it holds {', '.join(embedding.vocabs)}", "choose one of these"
        )
    vectors = embedding.of(kind)
    xy = np.zeros((len(vectors), projection.xy.shape[1]), dtype=np.float32)
    first = np.zeros(len(vectors), dtype=np.int64)
    step = max(1, BLOCK_BYTES // (4 * max(1, len(hosts))))
    for start in range(0, len(vectors), step):
        part = slice(start, start + step)
        xy[part], nearest = _weighted_position(vectors[part] @ hosts.T, projection.xy[rows])
        first[part] = rows[nearest[:, 0]]
        progress(Progress(f"Placing {kind}s", min(1.0, (start + step) / len(vectors))))
    levels = tuple(readonly(level[first]) for level in projection.levels)
    return Projection(
        vocab=embedding.vocabs[kind],
        xy=readonly(xy),
        levels=levels,
        names=projection.names,
        trust=readonly(np.full(len(vectors), np.nan, dtype=np.float32)),
        method="placed",
        params={"hosts": HOSTS, "onto": projection.fingerprint},
        fingerprint=f"{projection.fingerprint}-{kind}",
    )


@dataclass(frozen=True)
class Spot:
    """Position of a vector on a map and its nearest points in the embedding.

    Attributes:
        at: x, y, and z where the map has three dimensions.
        near: Keys and similarities of the nearest points, nearest first.
    """

    at: tuple[float, ...]
    near: tuple[tuple[str, float], ...]


def spot(vector: Floats, embedding: Embedding, projection: Projection) -> Spot:
    """Place a vector of the embedding's space, such as an encoded phrase, on a map.

    Args:
        vector: float32 (d,) vector of any length.
        embedding: Embedding of the map's items.
        projection: The map.

    Raises:
        NotFoundError: The embedding has no vector for any point of the map.
    """
    hosts, rows = _host_vectors(embedding, projection)
    unit = np.asarray(vector, dtype=np.float32) / max(float(np.linalg.norm(vector)), 1e-9)
    scores = (hosts @ unit)[None, :]
    xy, nearest = _weighted_position(scores, projection.xy[rows])
    near = tuple((projection.vocab.key(int(rows[host])), float(scores[0, host])) for host in nearest[0])
    return Spot(tuple(xy[0].tolist()), near)


def spot_from_scores(scores: Floats, projection: Projection) -> Spot:
    """Place something on a map by its similarity to every point.

    Args:
        scores: float32 (n,) similarities; −inf excludes a point.
        projection: The map.
    """
    xy, nearest = _weighted_position(scores[None, :], projection.xy)
    near = tuple((projection.vocab.key(int(row)), float(scores[row])) for row in nearest[0])
    return Spot(tuple(xy[0].tolist()), near)


def _host_vectors(embedding: Embedding, projection: Projection) -> tuple[Floats, Ints]:
    """Return the vectors of the map's points that the embedding contains, and their rows on the map."""
    kind = projection.vocab.kind
    within = embedding.rows_in(projection.vocab) if kind in embedding.vocabs else np.empty(0, dtype=np.int32)
    rows = np.flatnonzero(within >= 0).astype(np.int32)
    if not len(rows):
        raise NotFoundError(
            f"This embedding knows none of the map's {kind}s", "its hosts are missing", "use the map's model"
        )
    return embedding.of(kind)[within[rows]], rows


def _weighted_position(scores: Floats, xy: Floats) -> tuple[Floats, Ints]:
    """Return positions (m, d) among the HOSTS most similar points, and the rows of these points, nearest first."""
    k = min(HOSTS, scores.shape[1])
    best = np.argpartition(-scores, k - 1, axis=1)[:, :k]
    values = np.take_along_axis(scores, best, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    best, values = np.take_along_axis(best, order, axis=1), np.take_along_axis(values, order, axis=1)
    weight = np.maximum(values, 1e-3) ** SHARPNESS
    return (weight[:, :, None] * xy[best]).sum(axis=1) / weight.sum(axis=1, keepdims=True), best.astype(np.int32)
