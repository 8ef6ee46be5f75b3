"""Strategies against arithmetic on vectors that are written out."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from tagviz.errors import BadParameter, NotReady
from tagviz.recommend.embedding import EmbeddingRecommender
from tagviz.recommend.space import Space, nearest
from tagviz.types import Asked, Corpus, Embedding, Kind, Vocab, frozen
from tests.corpora import make_corpus

SIDE = 0.6
"""Vectors: a = (1, 0), b = (0, 1), c = (0.6, 0.8): cos(a, c) = 0.6, cos(b, c) = 0.8, cos(a, b) = 0."""


def corpus() -> Corpus:
    return make_corpus([{"tags": ["a", "c"]}, {"tags": ["b", "c"]}, {"tags": ["b", "unseen"]}])


def embedding(outputs: bool = True) -> Embedding:
    """Tags a, b, c of lengths 1, 2, 1; outputs a = (0, 0), b = (3, 0), c = (1, 1). The tag `unseen` has no vector."""
    return Embedding(
        vocabs={Kind.TAG: Vocab.of(Kind.TAG, ["a", "b", "c"])},
        vectors=frozen([[1, 0], [0, 1], [SIDE, 0.8]], np.float32),
        norms=frozen([1, 2, 1], np.float32),
        outputs=frozen([[0, 0], [3, 0], [1, 1]], np.float32) if outputs else None,
        method="word2vec",
    )


def asked(*queries: list[str]) -> Asked:
    ids = list(corpus().vocab(Kind.TAG).ids)
    dense = np.array([[float(tag in query) for tag in ids] for query in queries], dtype=np.float32)
    empty = sp.csr_matrix((len(queries), 0), dtype=np.float32)
    return Asked(("",) * len(queries), {Kind.TAG: sp.csr_matrix(dense), Kind.SONG: empty, Kind.WORD: empty})


def scores(strategy: str, query: list[str]) -> dict[str, float]:
    row = EmbeddingRecommender(corpus(), embedding(), strategy).score(asked(query), Kind.TAG)[0]
    return dict(zip(corpus().vocab(Kind.TAG).ids, map(float, row), strict=True))


@pytest.mark.parametrize("order", [["a", "b", "c"], ["c", "elsewhere", "a", "b"]])
def test_few_scores_are_spread_like_all(order: list[str]) -> None:
    vectors = frozen(np.eye(len(order), 2), np.float32)
    norms = frozen(np.ones(len(order)), np.float32)
    own = Embedding({Kind.TAG: Vocab.of(Kind.TAG, order)}, vectors, norms, None, "word2vec")
    space = Space(corpus(), own)
    rng = np.random.default_rng(0)
    given = rng.random((40, len(order))).astype(np.float32) * (rng.random((40, len(order))) < 0.6)
    given[0] = 0.5  # every item has a score: one without a vector gets the lowest
    nothing = np.arange(40) % 7 == 3
    expected = space.spread(given, Kind.TAG, nothing)
    np.testing.assert_array_equal(space.spread(sp.csr_matrix(given), Kind.TAG, nothing), expected)
    assert expected[0, corpus().vocab(Kind.TAG).find(["unseen"])[0]] == 0.5


def test_mean_is_the_cosine_with_the_mean_direction() -> None:
    found = scores("mean", ["a", "b"])  # direction (1, 1) / √2
    assert found["c"] == pytest.approx((0.6 + 0.8) / np.sqrt(2))
    assert found["a"] == pytest.approx(1 / np.sqrt(2))


def test_context_multiplies_raw_inputs_by_outputs() -> None:
    found = scores("context", ["a", "b"])  # mean of (1, 0) and (0, 2) = (.5, 1)
    assert found["b"] == pytest.approx(0.5 * 3)
    assert found["c"] == pytest.approx(0.5 + 1)


def test_voting_sums_the_cosines_of_the_voters() -> None:
    found = scores("voting", ["a", "b"])  # nobody votes for oneself, and a · b = 0 is no vote
    assert found == {"a": 0, "b": 0, "c": pytest.approx(0.6 + 0.8), "unseen": 0}


def test_cluster_of_few_items_lets_each_vote() -> None:
    assert scores("cluster", ["a", "b"])["c"] == pytest.approx(0.6 + 0.8)


def test_playlists_sum_the_powered_cosines_of_those_that_hold_the_item() -> None:
    # directions: {a, c} = (1.6, .8) / √3.2, {b, c} = (.6, 1.8) / √3.6, {b} = (0, 1); asked with b = (0, 1)
    first, second, third = (0.8 / np.sqrt(3.2)) ** 8, (1.8 / np.sqrt(3.6)) ** 8, 1.0
    found = scores("playlists", ["b"])
    assert found["a"] == pytest.approx(first, rel=1e-4)
    assert found["c"] == pytest.approx(first + second, rel=1e-4)
    assert found["b"] == pytest.approx(second + third, rel=1e-4)


@pytest.mark.parametrize("strategy", ["mean", "context", "voting", "cluster", "playlists"])
def test_items_without_a_vector_never_outrank_those_with_one(strategy: str) -> None:
    found = scores(strategy, ["a", "b"])
    assert found["unseen"] == min(found.values())
    nothing = EmbeddingRecommender(corpus(), embedding(), strategy).score(asked(["unseen"]), Kind.TAG)
    np.testing.assert_array_equal(nothing, 0)


def test_reasons_are_each_asked_items_share() -> None:
    recommender = EmbeddingRecommender(corpus(), embedding(), "mean")
    (reasons,) = recommender.explain(asked(["a", "b"]), Kind.TAG, np.array([1], dtype=np.int32))
    # the corpus's second tag is c: a gives .6 and b .8 of 1.4
    assert [(reason.key, round(reason.weight, 4)) for reason in reasons] == [("tag:b", 0.5714), ("tag:a", 0.4286)]


def test_reasons_of_context_add_up_to_the_score() -> None:
    recommender = EmbeddingRecommender(corpus(), embedding(), "context")
    (reasons,) = recommender.explain(asked(["a", "b"]), Kind.TAG, np.array([1], dtype=np.int32))
    # c = (1, 1): a = (1, 0) gives ½, b = (0, 2) gives 1
    assert [(reason.key, round(reason.weight, 4)) for reason in reasons] == [("tag:b", 0.6667), ("tag:a", 0.3333)]


def test_reasons_of_playlists_are_playlists() -> None:
    recommender = EmbeddingRecommender(corpus(), embedding(), "playlists")
    (reasons,) = recommender.explain(asked(["b"]), Kind.TAG, np.array([1], dtype=np.int32))
    assert [reason.key for reason in reasons] == ["playlist:1", "playlist:0"]
    assert all(reason.via == "playlist" for reason in reasons)


def test_context_without_outputs_says_what_to_do() -> None:
    with pytest.raises(NotReady, match="another strategy"):
        EmbeddingRecommender(corpus(), embedding(outputs=False), "context")


def test_an_unknown_strategy_names_the_known_ones() -> None:
    with pytest.raises(BadParameter, match="playlists"):
        EmbeddingRecommender(corpus(), embedding(), "best")


def test_an_embedding_of_other_things_is_refused() -> None:
    other = Embedding(
        {Kind.TAG: Vocab.of(Kind.TAG, ["x"])}, frozen([[1, 0]], np.float32), frozen([1], np.float32), None, "foreign"
    )
    with pytest.raises(NotReady):
        EmbeddingRecommender(corpus(), other, "mean")


def test_nearest_agrees_with_sorting_everything() -> None:
    rng = np.random.default_rng(0)
    queries, targets = rng.standard_normal((7, 5), dtype=np.float32), rng.standard_normal((50, 5), dtype=np.float32)
    found = nearest(queries, targets, 6)
    products = queries @ targets.T
    for row in range(7):
        best = np.sort(products[row])[::-1][:6]
        np.testing.assert_allclose(np.sort(found[row].data)[::-1], best[best > 0], rtol=1e-6)
