"""Titles and tags as text: normal forms, tokens, scripts, and safe display.

Every function is pure and accepts any text.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np
import regex

from tagviz.errors import InvalidParameterError, SourceError
from tagviz.types import Corpus

DASH = " — "
"""Between a song's name and its artist."""
LONGEST_TITLE = 1_000
"""Longest title, tag or name in characters; readers cut longer ones and note it."""

ONE_SYLLABLE_WORDS = frozenset(("봄", "밤", "비", "눈", "꿈", "술", "춤", "별"))
"""One-syllable Korean nouns that describe music (spring, night, rain, snow, dream, drink, dance, star)."""

VOCABULARY = 8_000
"""Number of pieces of a sentencepiece model; a corpus with fewer distinct titles gets fewer."""

_INVISIBLE = regex.compile(r"[\p{Cf}\p{Cs}\p{Co}\p{Cn}\uFE0E\uFE0F\p{Emoji_Modifier}--[\p{Alphabetic}]]+", regex.V1)
_APOSTROPHES = regex.compile(r"['’‘`´ʼ]+")
_DECORATION = regex.compile(r"[^\p{L}\p{M}\p{N}&+%$#/]+")
_HASH = regex.compile(r"(?<![\p{L}\p{N}])[#/]+|/+(?![\p{L}\p{N}])")
_REPEATED = regex.compile(r"([&+%$#/])\1+")
_REPEATED_CHARACTER = regex.compile(r"(\S)\1+")
_BLANKS = regex.compile(r"\s+")
_SEPARATORS = '!"()*,.:;<=>?@[\\]^_{|}~- '
"""ASCII characters that only separate words, and the blank."""
_PLAIN = regex.compile(f"[0-9A-Za-z가-힣{regex.escape(_SEPARATORS)}]+")
_SEPARATORS_TO_BLANK = str.maketrans(dict.fromkeys(_SEPARATORS, " "))

_CONTROL = regex.compile(r"[\p{Cc}\p{Zl}\p{Zp}]")
_OVERRIDES = regex.compile(
    r"[\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u2064\u2066-\u206F\uFEFF\uFFF9-\uFFFB\U000E0000-\U000E007F]"
)
_UNCLEAN = regex.compile(f"{_CONTROL.pattern}|{_OVERRIDES.pattern}|[\\p{{Cs}}]")
_SURROGATES = regex.compile(r"[\p{Cs}]")

_PIECES = regex.compile(
    r"(?P<year>\p{N}+년대?)|(?P<hangul>\p{Hangul}(?:[\p{Hangul} ]*\p{Hangul})?)"
    r"|(?P<word>[\p{L}\p{M}\p{N}--[\p{Hangul}\p{Hiragana}\p{Katakana}\p{Han}]]+(?:['&][\p{L}\p{M}\p{N}--[\p{Hangul}]]+)*)"
    r"|(?P<japanese>[\p{Katakana}ー]+|\p{Han}+)",
    regex.V1,
)
_ELISION = regex.compile(r"^(?:[cdjlmnst]|qu)'(?=\p{L}{2})")
_POSSESSIVE = regex.compile(r"(?<=\p{L})'s$")

_SCRIPTS = {
    "ko": regex.compile(r"\p{Hangul}"),
    "latin": regex.compile(r"\p{Latin}"),
    "ja": regex.compile(r"[\p{Hiragana}\p{Katakana}]"),
    "han": regex.compile(r"\p{Han}"),
    "cyrillic": regex.compile(r"\p{Cyrillic}"),
    "other": regex.compile(r"[\p{L}--[\p{Hangul}\p{Latin}\p{Hiragana}\p{Katakana}\p{Han}\p{Cyrillic}]]", regex.V1),
}


