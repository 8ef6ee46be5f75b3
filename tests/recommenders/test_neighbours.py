"""Playlist k-nearest-neighbours against arithmetic that is written out."""

from __future__ import annotations

import numpy as np

from tagviz.recommenders.neighbours import Neighbours, NeighboursParams
from tagviz.types import Kind
from tests.corpora import make_corpus
from tests.recommenders.queries import asks, small


def test_neighbours_are_weighted_by_cosine_to_the_power() -> None:
    corpus = small()
    params = NeighboursParams(idf=0, power=2, k=10, popularity=0)
    scores = Neighbours(corpus, params).score(asks(corpus, ["a"]), Kind.TAG)
    # cosine of {a} to {a, b} and {a, c} is 1/√2, squared 1/2
    np.testing.assert_allclose(scores[0], [1.0, 0.5, 0.5, 0.0], rtol=1e-6)


def test_neighbours_look_at_k_playlists_only() -> None:
    corpus = make_corpus([{"tags": ["a", "b"]}, {"tags": ["a", "c", "d"]}])
    scores = Neighbours(corpus, NeighboursParams(idf=0, k=1, popularity=0)).score(asks(corpus, ["a"]), Kind.TAG)
    assert scores[0, 1] > 0
    assert scores[0, 2] == scores[0, 3] == 0


def test_neighbours_pass_over_playlists_that_have_nothing_to_add() -> None:
    # three lists are just what is asked and would be the two nearest; {a, b} is the only one that says more
    corpus = make_corpus([{"tags": ["a"]}] * 3 + [{"tags": ["a", "b"]}, {"tags": ["c"]}])
    params = NeighboursParams(idf=0, power=2, k=2, popularity=0)
    scores = Neighbours(corpus, params).score(asks(corpus, ["a"]), Kind.TAG)
    np.testing.assert_allclose(scores[0], [0.5, 0.5, 0.0], rtol=1e-6)


def test_neighbours_name_the_playlists_that_brought_an_item() -> None:
    corpus = small()
    fitted = Neighbours(corpus, NeighboursParams(idf=0, popularity=0))
    (reasons,) = fitted.explain(asks(corpus, ["a"]), Kind.TAG, np.array([1], dtype=np.int32))
    assert [(reason.key, reason.weight) for reason in reasons if reason.via == "playlist"] == [("playlist:0", 1.0)]
