"""Songs that no playlist holds get a vector from artist, genre and numbers; songs in many playlists keep theirs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tagviz.embed import spectral
from tagviz.errors import NotFoundError
from tagviz.feature_table import FeatureTable
from tagviz.recommenders.content import ContentParams, ContentRecommender
from tagviz.recommenders.song_content import memberships
from tagviz.training import TrainingContext
from tagviz.types import Corpus, Embedding, Kind, QueryBatch
from tests.contracts.test_recommender_contract import asked_of
from tests.corpora import make_corpus

WARM, COLD = 60, 10


def two_worlds(artists: bool) -> tuple[Corpus, FeatureTable]:
    """Even songs are listed with even songs and the tag t0, odd ones with odd and t1; cold songs are in no playlist."""
    rng = np.random.default_rng(5)
    playlists = []
    for number in range(120):
        world = number % 2
        songs = rng.choice(np.arange(world, WARM, 2), 12, replace=False)
        playlists.append({"tags": [f"t{world}", f"u{world}"], "songs": [f"s{song}" for song in songs]})
    about: dict[str, dict[str, Any]] = {}
    for song in range(WARM + COLD):
        own = {"artists": [f"a{song % 6}"]} if artists else {}
        about[f"s{song}"] = {"name": "", **own}
    ids = pd.Index([*about, "new0", "new1"], dtype="str")
    worlds = np.array([int(ident.lstrip("snew")) % 2 for ident in ids])
    numbers = rng.normal(size=(len(ids), 5)) + 2.5 * worlds[:, None]
    return make_corpus(playlists, about), FeatureTable(ids, tuple("vwxyz"), numbers.astype(np.float32))


def fit(corpus: Corpus, table: FeatureTable | None) -> ContentRecommender:
    def embed(wanted: Corpus, name: str, values: Mapping[str, Any]) -> Embedding:
        return spectral.train(wanted, spectral.SpectralParams.parse({**values, "dimensions": 8, "min_count": 1}))

    tools = TrainingContext(seed=7, embed=embed, features=lambda digest: table)
    return ContentRecommender.fit(corpus, ContentParams(), tools)


@pytest.mark.parametrize(("artists", "numbers"), [(True, False), (False, True), (True, True)])
def test_cold_songs_are_recommended_in_their_world(artists: bool, numbers: bool) -> None:
    corpus, table = two_worlds(artists)
    fitted = fit(corpus, table if numbers else None)
    asked = asked_of(corpus, [0, 1], show=(Kind.TAG,))
    scores = fitted.score(asked, Kind.SONG)
    cold = corpus.vocab(Kind.SONG).find([f"s{song}" for song in range(WARM, WARM + COLD)])
    for world in (0, 1):
        same, other = scores[world, cold[world::2]], scores[world, cold[1 - world :: 2]]
        assert same.min() > other.max()


def test_songs_in_many_playlists_keep_their_vector() -> None:
    corpus, table = two_worlds(artists=True)
    fitted = fit(corpus, table)
    base = spectral.train(corpus, spectral.SpectralParams(variant="rooted", dimensions=8, min_count=1))
    for song in ("s0", "s7"):
        mine, theirs = fitted.embedding.row(f"song:{song}"), base.row(f"song:{song}")
        np.testing.assert_allclose(fitted.embedding.raw(Kind.SONG)[mine], base.raw(Kind.SONG)[theirs], atol=1e-5)


def test_songs_get_the_tags_of_their_world_known_or_not() -> None:
    corpus, table = two_worlds(artists=False)
    fitted = fit(corpus, table)
    scores = fitted.tag_scores(["s60", "s61", "new0", "new1"], table)
    tags = [corpus.vocab(Kind.TAG).ids[row.argmax()] for row in scores]
    assert [tag[1:] for tag in tags] == ["0", "1", "0", "1"]
    with pytest.raises(NotFoundError, match="Nothing is known of 'nobody'"):
        fitted.tag_scores(["nobody"], table)
    assert fit(corpus, None).content is not None


def test_nothing_known_gives_no_vector() -> None:
    corpus, _ = two_worlds(artists=False)
    fitted = fit(corpus, None)
    assert "s60" not in set(fitted.embedding.vocabs[Kind.SONG].ids)
    again = ContentRecommender.restore(*fitted.state(), corpus)
    asked: QueryBatch = asked_of(corpus, [0], show=(Kind.TAG,))
    np.testing.assert_allclose(again.score(asked, Kind.SONG), fitted.score(asked, Kind.SONG), atol=1e-6)


def test_albums_of_one_name_by_different_artists_are_different() -> None:
    songs = {
        "1": {"name": "Blue Train", "artist": "A", "album": "Hits", "date": "1999-01-01"},
        "2": {"name": "train", "artist": "B", "album": "Hits", "date": "1999-06-01"},
        "3": {"name": "x", "artist": "B", "album": "Hits"},
    }
    groups = memberships(make_corpus([{"songs": ["1", "2", "3"]}], songs))
    assert (groups["album"] @ groups["album"].T).toarray().tolist() == [[1, 0, 0], [0, 1, 1], [0, 1, 1]]
    assert (groups["year"] @ groups["year"].T).toarray().tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 0]]
    assert (groups["word"] @ groups["word"].T).toarray()[0].tolist() == [2, 1, 0]