def clean(text: str) -> str:
    """Remove what must not be displayed and keep the spelling. Idempotent.

    Control characters and newlines become blanks, direction marks and zero-width characters are removed, lone
    surrogates become U+FFFD, and blanks at the ends are removed.
    """
    if not _UNCLEAN.search(text):
        return text.strip()
    text = _OVERRIDES.sub("", _CONTROL.sub(" ", text))
    return str(_SURROGATES.sub("\ufffd", text).strip())


def normal(text: str) -> str:
    """Return the form under which two spellings mean the same tag. Idempotent; "" only for blank text.

    NFKC and folded case, without decorations, emoji, apostrophes and repeated or outer punctuation ("♥ Hip-Hop!!" →
    "hip hop", "80's" → "80s", "R&B" stays "r&b"). A text of decorations only keeps them, each run once ("♥♥" → "♥").
    """
    # most titles are plain letters, of which all rules together come to this
    plain = " ".join(text.lower().translate(_SEPARATORS_TO_BLANK).split()) if _PLAIN.fullmatch(text) else ""
    return plain or _normal(text)


@lru_cache(maxsize=2**18)
def _normal(text: str) -> str:
    """Apply all rules of `normal`; cached, since several parts of a model read the titles of a corpus."""
    folded = fold(clean(text))
    folded = _INVISIBLE.sub("", folded) or folded
    bare = _APOSTROPHES.sub("", folded)
    bare = _REPEATED.sub(r"\1", _HASH.sub(" ", _DECORATION.sub(" ", bare)))
    bare = fold(_BLANKS.sub(" ", bare).strip())
    if any(character.isalnum() for character in bare):
        return bare
    return fold(_REPEATED_CHARACTER.sub(r"\1", _BLANKS.sub(" ", folded)).strip())


def language(text: str) -> str:
    """Return the script of the letters.

    This is the script, not the language. Han beside kana counts as Japanese.

    Returns:
        "ko", "latin", "ja", "han", "cyrillic", "other", "mixed" where there are several, "" where there are none.
    """
    scripts = [name for name, pattern in _SCRIPTS.items() if pattern.search(text)]
    if "ja" in scripts and "han" in scripts:
        scripts.remove("han")
    return "" if not scripts else scripts[0] if len(scripts) == 1 else "mixed"


def tokens(title: str) -> list[str]:
    """Return the distinct words of a title in any language, folded like tags, in order."""
    return next(_words([title]))


class Words:
    """The default tokenizer: kiwipiepy's morphemes for Hangul, Unicode word boundaries for everything else."""

    def __call__(self, title: str) -> list[str]:
        """Return the tokens of a title."""
        return next(_words([title]))

    def many(self, titles: Sequence[str]) -> list[list[str]]:
        """Return the tokens of many titles; each distinct title is analysed once."""
        return _map_distinct(titles, lambda distinct: list(_words(distinct)))


class SentencePieces:
    """Tokenizer that uses the pieces of a trained sentencepiece model."""

    def __init__(self, model: bytes) -> None:
        """Load the model from its bytes.

        Raises:
            SourceError: The bytes are not a sentencepiece model.
        """
        import sentencepiece

        try:
            self._processor = sentencepiece.SentencePieceProcessor(model_proto=model)
        except RuntimeError as error:
            raise SourceError(
                "The title tokenizer cannot be read", "its bytes are no sentencepiece model", "import again"
            ) from error

    def __call__(self, title: str) -> list[str]:
        """Return the tokens of a title."""
        return self.many([title])[0]

    def many(self, titles: Sequence[str]) -> list[list[str]]:
        """Return the pieces of many titles, without the word mark and without pieces of punctuation."""
        return _map_distinct(titles, self._pieces)

    def _pieces(self, titles: Sequence[str]) -> list[list[str]]:
        rows = self._processor.encode([normal(title) for title in titles], out_type=str)
        return [
            list(dict.fromkeys(p for piece in row if (p := piece.lstrip("▁")) and _is_informative(p))) for row in rows
        ]


