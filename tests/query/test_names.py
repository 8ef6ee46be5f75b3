"""Names and the keys under which they are typed."""

from __future__ import annotations

from tagviz.query.names import Match, MentionKind, name_keys, named, spelled_names, tag_support
from tagviz.types import Kind
from tests.corpora import make_corpus
from tests.query.corpus import names


def test_a_name_has_a_key_for_each_way_of_typing_it() -> None:
    keys = name_keys("The Mötley Five", MentionKind.ARTIST)
    assert keys["themötleyfive"] is Match.FOLDED
    assert keys["themotleyfive"] is Match.ACCENTS
    assert keys["themoetleyfive"] is Match.DIGRAPHS
    assert keys["motleyfive"] is Match.SHORT
    assert keys["themötley5"] is Match.NUMBERS
    assert name_keys("Кино", MentionKind.ARTIST)["kino"] is Match.TRANSLITERATION


def test_songs_have_fewer_keys() -> None:
    assert name_keys("Hey Jude", MentionKind.SONG) == {"heyjude": Match.FOLDED}
    assert "rockandroll" in name_keys("Rock n Roll", MentionKind.SONG)
    assert "help" in name_keys("Help! (Remastered)", MentionKind.SONG)


def test_brackets_hold_another_name() -> None:
    keys = set(name_keys("소녀시대 (Girls' Generation)", MentionKind.ARTIST))
    assert {"소녀시대", "girlsgeneration"} <= keys


def test_slips_are_compared_without_the_article_too() -> None:
    assert spelled_names("The Beatles") == ["thebeatles", "beatles"]
    assert spelled_names("x" * 200) == []


def test_support_counts_listeners() -> None:
    corpus = names()
    support = dict(zip(corpus.vocab(Kind.TAG).ids, tag_support(corpus).tolist(), strict=True))
    assert support["jazz"] == 6
    assert support["rainy day"] == 1


def test_the_most_popular_come_first() -> None:
    for kind, rows, labels, counts in named(names()):
        assert len(rows) == len(labels) == len(counts), kind
        assert (counts[:-1] >= counts[1:]).all(), kind


def test_a_title_is_a_use_of_its_tag() -> None:
    made = make_corpus(
        [{"title": "jazz", "tags": ["rock"], "group": "a"}, {"title": "rock", "tags": ["jazz", "rock"], "group": "b"}]
    )
    support = dict(zip(made.vocab(Kind.TAG).ids, tag_support(made).tolist(), strict=True))
    assert support == {"jazz": 2, "rock": 2}
