"""Items of an embedding within a corpus."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from tagviz.recommenders.item_space import ItemSpace, blocks, nearest, unit
from tagviz.types import Embedding, Kind, Vocab, readonly
from tests.recommenders.vectors import asked, corpus_of_three, embedding


@pytest.mark.parametrize("order", [["a", "b", "c"], ["c", "elsewhere", "a", "b"]])
def test_few_scores_are_spread_like_all(order: list[str]) -> None:
    vectors = readonly(np.eye(len(order), 2), np.float32)
    norms = readonly(np.ones(len(order)), np.float32)
    own = Embedding({Kind.TAG: Vocab.of(Kind.TAG, order)}, vectors, norms, None, "word2vec")
    space = ItemSpace(corpus_of_three(), own)
    rng = np.random.default_rng(0)
    own_scores = rng.random((40, len(order))).astype(np.float32) * (rng.random((40, len(order))) < 0.6)
    own_scores[0] = 0.5  # every item has a score: one without a vector gets the lowest
    nothing = np.arange(40) % 7 == 3
    expected = space.spread(own_scores, Kind.TAG, nothing)
    np.testing.assert_array_equal(space.spread(sp.csr_matrix(own_scores), Kind.TAG, nothing), expected)
    assert expected[0, corpus_of_three().vocab(Kind.TAG).find(["unseen"])[0]] == 0.5


def test_nearest_agrees_with_sorting_everything() -> None:
    rng = np.random.default_rng(0)
    queries, targets = rng.standard_normal((7, 5), dtype=np.float32), rng.standard_normal((50, 5), dtype=np.float32)
    products_of = nearest(queries, targets, 6)
    products = queries @ targets.T
    for row in range(7):
        best = np.sort(products[row])[::-1][:6]
        np.testing.assert_allclose(np.sort(products_of[row].data)[::-1], best[best > 0], rtol=1e-6)


def test_queries_and_playlists_hold_only_items_with_a_vector() -> None:
    space = ItemSpace(corpus_of_three(), embedding())
    assert space.query_matrix(asked(["a", "unseen"])).toarray().tolist() == [[1, 0, 0]]
    assert space.playlists.toarray().tolist() == [[1, 0, 1], [0, 1, 1], [0, 1, 0]]
    rows, in_embedding = space.known(Kind.TAG)
    ids = corpus_of_three().vocab(Kind.TAG).ids
    assert dict(zip(ids[rows], in_embedding.tolist(), strict=True)) == {"a": 0, "b": 1, "c": 2}
    assert space.names(np.array([2, 0])) == [("tag:c", "c"), ("tag:a", "a")]


def test_unit_rows_have_length_one_and_zeros_stay() -> None:
    np.testing.assert_allclose(unit(np.array([[3, 4], [0, 0]], dtype=np.float32)), [[0.6, 0.8], [0, 0]], rtol=1e-6)


def test_blocks_cover_all_rows() -> None:
    spans = list(blocks(100, 10**6))
    assert spans[0].start == 0
    assert spans[-1].stop == 100
    assert sum(span.stop - span.start for span in spans) == 100
