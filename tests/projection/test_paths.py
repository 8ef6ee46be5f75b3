"""Paths through neighbours, and the distance of two points in the embedding and on the map."""

from __future__ import annotations

import numpy as np
import pytest

from tagviz.errors import NotFoundError
from tagviz.projection.paths import separation, shortest_path
from tests.projection.embeddings import circle, flat, worlds


def test_a_path_goes_from_neighbour_to_neighbour():
    path = shortest_path(circle(), "tag:0", "tag:6", k=2)
    assert path.keys == tuple(f"tag:{i}" for i in range(7))
    assert path.similarity == pytest.approx([np.cos(2 * np.pi / 24)] * 6, abs=1e-6)


def test_a_path_connects_groups_that_hardly_touch():
    path = shortest_path(worlds(groups=2, size=10), "tag:0-1", "tag:1-1", k=3)
    assert path.keys[0] == "tag:0-1"
    assert path.keys[-1] == "tag:1-1"
    assert shortest_path(circle(), "tag:3", "tag:3").keys == ("tag:3",)
    with pytest.raises(NotFoundError):
        shortest_path(circle(), "tag:0", "tag:nothing")


def test_why_two_points_lie_apart():
    """On the circle 0 and 2 are 30° apart: 1 and 23 are nearer to 0, and 2 ties with 22 (its mirror image)."""
    embedding = circle()
    apart = separation(embedding, flat(embedding), "tag:0", "tag:2")
    assert apart.similarity == pytest.approx(np.cos(np.pi / 6), abs=1e-6)
    assert apart.rank in (3, 4)
    assert apart.map_rank in (3, 4)
    assert "tag:1" in apart.shared
