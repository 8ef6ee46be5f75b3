"""Titles and tags as text: normal forms, tokens, scripts, keyboards."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tagviz import text
from tagviz.errors import InvalidParameterError, SourceError

anything = st.text(max_size=60)
odd = st.text(alphabet=st.sampled_from("aÉßﬁ한글ᄒㅎ'’-_/#&+!♥🎷\u200b\u202e\ufe0f\u0301\n\t .ŉİ㎒Ⅳ"), max_size=20)


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("♥ Hip-Hop!!! ♥", "hip hop"),
        ("hip hop", "hip hop"),
        ("HIP_HOP", "hip hop"),
        ("80's", "80s"),
        ("80’s", "80s"),
        ("R&B", "r&b"),
        ("#jazz", "jazz"),
        ("AC/DC", "ac/dc"),
        ("ｊａｚｚ", "jazz"),
        ("  late   night\n", "late night"),
        ("비 오는 날☔", "비 오는 날"),
        ("Beyoncé", "beyoncé"),
        ("Beyonce\u0301", "beyoncé"),
        ("♥♥♥", "♥"),
        ("❤️❤️", "❤"),
        ("!!!", "!"),
        ("\u202ejazz", "jazz"),
        ("", ""),
        (" \n", ""),
    ],
)
def test_normal(typed: str, form: str) -> None:
    assert text.normal(typed) == form


@given(anything | odd)
def test_normal_form_is_its_own_normal_form(typed: str) -> None:
    form = text.normal(typed)
    assert text.normal(form) == form
    assert form == form.strip()
    assert "\n" not in form


@given(st.text(alphabet='aZ09가힣 -_!"()*,.:;<=>?@[\\]^{|}~', max_size=20))
def test_plain_letters_come_to_the_same_by_the_short_way(typed: str) -> None:
    assert text.normal(typed) == text._normal.__wrapped__(typed)


@given(anything | odd)
def test_clean_shows_no_control_characters_and_is_idempotent(typed: str) -> None:
    shown = text.clean(typed)
    assert text.clean(shown) == shown
    assert not set(shown) & set("\n\r\t\x00\u202e\u200f\u2066\ufeff")
    shown.encode()


def test_clean_keeps_the_original_spelling() -> None:
    assert text.clean('<b>Rock</b> *80\'s* "x"\n👩‍👩‍👧') == '<b>Rock</b> *80\'s* "x" 👩‍👩‍👧'


@given(anything | odd)
@settings(max_examples=60, deadline=None)
def test_tokens_of_anything(typed: str) -> None:
    words = text.tokens(typed)
    assert len(words) == len(set(words))
    assert all(token and token == token.strip() and any(c.isalnum() for c in token) for token in words)


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Late Night JAZZ", ["late", "night", "jazz"]),
        ("90's R&B hits", ["90s", "r&b", "hits"]),
        ("hip-hop/rap", ["hip", "hop", "rap"]),
        ("today's rock & roll", ["today", "rock", "roll"]),
        ("l'amour d'été", ["amour", "été"]),
        ("jazz jazz Jazz", ["jazz"]),
        ("a I 7", []),
        ("🎷🎷", []),
        ("привет мир", ["привет", "мир"]),
        ("愛 ラブソング", ["愛", "ラブソング"]),
    ],
)
def test_tokens_at_word_boundaries(title: str, words: list[str]) -> None:
    assert text.tokens(title) == words


def test_korean_tokens_are_nouns_adjectives_and_roots() -> None:
    words = text.tokens("비 오는 날 카페에서 듣는 잔잔한 노래 90년대 kpop")
    assert {"카페", "잔잔", "노래", "90년대", "kpop", "비"} <= set(words)
    assert not {"에서", "듣", "는", "날", "한"} & set(words)
    assert "슬프다" in text.tokens("슬픈 발라드")


def test_many_titles_are_cut_like_one() -> None:
    titles = ["late night jazz", "비 오는 날의 재즈", "", "late night jazz", "♥"]
    cut = text.Words()
    assert cut.many(titles) == [cut(title) for title in titles]


@pytest.mark.parametrize(
    ("title", "script"),
    [("jazz 90s", "latin"), ("비 오는 날", "ko"), ("kpop 노래", "mixed"), ("愛してる", "ja"), ("中文", "han"),
     ("рок", "cyrillic"), ("ไทย", "other"), ("123 ♥", ""), ("", "")],
)  # fmt: skip
def test_language(title: str, script: str) -> None:
    assert text.language(title) == script


@pytest.mark.parametrize(
    ("typed", "korean"),
    [("qldhsmsskf", "비오는날"), ("dkssud", "안녕"), ("wowm", "재즈"), ("ekfr", "닭"), ("Rhc", "꽃"),
     ("jazz", ""), ("late night", ""), ("비", ""), ("123", ""), ("", "")],
)  # fmt: skip
def test_korean_typed_on_a_latin_keyboard(typed: str, korean: str) -> None:
    assert text.from_latin_layout(typed) == korean


@given(st.text(alphabet=st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1, max_size=6))
def test_every_hangul_syllable_can_be_typed(word: str) -> None:
    assert text.from_latin_layout(typed_on_latin(word)) == word


def typed_on_latin(word: str) -> str:
    """The keys of a dubeolsik keyboard for Hangul syllables, from Unicode's arithmetic."""
    first = "r R s e E f a q Q t T d w W c z x v g".split()
    vowel = "k o i O j p u P h hk ho hl y n nj np nl b m ml l".split()
    last = ["", *"r R rt s sw sg e f fr fa fq ft fx fv fg a q qt t T d w c z x v g".split()]
    numbers = [ord(syllable) - 0xAC00 for syllable in word]
    return "".join(first[n // 588] + vowel[n % 588 // 28] + last[n % 28] for n in numbers)


def test_initials() -> None:
    assert text.initials("비 오는 날 jazz") == "ㅂ ㅇㄴ ㄴ jazz"
    assert text.is_initials("ㅂㅇㄴ")
    assert not text.is_initials("비ㅇㄴ")
    assert not text.is_initials(" ")


def test_sentencepiece_learns_from_titles() -> None:
    words = ["late", "night", "jazz", "rain", "morning", "coffee", "rock", "summer", "drive", "재즈"]
    titles = [f"{one} {two} {three}" for one in words for two in words for three in words]
    cut = text.tokenizer("sentencepiece", text.train_sentencepiece(titles))
    words = cut("late night jazz")
    assert set(words) & {"late", "night", "jazz"}


@given(st.lists(anything | odd, max_size=8))
@settings(max_examples=25, deadline=None)
def test_sentencepiece_trains_on_anything_or_says_why_not(titles: list[str]) -> None:
    try:
        model = text.train_sentencepiece(titles)
    except SourceError:
        return
    assert len(text.tokenizer("sentencepiece", model).many(titles)) == len(titles)


def test_unknown_tokenizer_and_broken_model_are_named() -> None:
    with pytest.raises(InvalidParameterError, match="words, sentencepiece"):
        text.tokenizer("bpe")
    with pytest.raises(SourceError, match="sentencepiece model"):
        text.tokenizer("sentencepiece", b"no model")
