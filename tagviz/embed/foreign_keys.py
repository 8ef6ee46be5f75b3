"""What the words of foreign vectors stand for: keys say it themselves; bare song ids and addresses go to songs only."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tagviz.errors import InvalidParameterError
from tagviz.types import Corpus, Kind, key_of, split_key

FEW = 3
"""Fewer songs than this are no proof that numbers are songs."""
_ADDRESS = re.compile(r"spotify:(track|artist|album):|https?://open\.spotify\.com/(?:intl-\w+/)?(track|artist|album)/")
_KINDS = (Kind.TAG, Kind.WORD, Kind.GENRE, Kind.ARTIST)
"""Kinds that a word without one may name by its spelling."""


def bare_kinds(words: Sequence[str], corpus: Corpus) -> tuple[tuple[Kind, ...], str]:
    """The kinds that words without a kind are looked up in, and why.

    Songs alone where most words are addresses of tracks, or where at least half of them are ids of songs and hardly any
    names a tag. Raises InvalidParameterError where many are both.
    """
    known = tuple(kind for kind in (*_KINDS, Kind.SONG) if len(corpus.vocab(kind)))
    bare = [word for word in words if not _is_key(word)]
    if not bare:
        return tuple(kind for kind in known if kind is not Kind.SONG), "the words say themselves what they are"
    tracks = sum((found := _ADDRESS.match(word)) is not None and "track" in found.groups() for word in bare)
    songs = corpus.vocab(Kind.SONG).ids
    as_songs = int(songs.isin([song_ident(word) for word in bare]).sum()) if len(songs) else 0
    tags = corpus.vocab(Kind.TAG).ids
    as_tags = int(tags.isin(bare).sum()) if len(tags) else 0
    if len(songs) and tracks * 2 > len(bare):
        return (Kind.SONG,), f"{tracks:,} of {len(bare):,} words are addresses of tracks: they go to songs"
    if as_songs >= FEW and as_songs * 2 >= min(len(bare), len(songs)):
        if as_tags * 4 < as_songs:
            return (
                Kind.SONG,
            ), f"{as_songs:,} of {len(bare):,} words are ids of songs: they go to songs, never to artists"
        if any(word.isdigit() for word in bare[:100]):
            raise InvalidParameterError(
                "It is in doubt what the words are",
                f"{as_songs:,} of {len(bare):,} are ids of songs and {as_tags:,} are tags",
                "add --kind song or --kind tag",
            )
    return tuple(
        kind for kind in known if kind is not Kind.SONG
    ), "words are looked up among tags, title words, genres and artists"


def spellings(word: str, bare: tuple[Kind, ...]) -> list[tuple[Kind, str]]:
    """The kinds and spellings that a word may stand for."""
    if _is_key(word):
        return [split_key(word)]
    if bare == (Kind.SONG,):
        return [(Kind.SONG, song_ident(word))]
    # a bare number is never taken for an artist or a genre: their ids are numbers too, and it could be anything
    number = word.isdigit() and len(bare) > 1
    return [(kind, word) for kind in bare if not (number and kind in (Kind.ARTIST, Kind.GENRE))]


def as_key(word: str, kind: Kind) -> str:
    """A word without a kind as a key of `kind`; keys stay."""
    return word if _is_key(word) else key_of(kind, song_ident(word) if kind is Kind.SONG else word)


def song_ident(word: str) -> str:
    """A song's id without the address around it."""
    if found := _ADDRESS.match(word):
        return word[found.end() :].split("?")[0]
    return word


def _is_key(word: str) -> bool:
    head, colon, _ = word.partition(":")
    return bool(colon) and head in Kind.__members__.values()
