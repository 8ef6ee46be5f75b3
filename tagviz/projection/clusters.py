"""Clusters of a map at several zoom levels, each level nested in the coarser one."""

from __future__ import annotations

import numpy as np

from tagviz.types import Floats, Ints

SEEDS = 1500
"""Number of small cells that are joined into clusters; with fewer points each point is a cell."""

SMALLEST = 6
"""Average number of points in a cluster at the finest level."""

STEP = 3.2
"""Ratio of the numbers of clusters of two consecutive levels."""


def clusters(xy: Floats, finest: int = 240, seed: int = 42) -> tuple[Ints, ...]:
    """Cluster the points of a map at up to four levels.

    Small k-means cells on the map are joined by Ward's criterion, and the tree is cut at about 7, 24, 75 and 240
    clusters. Fewer than 12 points make one cluster; none make no levels.

    Args:
        xy: float32 (n, d) positions.
        finest: Number of clusters at the finest level (at most one per six points).
        seed: Seed of the random numbers.

    Returns:
        From coarse to fine int32 (n,) cluster of each point, from 0. Each cluster lies within one of the coarser
        level.
    """
    count = len(xy)
    if count == 0:
        return ()
    sizes = _sizes(min(finest, count // SMALLEST))
    if count < 2 * SMALLEST or not sizes:
        return (np.zeros(count, dtype=np.int32),)
    from scipy.cluster.hierarchy import fcluster, linkage

    centres, cell = _cells(xy, seed)
    tree = linkage(centres, method="ward")
    return tuple((fcluster(tree, size, criterion="maxclust") - 1).astype(np.int32)[cell] for size in sizes)


def _sizes(finest: int) -> list[int]:
    sizes: list[int] = []
    size = float(finest)
    while size >= 2 and len(sizes) < 4:
        sizes.insert(0, round(size))
        size /= STEP
    return sizes


def _cells(xy: Floats, seed: int) -> tuple[Floats, Ints]:
    """Return the centres of small cells and the cell of each point."""
    if len(xy) <= SEEDS:
        return xy, np.arange(len(xy), dtype=np.int32)
    from scipy.spatial import cKDTree
    from sklearn.cluster import KMeans

    sample = np.random.default_rng(seed).permutation(len(xy))[:30_000]
    centres = KMeans(SEEDS, init="random", n_init=1, max_iter=15, random_state=seed).fit(xy[sample]).cluster_centers_
    _, cell = cKDTree(centres).query(xy)
    return centres, cell.astype(np.int32)