def tokenizer_of(corpus: Corpus) -> Words | SentencePieces:
    """Return the tokenizer that produced the corpus's title words."""
    return tokenizer(corpus.tokenizer, corpus.tokenizer_model)


@lru_cache(maxsize=8)
def tokenizer(name: str, model: bytes = b"") -> Words | SentencePieces:
    """Return a tokenizer by name.

    Args:
        name: `words` or `sentencepiece`.
        model: Bytes of the trained sentencepiece model.

    Raises:
        InvalidParameterError: There is no tokenizer of this name.
    """
    if name == "words":
        return Words()
    if name == "sentencepiece":
        return SentencePieces(model)
    raise InvalidParameterError(
        f"There is no tokenizer {name!r}", "tokenizers: words, sentencepiece", "choose one of these"
    )


def train_sentencepiece(titles: Sequence[str], vocabulary: int = VOCABULARY) -> bytes:
    """Train a unigram sentencepiece model on the normal forms of titles, in memory.

    Args:
        titles: Titles of the corpus.
        vocabulary: Number of pieces; larger gives longer pieces. Too few titles give fewer pieces.

    Returns:
        The bytes of the model.

    Raises:
        SourceError: All titles are empty, or they are too few.
    """
    import io

    import sentencepiece

    lines = list(filter(None, map(normal, titles)))
    if not lines:
        raise SourceError("No title to train the tokenizer on", "all titles are empty", "use tokenizer=words")
    model = io.BytesIO()
    try:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(lines),
            model_writer=model,
            vocab_size=vocabulary,
            hard_vocab_limit=False,
            character_coverage=0.9995,
            num_threads=1,
            minloglevel=2,
            max_sentence_length=4 * LONGEST_TITLE,
        )
    except RuntimeError as error:
        raise SourceError(
            "The titles are too few for a sentencepiece model",
            f"{len(lines):,} titles that are not empty",
            "use tokenizer=words",
        ) from error
    return model.getvalue()


