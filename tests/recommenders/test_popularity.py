"""Popularity counts playlists."""

from __future__ import annotations

import numpy as np

from tagviz.recommenders.popularity import Popularity
from tagviz.types import Kind
from tests.recommenders.queries import asks, small


def test_popularity_counts_playlists() -> None:
    corpus = small()
    np.testing.assert_array_equal(Popularity(corpus).score(asks(corpus, []), Kind.TAG), [[2, 2, 2, 1]])
