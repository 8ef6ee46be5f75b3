"""The joint matrix: titles, genres, and what is stored of a large corpus."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from tagviz.recommenders.features import BlockParams, Features, keep_titles, restore_titles, row_block
from tagviz.types import Corpus
from tests.corpora import make_corpus
from tests.recommenders.queries import asks


def test_a_title_meets_the_same_title_in_another_spelling() -> None:
    corpus = make_corpus([{"title": "Hip-Hop!!", "tags": ["a"]}, {"title": "jazz", "tags": ["b"]}])
    features = Features(corpus, BlockParams())
    row = features.of(asks(corpus, [], title="hip hop")).toarray()[0]
    assert row[features.blocks["title"]].tolist() == [1, 0]


def test_genres_count_as_their_share_of_the_songs() -> None:
    about = {"x": {"genres": ["g", "h"]}, "y": {"genres": ["g"]}}
    corpus = make_corpus([{"songs": ["x", "y"]}], about)
    features = Features(corpus, BlockParams(genre=1))
    # both songs have g, one of two has h
    assert features.matrix.toarray()[0, features.blocks["genre"]].tolist() == [1.0, 0.5]


@pytest.mark.parametrize("titles", [("", "", ""), ("Rainy Day", "", "rainy  DAY"), ("비오는 날", "jazz", "soul")])
def test_titles_of_a_large_corpus_survive(monkeypatch: pytest.MonkeyPatch, titles: tuple[str, ...]) -> None:
    monkeypatch.setattr("tagviz.recommenders.features.MANY_TITLES", 1)

    def corpus() -> Corpus:
        return make_corpus([{"title": title, "tags": ["a", f"t{row}"]} for row, title in enumerate(titles)])

    first, again = corpus(), corpus()
    stored = Features(first, BlockParams())
    width, matrix = stored.width, stored.matrix.toarray()
    arrays = keep_titles(first)
    assert arrays, "a corpus of this size keeps them"
    restore_titles(again, arrays)
    restored = Features(again, BlockParams())
    assert restored.width == width
    np.testing.assert_array_equal(restored.matrix.toarray(), matrix)


def test_blocks_of_rows_are_views() -> None:
    matrix = sp.csr_matrix(np.array([[1, 0], [2, 3], [0, 4]], dtype=np.float32))
    block = row_block(matrix, slice(1, 3))
    assert block.toarray().tolist() == [[2, 3], [0, 4]]
    assert np.shares_memory(block.data, matrix.data)
