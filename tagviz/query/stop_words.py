"""How common a word is in the languages people ask in, and which words say nothing of music.

Frequencies come from wordfreq (https://github.com/rspeer/wordfreq), lists of function words from stopwords-iso. A word
is a stop word only if it is on the list of the text's language and common there: the lists hold "fire" and "face" too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache, lru_cache

import regex

PRIOR = 1.2
"""How much commoner, in log10, its words must be in another language than the preferred one."""
LANGUAGES = ("en", "ko", "fr", "es", "de")
RARE = 2.5
"""Zipf frequency (log10 of occurrences per 10⁹ words) of words that the lists do not hold; they hold those above 3."""
COMMON = 4.2
"""Zipf frequency from which a word is a word that everybody uses."""
STOP_FROM = {"en": 5.3, "ko": 5.2, "fr": 5.3, "es": 5.3, "de": 5.3}
"""Zipf frequency from which a word of the list is a stop word."""

_MEANINGFUL = frozenset(
    "new old world home man men young high low fire free big little great good best long top right work face room move"
    " run live life night day two one three four five six back down away gut neue zeit menschen mann tag nacht"
    " beau passé haut gens tiempo día trabajo solo nuevo nueva 아이 시간 혼자".split()
)
"""Listed and common, but they can say something of music ("old", "home", "live"): no stop words."""

_SEPARATE_STOPS = frozenset("d l s t c j m n qu re ve ll".split())

CARRIERS = frozenset(
    "song songs music musik musique música musica playlist playlists track tracks tune tunes mix mixtape mixes hits hit"
    " album albums stuff things band bands artist artists sound sounds list compilation collection vibes vibe"
    " essentials"
    " classics friends fans fan feel feeling style type similar radio"
    " canción canciones cancion tema temas éxitos estilo chanson chansons morceaux titres lied lieder songs stücke"
    " amis amies amigos amigas freunde freunden groupes chanteurs grupos bandas cantantes gruppen künstler 친구들"
    " 가수들 노래 음악 곡 노래들 음악들 플레이리스트 모음 느낌 스타일 풍 밴드 가수 명곡".split()
)
"""Words that only say that music is meant; what stands beside them may be a name ("queen hits")."""

JOINERS_ALL = frozenset("+ & and with meets x × plus y e et avec con und mit 와 과 랑 이랑 하고 그리고 und".split())
"""Words and marks between things that are all meant at once."""
JOINERS_ANY = frozenset("or / ou oder o 또는 이나 나 vs versus".split())
"""Words and marks between things of which any will do."""
CUES = frozenset(
    "like by from comme wie como de von par feat ft featuring 같은 처럼 style estilo of similar to in for the a an"
    " only just best some more but aber mais pero not without no".split()
)
"""Words beside which a name may begin or end."""
_NOT_AFTER = frozenset("of in for to the a an de von".split())
"""Words that, behind a common word, say that it is no name ("queen of the night")."""

_HANGUL = regex.compile(r"\p{Hangul}")
PARTICLES = regex.compile(
    r"(?<=\p{Hangul}{2})(?:에서|이랑|하고|처럼|같은|으로|은|는|이|가|을|를|의|에|와|과|랑|도|만|로|나)$"
)
"""What is appended to a Korean noun."""


@cache
def _frequencies(language: str) -> dict[str, float]:
    from wordfreq import get_frequency_dict

    # the lists are looked up directly: wordfreq's own look-up would want MeCab for Korean
    return get_frequency_dict(language, wordlist="small")


@lru_cache(maxsize=2**16)
def frequency(word: str, language: str) -> float:
    """Zipf frequency of a folded word in a language: 7 for "the", 5 for "queen", RARE for what nobody writes."""
    share = _frequencies(language).get(word, 0.0)
    return max(RARE, math.log10(share) + 9.0) if share > 0 else RARE


def words_of(language: str, least: float) -> list[str]:
    """Words of a language from a Zipf frequency on."""
    share = 10.0 ** (least - 9.0)
    return [word for word, of_all in _frequencies(language).items() if of_all >= share]


@cache
def _listed(language: str) -> frozenset[str]:
    import stopwordsiso

    return frozenset(word.casefold().replace("'", "") for word in stopwordsiso.stopwords(language))


@lru_cache(maxsize=2**14)
def _is_stop_word(word: str, language: str) -> bool:
    if word in _SEPARATE_STOPS:
        return True
    if word in _MEANINGFUL or word not in _listed(language):
        return False
    common = frequency(word, language)
    if common == RARE and language == "en":  # "dont": its apostrophe is gone
        return any(word == listed for listed in ("dont", "cant", "im", "its", "youre", "ive", "isnt", "lets"))
    return common >= STOP_FROM[language]


def guess_language(words: Iterable[str], prior: str = "en") -> str:
    """The language, among LANGUAGES, in which the words of a text are most common.

    Args:
        words: Folded words.
        prior: The language that is preferred where the words do not say.
    """
    words = [word for word in words if not word.isdecimal()]
    if any(not word.isascii() and _HANGUL.search(word) for word in words):
        return "ko"
    totals = [PRIOR if language == prior else 0.0 for language in LANGUAGES]
    for word in words:
        totals = [total + common for total, common in zip(totals, _commonness(word), strict=True)]
    return LANGUAGES[max(range(len(totals)), key=totals.__getitem__)]


@lru_cache(maxsize=2**16)
def _commonness(word: str) -> tuple[float, ...]:
    """How common a word is in each language, above what any word is."""
    return tuple(max(0.0, frequency(word, language) - 3.0) for language in LANGUAGES)


@lru_cache(maxsize=2**16)
def is_stop_word(word: str, languages: tuple[str, ...]) -> bool:
    """Whether a folded word is a function word of one of the languages."""
    return any(_is_stop_word(word, language) for language in languages)


def is_carrier(word: str) -> bool:
    """Whether a folded word only says that music is meant."""
    return word in CARRIERS


def opens(word: str) -> bool:
    """Whether a name may begin behind this word."""
    return word in CARRIERS or word in CUES or word in JOINERS_ALL or word in JOINERS_ANY


def closes(word: str) -> bool:
    """Whether a name may end before this word."""
    return opens(word) and word not in _NOT_AFTER
