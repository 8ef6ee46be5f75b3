"""Query strategies against arithmetic on vectors that are written out."""

from __future__ import annotations

import numpy as np
import pytest

from tagviz.errors import NotReadyError
from tagviz.recommenders.embedding import EmbeddingRecommender
from tagviz.types import Kind
from tests.recommenders.vectors import asked, corpus_of_three, embedding, scores


def test_mean_is_the_cosine_with_the_mean_direction() -> None:
    by_tag = scores("mean", ["a", "b"])  # direction (1, 1) / √2
    assert by_tag["c"] == pytest.approx((0.6 + 0.8) / np.sqrt(2))
    assert by_tag["a"] == pytest.approx(1 / np.sqrt(2))


def test_context_multiplies_raw_inputs_by_outputs() -> None:
    by_tag = scores("context", ["a", "b"])  # mean of (1, 0) and (0, 2) = (.5, 1)
    assert by_tag["b"] == pytest.approx(0.5 * 3)
    assert by_tag["c"] == pytest.approx(0.5 + 1)


def test_voting_sums_the_cosines_of_the_voters() -> None:
    by_tag = scores("voting", ["a", "b"])  # nobody votes for oneself, and a · b = 0 is no vote
    assert by_tag == {"a": 0, "b": 0, "c": pytest.approx(0.6 + 0.8), "unseen": 0}


def test_cluster_of_few_items_lets_each_vote() -> None:
    assert scores("cluster", ["a", "b"])["c"] == pytest.approx(0.6 + 0.8)


def test_playlists_sum_the_powered_cosines_of_those_that_hold_the_item() -> None:
    # directions: {a, c} = (1.6, .8) / √3.2, {b, c} = (.6, 1.8) / √3.6, {b} = (0, 1); asked with b = (0, 1)
    first, second, third = (0.8 / np.sqrt(3.2)) ** 8, (1.8 / np.sqrt(3.6)) ** 8, 1.0
    by_tag = scores("playlists", ["b"])
    assert by_tag["a"] == pytest.approx(first, rel=1e-4)
    assert by_tag["c"] == pytest.approx(first + second, rel=1e-4)
    assert by_tag["b"] == pytest.approx(second + third, rel=1e-4)


def test_reasons_of_context_add_up_to_the_score() -> None:
    recommender = EmbeddingRecommender(corpus_of_three(), embedding(), "context")
    (reasons,) = recommender.explain(asked(["a", "b"]), Kind.TAG, np.array([1], dtype=np.int32))
    # c = (1, 1): a = (1, 0) gives ½, b = (0, 2) gives 1
    assert [(reason.key, round(reason.weight, 4)) for reason in reasons] == [("tag:b", 0.6667), ("tag:a", 0.3333)]


def test_context_without_outputs_says_what_to_do() -> None:
    with pytest.raises(NotReadyError, match="another strategy"):
        EmbeddingRecommender(corpus_of_three(), embedding(outputs=False), "context")
