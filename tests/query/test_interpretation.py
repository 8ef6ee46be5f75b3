"""Typed text → names, phrases and roles."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tagviz.errors import NotFoundError
from tagviz.query import Interpretation, MentionKind, Role, interpret
from tagviz.query.interpretation import LONGEST_TEXT, describe
from tests.query.corpus import names


def read(text: str) -> str:
    return describe(interpret(text, names()))


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("bjork", "artist Björk"),
        ("BJÖRK", "artist Björk"),
        ("ｂｊöｒｋ", "artist Björk"),
        ("radiohed", "artist Radiohead"),
        ("the beetles", "artist The Beatles"),
        ("beatles", "artist The Beatles"),
        ("deadmaus", "artist deadmau5"),
        ("metallica and friends", "artist Metallica"),
        ("stuff like joy division", "artist Joy Division"),
        ("if you like sigur ros", "artist Sigur Rós"),
        ("the the", "artist The The"),
        ("!!!", "artist !!!"),
        ("motoerhead", "artist Motörhead"),
        ("kesha", "artist Ke$ha"),
        ("maroon five", "artist Maroon 5"),
        ("guns and roses", "artist Guns N' Roses"),
        ("sonyeosidae", "artist 소녀시대"),
        ("kino", "artist Кино"),
        ("소녀시대와 재즈", "artist 소녀시대 · tag 재즈"),
        ("queen", "artist Queen"),
        ("queen of the night", "“queen of the night” as a phrase"),
        ("fresh air", "“fresh air” as a phrase"),
        ("hip hop", "tag hip-hop"),
        ("hiphop", "tag hip-hop"),
        ("the nineties", "tag 90s"),
        ("90er jahre", "tag 90s"),
        ("años 80", "tag 80s"),
        ("années quatre-vingt", "tag 80s"),
        ("90년대 발라드", "tag 90s · tag 발라드"),
        ("🎸", "tag guitar"),
        ("~*~sad~*~", "tag sad"),
        ("sad songs to cry to", "tag sad · “songs to cry to” as a phrase"),
        ("punk, not pop punk", "tag punk · not tag pop punk"),
        ("rock ohne punk", "tag rock · not tag punk"),
        ("rock sans punk", "tag rock · not tag punk"),
        ("rock sin punk", "tag rock · not tag punk"),
        ("punk 말고 재즈", "not tag punk · tag 재즈"),
        ("jazz without singing", "tag jazz · not “singing” as a phrase"),
        ("shoegaze but heavier", "tag shoegaze · tag heavy"),
        ("No Doubt", "artist No Doubt"),
        ("Without You", "“Without You” as a phrase"),
        ("not only jazz", "tag jazz"),
        ("Army of Me", "song Army of Me"),
        ("pablo honey", "album Pablo Honey"),
        ("tag:jazz", "tag jazz"),
        ("xyzzy", "“xyzzy” as a phrase"),
        ("wowm", "tag 재즈"),
        ("", "nothing in it is a name or says something"),
        ("+++", "nothing in it is a name or says something"),
    ],
)
def test_what_people_type_is_understood(text: str, meaning: str) -> None:
    assert read(text) == meaning


def test_a_mention_says_where_how_and_how_surely() -> None:
    meant = interpret("songs by bjork", names())
    (mention,) = meant.mentions
    assert meant.text[mention.start : mention.end] == mention.typed == "bjork"
    assert (mention.kind, mention.label, mention.how) == (MentionKind.ARTIST, "Björk", "accents")
    assert 0.9 < mention.confidence <= 1


def test_other_meanings_are_offered_the_likeliest_first() -> None:
    meant = interpret("post", names())
    candidates = [meant.mentions[0].confidence, *(other.confidence for other in meant.mentions[0].alternatives)]
    assert candidates == sorted(candidates, reverse=True)


@pytest.mark.parametrize(
    ("text", "match"),
    [("black metal + ambient", "all"), ("jazz and sad", "all"), ("jazz or punk", "any"), ("jazz, punk", "any")],
)
def test_how_several_things_are_joined(text: str, match: str) -> None:
    assert interpret(text, names()).match == match


def test_readings_are_switched_off_exchanged_and_taken_as_phrases() -> None:
    assert describe(interpret("sad queen", names(), (("queen", ""),))) == "tag sad · off: “queen” as a phrase"
    assert describe(interpret("sad queen", names(), (("queen", "tag:muse"),))) == "tag sad · tag muse"
    assert describe(interpret("sad jazz", names(), (("jazz", "phrase"),))) == "tag sad · “jazz” as a phrase"
    with pytest.raises(NotFoundError, match="tag:none"):
        interpret("sad queen", names(), (("queen", "tag:none"),))


def test_a_tag_of_one_listener_does_not_hide_what_everybody_uses() -> None:
    assert read("90s rock") == "tag 90s · tag rock"


def test_stop_words_are_no_title_words() -> None:
    assert interpret("sad songs to cry to", names()).words == ("sad", "cry")
    assert interpret("jazz, not punk", names()).words == ("jazz",)


@pytest.mark.parametrize("text", ["jazz " * 200_000, "x" * 1_000_000, "a b c " * 100_000, "1 2 3 " * 100_000])
def test_long_texts_are_cut_in_bounded_time(text: str) -> None:
    interpret("radiohed", names())
    started = time.perf_counter()
    meant = interpret(text, names())
    assert meant.cut
    assert len(meant.text) <= LONGEST_TEXT
    assert time.perf_counter() - started < 5


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from("not jazz the queen , + - ohne 말고 🎸 80s '".split())).map(" ".join)
)
@settings(max_examples=200, deadline=None)
def test_any_text_is_read(text: str) -> None:
    meant = interpret(text, names())
    ends = [0]
    for mention in meant.mentions:
        assert ends[-1] <= mention.start < mention.end <= len(meant.text)
        assert meant.text[mention.start : mention.end] == mention.typed
        assert 0 <= mention.confidence <= 1
        assert mention.role in Role
        ends.append(mention.end)
    assert isinstance(meant, Interpretation)
