"""Forms under which a name may be typed: without accents, with German digraphs, and in Latin letters.

Latin letters come from anyascii (https://github.com/anyascii/anyascii).
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import regex

_LETTERS = {"ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "đ": "d", "ł": "l", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"}
_UNACCENTED = str.maketrans(_LETTERS)
_DIGRAPHS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_ALPHABETIC = regex.compile(r"[\p{Latin}\p{Cyrillic}\p{Greek}]")
_OTHER_SCRIPT = regex.compile(r"[\p{L}--\p{Latin}]", regex.V1)
_NOT_ALNUM = regex.compile(r"[^a-z0-9]+")
_LATIN_SYMBOLS = str.maketrans({"$": "s", "!": "i", "@": "a", "€": "e", "¥": "y"})
_SYMBOL_IN_WORD = regex.compile(r"(?<=\p{L})[$!@€¥](?=[\p{L}$!@])")


def fold(text: str) -> str:
    """NFKC and case folding: "ＢＪÖＲＫ" → "björk"."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def unaccented(folded: str) -> str:
    """A folded text without the accents of alphabetic scripts ("björk" → "bjork"); other scripts stay as they are."""
    if folded.isascii() or not _ALPHABETIC.search(folded):
        return folded
    parts = []
    for character in folded.translate(_UNACCENTED):
        if character.isascii() or not _ALPHABETIC.match(character):
            parts.append(character)
        else:
            parts.append("".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c)))
    return "".join(parts)


def with_digraphs(folded: str) -> str:
    """Umlauts as two letters, as on a keyboard without them ("motörhead" → "motoerhead")."""
    return folded if folded.isascii() else unaccented(folded.translate(_DIGRAPHS))


@lru_cache(maxsize=2**14)
def latin(text: str) -> str:
    """Latin letters and digits of a text in any script, without blanks ("소녀시대" → "sonyeosidae")."""
    from anyascii import anyascii

    return str(_NOT_ALNUM.sub("", anyascii(text).lower()))


def is_latin(folded: str) -> bool:
    """Whether all letters are Latin ones."""
    return folded.isascii() or not _OTHER_SCRIPT.search(folded)


def symbols_as_letters(text: str) -> str:
    """Symbols within a word as the letters they stand for ("Ke$ha" → "Kesha", "P!nk" → "Pink")."""
    if not _SYMBOL_IN_WORD.search(text):
        return text
    return str(_SYMBOL_IN_WORD.sub(lambda match: match.group().translate(_LATIN_SYMBOLS), text))


@lru_cache(maxsize=2**12)
def emoji_name(emoji: str) -> str:
    """What an emoji shows, in English words ("🎸" → "guitar"); "" where anyascii has no name for it."""
    from anyascii import anyascii

    names = regex.findall(r":([a-z0-9_-]+):", anyascii(emoji))
    return names[0].replace("_", " ").replace("-", " ") if names else ""
