"""Recommendations from an embedding: items without vectors, reasons, state and refusals."""

from __future__ import annotations

import numpy as np
import pytest

from tagviz.errors import InvalidParameterError, NotReadyError
from tagviz.recommenders.embedding import EmbeddingRecommender, embedding_from
from tagviz.types import Embedding, Kind, Vocab, readonly
from tests.recommenders.vectors import asked, corpus_of_three, embedding, scores


@pytest.mark.parametrize("strategy", ["mean", "context", "voting", "cluster", "playlists"])
def test_items_without_a_vector_never_outrank_those_with_one(strategy: str) -> None:
    by_tag = scores(strategy, ["a", "b"])
    assert by_tag["unseen"] == min(by_tag.values())
    nothing = EmbeddingRecommender(corpus_of_three(), embedding(), strategy).score(asked(["unseen"]), Kind.TAG)
    np.testing.assert_array_equal(nothing, 0)


def test_reasons_are_each_asked_items_share() -> None:
    recommender = EmbeddingRecommender(corpus_of_three(), embedding(), "mean")
    (reasons,) = recommender.explain(asked(["a", "b"]), Kind.TAG, np.array([1], dtype=np.int32))
    # the corpus's second tag is c: a gives .6 and b .8 of 1.4
    assert [(reason.key, round(reason.weight, 4)) for reason in reasons] == [("tag:b", 0.5714), ("tag:a", 0.4286)]


def test_reasons_of_playlists_are_playlists() -> None:
    recommender = EmbeddingRecommender(corpus_of_three(), embedding(), "playlists")
    (reasons,) = recommender.explain(asked(["b"]), Kind.TAG, np.array([1], dtype=np.int32))
    assert [reason.key for reason in reasons] == ["playlist:1", "playlist:0"]
    assert all(reason.via == "playlist" for reason in reasons)


def test_an_unknown_strategy_names_the_known_ones() -> None:
    with pytest.raises(InvalidParameterError, match="playlists"):
        EmbeddingRecommender(corpus_of_three(), embedding(), "best")


def test_an_embedding_of_other_things_is_refused() -> None:
    other = Embedding(
        {Kind.TAG: Vocab.of(Kind.TAG, ["x"])},
        readonly([[1, 0]], np.float32),
        readonly([1], np.float32),
        None,
        "foreign",
    )
    with pytest.raises(NotReadyError):
        EmbeddingRecommender(corpus_of_three(), other, "mean")


def test_the_embedding_survives_the_state() -> None:
    recommender = EmbeddingRecommender(corpus_of_three(), embedding(), "mean")
    arrays, params = recommender.state()
    restored = embedding_from(arrays, params, corpus_of_three())
    np.testing.assert_array_equal(restored.vectors, embedding().vectors)
    assert list(restored.vocabs[Kind.TAG].ids) == ["a", "b", "c"]
    again = EmbeddingRecommender.restore(arrays, params, corpus_of_three())
    query = asked(["a"])
    np.testing.assert_array_equal(again.score(query, Kind.TAG), recommender.score(query, Kind.TAG))
