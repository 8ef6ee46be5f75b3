"""Features of candidates against arithmetic that is written out."""

from __future__ import annotations

import numpy as np
import pytest

from tagviz.query.parser import batch_of_rows
from tagviz.recommenders import rerank_features
from tagviz.recommenders.rerank_features import RerankFeatures
from tagviz.types import Kind
from tests.corpora import make_corpus
from tests.recommenders.queries import asks, small


def test_features_of_a_tag_are_popularity_sizes_and_closeness() -> None:
    corpus = small()  # playlists {a, b}, {a, c}, {b, c, d}
    rows = np.array([[1, 3, -1]], dtype=np.int32)
    features = RerankFeatures(corpus).of(asks(corpus, ["a"]), Kind.TAG, rows)
    assert features.shape[:2] == (1, 3)
    b, d = features[0, 0], features[0, 1]
    assert b[0] == pytest.approx(np.log(3))  # b is in two playlists
    assert d[0] == pytest.approx(np.log(2))
    assert b[2] == pytest.approx(np.log(2))  # one tag in the query
    # closeness to the closest tag of the query: C_ab / √(n_a n_b) = 1 / 2; a and d never meet
    assert b[5] == pytest.approx(0.5)
    assert d[5] == 0


def test_songs_know_their_years_and_tags_have_none() -> None:
    about = {"1": {"name": "old", "date": "2000-01-01"}, "2": {"name": "new", "date": "2010-01-01"}}
    corpus = make_corpus([{"songs": ["1", "2"], "tags": ["t"]}], about)
    features = RerankFeatures(corpus)
    song = features.of(asks(corpus, [], ("1",)), Kind.SONG, np.array([[1]], dtype=np.int32))
    assert song[0, 0, -2] == pytest.approx(10, abs=0.01)
    tag = features.of(asks(corpus, [], ("1",)), Kind.TAG, np.array([[0]], dtype=np.int32))
    assert not tag[0, 0, -4:].any()


@pytest.mark.parametrize("large", [0, 10**9], ids=["each alone", "together"])
@pytest.mark.parametrize("kind", [Kind.SONG, Kind.TAG])
def test_a_batch_has_the_features_of_its_queries(kind: Kind, large: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rerank_features, "LARGE", large)
    rng = np.random.default_rng(3)
    lists = [
        {
            "title": f"word{number % 5}",
            "songs": [str(song) for song in rng.choice(30, 4, replace=False)],
            "tags": [f"t{tag}" for tag in rng.choice(12, 3, replace=False)],
        }
        for number in range(60)
    ]
    corpus = make_corpus(lists)
    count = 2 * rerank_features.TOGETHER + 3
    asked = batch_of_rows(corpus, rng.integers(0, 60, count))
    rows = rng.integers(0, len(corpus.vocab(kind)), (count, 9)).astype(np.int32)
    rows[::4, -2:] = -1
    together = RerankFeatures(corpus).of(asked, kind, rows)
    for number in range(count):
        alone = RerankFeatures(corpus).of(asked.part(number, number + 1), kind, rows[number : number + 1])
        np.testing.assert_array_equal(together[number], alone[0])
    assert together[:, :, 4:9].any(axis=(0, 1)).sum() >= 4, "closeness to songs, tags, titles and on average"
