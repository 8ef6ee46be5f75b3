"""A text as tokens with their places, and the keys under which names and typed text meet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import regex

from tagviz.query.transliteration import fold, unaccented

_ELISION = r"(?:[cdjlmnst]|qu)['’](?=\p{L}{3})"
_WORD = r"[\p{L}\p{M}\p{N}]+(?:['’ʼ`´][\p{L}\p{M}\p{N}]+)*"
_EMOJI = r"\p{Extended_Pictographic}[\p{Emoji_Modifier}\uFE0F\u200D\p{Extended_Pictographic}]*"
_TOKENS = regex.compile(
    rf"(?P<elision>(?<![\p{{L}}\p{{N}}]){_ELISION})|(?P<word>{_WORD})|(?P<emoji>{_EMOJI})|(?P<mark>[!?$#+&/*@=<>%♥♡☆★×]+)",
    regex.V1 | regex.IGNORECASE,
)
_APOSTROPHES = str.maketrans("", "", "'’ʼ`´")
AND = frozenset(("&", "+", "n", "and"))
"""Words and marks that are "and" between words."""


class Token(NamedTuple):
    """A word, emoji or mark of a text.

    Attributes:
        start: Offset of its first character in the text.
        end: Offset behind its last character.
        folded: The token in NFKC and folded case, without apostrophes.
        plain: `folded` without accents.
        sort: "word", "emoji" or "mark".
    """

    start: int
    end: int
    folded: str
    plain: str
    sort: str


def tokenize(text: str, most: int = 1_000) -> list[Token]:
    """The first `most` tokens of a text, in order, with their places in it."""
    tokens = []
    for match in _TOKENS.finditer(text):
        sort = "word" if match.lastgroup == "elision" else str(match.lastgroup)
        folded = fold(match.group().translate(_APOSTROPHES) if sort == "word" else match.group())
        tokens.append(Token(match.start(), match.end(), folded, unaccented(folded), sort))
        if len(tokens) >= most:
            break
    return tokens


def folded_key(tokens: Sequence[Token]) -> str:
    """The tokens as one string with their accents, separators dropped, "&" and "n" between words as "and"."""
    return _joined([(token.folded, token.sort) for token in tokens])


def plain_key(tokens: Sequence[Token]) -> str:
    """Like `folded_key`, without accents: "Hip-Hop", "hip hop" and "hiphop" are all "hiphop"."""
    return _joined([(token.plain, token.sort) for token in tokens])


def _joined(parts: list[tuple[str, str]]) -> str:
    if len(parts) == 1:
        return parts[0][0]
    last = len(parts) - 1
    letters = [
        "and" if 0 < place < last and part in AND else part
        for place, (part, sort) in enumerate(parts)
        if sort == "word" or (0 < place < last and part in AND)
    ]
    return "".join(letters) or "".join(part for part, _ in parts)
