"""Clusters of a map at several zoom levels, each level's within the one above."""

from __future__ import annotations

import numpy as np

from tagviz.types import Floats, Ints

SEEDS = 1500
"""So many little cells are joined into clusters; with fewer points every point is one."""

SMALLEST = 6
"""Points a cluster holds on average at the finest level."""

STEP = 3.2
"""How many times more clusters one level has than the level above."""


def clusters(xy: Floats, finest: int = 240, seed: int = 42) -> tuple[Ints, ...]:
    """From coarse to fine an int32 (n,) cluster per point, from 0; every cluster lies within one of the level above.

    Little k-means cells on the map are joined by Ward's criterion and the tree is cut at about 7, 24, 75 and 240
    clusters (`finest`, and at most one per six points). Fewer than 12 points make one cluster; none make no levels.
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
    """Centres of little cells and the cell of each point."""
    if len(xy) <= SEEDS:
        return xy, np.arange(len(xy), dtype=np.int32)
    from scipy.spatial import cKDTree
    from sklearn.cluster import KMeans

    sample = np.random.default_rng(seed).permutation(len(xy))[:30_000]
    centres = KMeans(SEEDS, init="random", n_init=1, max_iter=15, random_state=seed).fit(xy[sample]).cluster_centers_
    _, cell = cKDTree(centres).query(xy)
    return centres, cell.astype(np.int32)
