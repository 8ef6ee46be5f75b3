"""Words of other languages in English."""

from __future__ import annotations

import pytest

from tagviz.query.glossary import gloss


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("traurige Lieder am Klavier", {"sad", "piano"}),
        ("chanson d'amour", {"love"}),
        ("música para bailar en la playa", {"dance", "beach"}),
        ("잔잔한 피아노", {"calm", "piano"}),
        ("재즈 카페", {"jazz", "coffee"}),
        ("verträumt", {"dreamy"}),
    ],
)
def test_words_are_given_in_english(text: str, words: set[str]) -> None:
    assert words <= set(gloss(text).split())


@pytest.mark.parametrize("text", ["", "xyzzy", "♥♥♥", "'", "-", "Пример"])
def test_what_is_not_held_is_left_out(text: str) -> None:
    assert gloss(text) == ""


def test_each_word_comes_once() -> None:
    assert gloss("triste triste tristesse").split() == ["sad"]
