"""Titles and tags as text: normal forms, tokens, scripts, and what may be shown. Every function here is pure and total:
any text, however odd, gets an answer."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np
import regex

from tagviz.errors import BadParameter, SourceError
from tagviz.types import Corpus

LONGEST_TITLE = 1_000
"""Characters of a title, tag or name that are kept; what is longer is cut by the readers, with a note."""

ONE_SYLLABLE_WORDS = frozenset(("봄", "밤", "비", "눈", "꿈", "술", "춤", "별"))
"""One-syllable Korean nouns that do say something of music (spring, night, rain, snow, dream, drink, dance, star)."""

VOCABULARY = 8_000
"""Pieces of a sentencepiece model; a corpus with fewer different titles gets fewer."""

_INVISIBLE = regex.compile(r"[\p{Cf}\p{Cs}\p{Co}\p{Cn}\uFE0E\uFE0F\p{Emoji_Modifier}--[\p{Alphabetic}]]+", regex.V1)
_APOSTROPHES = regex.compile(r"['’‘`´ʼ]+")
_DECORATION = regex.compile(r"[^\p{L}\p{M}\p{N}&+%$#/]+")
_HASH = regex.compile(r"(?<![\p{L}\p{N}])[#/]+|/+(?![\p{L}\p{N}])")
_REPEATED = regex.compile(r"([&+%$#/])\1+")
_SAME = regex.compile(r"(\S)\1+")
_BLANKS = regex.compile(r"\s+")
_DULL = '!"()*,.:;<=>?@[\\]^_{|}~- '
"""ASCII that says nothing between words, and a blank."""
_EASY = regex.compile(f"[0-9A-Za-z가-힣{regex.escape(_DULL)}]+")
_BLANKED = str.maketrans(dict.fromkeys(_DULL, " "))

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
    """The original spelling without what may not be shown: control characters and newlines become blanks, direction
    marks and zero-width characters go, lone surrogates become U+FFFD; no blanks at the ends. Idempotent."""
    if not _UNCLEAN.search(text):
        return text.strip()
    text = _OVERRIDES.sub("", _CONTROL.sub(" ", text))
    return _SURROGATES.sub("\ufffd", text).strip()


def normal(text: str) -> str:
    """The form under which two spellings mean the same tag: NFKC, folded case, without decorations, emoji, apostrophes
    and repeated or outer punctuation ("♥ Hip-Hop!!" → "hip hop", "80's" → "80s", "R&B" stays "r&b").

    A text of decorations only keeps them, each run once ("♥♥" → "♥"). Idempotent; "" only for blank text.
    """
    # most titles are plain letters, of which all rules together come to this
    easy = " ".join(text.lower().translate(_BLANKED).split()) if _EASY.fullmatch(text) else ""
    return easy or _normal(text)


@lru_cache(maxsize=2**18)
def _normal(text: str) -> str:
    """Kept, as the titles of a corpus are looked at by one part of a model after the other."""
    folded = fold(clean(text))
    folded = _INVISIBLE.sub("", folded) or folded
    bare = _APOSTROPHES.sub("", folded)
    bare = _REPEATED.sub(r"\1", _HASH.sub(" ", _DECORATION.sub(" ", bare)))
    bare = fold(_BLANKS.sub(" ", bare).strip())
    if any(character.isalnum() for character in bare):
        return bare
    return fold(_SAME.sub(r"\1", _BLANKS.sub(" ", folded)).strip())


def language(text: str) -> str:
    """The script of the letters: "ko", "latin", "ja", "han", "cyrillic", "other", "mixed" for several, "" for none.

    It says which script is used, not which tongue is spoken. Han beside kana counts as Japanese.
    """
    found = [name for name, pattern in _SCRIPTS.items() if pattern.search(text)]
    if "ja" in found and "han" in found:
        found.remove("han")
    return "" if not found else found[0] if len(found) == 1 else "mixed"


def tokens(title: str) -> list[str]:
    """The words of a title in any language, folded like tags, in order, each once."""
    return next(_words([title]))


class Words:
    """The default tokenizer: Hangul through kiwipiepy's morphemes, everything else through Unicode word boundaries."""

    def __call__(self, title: str) -> list[str]:
        return next(_words([title]))

    def many(self, titles: Sequence[str]) -> list[list[str]]:
        """The tokens of many titles; every different title is analysed once."""
        return _each_once(titles, lambda distinct: list(_words(distinct)))


