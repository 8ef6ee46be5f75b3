"""Slips in ordinary words: "rainny day" means "rainy day", which a sentence model does not see.

A word is corrected where no language knows it (wordfreq), nothing in the corpus is called so, and a common word is one
edit away (restricted Damerau–Levenshtein). Names come first: the reader looks for these before what is left is taken
for ordinary words. Of short words only exchanged and doubled letters are corrected, since many styles are called by new
words that are one letter away from an old one ("phonk").
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache

from tagviz.query import stop_words
from tagviz.query.spelling import SpellingIndex
from tagviz.query.transliteration import is_latin

SHORTEST, SHORT = 5, 6
"""Letters of the shortest word that is corrected; of words with fewer than SHORT only twisted and doubled letters."""
COMMON = 3.5
"""Zipf frequency that the corrected word needs."""
OWN_LANGUAGE = 0.7
"""How much commoner a word must be in another language than in the text's."""
LANGUAGES = ("en", "fr", "es", "de")


def corrected(word: str, language: str, is_name: Callable[[str], bool]) -> str:
    """The ordinary word that is meant by a word that nobody knows.

    Args:
        word: A folded word.
        language: The language of the text around it.
        is_name: Whether anything in the corpus is called so.

    Returns:
        The corrected word; the word itself where it is known, or nothing common is close.
    """
    if len(word) < SHORTEST or not word.isalpha() or not is_latin(word) or is_name(word):
        return word
    return _corrected(word, language)


@lru_cache(maxsize=2**12)
def _corrected(word: str, language: str) -> str:
    if any(stop_words.frequency(word, each) > stop_words.RARE for each in LANGUAGES):
        return word
    index = _dictionary()
    close = [index.names[number] for number, edits in index.near(word) if edits == 1]
    likely = [each for each in close if each[0] == word[0] and (len(word) >= SHORT or _is_small_slip(word, each))]
    return max(likely, key=lambda each: (_commonness(each, language), each), default=word)


def _commonness(word: str, language: str) -> float:
    return max(stop_words.frequency(word, each) + (OWN_LANGUAGE if each == language else 0.0) for each in LANGUAGES)


def _is_small_slip(word: str, meant: str) -> bool:
    """Whether two letters were exchanged, or one letter was doubled or written once instead of twice."""
    if len(word) == len(meant):
        return sorted(word) == sorted(meant)
    longer, shorter = sorted((word, meant), key=len, reverse=True)
    return any(
        longer[at] == longer[at - 1] and longer[:at] + longer[at + 1 :] == shorter for at in range(1, len(longer))
    )


@cache
def _dictionary() -> SpellingIndex:
    """Common words of all languages."""
    words = {word for language in LANGUAGES for word in stop_words.words_of(language, COMMON)}
    return SpellingIndex(sorted(word for word in words if word.isalpha()))
