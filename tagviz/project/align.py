"""Two maps, or two spaces, of the same things: laid over one another, and compared where it counts, in the spaces."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tagviz.errors import UnknownTerm
from tagviz.project.nearest import nearest
from tagviz.types import Embedding, Floats, Ints, Kind, ProgressCallback, Projection, Vocab, frozen, quiet

GRID = 48
"""Cells along each side of the map in which a drift is averaged."""


def superposed(xy: Floats, here: Floats, there: Floats) -> Floats:
    """`xy` turned, mirrored, scaled and moved as brings `here` closest to `there` (Procrustes; both (m, 2), m ≥ 3)."""
    middle_here, middle_there = here.mean(axis=0), there.mean(axis=0)
    u, strength, v = np.linalg.svd((here - middle_here).T @ (there - middle_there))
    spread = float(((here - middle_here) ** 2).sum())
    scale = float(strength.sum()) / spread if spread > 0 else 1.0
    return np.asarray(((xy - middle_here) @ (u @ v) * scale + middle_there), dtype=np.float32)


def registered(xy: Floats, here: Floats, there: Floats, width: float = 0.075) -> Floats:
    """`xy` (n, d) without the drift that whole neighbourhoods share: the smooth part of the way from `here` to `there`
    (both (m, d), where points stand now and where they should) is gone, and what moved on its own stays moved.

    The way is averaged with a Gaussian of `width` (a share of the map's size), so that neighbours move alike and remain
    neighbours; far from all of `here` nothing moves.
    """
    from scipy.ndimage import gaussian_filter, map_coordinates

    low, high = xy.min(axis=0), xy.max(axis=0)
    size = float((high - low).max()) or 1.0
    edges = [np.arange(GRID + 1) - 0.5] * xy.shape[1]

    def on_grid(points: Floats) -> Floats:
        return np.asarray((points - (low + high - size) / 2) / size * (GRID - 1))

    def averaged(weights: Floats | None) -> Floats:
        binned, _ = np.histogramdd(on_grid(here).clip(0, GRID - 1), edges, weights=weights)
        return np.asarray(gaussian_filter(binned, width * GRID, mode="constant", truncate=5))

    mass = averaged(None) + 1e-6
    at = on_grid(xy).T
    way = [map_coordinates(averaged(part) / mass, at, order=1, mode="nearest") for part in (there - here).T]
    return np.asarray(xy + np.stack(way, axis=1), dtype=np.float32)


def aligned(moving: Projection, fixed: Projection) -> Projection:
    """The moving map laid over the fixed one by the keys that both hold; as it is where they share fewer than three, or
    where one is flat and the other in space."""
    rows = shared_rows(moving.vocab, fixed.vocab)
    known = np.flatnonzero(rows >= 0)
    if len(known) < 3 or moving.xy.shape[1] != fixed.xy.shape[1]:
        return moving
    return replace(moving, xy=frozen(superposed(moving.xy, moving.xy[known], fixed.xy[rows[known]])))


def shared_rows(vocab: Vocab, other: Vocab) -> Ints:
    """For each item of `vocab` its row in `other`, −1 where it is not there or the kinds differ."""
    if vocab.kind != other.kind:
        return np.full(len(vocab), -1, dtype=np.int32)
    return other.ids.get_indexer(vocab.ids).astype(np.int32)


@dataclass(frozen=True, eq=False)
class Differences:
    """What two spaces say of the items that both know, those they disagree on most first.

    vocab: the items. overlap: float32 (m,) share of the k nearest that both name. first, second: int32 (m, k) rows of
    `vocab`, the k nearest in each space.
    """

    vocab: Vocab
    overlap: Floats
    first: Ints
    second: Ints


def differences(
    first: Embedding, second: Embedding, kind: Kind, k: int = 10, progress: ProgressCallback = quiet
) -> Differences:
    """Compares neighbourhoods among the shared items only, so that vocabularies may differ.

    Raises UnknownTerm when fewer than two items are shared.
    """
    if kind not in first.vocabs or kind not in second.vocabs:
        raise UnknownTerm(
            f"Not both models know {kind}s", "two models of the same kind of items are compared", "choose others"
        )
    rows = shared_rows(first.vocabs[kind], second.vocabs[kind])
    mine = np.flatnonzero(rows >= 0)
    if len(mine) < 2:
        raise UnknownTerm(f"The two models share no {kind}s", f"{len(mine)} in common", "compare models of one corpus")
    one = nearest(first.of(kind)[mine], k, progress).rows
    two = nearest(second.of(kind)[rows[mine]], k, progress).rows
    overlap = (one[:, :, None] == two[:, None, :]).any(axis=2).mean(axis=1).astype(np.float32)
    order = np.argsort(overlap, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    vocab = first.vocabs[kind]
    ids = vocab.ids[mine[order]]
    labels = None if vocab.labels is None else vocab.labels[mine[order]]
    return Differences(
        vocab=Vocab(kind, ids, labels),
        overlap=frozen(overlap[order]),
        first=frozen(place[one[order]], np.int32),
        second=frozen(place[two[order]], np.int32),
    )
