"""Ways through a space, two spaces side by side, and guests on a map."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tagviz.errors import UnknownTerm
from tagviz.project.align import aligned, differences
from tagviz.project.layout import LayoutParams, project
from tagviz.project.place import place, spot
from tagviz.project.trip import apart, trip
from tagviz.types import Embedding, Kind, Projection, Vocab
from tests.project.test_layout import embedding_of, worlds


def circle(count: int = 24) -> Embedding:
    """Tags 0 … 23 at equal angles on a circle: each is nearest to the ones before and after it."""
    angles = 2 * np.pi * np.arange(count) / count
    return embedding_of(np.c_[np.cos(angles), np.sin(angles)], [str(i) for i in range(count)])


def flat(embedding: Embedding) -> Projection:
    vocab = embedding.vocabs[Kind.TAG]
    none = np.zeros(len(vocab), dtype=np.float32)
    return Projection(vocab, embedding.vectors[:, :2].copy(), (none.astype(np.int32),), (("all",),), none, "test")


def test_a_trip_goes_from_neighbour_to_neighbour():
    found = trip(circle(), "tag:0", "tag:6", k=2)
    assert found.keys == tuple(f"tag:{i}" for i in range(7))
    assert found.similarity == pytest.approx([np.cos(2 * np.pi / 24)] * 6, abs=1e-6)


def test_a_trip_finds_its_way_between_worlds_that_hardly_touch():
    found = trip(worlds(groups=2, size=10), "tag:0-1", "tag:1-1", k=3)
    assert found.keys[0] == "tag:0-1"
    assert found.keys[-1] == "tag:1-1"
    assert trip(circle(), "tag:3", "tag:3").keys == ("tag:3",)
    with pytest.raises(UnknownTerm):
        trip(circle(), "tag:0", "tag:nothing")


def test_why_two_points_lie_apart():
    """On the circle 0 and 2 are 30° apart: 1 and 23 are nearer to 0, and 2 ties with 22 (its mirror image)."""
    embedding = circle()
    found = apart(embedding, flat(embedding), "tag:0", "tag:2")
    assert found.similarity == pytest.approx(np.cos(np.pi / 6), abs=1e-6)
    assert found.rank in (3, 4)
    assert found.map_rank in (3, 4)
    assert "tag:1" in found.shared


def test_alignment_undoes_turning_mirroring_and_scaling():
    embedding = worlds()
    fixed = project(embedding, Kind.TAG, LayoutParams(epochs=30))
    moved = replace(fixed, xy=(fixed.xy[:, ::-1] * np.array([-3, 3]) + 7).astype(np.float32))
    np.testing.assert_allclose(aligned(moved, fixed).xy, fixed.xy, atol=1e-4)


def test_differences_come_first_and_vocabularies_may_differ():
    """Two tags change places in the second space: they and only their worlds' neighbourhoods differ."""
    first = worlds(groups=3, size=12)
    ids = list(first.vocabs[Kind.TAG].ids)
    vectors = first.vectors.copy()
    vectors[[0, 12]] = vectors[[12, 0]]
    second = embedding_of(np.r_[vectors[:30], np.ones((2, 12))], [*ids[:30], "new one", "new two"])
    found = differences(first, second, Kind.TAG, k=5)
    assert len(found.vocab) == 30
    assert set(found.vocab.ids[:2]) == {"0-0", "1-0"}
    assert found.overlap[0] == 0.0
    assert (np.diff(found.overlap) >= 0).all()
    assert found.overlap[-1] == 1.0


def test_guests_stand_among_their_hosts():
    tags = worlds()
    random = np.random.default_rng(3)
    songs = np.repeat(np.eye(4, 12), 5, axis=0) + random.normal(scale=0.1, size=(20, 12))
    songs = (songs / np.linalg.norm(songs, axis=1, keepdims=True)).astype(np.float32)
    vocab = Vocab.of(Kind.SONG, [f"s{i}" for i in range(20)])
    both = Embedding(
        {**tags.vocabs, Kind.SONG: vocab}, np.r_[tags.vectors, songs], np.ones(140, dtype=np.float32), None, "test"
    )
    onto = project(both, Kind.TAG, LayoutParams(epochs=60))
    guests = place(both, Kind.SONG, onto)
    middles = onto.xy.reshape(4, 30, 2).mean(axis=1)
    world = np.argmin(((guests.xy[:, None] - middles[None]) ** 2).sum(axis=2), axis=1)
    np.testing.assert_array_equal(world, np.repeat(np.arange(4), 5))
    landed = spot(3 * songs[7], both, onto)
    np.testing.assert_allclose(landed.at, guests.xy[7], atol=1e-5)
    assert landed.near[0][0].startswith("tag:1-")
