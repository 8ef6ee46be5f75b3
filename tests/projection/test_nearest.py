"""Neighbours of a catalogue are searched in cells: nearly all that comparing every pair would find."""

from __future__ import annotations

import numpy as np
import pytest

from tagviz.projection import nearest as room


def test_cells_find_nearly_all_of_the_nearest(monkeypatch: pytest.MonkeyPatch):
    random = np.random.default_rng(3)
    vectors = np.repeat(random.normal(size=(60, 16)), 50, axis=0) + 0.5 * random.normal(size=(3000, 16))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    exact = room.nearest(vectors, 10)
    monkeypatch.setattr(room, "EXACT_UP_TO", 1000)
    approximate, again = room.nearest(vectors, 10), room.nearest(vectors, 10)
    kept = (exact.rows[:, :, None] == approximate.rows[:, None, :]).any(axis=2).mean()
    assert kept > 0.95
    assert (approximate.rows != np.arange(3000)[:, None]).all()
    np.testing.assert_array_equal(approximate.rows, again.rows)
