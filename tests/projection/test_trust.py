"""Trust in a map."""

from __future__ import annotations

import numpy as np
import pytest

from tagviz.projection.nearest import nearest
from tagviz.projection.trust import map_neighbours, trust
from tests.projection.embeddings import circle


def test_a_faithful_map_is_fully_trusted() -> None:
    vectors = circle(25).vectors
    per_point, measures = trust(vectors, vectors[:, :2].copy(), nearest(vectors, 2), k=2)
    np.testing.assert_allclose(per_point, 1)
    assert measures == pytest.approx({"trust": 1.0, "trustworthiness": 1.0, "continuity": 1.0})


def test_a_shuffled_map_is_trusted_less() -> None:
    vectors = circle().vectors
    shuffled = vectors[np.random.default_rng(0).permutation(24), :2].copy()
    per_point, measures = trust(vectors, shuffled, nearest(vectors, 4), k=4)
    assert per_point.mean() == pytest.approx(measures["trust"], abs=1e-6)
    assert measures["trust"] < 0.5
    assert measures["trustworthiness"] < 0.9
    assert measures["continuity"] < 0.9


def test_a_point_without_others_is_trusted() -> None:
    one = np.ones((1, 2), dtype=np.float32)
    assert trust(one, one, nearest(one, 1))[0].tolist() == [1.0]


def test_points_at_the_same_position_are_neighbours_of_one_another() -> None:
    rows = map_neighbours(np.array([[0, 0], [0, 0], [5, 5]], dtype=np.float32), 1)
    assert rows[:2].tolist() == [[1], [0]]
