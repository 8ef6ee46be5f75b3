"""The titles' normal forms of a large corpus are kept with its model and come back as they were."""

from __future__ import annotations

import numpy as np
import pytest

from tagviz.recommend import features
from tagviz.recommend.features import BlockParams, Features, keep_titles, restore_titles
from tagviz.types import Corpus
from tests.corpora import make_corpus


@pytest.mark.parametrize("titles", [("", "", ""), ("Rainy Day", "", "rainy  DAY"), ("비오는 날", "jazz", "soul")])
def test_titles_of_a_large_corpus_survive(monkeypatch: pytest.MonkeyPatch, titles: tuple[str, ...]) -> None:
    monkeypatch.setattr(features, "MANY_TITLES", 1)

    def corpus() -> Corpus:
        return make_corpus([{"title": title, "tags": ["a", f"t{row}"]} for row, title in enumerate(titles)])

    first, again = corpus(), corpus()
    learned = Features(first, BlockParams())
    width, matrix = learned.width, learned.matrix.toarray()
    arrays = keep_titles(first)
    assert arrays, "a corpus of this size keeps them"
    restore_titles(again, arrays)
    restored = Features(again, BlockParams())
    assert restored.width == width
    np.testing.assert_array_equal(restored.matrix.toarray(), matrix)
