"""What words of other languages mean in English, for the words that people say of music.

Small multilingual sentence models know common words of small languages badly ("verträumt", "재즈"). Each word of a text
that the glossary holds is given in English; the rest is left out. Endings are left open ("traurig*").
"""

from __future__ import annotations

import json
from functools import cache, lru_cache

import regex

from tagviz.settings import ASSETS

_WORDS = regex.compile(r"[\p{L}\p{M}\p{N}'-]+")
_HANGUL = regex.compile(r"\p{Hangul}")


@lru_cache(maxsize=2**12)
def gloss(text: str) -> str:
    """A text in English, as far as the glossary holds its words.

    Args:
        text: A text that is not English.

    Returns:
        English words in the text's order, each once; "" where none is known.
    """
    words = _WORDS.findall(text.casefold())
    languages = ("ko",) if _HANGUL.search(text) else ("fr", "es", "de")
    glosses = [[meaning for word in words if (meaning := _meaning(word, language))] for language in languages]
    best = max(glosses, key=len)
    return " ".join(dict.fromkeys(" ".join(best).split()))


def _meaning(word: str, language: str) -> str:
    exact, stems = _entries(language)
    if word in exact:
        return exact[word]
    word = word.rpartition("'")[2]
    return next((stems[word[:end]] for end in range(len(word), 0, -1) if word[:end] in stems), exact.get(word, ""))


@cache
def _entries(language: str) -> tuple[dict[str, str], dict[str, str]]:
    """Whole words and stems of a language with their meanings."""
    held = json.loads((ASSETS / "glossary.json").read_text(encoding="utf-8"))[language]
    exact = {word: meaning for word, meaning in held.items() if not word.endswith("*")}
    return exact, {word[:-1]: meaning for word, meaning in held.items() if word.endswith("*")}
