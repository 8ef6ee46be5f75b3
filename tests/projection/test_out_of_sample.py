"""Items of another kind, and phrases, on a map."""

from __future__ import annotations

import numpy as np
import pytest

from tagviz.errors import NotFoundError
from tagviz.projection.layout import LayoutParams, project
from tagviz.projection.out_of_sample import place, spot, spot_from_scores
from tagviz.types import Embedding, Kind, Vocab
from tests.projection.embeddings import circle, flat, worlds


def test_scores_place_something_at_the_only_point_it_resembles() -> None:
    projection = flat(circle())
    scores = np.full(24, -1, dtype=np.float32)
    scores[5] = 1
    landed = spot_from_scores(scores, projection)
    assert landed.near[0] == ("tag:5", 1.0)
    np.testing.assert_allclose(landed.at, projection.xy[5], atol=1e-5)


def test_a_kind_without_vectors_cannot_be_placed() -> None:
    with pytest.raises(NotFoundError, match="no songs"):
        place(circle(), Kind.SONG, flat(circle()))


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
