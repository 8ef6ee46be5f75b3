"""Embeddings, batches of queries and rankings."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from tagviz.errors import NotFoundError
from tagviz.types import Embedding, Kind, QueryBatch, Ranking, TermMatch, Vocab

TAGS, SONGS = Vocab.of(Kind.TAG, ["a", "b"]), Vocab.of(Kind.SONG, ["1"])
EMBEDDING = Embedding(
    {Kind.TAG: TAGS, Kind.SONG: SONGS},
    np.array([[1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32),
    np.array([2, 1, 5], dtype=np.float32),
    None,
    "test",
)


def test_each_kind_has_its_block() -> None:
    assert EMBEDDING.dimension == 2
    np.testing.assert_allclose(EMBEDDING.of(Kind.SONG), [[0.6, 0.8]])
    np.testing.assert_allclose(EMBEDDING.raw(Kind.SONG), [[3, 4]])
    assert EMBEDDING.of(Kind.WORD).shape == (0, 2)
    assert EMBEDDING.rows_in(Vocab.of(Kind.TAG, ["b", "x"])).tolist() == [1, -1]


def test_a_key_is_found_within_its_kind() -> None:
    assert EMBEDDING.row("tag:b") == 1
    assert EMBEDDING.row("song:1") == 0
    for key in ("tag:x", "word:a"):
        with pytest.raises(NotFoundError, match="no vector"):
            EMBEDDING.row(key)


def test_a_part_of_a_batch_has_its_own_rows() -> None:
    items = {Kind.TAG: sp.csr_matrix(np.array([[1, 0], [0, 1], [1, 1]], dtype=np.float32))}
    readings = ((TermMatch("a", Kind.TAG, "tag:a"),), (TermMatch("?", Kind.TAG),), ())
    batch = QueryBatch(("x", "y", "z"), items, readings=readings)
    part = batch.part(1, 3)
    assert (part.titles, len(part)) == (("y", "z"), 2)
    assert part.items[Kind.TAG].toarray().tolist() == [[0, 1], [1, 1]]
    assert part.unknown == (("?",), ())
    assert batch.part(0, 3) is batch


def test_a_ranking_is_built_from_rows() -> None:
    ranking = Ranking.of(Vocab.of(Kind.TAG, ["a", "b"], ["A", "B"]), [1, 0], [0.9, 0.5], "ease", "ease-1")
    assert (ranking.kind, ranking.keys, ranking.labels) == (Kind.TAG, ("tag:b", "tag:a"), ("B", "A"))
    assert ranking.scores.dtype == np.float32
    assert not ranking.scores.flags.writeable
    assert (ranking.method, ranking.model, ranking.fallback, ranking.reasons) == ("ease", "ease-1", False, ())
    assert Ranking.of(TAGS, (), (), "ease").keys == ()
