"""How alike songs are by their numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tagviz.feature_table import FeatureTable
from tagviz.features import similarity
from tagviz.features.similarity import Scale, similarities


def table(values: np.ndarray) -> FeatureTable:
    columns = tuple(f"n{at}" for at in range(values.shape[1]))
    return FeatureTable(pd.Index([str(at) for at in range(len(values))]), columns, values)


def test_it_is_the_cosine_of_standardised_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similarity, "BLOCK", 7)
    values = np.random.default_rng(0).normal(5, [1, 10, 100], size=(50, 3)).astype(np.float32)
    rows = np.arange(50)
    known = table(values)
    scaled = np.clip((values - values.mean(axis=0)) / values.std(axis=0), -4, 4)
    scaled /= np.linalg.norm(scaled, axis=1, keepdims=True)
    found = similarities(known, Scale.of(known, rows), rows, values[3])
    np.testing.assert_allclose(found, scaled @ scaled[3], atol=1e-4)
    assert found[3] == pytest.approx(1.0)
    assert found.argmax() == 3


def test_missing_numbers_and_constant_ones_do_not_count() -> None:
    values = np.array([[0, 7, 1], [1, 7, np.nan], [2, 7, 0], [0, 7, 1]], dtype=np.float32)
    known = table(values)
    scale = Scale.of(known, np.arange(4))
    assert scale.spread[1] == 0
    assert scale.mean[2] == pytest.approx(2 / 3)
    found = similarities(known, scale, np.arange(4), np.array([0, 7, np.nan], dtype=np.float32))
    assert found[[0, 3]].tolist() == [1.0, 1.0]
    assert found[2] == -1.0
    assert not similarities(known, scale, np.arange(4), np.full(3, np.nan, dtype=np.float32)).any()
    assert not len(similarities(known, scale, np.zeros(0, dtype=int), values[0]))


def test_only_some_songs_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similarity, "SAMPLE", 10)
    values = np.arange(100, dtype=np.float16)[:, None]
    assert Scale.of(table(values), np.arange(100)).mean[0] == 45.0
