"""Slips in ordinary words are corrected; names and new words are not."""

from __future__ import annotations

import pytest

from tagviz.query.interpretation import AS_PHRASE, describe, interpret
from tagviz.query.ordinary_words import corrected
from tests.query.corpus import names


def nothing(_word: str) -> bool:
    return False


@pytest.mark.parametrize(
    ("typed", "language", "meant"),
    [
        ("rainny", "en", "rainy"),
        ("raniy", "en", "rainy"),
        ("wrokout", "en", "workout"),
        ("studing", "en", "studying"),
        ("trsite", "fr", "triste"),
        ("concentartion", "fr", "concentration"),
        ("feirabend", "de", "feierabend"),
        ("tristteza", "es", "tristeza"),
    ],
)
def test_slips_of_common_words_are_corrected(typed: str, language: str, meant: str) -> None:
    assert corrected(typed, language, nothing) == meant


@pytest.mark.parametrize("word", ["rainy", "phonk", "hyperpop", "vaporwave", "사랑", "xyz", "abc12", "joggen"])
def test_known_and_new_words_stay(word: str) -> None:
    assert corrected(word, "en", nothing) == word


def test_names_of_the_corpus_stay() -> None:
    assert corrected("rainny", "en", lambda word: word == "rainny") == "rainny"


def test_a_corrected_phrase_is_shown_and_read_as_what_is_meant() -> None:
    read = interpret("a rainny evening", names())
    assert read.phrases == ("a rainy evening",)
    assert read.spelled() == "a rainy evening"
    assert describe(read) == "“a rainy evening” as a phrase"
    assert read.mentions[0].typed == "a rainny evening"


def test_who_chose_the_phrase_is_taken_at_their_word() -> None:
    assert interpret("rainny", names(), (("rainny", AS_PHRASE),)).phrases == ("rainny",)
