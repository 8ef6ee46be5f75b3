"""Alignment of two maps, and comparison of two embeddings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tagviz.errors import NotFoundError
from tagviz.projection.align import align, differences, procrustes, remove_shared_drift
from tagviz.projection.layout import LayoutParams, project
from tagviz.types import Kind
from tests.projection.embeddings import embedding_of, worlds


def test_procrustes_finds_rotation_scale_and_offset() -> None:
    source = np.array([[0, 0], [1, 0], [0, 2]], dtype=np.float32)
    target = (source @ np.array([[0, 1], [-1, 0]]) * 3 + [5, -1]).astype(np.float32)
    np.testing.assert_allclose(procrustes(source, source, target), target, atol=1e-5)


def test_a_shared_drift_is_removed_and_far_points_stay() -> None:
    """Twenty known points drift by (0.1, 0): they and a newcomer among them are moved back, a distant point is not."""
    random = np.random.default_rng(0)
    target = random.uniform(-0.1, 0.1, size=(20, 2)).astype(np.float32)
    source = target + np.float32([0.1, 0])
    xy = np.vstack([source, [[0.1, 0.0], [10.0, 10.0]]]).astype(np.float32)
    moved = remove_shared_drift(xy, source, target)
    np.testing.assert_allclose(moved[:21], xy[:21] - [0.1, 0], atol=0.02)
    np.testing.assert_allclose(moved[21], [10, 10], atol=1e-6)


def test_embeddings_without_a_common_item_cannot_be_compared() -> None:
    vectors = np.eye(4, dtype=np.float32)
    with pytest.raises(NotFoundError, match="share no tags"):
        differences(embedding_of(vectors, list("abcd")), embedding_of(vectors, list("wxyz")), Kind.TAG)


def test_alignment_undoes_turning_mirroring_and_scaling():
    embedding = worlds()
    fixed = project(embedding, Kind.TAG, LayoutParams(epochs=30))
    moved = replace(fixed, xy=(fixed.xy[:, ::-1] * np.array([-3, 3]) + 7).astype(np.float32))
    np.testing.assert_allclose(align(moved, fixed).xy, fixed.xy, atol=1e-4)


def test_differences_come_first_and_vocabularies_may_differ():
    """Two tags change places in the second space: they and only their worlds' neighbourhoods differ."""
    first = worlds(groups=3, size=12)
    ids = list(first.vocabs[Kind.TAG].ids)
    vectors = first.vectors.copy()
    vectors[[0, 12]] = vectors[[12, 0]]
    second = embedding_of(np.r_[vectors[:30], np.ones((2, 12))], [*ids[:30], "new one", "new two"])
    compared = differences(first, second, Kind.TAG, k=5)
    assert len(compared.vocab) == 30
    assert set(compared.vocab.ids[:2]) == {"0-0", "1-0"}
    assert compared.overlap[0] == 0.0
    assert (np.diff(compared.overlap) >= 0).all()
    assert compared.overlap[-1] == 1.0
