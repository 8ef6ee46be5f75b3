"""Nearest neighbours by cosine: exact for what fits, by cells (an inverted file) for catalogues.

The map, its trust, the comparison of two models and the trips all walk on the same neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tagviz.types import Floats, Ints, Progress, ProgressCallback, frozen, quiet

EXACT_UP_TO = 40_000
"""Up to so many points all pairs are compared; above, each cell of points only with the cells next to it."""

PROBES = 16
"""Cells searched per cell: more find more of the true neighbours and take proportionally longer."""

BLOCK_BYTES = 64 * 2**20


@dataclass(frozen=True, eq=False)
class Nearest:
    """For n points the k nearest others, nearest first: rows int32 (n, k) and cosine similarity float32 (n, k).

    Where there are fewer than k others, k is what there is.
    """

    rows: Ints
    similarity: Floats

    @property
    def k(self) -> int:
        return int(self.rows.shape[1])


def nearest(vectors: Floats, k: int, progress: ProgressCallback = quiet, seed: int = 42) -> Nearest:
    """The k nearest others of every row of `vectors` (unit, float32 (n, d)). Same input, same answer."""
    count = len(vectors)
    k = max(0, min(k, count - 1))
    rows = np.zeros((count, k), dtype=np.int32)
    similarity = np.zeros((count, k), dtype=np.float32)
    if k == 0:
        return Nearest(frozen(rows), frozen(similarity))
    everyone = np.arange(count, dtype=np.int32)
    done = 0
    for members, candidates in _cells(vectors, k, seed) if count > EXACT_UP_TO else [(everyone, everyone)]:
        step = max(1, BLOCK_BYTES // (4 * len(candidates)))
        others = vectors[candidates]
        for start in range(0, len(members), step):
            block = members[start : start + step]
            _best(vectors[block] @ others.T, block, candidates, k, rows, similarity)
            done += len(block)
            progress(Progress("Finding neighbours", done / count))
    return Nearest(frozen(rows), frozen(similarity))


def _best(scores: Floats, block: Ints, candidates: Ints, k: int, rows: Ints, similarity: Floats) -> None:
    """Writes the k best candidates of each row of `scores` for the points of `block`, themselves left out."""
    scores[candidates[None, :] == block[:, None]] = -2.0
    best = np.argpartition(scores, -k, axis=1)[:, -k:] if k < scores.shape[1] else np.argsort(scores, axis=1)
    best = best[:, -k:]
    values = np.take_along_axis(scores, best, axis=1)
    order = np.lexsort((candidates[best], -values), axis=1)
    rows[block] = candidates[np.take_along_axis(best, order, axis=1)]
    similarity[block] = np.take_along_axis(values, order, axis=1)


def _cells(vectors: Floats, k: int, seed: int) -> list[tuple[Ints, Ints]]:
    """Per cell its members and the members of the PROBES (or more, should they hold too few) cells nearest to it."""
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
