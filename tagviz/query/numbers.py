"""Numbers and decades as people write them: "nineties", "60er", "años 80", "années quatre-vingt-dix", "90년대", "five".

Number words are read by text2num (https://github.com/allo-media/text2num) and, for Korean, by a small table.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import regex

LANGUAGES = ("en", "fr", "es", "de")
"""Languages whose number words text2num reads and in which people ask here."""

LONGEST_NUMBER = 3
"""Tokens of the longest number in words that is looked for ("quatre vingt dix")."""

_DECADE = regex.compile(r"(?P<century>19|20)?(?P<ten>\d)0(?:s|er|ern|erjahre|er-jahre|년대|年代|ies)", regex.IGNORECASE)
_ENGLISH = {
    **{"twenties": "20", "thirties": "30", "forties": "40", "fifties": "50", "sixties": "60", "seventies": "70"},
    **{"eighties": "80", "nineties": "90", "noughties": "00", "naughties": "00", "aughts": "00", "tens": "10"},
}
_GERMAN = {
    **{"zwanziger": "20", "dreissiger": "30", "vierziger": "40", "fünfziger": "50", "sechziger": "60"},
    **{"siebziger": "70", "achtziger": "80", "neunziger": "90", "nuller": "00"},
}
_SPANISH = {
    **{"sesentas": "60", "setentas": "70", "ochentas": "80", "noventas": "90", "ochentera": "80", "ochentero": "80"},
    **{"noventera": "90", "noventero": "90", "setentera": "70", "setentero": "70", "sesentera": "60"},
}
_KOREAN = {"육십": "60", "칠십": "70", "팔십": "80", "구십": "90", "이천": "00", "오십": "50"}
_WORDS = {**_ENGLISH, **_GERMAN, **_SPANISH, **{f"{word}년대": ten for word, ten in _KOREAN.items()}}
_BEFORE = frozenset(("années", "annees", "annee", "année", "ans", "años", "anos", "los", "anni", "the"))
"""Words that make a decade of a number of tens: "années 80", "los ochenta"; "the" only before words for decades."""
_TENS = {str(ten): str(ten) for ten in range(20, 100, 10)} | {"2000": "00", "2010": "10", "00": "00"}
_TENS |= {f"19{ten}": str(ten) for ten in range(20, 100, 10)}


def decade(word: str) -> str:
    """The tens of a decade in one word ("80er" → "80", "1990s" → "90", "noughties" → "00"), "" for any other word."""
    if word in _WORDS:
        return _WORDS[word]
    match = _DECADE.fullmatch(word)
    if not match:
        return ""
    tens = f"{match['ten']}0"
    return f"20{tens}" if match["century"] == "20" and match["ten"] not in "01" else tens


_NUMBER_STEMS = regex.compile(
    "zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twel|thir|fif|twenty|forty|hundred|thousand|million"
    "|un$|une$|deux|trois|quatre|cinq|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingt|trente|quarante"
    "|soixante|cent$|cents|mille|uno|dos$|tres$|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince"
    "|dieci|veint|treinta|cuarenta|cincuenta|sesenta|setenta|ochenta|noventa|cien|mil$|eins|ein|zwei|drei|dreißig|vier"
    "|fünf|sechs|sieben|acht|neun|zehn|elf$|zwölf|zwanzig|hundert|tausend"
)
"""How words for numbers begin; what does not is not given to text2num."""


@lru_cache(maxsize=2**14)
def number(words: str) -> str:
    """The digits of a number in words of any of the languages ("ninety" → "90"), "" for what is none."""
    if not _NUMBER_STEMS.match(words) or not words.replace(" ", "").isalpha():
        return ""
    from text_to_num import text2num

    for language in LANGUAGES:
        try:
            return str(text2num(words, language))
        except (ValueError, TypeError, KeyError, OverflowError):
            continue
    return ""


def decade_spans(words: Sequence[str]) -> dict[int, tuple[int, str]]:
    """Where decades stand in a list of folded words.

    Returns:
        First word → (behind the last word, tens), such as {1: (3, "80")} for "musique années 80".
    """
    spans: dict[int, tuple[int, str]] = {}
    at = 0
    while at < len(words):
        decade = _decade_at(words, at)
        if decade:
            spans[at] = decade
            at = decade[0]
        else:
            at += 1
    return spans


def _decade_at(words: Sequence[str], at: int) -> tuple[int, str] | None:
    tens = decade(words[at])
    if tens:
        last = at + 1
        if last < len(words) and words[last] in ("jahre", "jahren", "années", "years"):
            last += 1
        return last, tens
    if words[at].isdecimal() and at + 1 < len(words) and words[at + 1] in ("년대", "年代", "jahre", "er"):
        return (at + 2, _TENS[words[at]]) if words[at] in _TENS else None
    if words[at] in _BEFORE and words[at] != "the":
        for length in range(min(LONGEST_NUMBER, len(words) - at - 1), 0, -1):
            part = words[at + 1 : at + 1 + length]
            digits = part[0] if length == 1 and part[0].isdecimal() else number(" ".join(part))
            if digits in _TENS:
                return at + 1 + length, _TENS[digits]
    return None


def number_key(words: Sequence[str]) -> str:
    """The words as one string in which decades and numbers stand in one way each; "" where there are none.

    "nineties rock" and "90s rock" come to the same, as do "maroon five" and "maroon 5".
    """
    decades = decade_spans(words)
    parts: list[str] = []
    changed = False
    at = 0
    while at < len(words):
        if at in decades:
            at, tens = decades[at]
            parts.append(f"\x00{tens}s")
            changed = True
            continue
        for length in range(min(LONGEST_NUMBER, len(words) - at), 0, -1):
            digits = number(" ".join(words[at : at + length]))
            if digits:
                parts.append(digits)
                at += length
                changed = True
                break
        else:
            changed |= words[at].isdecimal()
            parts.append(words[at])
            at += 1
    return "".join(parts) if changed else ""
