"""Clusters of a map at several levels."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tagviz.projection.clusters import clusters


def islands(count: int, size: int) -> np.ndarray:
    """Islands of points with a spread of 0.01, ten apart."""
    random = np.random.default_rng(1)
    centres = np.column_stack([10 * np.arange(count), np.zeros(count)])
    return (np.repeat(centres, size, axis=0) + random.normal(scale=0.01, size=(count * size, 2))).astype(np.float32)


def test_islands_are_the_clusters_of_the_finest_level() -> None:
    levels = clusters(islands(8, 20), finest=8)
    assert len(np.unique(levels[-1])) == 8
    for island in levels[-1].reshape(8, 20):
        assert len(set(island.tolist())) == 1


def test_each_cluster_lies_within_one_of_the_coarser_level() -> None:
    levels = clusters(islands(30, 12))
    assert len(levels) == 3  # about 60, 19 and 6 clusters: one per six of the 360 points at most
    for coarse, fine in pairwise(levels):
        assert len(np.unique(coarse)) < len(np.unique(fine))
        for cluster in np.unique(fine):
            assert len(np.unique(coarse[fine == cluster])) == 1


@pytest.mark.parametrize(("count", "levels"), [(0, 0), (1, 1), (11, 1)])
def test_few_points_make_one_cluster_and_none_make_no_level(count: int, levels: int) -> None:
    flat_levels = clusters(np.zeros((count, 2), dtype=np.float32))
    assert [level.tolist() for level in flat_levels] == [[0] * count] * levels