def fold(text: str) -> str:
    """Return the text as NFKC with folded case: the least that makes spellings comparable."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def letters(text: str) -> str:
    """Split accents from letters and Hangul syllables into letters, so that similar spellings compare as similar."""
    return unicodedata.normalize("NFKD", text)


_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_KEYBOARD = str.maketrans(
    "rRseEfaqQtTdwWczxvgkoiOjpuPhynbml", "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎㅏㅐㅑㅒㅓㅔㅕㅖㅗㅛㅜㅠㅡㅣ"
)
_DOUBLE = {
    **{"ㅗㅏ": "ㅘ", "ㅗㅐ": "ㅙ", "ㅗㅣ": "ㅚ", "ㅜㅓ": "ㅝ", "ㅜㅔ": "ㅞ", "ㅜㅣ": "ㅟ", "ㅡㅣ": "ㅢ"},
    **{"ㄱㅅ": "ㄳ", "ㄴㅈ": "ㄵ", "ㄴㅎ": "ㄶ", "ㄹㄱ": "ㄺ", "ㄹㅁ": "ㄻ", "ㄹㅂ": "ㄼ", "ㄹㅅ": "ㄽ", "ㄹㅌ": "ㄾ"},
    **{"ㄹㅍ": "ㄿ", "ㄹㅎ": "ㅀ", "ㅂㅅ": "ㅄ"},
}
_SYLLABLE = regex.compile(
    r"(?P<i>[ㄱ-ㅎ])(?P<v>ㅗ[ㅏㅐㅣ]|ㅜ[ㅓㅔㅣ]|ㅡㅣ|[ㅏ-ㅣ])"
    r"(?P<f>(?:ㄱㅅ|ㄴ[ㅈㅎ]|ㄹ[ㄱㅁㅂㅅㅌㅍㅎ]|ㅂㅅ|[ㄱ-ㅎ--[ㄸㅃㅉ]])(?![ㅏ-ㅣ]))?",
    regex.V1,
)


def from_latin_layout(typed: str) -> str:
    """Return what the same keys give on a Korean keyboard ("qldhsmsskf" → "비오는날"), or "" if nothing."""
    if not typed.isascii() or not any(map(str.isalpha, typed)):
        return ""
    keys = "".join(key if key in "RETQWOP" else key.lower() for key in typed).translate(_KEYBOARD)
    korean = _SYLLABLE.sub(_syllable, keys)
    return "" if regex.search(r"[ㄱ-ㅣA-Za-z]", korean) else korean


def _syllable(match: regex.Match[str]) -> str:
    initial, vowel, final = (_DOUBLE.get(part or " ", part or " ") for part in match.group("i", "v", "f"))
    return chr(0xAC00 + (_INITIALS.index(initial) * 21 + _VOWELS.index(vowel)) * 28 + _FINALS.index(final))


def is_initials(typed: str) -> bool:
    """Return whether the text consists of Korean consonants only, as in a search by initials (초성)."""
    return bool(regex.fullmatch(r"[ㄱ-ㅎ\u1100-\u1112 ]*[ㄱ-ㅎ\u1100-\u1112][ㄱ-ㅎ\u1100-\u1112 ]*", typed))


def initials(text: str) -> str:
    """Replace every Hangul syllable by its initial consonant and keep everything else."""
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32).copy()
    syllables = (codes >= 0xAC00) & (codes <= 0xD7A3)
    consonants = np.array([ord(consonant) for consonant in _INITIALS], dtype=np.uint32)
    codes[syllables] = consonants[(codes[syllables] - 0xAC00) // 588]
    jamo = (codes >= 0x1100) & (codes <= 0x1112)
    codes[jamo] = consonants[codes[jamo] - 0x1100]
    return codes.tobytes().decode("utf-32-le")


def _is_informative(token: str) -> bool:
    """Return whether a token has two characters or more (or is one ideograph), with a letter or digit in it."""
    if len(token) == 1:
        return "\u3400" <= token <= "\u9fff" or token in ONE_SYLLABLE_WORDS
    return any(character.isalnum() for character in token)


def _words(titles: Sequence[str]) -> Iterator[list[str]]:
    pieces = [list(_split_by_script(_APOSTROPHES.sub("'", fold(clean(title))))) for title in titles]
    korean = list(dict.fromkeys(text for row in pieces for sort, text in row if sort == "hangul"))
    morphemes = dict(zip(korean, _morphemes(korean), strict=True))
    for row in pieces:
        words = (word for sort, text in row for word in (morphemes[text] if sort == "hangul" else [text]))
        yield list(dict.fromkeys(filter(_is_informative, words)))


def _split_by_script(text: str) -> Iterator[tuple[str, str]]:
    for match in _PIECES.finditer(text):
        sort, piece = str(match.lastgroup), match.group()
        if sort == "word":
            piece = _POSSESSIVE.sub("", _ELISION.sub("", piece)).replace("'", "")
        yield sort, piece


def _morphemes(texts: Sequence[str]) -> Iterable[list[str]]:
    if not texts:
        return []
    return (
        [m.lemma for m in row if m.tag in ("NNG", "NNP", "XR", "SL") or m.tag.startswith("VA")]
        for row in _kiwi().tokenize(texts)
    )


_kiwi_lock = Lock()


def _kiwi() -> Any:
    with _kiwi_lock:
        return _load_kiwi()


@lru_cache(maxsize=1)
def _load_kiwi() -> Any:
    from kiwipiepy import Kiwi

    return Kiwi(num_workers=min(2, os.cpu_count() or 1))


def _map_distinct(titles: Sequence[str], analyse: Callable[[list[str]], list[list[str]]]) -> list[list[str]]:
    distinct = list(dict.fromkeys(titles))
    analysed = dict(zip(distinct, analyse(distinct), strict=True))
    return [analysed[title] for title in titles]
