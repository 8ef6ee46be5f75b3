"""The cold protocol: drawn songs are out of the training lists, whole artists at a time, and only they are judged."""

from __future__ import annotations

import numpy as np
import pytest

from tagviz.errors import NotReadyError
from tagviz.evaluation import metrics, segments
from tagviz.evaluation.cold import PLAYS
from tagviz.evaluation.report import build
from tagviz.evaluation.split import Split, SplitSpec, split
from tagviz.recommenders.popularity import Popularity
from tagviz.types import Corpus, Kind
from tests.corpora import make_corpus


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    """600 playlists of 15 from 120 songs by 24 artists."""
    rng = np.random.default_rng(2)
    playlists = [
        {"title": "mix", "tags": ["a", "b"], "songs": [str(song) for song in rng.choice(120, 15, replace=False)]}
        for _ in range(600)
    ]
    return make_corpus(playlists, {str(song): {"artists": [f"x{song % 24}"]} for song in range(120)})


@pytest.fixture(scope="module")
def parts(corpus: Corpus) -> Split:
    return split(corpus, SplitSpec("cold", share=0.25, seed=3))


def test_whole_artists_are_drawn(corpus: Corpus, parts: Split) -> None:
    drawn = parts.questions.candidates[Kind.SONG]
    artists = corpus.song_links[Kind.ARTIST]
    by_artist = np.asarray(artists.T @ drawn.astype(np.float32)).ravel()
    assert set(by_artist.tolist()) == {0.0, 5.0}
    assert drawn.mean() == pytest.approx(0.25, abs=0.05)


def test_drawn_songs_keep_few_training_playlists_and_others_all(corpus: Corpus, parts: Split) -> None:
    drawn = parts.questions.candidates[Kind.SONG]
    counts = parts.train.counts(Kind.SONG)
    assert counts[drawn].max() <= PLAYS[-1][1]
    assert 0.2 < (counts[drawn] == 0).mean() < 0.6
    rows = corpus.playlists["id"].isin(parts.train.playlists["id"]).to_numpy()
    np.testing.assert_array_equal(counts[~drawn], corpus.select(np.flatnonzero(rows)).counts(Kind.SONG)[~drawn])
    assert parts.train.fingerprint != corpus.fingerprint


def test_questions_hide_drawn_songs_and_show_no_other_of_them(parts: Split) -> None:
    drawn, questions = parts.questions.candidates[Kind.SONG], parts.questions
    assert drawn[questions.hidden[Kind.SONG].indices].all()
    assert not drawn[questions.shown[Kind.SONG].indices].any()
    assert (np.diff(questions.hidden[Kind.SONG].indptr) > 0).all()
    assert list(questions.hidden) == [Kind.SONG]
    assert set(questions.frame["case"]) == {"songs+tags", "tags+title"}
    assert not set(questions.frame["id"]) & set(parts.train.playlists["id"])
    again = split_again(parts)
    np.testing.assert_array_equal(again.questions.hidden[Kind.SONG].toarray(), questions.hidden[Kind.SONG].toarray())


def split_again(parts: Split) -> Split:
    rng = np.random.default_rng(2)
    playlists = [
        {"title": "mix", "tags": ["a", "b"], "songs": [str(song) for song in rng.choice(120, 15, replace=False)]}
        for _ in range(600)
    ]
    corpus = make_corpus(playlists, {str(song): {"artists": [f"x{song % 24}"]} for song in range(120)})
    return split(corpus, parts.spec)


def test_only_drawn_songs_are_recommended_and_counted_by_plays(parts: Split) -> None:
    report = build({"popularity": Popularity(parts.train)}, parts)
    ids = set(parts.train.vocab(Kind.SONG).ids[parts.questions.candidates[Kind.SONG]])
    vocab, rows = report.items[Kind.SONG].vocab, report.rows["popularity", Kind.SONG]
    assert {vocab.ids[row] for row in rows[rows >= 0]} <= ids
    assert metrics.summary(report, Kind.SONG, 10)["ndcg"].iloc[0] > 0
    by_plays = segments.segments(report, "plays", Kind.SONG, 10).set_index("segment")["recall"]
    assert by_plays["10 or more"] > by_plays["0"]


def test_a_corpus_without_songs_is_refused() -> None:
    with pytest.raises(NotReadyError, match="cold protocol"):
        split(make_corpus([{"tags": ["a", "b", "c", "d"]}] * 5), SplitSpec("cold"))
