"""Which words say nothing, and in which language a text is."""

from __future__ import annotations

import pytest

from tagviz.query.stop_words import frequency, guess_language, is_stop_word


@pytest.mark.parametrize(
    ("text", "language"),
    [
        *[("sad songs to cry to", "en"), ("soirée entre amis", "fr"), ("canciones para llorar", "es")],
        *[("musik zum lernen", "de"), ("비 오는 날", "ko"), ("jazz", "en"), ("1984", "en"), ("", "en")],
    ],
)
def test_the_language_is_guessed(text: str, language: str) -> None:
    assert guess_language(text.split()) == language


def test_stop_words_are_those_of_the_language() -> None:
    assert all(is_stop_word(word, ("en",)) for word in ("to", "and", "the", "with", "my"))
    assert all(is_stop_word(word, ("de",)) for word in ("und", "der", "war"))
    assert all(is_stop_word(word, ("fr",)) for word in ("pour", "avec", "dans"))
    assert not any(is_stop_word(word, ("en",)) for word in ("war", "sad", "fire", "night", "love", "radiohead"))


def test_common_words_are_more_frequent_than_names() -> None:
    assert frequency("the", "en") > frequency("queen", "en") > frequency("metallica", "en")
    assert frequency("xyzzyq", "en") == frequency("소녀시대", "en")
