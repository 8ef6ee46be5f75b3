"""The demo corpus: a synthetic one, generated from a hand-written taxonomy. No listener, artist or song in it is real.

Concepts (rainy day, jazz …) have spellings in English, Korean and French and stand near one another as a person who
knows music would put them. Songs are mixtures of concepts; listeners have a tongue, a taste and habits of typing; a
playlist is about one to three concepts, and its songs, tags and title follow them with noise, the season and the
fashion of the year.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from tagviz.sources.build import build_corpus
from tagviz.sources.demo.catalogue import Catalogue, make_catalogue
from tagviz.sources.demo.listeners import Listening, Playlist
from tagviz.sources.demo.taxonomy import FOLDER, Taxonomy, read_taxonomy
from tagviz.sources.raw import Notes, Options, Origin, Pairs, Raw, SongInfo
from tagviz.types import Corpus, Progress, ProgressCallback, no_progress

FORMAT = "demo"
ABOUT = (
    "Synthetic: generated from a hand-written taxonomy of tags. Listeners, artists, songs and playlists are invented."
)


def generate(seed: int = 42, progress: ProgressCallback = no_progress) -> Corpus:
    """The demo corpus; the same seed gives the same corpus.

    `meta["synthetic"]` is true and `meta["about"]` says it in words. Raises SourceError where a taxonomy file is wrong.
    """
    rng = np.random.default_rng(seed)
    progress(Progress("Reading the taxonomy", 0.0))
    taxonomy = read_taxonomy()
    progress(Progress("Inventing artists and songs", 0.05))
    catalogue = make_catalogue(taxonomy, rng)
    progress(Progress("Making playlists", 0.2))
    playlists = sorted(Listening(taxonomy, catalogue, rng).playlists(), key=lambda playlist: playlist.date)
    corpus = build_corpus(
        _raw(taxonomy, catalogue, playlists), Origin(FOLDER, FORMAT, "demo"), Options(), Notes(), progress
    )
    return replace(corpus, meta={**corpus.meta, "synthetic": True, "about": ABOUT, "seed": seed})


def _raw(taxonomy: Taxonomy, catalogue: Catalogue, made: list[Playlist]) -> Raw:
    frame = pd.DataFrame(
        {
            "id": np.arange(1, len(made) + 1),
            "title": [playlist.title for playlist in made],
            "date": np.array([playlist.date for playlist in made]),
            "likes": [playlist.likes for playlist in made],
            "group": [f"listener {playlist.listener + 1}" for playlist in made],
        }
    )
    tags = Pairs.of_lists(
        np.array([len(playlist.tags) for playlist in made]), pd.Series([t for playlist in made for t in playlist.tags])
    )
    songs = Pairs.of_lists(
        np.array([len(playlist.songs) for playlist in made]), np.concatenate([playlist.songs for playlist in made]) + 1
    )
    spellings = taxonomy.spellings
    facets = dict(zip(spellings.texts, taxonomy.facets[spellings.concepts].tolist(), strict=True))
    return Raw(frame, tags, songs, _song_info(taxonomy, catalogue), facets, group_name="listener")


def _song_info(taxonomy: Taxonomy, catalogue: Catalogue) -> SongInfo:
    songs, artists = catalogue.songs, catalogue.artists
    owner = songs["artist"].to_numpy()
    frame = pd.DataFrame(
        {
            "id": np.arange(1, len(songs) + 1),
            "name": songs["name"],
            "artist": artists["name"].to_numpy()[owner],
            "album": songs["album"],
            "date": songs["date"],
        }
    )
    baskets = [
        list(dict.fromkeys(name for row in (genre, second) if row >= 0 for name in taxonomy.roots(taxonomy.names[row])))
        for genre, second in zip(artists["genre"], artists["second"], strict=True)
    ]
    lengths = np.array([len(baskets[artist]) for artist in owner])
    genres = Pairs.of_lists(lengths, pd.Series([genre for artist in owner for genre in baskets[artist]]))
    first = np.unique(taxonomy.spellings.concepts, return_index=True)[1]
    names = {name: taxonomy.spellings.texts[row] for name, row in zip(taxonomy.names, first, strict=True)}
    return SongInfo(
        frame,
        genres,
        Pairs(np.arange(len(songs), dtype=np.int64), pd.Series(owner + 1)),
        {name: names[name] for name in taxonomy.genres},
        {str(number + 1): name for number, name in enumerate(artists["name"])},
    )
