"""Alignment of two maps of the same items, and comparison of two embeddings by their neighbourhoods."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tagviz.errors import NotFoundError
from tagviz.projection.nearest import nearest
from tagviz.types import Embedding, Floats, Ints, Kind, ProgressCallback, Projection, Vocab, no_progress, readonly

GRID = 48
"""Cells along each side of the map on which the drift is smoothed."""


def procrustes(xy: Floats, source: Floats, target: Floats) -> Floats:
    """Rotate, mirror, scale and move points as brings `source` closest to `target` (Procrustes analysis).

    Args:
        xy: float32 (n, d) points to transform.
        source: float32 (m, d) known points before, m ≥ 3.
        target: float32 (m, d) where the known points should be.

    Returns:
        float32 (n, d) transformed points.
    """
    source_mean, target_mean = source.mean(axis=0), target.mean(axis=0)
    u, singular, v = np.linalg.svd((source - source_mean).T @ (target - target_mean))
    spread = float(((source - source_mean) ** 2).sum())
    scale = float(singular.sum()) / spread if spread > 0 else 1.0
    return np.asarray(((xy - source_mean) @ (u @ v) * scale + target_mean), dtype=np.float32)


def remove_shared_drift(xy: Floats, source: Floats, target: Floats, width: float = 0.075) -> Floats:
    """Remove the drift that whole neighbourhoods share and keep what single points moved.

    The moves from `source` to `target` are smoothed with a Gaussian on a grid, so that neighbours move alike and remain
    neighbours. Far from all of `source` nothing moves.

    Args:
        xy: float32 (n, d) points to move.
        source: float32 (m, d) known points where they are now.
        target: float32 (m, d) where the known points should be.
        width: Standard deviation of the Gaussian as a share of the map's size.

    Returns:
        float32 (n, d) moved points.
    """
    from scipy.ndimage import gaussian_filter, map_coordinates

    low, high = xy.min(axis=0), xy.max(axis=0)
    size = float((high - low).max()) or 1.0
    edges = [np.arange(GRID + 1) - 0.5] * xy.shape[1]

    def to_grid(points: Floats) -> Floats:
        return np.asarray((points - (low + high - size) / 2) / size * (GRID - 1))

    def smoothed_sum(weights: Floats | None) -> Floats:
        binned, _ = np.histogramdd(to_grid(source).clip(0, GRID - 1), edges, weights=weights)
        return np.asarray(gaussian_filter(binned, width * GRID, mode="constant", truncate=5))

    mass = smoothed_sum(None) + 1e-6
    grid_xy = to_grid(xy).T
    drift = [
        map_coordinates(smoothed_sum(part) / mass, grid_xy, order=1, mode="nearest") for part in (target - source).T
    ]
    return np.asarray(xy + np.stack(drift, axis=1), dtype=np.float32)


def align(moving: Projection, fixed: Projection) -> Projection:
    """Align a map with another one by the keys that both contain.

    Args:
        moving: Map to transform.
        fixed: Map to align with.

    Returns:
        The transformed map; `moving` itself where the maps share fewer than three keys or differ in dimensions.
    """
    rows = shared_rows(moving.vocab, fixed.vocab)
    known = np.flatnonzero(rows >= 0)
    if len(known) < 3 or moving.xy.shape[1] != fixed.xy.shape[1]:
        return moving
    return replace(moving, xy=readonly(procrustes(moving.xy, moving.xy[known], fixed.xy[rows[known]])))


def shared_rows(vocab: Vocab, other: Vocab) -> Ints:
    """Return for each item of `vocab` its row in `other`, int32 (n,), −1 where it is missing or the kinds differ.

    Args:
        vocab: Vocabulary of the items.
        other: Vocabulary to look them up in.
    """
    if vocab.kind != other.kind:
        return np.full(len(vocab), -1, dtype=np.int32)
    return other.ids.get_indexer(vocab.ids).astype(np.int32)


@dataclass(frozen=True, eq=False)
class Differences:
    """Neighbourhoods of the items that two embeddings share, those that differ most first.

    Attributes:
        vocab: The m shared items.
        overlap: float32 (m,) share of the k nearest neighbours that both embeddings have in common.
        first: int32 (m, k) rows of `vocab`, the nearest neighbours in the first embedding.
        second: The same in the second embedding.
    """

    vocab: Vocab
    overlap: Floats
    first: Ints
    second: Ints


def differences(
    first: Embedding, second: Embedding, kind: Kind, k: int = 10, progress: ProgressCallback = no_progress
) -> Differences:
    """Compare the neighbourhoods of two embeddings among the items that both contain.

    Args:
        first: An embedding.
        second: Another embedding; its vocabulary may differ.
        kind: Kind of the compared items.
        k: Number of neighbours.
        progress: Progress callback.

    Raises:
        NotFoundError: The embeddings share fewer than two items.
    """
    if kind not in first.vocabs or kind not in second.vocabs:
        raise NotFoundError(
            f"Not both models know {kind}s", "two models of the same kind of items are compared", "choose others"
        )
    rows = shared_rows(first.vocabs[kind], second.vocabs[kind])
    shared = np.flatnonzero(rows >= 0)
    if len(shared) < 2:
        raise NotFoundError(
            f"The two models share no {kind}s", f"{len(shared)} in common", "compare models of one corpus"
        )
    near_first = nearest(first.of(kind)[shared], k, progress).rows
    near_second = nearest(second.of(kind)[rows[shared]], k, progress).rows
    overlap = (near_first[:, :, None] == near_second[:, None, :]).any(axis=2).mean(axis=1).astype(np.float32)
    order = np.argsort(overlap, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    vocab = first.vocabs[kind]
    ids = vocab.ids[shared[order]]
    labels = None if vocab.labels is None else vocab.labels[shared[order]]
    return Differences(
        vocab=Vocab(kind, ids, labels),
        overlap=readonly(overlap[order]),
        first=readonly(place[near_first[order]], np.int32),
        second=readonly(place[near_second[order]], np.int32),
    )
