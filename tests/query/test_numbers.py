"""Numbers and decades in five languages."""

from __future__ import annotations

import pytest

from tagviz.query.numbers import decade, decade_spans, number, number_key


@pytest.mark.parametrize(
    ("word", "tens"),
    [
        *[("80s", "80"), ("1980s", "80"), ("80er", "80"), ("80년대", "80"), ("80年代", "80"), ("eighties", "80")],
        *[
            ("achtziger", "80"),
            ("ochentas", "80"),
            ("00s", "00"),
            ("2000s", "00"),
            ("noughties", "00"),
            ("2010s", "10"),
        ],
        *[("1920s", "20"), ("2020s", "2020"), ("80", ""), ("songs", ""), ("1984", "")],
    ],
)
def test_decades_in_one_word(word: str, tens: str) -> None:
    assert decade(word) == tens


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("musique années 80", {1: (3, "80")}),
        ("années quatre vingt dix", {0: (4, "90")}),
        ("rock de los ochenta", {2: (4, "80")}),
        ("60er jahre beat", {0: (2, "60")}),
        ("the 1975", {}),
        ("los lobos", {}),
        ("los", {}),
    ],
)
def test_decades_in_several_words(text: str, spans: dict[int, tuple[int, str]]) -> None:
    assert decade_spans(text.split()) == spans


def test_numbers_in_words() -> None:
    assert [number(word) for word in ("five", "ninety", "cinq", "ochenta", "zwanzig", "radiohead", "the")] == [
        *("5", "90", "5", "80", "20", "", "")
    ]


def test_a_number_key_is_the_same_for_words_and_digits() -> None:
    assert number_key(["nineties", "rock"]) == number_key(["90s", "rock"]) != ""
    assert number_key(["maroon", "five"]) == number_key(["maroon", "5"]) == "maroon5"
    assert number_key(["radiohead"]) == ""
