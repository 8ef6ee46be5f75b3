"""The names of what a corpus holds, and the keys under which each may be typed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd
import regex
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.query import tokens as tok
from tagviz.query.numbers import number_key
from tagviz.query.transliteration import fold, is_latin, latin, symbols_as_letters, unaccented, with_digraphs
from tagviz.types import Corpus, Kind

_BRACKETS = regex.compile(r"\s*[\(\[（]([^\)\]）]*)[\)\]）]\s*")
_FEATURING = regex.compile(r"^(?:feat|ft|with|prod|remix|live|ost|inst)\b", regex.IGNORECASE)
_EASY = regex.compile("[0-9A-Za-z가-힣 ]+")
"""Names of which the key is what is left without blanks."""
LONGEST_SPELLED = 80
"""Characters of a name that slips are compared with."""
MOST_NUMBERED = 12
"""Words of a name in which numbers are looked for, less one."""
_AND = regex.compile(r"(?i)(?<=\S )n(?= \S)")


class MentionKind(StrEnum):
    """What part of a text can be read as."""

    TAG = "tag"
    ARTIST = "artist"
    SONG = "song"
    ALBUM = "album"
    GENRE = "genre"
    WORD = "word"
    PHRASE = "phrase"


class Match(StrEnum):
    """How what was typed became a name."""

    EXACT = "exact"
    FOLDED = "same normal form"
    ACCENTS = "accents"
    SEPARATORS = "separators"
    SHORT = "short name"
    NUMBERS = "numbers in words"
    SYMBOLS = "symbols as letters"
    DIGRAPHS = "umlauts as two letters"
    TRANSLITERATION = "transliteration"
    SLIP = "spelling"
    COMPARATIVE = "comparative"
    PLURAL = "singular or plural"
    EMOJI = "emoji"
    LAYOUT = "Korean typed on a Latin keyboard"
    CHOSEN = "chosen"
    WORDS = "words"


PENALTIES = {
    Match.EXACT: 0.0,
    Match.FOLDED: 0.05,
    Match.ACCENTS: 0.2,
    Match.SEPARATORS: 0.1,
    Match.SHORT: 0.4,
    Match.NUMBERS: 0.2,
    Match.SYMBOLS: 0.3,
    Match.DIGRAPHS: 0.3,
    Match.TRANSLITERATION: 0.6,
    Match.SLIP: 1.5,
    Match.COMPARATIVE: 0.5,
    Match.PLURAL: 0.4,
    Match.EMOJI: 0.5,
    Match.LAYOUT: 0.5,
}
"""log10 of how much less likely people type a name in this way."""


_MANY = (MentionKind.SONG, MentionKind.ALBUM)
"""Kinds of which there may be a million: they have fewer keys."""


def name_keys(label: str, kind: MentionKind) -> dict[str, Match]:
    """The keys under which a name may be typed, and how each stands to it: the best way, where there are several."""
    if kind in _MANY and _EASY.fullmatch(label) and not _AND.search(label):
        key = label.lower().replace(" ", "")
        return {key: Match.FOLDED} if key else {}
    words = tok.tokenize(label)
    folded = tok.folded_key(words)
    keys = {fold(" ".join(label.split())): Match.EXACT}
    _add(keys, folded, Match.FOLDED)
    plain = folded if folded.isascii() else unaccented(folded)
    if plain != folded:
        _add(keys, plain, Match.ACCENTS)
        _add(keys, with_digraphs(folded), Match.DIGRAPHS)
    if len(words) > 1 and words[0].folded == "the":
        _add(keys, tok.plain_key(words[1:]), Match.SHORT)
    if kind not in _MANY:
        if not is_latin(folded):
            _add(keys, latin(label), Match.TRANSLITERATION)
        if len(words) < MOST_NUMBERED:
            _add(keys, number_key([word.folded for word in words]), Match.NUMBERS)
        lettered = symbols_as_letters(label)
        if lettered != label:
            _add(keys, tok.plain_key(tok.tokenize(lettered)), Match.SYMBOLS)
    if kind is not MentionKind.TAG and any(bracket in label for bracket in "([（"):
        inner = [part for part in _BRACKETS.findall(label) if not _FEATURING.match(part)]
        for part in (_BRACKETS.sub(" ", label), *(inner if kind is not MentionKind.SONG else ())):
            short = tok.folded_key(tok.tokenize(part))
            _add(keys, short, Match.SHORT)
            _add(keys, unaccented(short), Match.SHORT)
    keys.pop("", None)
    return keys


def _add(keys: dict[str, Match], key: str, how: Match) -> None:
    keys.setdefault(key, how)


def spelled_names(label: str) -> list[str]:
    """What slips are compared with: the name, and the name without its article, in Latin or single letters."""
    if len(label) > LONGEST_SPELLED:
        return []
    words = tok.tokenize(label)
    if not words:
        return []
    plain = tok.plain_key(words)
    names = [spelled(plain)]
    if len(words) > 1 and words[0].folded == "the":
        names.append(spelled(tok.plain_key(words[1:])))
    if not is_latin(plain):
        names.append(latin(label))
    return names


def spelled(plain: str) -> str:
    """A key as it is compared: Hangul syllables as single letters."""
    return plain if plain.isascii() else unicodedata.normalize("NFKD", plain)


def named(corpus: Corpus) -> Iterator[tuple[MentionKind, NDArray[Any], list[str], NDArray[np.int64]]]:
    """Per kind the rows of what has a name, the most popular first, their names and in how many playlists they are."""
    tags = corpus.vocab(Kind.TAG)
    support = tag_support(corpus)
    rows = np.argsort(-support, kind="stable")
    yield MentionKind.TAG, rows, tags.label_list(rows), support[rows]
    known = {fold(label) for label in tags.label_list(rows)}
    artists, genres = corpus.vocab(Kind.ARTIST), corpus.vocab(Kind.GENRE)
    counts = corpus.counts(Kind.ARTIST)
    rows = np.argsort(-counts, kind="stable")
    yield MentionKind.ARTIST, rows, artists.label_list(rows), counts[rows]
    counts = corpus.counts(Kind.GENRE)
    rows = np.array(
        [row for row in np.argsort(-counts, kind="stable") if fold(genres.label(int(row))) not in known], dtype=np.int64
    )
    yield MentionKind.GENRE, rows, genres.label_list(rows), counts[rows]
    yield from _songs(corpus, set(map(fold, artists.label_list(np.arange(len(artists))))))


def _songs(
    corpus: Corpus, artists: set[str]
) -> Iterator[tuple[MentionKind, NDArray[Any], list[str], NDArray[np.int64]]]:
    """Songs and albums that are not called like an artist; where songs stand for artists, those are none."""
    vocab = corpus.vocab(Kind.SONG)
    if not len(vocab):
        return
    counts = corpus.counts(Kind.SONG)
    order = np.argsort(-counts, kind="stable")
    names = corpus.songs["name"].astype(str).to_numpy(dtype=object)
    singers = corpus.songs["artist"].fillna("").astype(str).to_numpy(dtype=object)
    ids = vocab.ids.to_numpy(dtype=object)
    kept = [
        row
        for row in order.tolist()
        if names[row]
        and not (names[row] == ids[row] and str(ids[row]).isdecimal())
        and not (names[row] == singers[row] and fold(names[row]) in artists)
    ]
    rows = np.array(kept, dtype=np.int64)
    yield MentionKind.SONG, rows, [str(names[row]) for row in kept], counts[rows]
    titles = corpus.songs["album"].fillna("").astype(str).to_numpy(dtype=object)
    own = order[(titles[order] != "") & (titles[order] != singers[order]) & (titles[order] != names[order])]
    firsts = own[~pd.Series(titles[own], dtype=object).duplicated().to_numpy()]
    yield MentionKind.ALBUM, firsts, [str(title) for title in titles[firsts]], counts[firsts]


def tag_support(corpus: Corpus) -> NDArray[np.int64]:
    """How many listeners use each tag, as a tag or as a title; where the corpus knows none, how many playlists do."""
    tags = corpus.vocab(Kind.TAG)
    titled = tags.find(list(corpus.playlists["title"]))
    rows = np.flatnonzero(titled >= 0)
    shape = (len(corpus), len(tags))
    titles = sp.csr_matrix((np.ones(len(rows), dtype=np.float32), (rows, titled[rows])), shape=shape)
    uses = sp.csr_matrix(corpus.matrix(Kind.TAG) + titles)
    groups = corpus.playlists["group"].astype(str).to_numpy(dtype=object)
    if corpus.group_name == "listener" and len(groups):
        codes = np.unique(groups, return_inverse=True)[1]
        owners = sp.csr_matrix((np.ones(len(groups)), (codes, np.arange(len(groups)))), dtype=np.float32)
        uses = sp.csr_matrix(owners @ uses)
    return np.asarray(np.bincount(uses.indices, minlength=len(tags)), dtype=np.int64)
