"""Which tags say nothing of music."""

from __future__ import annotations

from tagviz.embed import sentence
from tagviz.recommenders.personal_tags import personal, private, shared_tags
from tagviz.training import Encode
from tagviz.types import Kind
from tests.corpora import make_corpus

MUSIC = ["jazz", "sad", "piano", "80s", "german", "black metal", "dreamy", "summer", "trip-hop", "female vocalists"]
MUSIC += ["techno", "folk", "soundtrack", "party", "acoustic", "britpop", "relaxing", "hip-hop", "opera", "guitar"]
PEOPLE = ["seen live", "favourite songs", "awesome"]


def encoder(name: str) -> Encode:
    return sentence.load(name)


def test_people_s_tags_are_told_from_music() -> None:
    corpus = make_corpus([{"tags": [tag], "group": f"g{n}"} for tag in MUSIC + PEOPLE for n in range(2)])
    found = personal(corpus, encoder)
    assert [tag for tag, out in zip(corpus.vocab(Kind.TAG).ids, found, strict=True) if out] == PEOPLE


def test_facets_decide_where_there_are_any() -> None:
    corpus = make_corpus([{"tags": ["awesome", "mom"]}], facets={"mom": "personal", "awesome": "mood"})

    def unread(name: str) -> Encode:
        raise AssertionError("no model is needed")

    assert personal(corpus, unread).tolist() == [False, True]
    assert shared_tags(corpus) == []


def test_one_listener_s_tags_are_private_where_listeners_are_known() -> None:
    lists = [{"tags": ["ours"], "group": "a"}, {"tags": ["ours", "mine"], "group": "b"}]
    assert private(make_corpus(lists)).tolist() == [False, True]
    assert private(make_corpus([{"tags": ["ours", "mine"]}])).tolist() == [False, False]