class SentencePieces:
    """A sentencepiece model's pieces as tokens; `model` holds the trained model's bytes."""

    def __init__(self, model: bytes) -> None:
        import sentencepiece

        try:
            self._processor = sentencepiece.SentencePieceProcessor(model_proto=model)
        except RuntimeError as error:
            raise SourceError(
                "The title tokenizer cannot be read", "its bytes are no sentencepiece model", "import again"
            ) from error

    def __call__(self, title: str) -> list[str]:
        return self.many([title])[0]

    def many(self, titles: Sequence[str]) -> list[list[str]]:
        """The pieces of many titles, without the word mark and without pieces of punctuation."""
        return _each_once(titles, self._pieces)

    def _pieces(self, titles: Sequence[str]) -> list[list[str]]:
        rows = self._processor.encode([normal(title) for title in titles], out_type=str)
        return [list(dict.fromkeys(p for piece in row if (p := piece.lstrip("▁")) and _telling(p))) for row in rows]


def tokenizer_of(corpus: Corpus) -> Words | SentencePieces:
    """The tokenizer with which the corpus's titles were cut; call it with a title, or its `many` with several."""
    return tokenizer(corpus.tokenizer, corpus.tokenizer_model)


@lru_cache(maxsize=8)
def tokenizer(name: str, model: bytes = b"") -> Words | SentencePieces:
    """The tokenizer `words`, or `sentencepiece` with its trained model."""
    if name == "words":
        return Words()
    if name == "sentencepiece":
        return SentencePieces(model)
    raise BadParameter(f"There is no tokenizer {name!r}", "tokenizers: words, sentencepiece", "choose one of these")


def train_sentencepiece(titles: Sequence[str], vocabulary: int = VOCABULARY) -> bytes:
    """A unigram sentencepiece model of the titles' normal forms, trained in memory: its bytes.

    A larger vocabulary gives longer pieces; titles too few for it give as many pieces as they hold.
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
    """NFKC and folded case: the least that makes spellings comparable."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def letters(text: str) -> str:
    """Accents apart from letters, Hangul syllables as single letters, so that near spellings compare as near."""
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
    """The Korean that the same keys give on a Korean keyboard ("qldhsmsskf" → "비오는날"); "" where they give none."""
    if not typed.isascii() or not any(map(str.isalpha, typed)):
        return ""
    keys = "".join(key if key in "RETQWOP" else key.lower() for key in typed).translate(_KEYBOARD)
    korean = _SYLLABLE.sub(_syllable, keys)
    return "" if regex.search(r"[ㄱ-ㅣA-Za-z]", korean) else korean


def _syllable(match: regex.Match[str]) -> str:
    initial, vowel, final = (_DOUBLE.get(part or " ", part or " ") for part in match.group("i", "v", "f"))
    return chr(0xAC00 + (_INITIALS.index(initial) * 21 + _VOWELS.index(vowel)) * 28 + _FINALS.index(final))


def is_initials(typed: str) -> bool:
    """Whether all that was typed are Korean consonants, as in a search by initials (초성)."""
    return bool(regex.fullmatch(r"[ㄱ-ㅎ\u1100-\u1112 ]*[ㄱ-ㅎ\u1100-\u1112][ㄱ-ㅎ\u1100-\u1112 ]*", typed))


def initials(text: str) -> str:
    """Every Hangul syllable as its initial consonant; all else as it is."""
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32).copy()
    syllables = (codes >= 0xAC00) & (codes <= 0xD7A3)
    consonants = np.array([ord(consonant) for consonant in _INITIALS], dtype=np.uint32)
    codes[syllables] = consonants[(codes[syllables] - 0xAC00) // 588]
    jamo = (codes >= 0x1100) & (codes <= 0x1112)
    codes[jamo] = consonants[codes[jamo] - 0x1100]
    return codes.tobytes().decode("utf-32-le")


def _telling(token: str) -> bool:
    """Whether a token says something: two characters or more, or one ideograph, with a letter or digit in it."""
    if len(token) == 1:
        return "\u3400" <= token <= "\u9fff" or token in ONE_SYLLABLE_WORDS
    return any(character.isalnum() for character in token)


def _words(titles: Sequence[str]) -> Iterator[list[str]]:
    pieces = [list(_cut(_APOSTROPHES.sub("'", fold(clean(title))))) for title in titles]
    korean = list(dict.fromkeys(text for row in pieces for sort, text in row if sort == "hangul"))
    morphemes = dict(zip(korean, _morphemes(korean), strict=True))
    for row in pieces:
        found = (word for sort, text in row for word in (morphemes[text] if sort == "hangul" else [text]))
        yield list(dict.fromkeys(filter(_telling, found)))


def _cut(text: str) -> Iterator[tuple[str, str]]:
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


_loading = Lock()


def _kiwi() -> Any:
    with _loading:
        return _load_kiwi()


@lru_cache(maxsize=1)
def _load_kiwi() -> Any:
    from kiwipiepy import Kiwi

    return Kiwi(num_workers=min(2, os.cpu_count() or 1))


def _each_once(titles: Sequence[str], analyse: Callable[[list[str]], list[list[str]]]) -> list[list[str]]:
    distinct = list(dict.fromkeys(titles))
    found = dict(zip(distinct, analyse(distinct), strict=True))
    return [found[title] for title in titles]
