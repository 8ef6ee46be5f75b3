"""Nearest neighbours by cosine: exact for small sets, by cells (an inverted file) for large catalogues.

Layout, trust, comparison and paths use the same neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tagviz.types import Floats, Ints, Progress, ProgressCallback, no_progress, readonly

EXACT_UP_TO = 40_000
"""Largest number of points for which all pairs are compared; above, each cell is compared with nearby cells only."""

PROBES = 16
"""Cells searched per cell: more find more of the true neighbours and take proportionally longer."""

BLOCK_BYTES = 64 * 2**20
"""Size of one block of similarities."""


@dataclass(frozen=True, eq=False)
class Nearest:
    """The k nearest neighbours of n points, nearest first; k is smaller where there are fewer than k other points.

    Attributes:
        rows: int32 (n, k) rows of the neighbours.
        similarity: float32 (n, k) cosine similarities.
    """

    rows: Ints
    similarity: Floats

    @property
    def k(self) -> int:
        """Number of neighbours of each point."""
        return int(self.rows.shape[1])


def nearest(vectors: Floats, k: int, progress: ProgressCallback = no_progress, seed: int = 42) -> Nearest:
    """Find the k nearest neighbours of every vector, without itself. Deterministic.

    Args:
        vectors: float32 (n, d) unit vectors.
        k: Number of neighbours.
        progress: Progress callback.
        seed: Seed of the random numbers.
    """
    count = len(vectors)
    k = max(0, min(k, count - 1))
    rows = np.zeros((count, k), dtype=np.int32)
    similarity = np.zeros((count, k), dtype=np.float32)
    if k == 0:
        return Nearest(readonly(rows), readonly(similarity))
    all_rows = np.arange(count, dtype=np.int32)
    done = 0
    for members, candidates in _cells(vectors, k, seed) if count > EXACT_UP_TO else [(all_rows, all_rows)]:
        step = max(1, BLOCK_BYTES // (4 * len(candidates)))
        others = vectors[candidates]
        for start in range(0, len(members), step):
            block = members[start : start + step]
            _best(vectors[block] @ others.T, block, candidates, k, rows, similarity)
            done += len(block)
            progress(Progress("Finding neighbours", done / count))
    return Nearest(readonly(rows), readonly(similarity))


def _best(scores: Floats, block: Ints, candidates: Ints, k: int, rows: Ints, similarity: Floats) -> None:
    """Write the k best candidates of each row of `scores` for the points of `block`, without the points themselves."""
    scores[candidates[None, :] == block[:, None]] = -2.0
    best = np.argpartition(scores, -k, axis=1)[:, -k:] if k < scores.shape[1] else np.argsort(scores, axis=1)
    best = best[:, -k:]
    values = np.take_along_axis(scores, best, axis=1)
    order = np.lexsort((candidates[best], -values), axis=1)
    rows[block] = candidates[np.take_along_axis(best, order, axis=1)]
    similarity[block] = np.take_along_axis(values, order, axis=1)


def _cells(vectors: Floats, k: int, seed: int) -> list[tuple[Ints, Ints]]:
    """Return per cell its members and the members of the PROBES nearest cells (more where these hold too few)."""
    from sklearn.cluster import MiniBatchKMeans

    count = len(vectors)
    sample = np.random.default_rng(seed).permutation(count)[: min(count, 100_000)]
    cells = int(2 * count**0.5)
    means = MiniBatchKMeans(  # from random points: k-means++ takes longer here than all that follows
        cells, init="random", random_state=seed, batch_size=8192, n_init=1, max_iter=5, reassignment_ratio=0.0
    )
    centres = means.fit(vectors[sample]).cluster_centers_.astype(np.float32)
    centres /= np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-9)
    cell = np.concatenate(
        [np.argmax(vectors[start : start + 8192] @ centres.T, axis=1) for start in range(0, count, 8192)]
    )
    order = np.argsort(cell, kind="stable").astype(np.int32)
    bounds = np.searchsorted(cell[order], np.arange(cells + 1))
    members = [order[bounds[number] : bounds[number + 1]] for number in range(cells)]
    near = np.argsort(-(centres @ centres.T), axis=1, kind="stable")
    held = np.cumsum(np.diff(bounds)[near], axis=1)
    probes = np.maximum(PROBES, np.argmax(held > 4 * k, axis=1) + 1)
    return [
        (members[number], np.concatenate([members[other] for other in near[number, : probes[number]]]))
        for number in range(cells)
        if len(members[number])
    ]
