"""Fictional artists and their songs: genre, tongue, career, moods, albums, issue dates and popularity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tagviz.sources.demo.names import Names
from tagviz.sources.demo.taxonomy import TONGUES, YEARS, Taxonomy

ARTISTS, SONGS = 620, 4_000
ARTISTS_PER_GENRE = 2
"""Every genre has at least so many."""

TONGUE_SHARES = (0.6, 0.22, 0.18)
"""Of the artists who are not there just to give each genre its two: English, Korean, French."""

SONGS_AN_ALBUM = 4
LAST_ISSUE = np.datetime64(f"{YEARS[1]}-10-31")

WEIGHTS = {
    "genre": 1.0,
    "second": 0.5,
    "mood": 0.6,
    "context": 0.55,
    "instrument": 0.4,
    "voice": 0.45,
    "era": 0.5,
    "origin": 0.5,
}
"""How much of a song each of its concepts makes up."""


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Fictional artists and their songs.

    Attributes:
        artists: Frame of `name`, `tongue` (row of TONGUES), `genre`, `second` (rows of concepts, −1 none), `start` and
            `end` (years), `female`, `popularity`.
        songs: Frame of `artist` (row), `name`, `album`, `date`, `popularity`.
        profiles: (songs, concepts), how much of each concept a song is.
    """

    artists: pd.DataFrame
    songs: pd.DataFrame
    profiles: NDArray[np.float64]


def make_catalogue(taxonomy: Taxonomy, rng: np.random.Generator) -> Catalogue:
    artists = _artists(taxonomy, rng)
    owner = _owners(artists, rng)
    dates, albums = _albums(artists, owner, rng)
    profiles = _profiles(taxonomy, artists, owner, dates, rng)
    names = Names(taxonomy, rng)
    artists["name"] = [
        names.artist(TONGUES[tongue], taxonomy.names[genre])
        for tongue, genre in zip(artists["tongue"], artists["genre"], strict=True)
    ]
    taken: list[set[str]] = [set() for _ in range(len(artists))]
    tongues = artists["tongue"].to_numpy()
    titles = []
    for song, artist in enumerate(owner):
        concepts = [taxonomy.names[c] for c in np.flatnonzero(profiles[song])]
        titles.append(names.song(TONGUES[int(tongues[artist])], concepts, taken[artist]))
    songs = pd.DataFrame({"artist": owner, "name": titles, "date": dates})
    songs["album"] = songs.groupby(albums)["name"].transform("first")
    own = rng.lognormal(0.0, 0.9, len(owner))
    songs["popularity"] = own * artists["popularity"].to_numpy()[owner]
    return Catalogue(artists, songs, profiles)


