"""The joint matrix that embeddings are trained on."""

from __future__ import annotations

import numpy as np
import pytest

from tagviz.embed.items import ItemParams, embedding_of, items_of
from tagviz.errors import InvalidParameterError
from tagviz.types import Kind
from tests.corpora import make_corpus

CORPUS = make_corpus([{"tags": ["a", "b"], "songs": ["1"]}, {"tags": ["a"], "songs": ["1", "2"]}, {"tags": ["b"]}])


def test_kinds_stand_side_by_side_in_their_order() -> None:
    items = items_of(CORPUS, (Kind.SONG, Kind.TAG), 1)
    assert list(items.vocabs) == [Kind.SONG, Kind.TAG]
    assert items.matrix.toarray().tolist() == [[1, 0, 1, 1], [1, 1, 1, 0], [0, 0, 0, 1]]
    assert items.counts.tolist() == [2, 1, 2, 2]


def test_rare_items_are_left_out() -> None:
    assert list(items_of(CORPUS, (Kind.SONG, Kind.TAG), 2).vocabs[Kind.SONG].ids) == ["1"]
    with pytest.raises(InvalidParameterError, match="nothing to learn from"):
        items_of(CORPUS, (Kind.SONG, Kind.TAG), 3)


def test_parameters_choose_the_kinds() -> None:
    assert ItemParams(songs=False, artists=True).kinds() == (Kind.TAG, Kind.WORD, Kind.ARTIST)


def test_vectors_are_unit_with_their_lengths_kept_and_zero_stays_zero() -> None:
    raw = np.array([[3, 4], [0, 0]], dtype=np.float32)
    embedding = embedding_of({Kind.TAG: CORPUS.vocab(Kind.TAG)}, raw, None, "test", {"seed": 1}, CORPUS)
    np.testing.assert_allclose(embedding.vectors, [[0.6, 0.8], [0, 0]], rtol=1e-6)
    assert embedding.norms.tolist() == [5, 0]
    np.testing.assert_allclose(embedding.raw(Kind.TAG), raw, rtol=1e-6)
    assert embedding.fingerprint == CORPUS.fingerprint
