"""What the songs of a corpus are called: tracks are songs, but they can be artists or albums.

Texts are written with "song" and "songs"; where a corpus holds artists or albums, these words are replaced before
names of items are put into the text.
"""

from __future__ import annotations

import re

SONGS_ARE = ("tracks", "artists", "albums")
"""What the songs of a corpus can be."""

_NOUNS = {"artists": "artist", "albums": "album"}
_SONG = re.compile(r"(?<![\w{])(?<!Million )(?:([Aa]) )?([Ss])ong(?=s?(?![\w}]))")
_TWICE = re.compile(r"\b(\w+), \1\b")


def in_words(text: str, songs_are: str) -> str:
    """Return a text in the words of a corpus: "Search a song" → "Search an artist".

    Args:
        text: A message before names are put into its placeholders.
        songs_are: One of SONGS_ARE; for tracks the text stays.
    """
    noun = _NOUNS.get(songs_are)
    if noun is None or "ong" not in text:
        return text

    def replaced(match: re.Match[str]) -> str:
        article = f"{match[1]}n " if match[1] else ""
        return article + (noun if match[2] == "s" else noun.capitalize())

    return _TWICE.sub(r"\1", _SONG.sub(replaced, text))