def draw(weights: NDArray[Any], count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Per row `count` different columns, drawn one after the other in proportion to the weights (Gumbel top-k)."""
    with np.errstate(divide="ignore"):
        keys = np.log(weights) + rng.gumbel(size=weights.shape)
    return np.argsort(-keys, axis=1, kind="stable")[:, :count]


def _artists(taxonomy: Taxonomy, rng: np.random.Generator) -> pd.DataFrame:
    genres = np.flatnonzero(taxonomy.of_facet("genre"))
    plays = np.array([[tongue in taxonomy.genres[taxonomy.names[g]].tongues for g in genres] for tongue in TONGUES])
    needed = np.repeat(np.arange(len(genres)), ARTISTS_PER_GENRE)
    free = ARTISTS - len(needed)
    tongue = np.concatenate(
        [draw(plays.T[needed] * np.array(TONGUE_SHARES), 1, rng)[:, 0], rng.choice(len(TONGUES), free, p=TONGUE_SHARES)]
    )
    local = np.where(plays.sum(axis=0) == 1, np.array([[1], [3], [3]]), 1)
    wanted = plays * taxonomy.popularity[genres] * local
    genre = np.concatenate([needed, draw(wanted[tongue[len(needed) :]], 1, rng)[:, 0]])
    kin = taxonomy.related[np.ix_(genres, genres)] * ~np.eye(len(genres), dtype=bool)
    kin = np.where(plays[tongue], kin[genre], 0) + 1e-9
    second = np.where(rng.random(ARTISTS) < 0.55, genres[draw(kin, 1, rng)[:, 0]], -1)
    first, last = (
        np.array([getattr(taxonomy.genres[taxonomy.names[g]], field) for g in genres])[genre]
        for field in ("first", "last")
    )
    start = rng.integers(first, last + 1)
    end = np.minimum(start + 2 + rng.gamma(2.0, 4.0, ARTISTS).astype(np.int64), YEARS[1])
    return pd.DataFrame(
        {
            "tongue": tongue,
            "genre": genres[genre],
            "second": second,
            "start": start,
            "end": end,
            "female": rng.random(ARTISTS) < 0.5,
            "popularity": rng.lognormal(0.0, 1.1, ARTISTS),
        }
    )


def _owners(artists: pd.DataFrame, rng: np.random.Generator) -> NDArray[np.int64]:
    """The artist of each song: everybody has two, the popular have more."""
    share = artists["popularity"].to_numpy() ** 0.6
    extra = rng.choice(len(artists), SONGS - 2 * len(artists), p=share / share.sum())
    return np.sort(np.concatenate([np.repeat(np.arange(len(artists)), 2), extra]))


def _albums(
    artists: pd.DataFrame, owner: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Issue dates and albums of the songs: an album's songs come out on one day of the artist's career."""
    position = np.arange(len(owner)) - np.searchsorted(owner, owner)
    _, albums = np.unique(np.column_stack([owner, position // SONGS_AN_ALBUM]), axis=0, return_inverse=True)
    albums = albums.reshape(-1)
    of_album = owner[np.unique(albums, return_index=True)[1]]
    start, end = artists["start"].to_numpy()[of_album], artists["end"].to_numpy()[of_album]
    year = start + (rng.random(len(of_album)) * (end - start + 1)).astype(np.int64)
    days = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]") + rng.integers(0, 365, len(year))
    return np.minimum(days, LAST_ISSUE)[albums].astype("datetime64[s]"), albums


def _profiles(
    taxonomy: Taxonomy,
    artists: pd.DataFrame,
    owner: NDArray[np.int64],
    dates: NDArray[Any],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """What every song is: its genre and what goes with it, some of it the artist's, some its own."""
    songs, related, row = np.arange(len(owner)), taxonomy.related, taxonomy.row
    profiles = np.zeros((len(owner), len(taxonomy)))
    genre = artists["genre"].to_numpy()[owner]
    second = artists["second"].to_numpy()[owner]
    has_second = (second >= 0) & (rng.random(len(owner)) < 0.7)
    appeal = taxonomy.popularity**0.4
    moods = related * taxonomy.of_facet("mood") * appeal
    of_artist = draw(moods[artists["genre"].to_numpy()] + 1e-6 * taxonomy.of_facet("mood"), 2, rng)[owner]
    of_song = draw(moods[genre] + 1e-6 * taxonomy.of_facet("mood"), 2, rng)
    mood = np.where(rng.random(of_song.shape) < 0.5, of_artist, of_song)
    around = related[genre] + related[mood[:, 0]] + related[mood[:, 1]]
    contexts = taxonomy.of_facet("activity", "season", "place")
    context = draw((around + 2e-4) * contexts * appeal, 2, rng)
    instrument = draw((related[genre] + 1e-4) * taxonomy.of_facet("instrument") * appeal, 1, rng)[:, 0]
    decade = (dates.astype("datetime64[Y]").astype(np.int64) + 1970) // 10 * 10
    era = np.array([row[f"{d}s" if d >= 2000 else f"{d % 100}s"] for d in np.maximum(decade, 1950)])
    parts = [("genre", genre), ("era", era), ("instrument", instrument)]
    parts += [("mood", column) for column in mood.T] + [("context", column) for column in context.T]
    for kind, columns in parts:
        profiles[songs, columns] += WEIGHTS[kind]
    profiles[songs[has_second], second[has_second]] += WEIGHTS["second"]
    voice = _voices(taxonomy, artists, owner, rng)
    profiles[songs, voice] += WEIGHTS["voice"]
    tongue = artists["tongue"].to_numpy()[owner]
    british = (rng.random(len(artists)) < 0.3)[owner]
    for here, place in ((tongue == 1, "korea"), (tongue == 2, "french"), ((tongue == 0) & british, "british")):
        profiles[here, row[place]] += WEIGHTS["origin"]
    return profiles


def _voices(
    taxonomy: Taxonomy, artists: pd.DataFrame, owner: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Mostly nobody sings in an instrumental genre; elsewhere a woman or a man does, now and then in a special way."""
    related, row = taxonomy.related, taxonomy.row
    genre = artists["genre"].to_numpy()[owner]
    sung = np.where(artists["female"].to_numpy()[owner], row["female_vocals"], row["male_vocals"])
    special = draw((related[genre] + 1e-5) * taxonomy.of_facet("voice"), 1, rng)[:, 0]
    plain = np.isin(special, [row["female_vocals"], row["male_vocals"]]) | (rng.random(len(owner)) < 0.5)
    wordless = related[genre, row["instrumental"]] / related[:, row["instrumental"]].max()
    return np.where(rng.random(len(owner)) < 4 * wordless, row["instrumental"], np.where(plain, sung, special))
