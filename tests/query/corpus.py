"""A small corpus of names that are easily taken for one another."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from tagviz.types import Corpus, Kind, Vocab
from tests.corpora import make_corpus

ARTISTS = (
    *(
        "Björk",
        "Radiohead",
        "The Beatles",
        "The The",
        "!!!",
        "Queen",
        "Metallica",
        "Joy Division",
        "deadmau5",
        "No Doubt",
    ),
    *(
        "Sigur Rós",
        "소녀시대",
        "Motörhead",
        "Ke$ha",
        "Maroon 5",
        "Girls' Generation (Side Project)",
        "Air",
        "Kings of Leon",
    ),
    *("Guns N' Roses", "Кино"),
)
TAGS = (
    *("jazz", "rock", "punk", "pop punk", "black metal", "ambient", "80s", "90s", "hip-hop", "sad", "heavy", "muse"),
    *("guitar", "shoegaze", "재즈", "발라드"),
)
SONGS = (("Army of Me", "Björk", "Post"), ("Creep", "Radiohead", "Pablo Honey"), ("Help!", "The Beatles", "Help!"))


@cache
def names() -> Corpus:
    """Each artist has one song called like it, on six lists; each tag is used by six listeners; three real songs."""
    songs = {
        f"s{number}": {"name": artist, "artist": artist, "artists": [f"a{number}"]}
        for number, artist in enumerate(ARTISTS)
    }
    for number, (name, artist, album) in enumerate(SONGS):
        songs[f"real{number}"] = {
            "name": name,
            "artist": artist,
            "album": album,
            "artists": [f"a{ARTISTS.index(artist)}"],
        }
    playlists = [
        {"title": "a list", "tags": list(TAGS), "songs": list(songs), "group": f"g{number}"} for number in range(6)
    ]
    playlists.append({"title": "of one listener", "tags": ["rainy day", "90s rock"], "group": "g0"})
    made = make_corpus(playlists, songs)
    ids = list(made.vocab(Kind.ARTIST).ids)
    labels = [ARTISTS[int(ident[1:])] for ident in ids]
    return replace(made, vocabs={**made.vocabs, Kind.ARTIST: Vocab.of(Kind.ARTIST, ids, labels)})
