"""The words of typed titles, as the corpus cuts its own."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import regex

from tagviz import text
from tagviz.types import Corpus, Kind

_HANGUL = regex.compile(r"\p{Hangul}")
_HANGUL_WORDS = regex.compile(r"\p{Hangul}+")
_holding: WeakKeyDictionary[Corpus, bool] = WeakKeyDictionary()


def title_words(corpus: Corpus, titles: Sequence[str]) -> list[list[str]]:
    """Per title its words.

    Korean is left out where no title of the corpus has any: its words would not be found, and the analyser of
    morphemes takes two seconds and 450 MB to load.
    """
    cut = text.tokenizer_of(corpus)
    if isinstance(cut, text.Words) and not _holds_hangul(corpus):
        titles = [_HANGUL_WORDS.sub(" ", title) for title in titles]
    return cut.many(titles)


def _holds_hangul(corpus: Corpus) -> bool:
    if corpus not in _holding:
        _holding[corpus] = any(map(_HANGUL.search, map(str, corpus.vocab(Kind.WORD).ids)))
    return _holding[corpus]
