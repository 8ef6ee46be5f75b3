"""Phrases are read by the real sentence models, as they ship."""

from __future__ import annotations

import json

import numpy as np
import pytest
import scipy.sparse as sp

from tagviz.embed import sentence
from tagviz.recommenders.phrases import (
    ALL_KNOWN,
    HALF_KNOWN,
    NO_TITLE,
    NOTHING_KNOWN,
    Phrases,
    PhrasesParams,
    english,
    texts_of,
    title_states,
)
from tagviz.training import Encode, TrainingContext
from tagviz.types import Corpus, Kind, QueryBatch
from tests.corpora import make_corpus

TAGS = ["christmas", "heavy metal", "piano", "jazz", "party", "sleep", "summer", "sad", "country", "techno"]


def encoder(name: str) -> Encode:
    return sentence.load(name)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    """Three listeners use every tag on a song of its own; one uses `my secret` alone."""
    lists = [
        {"title": "list", "tags": [tag], "songs": [f"song {tag}"], "group": f"g{n}"} for tag in TAGS for n in range(3)
    ]
    return make_corpus([*lists, {"title": "x", "tags": ["santa claus"], "songs": ["song secret"], "group": "g0"}])


@pytest.fixture(scope="module")
def phrases(corpus: Corpus) -> Phrases:
    return Phrases.fit(corpus, PhrasesParams(), TrainingContext(encoder=encoder))


def ask(corpus: Corpus, *titles: str, **fields: object) -> QueryBatch:
    kinds = (Kind.SONG, Kind.TAG, Kind.WORD)
    items = {kind: sp.csr_matrix((len(titles), len(corpus.vocab(kind))), dtype=np.float32) for kind in kinds}
    return QueryBatch(titles, items, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("title", "tag"),
    [
        ("presents under the tree and santa", "christmas"),
        ("크리스마스", "christmas"),
        ("música para dormir", "sleep"),
        ("chansons tristes", "sad"),
        ("klaviermusik", "piano"),
        ("cowboys and banjos", "country"),
    ],
)
def test_a_phrase_means_a_tag_in_five_languages(corpus: Corpus, phrases: Phrases, title: str, tag: str) -> None:
    scores = phrases.score(ask(corpus, title), Kind.TAG)[0]
    best = corpus.vocab(Kind.TAG).label_list(np.argsort(-scores)[:3])
    assert tag in best
    songs = phrases.score(ask(corpus, title), Kind.SONG)[0]
    assert f"song {tag}" in corpus.vocab(Kind.SONG).label_list(np.argsort(-songs)[:3])


def test_the_tag_of_one_listener_is_no_answer(corpus: Corpus, phrases: Phrases) -> None:
    scores = phrases.score(ask(corpus, "santa claus"), Kind.TAG)[0]
    assert scores[corpus.vocab(Kind.TAG).row("santa claus")] == 0
    assert scores.argmax() == corpus.vocab(Kind.TAG).row("christmas")


@pytest.mark.parametrize("title", ["", "  ", "🎧🎧", "...", "\x00"])
def test_no_text_is_no_answer(corpus: Corpus, phrases: Phrases, title: str) -> None:
    for kind in (Kind.TAG, Kind.SONG):
        assert not phrases.score(ask(corpus, title), kind).any()
        assert phrases.explain(ask(corpus, title), kind, np.array([0, 1])) == ((), ())


def test_each_question_is_answered_for_itself(corpus: Corpus, phrases: Phrases) -> None:
    together = phrases.score(ask(corpus, "loud guitars", "", "sommer am see"), Kind.TAG)
    np.testing.assert_allclose(together[2], phrases.score(ask(corpus, "sommer am see"), Kind.TAG)[0], atol=1e-5)


def test_what_is_kept_answers_alike(corpus: Corpus, phrases: Phrases) -> None:
    arrays, params = phrases.state()
    again = Phrases.restore(arrays, json.loads(json.dumps(params)), corpus, TrainingContext(encoder=encoder))
    question = ask(corpus, "a night in the club")
    np.testing.assert_allclose(again.score(question, Kind.TAG), phrases.score(question, Kind.TAG), atol=5e-3)


def test_reasons_name_the_phrase_and_add_up(corpus: Corpus, phrases: Phrases) -> None:
    question = ask(corpus, "santa and reindeer")
    row = np.array([corpus.vocab(Kind.SONG).row("song christmas")])
    reasons = phrases.explain(question, Kind.SONG, row)[0]
    assert reasons[0].label == "christmas, like “santa and reindeer” in meaning"
    assert sum(reason.weight for reason in reasons) == pytest.approx(1, abs=0.05)


def test_how_much_of_a_title_is_known(corpus: Corpus) -> None:
    known = ask(corpus, "list")
    known.items[Kind.WORD][0, corpus.vocab(Kind.WORD).row("list")] = 1
    assert title_states(known, corpus).tolist() == [ALL_KNOWN]
    assert title_states(ask(corpus, ""), corpus).tolist() == [NO_TITLE]
    assert title_states(ask(corpus, "zz"), corpus).tolist() == [NOTHING_KNOWN]
    half = ask(corpus, "christmas by the sea", phrases=("by the sea",))
    named = sp.csr_matrix((1, len(corpus.vocab(Kind.TAG))), dtype=np.float32)
    named[0, 0] = 1
    half.named[Kind.TAG] = named  # type: ignore[index]
    assert title_states(half, corpus).tolist() == [HALF_KNOWN]
    artist = sp.csr_matrix((1, len(corpus.vocab(Kind.SONG))), dtype=np.float32)
    artist[0, 0] = 1
    half.named[Kind.SONG] = artist  # type: ignore[index]
    assert title_states(half, corpus).tolist() == [ALL_KNOWN]


def test_what_is_avoided_is_not_read(corpus: Corpus) -> None:
    avoiding = ask(corpus, "jazz for tea, not techno", phrases=("jazz for tea",), avoided_phrases=("techno",))
    assert texts_of(avoiding) == ["jazz for tea"]
    assert texts_of(ask(corpus, "jazz for tea", phrases=("tea",))) == ["jazz for tea"]


def test_english_is_told_from_its_neighbours() -> None:
    assert english("driving at night")
    assert not any(map(english, ("chansons d'amour", "música triste", "traurige lieder", "슬픈 발라드")))
