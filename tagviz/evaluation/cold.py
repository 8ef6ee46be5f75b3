"""The cold protocol: songs are taken out of the training lists, and models must place them.

Whole artists are drawn (albums, or single songs, where the corpus knows no artists) until they have `share` of the
songs. Each drawn song keeps so many of its training playlists, drawn at random: none, 1 to 4, 5 to 9, or 10 to 20. The
playlists asked about show their other songs and tags, or their tags and title, and hide the drawn songs. Only drawn
songs may be recommended, so that a model is judged on how it tells them apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.errors import NotReadyError
from tagviz.types import Corpus, Kind

PLAYS = ((0, 0), (1, 4), (5, 9), (10, 20))
"""Fewest and most training playlists that a drawn song keeps."""
SHARES = (0.4, 0.2, 0.2, 0.2)
"""Shares of the drawn songs that keep so many."""


@dataclass(frozen=True, eq=False)
class ColdSongs:
    """Songs that are taken out of the training lists.

    Attributes:
        drawn: bool (songs,).
        unit: What was drawn whole: "artist", "album" or "song".
    """

    drawn: NDArray[np.bool_]
    unit: str


def draw(corpus: Corpus, share: float, rng: np.random.Generator) -> ColdSongs:
    """Draw artists, albums or songs until they have `share` of the songs that playlists hold.

    Raises:
        NotReadyError: The corpus has fewer than ten songs in playlists.
    """
    used = corpus.counts(Kind.SONG) > 0 if corpus.has(Kind.SONG) else np.zeros(0, dtype=bool)
    if used.sum() < 10:
        raise NotReadyError(
            f"The corpus {corpus.name!r} cannot be split for the cold protocol",
            f"it has {int(used.sum())} songs in playlists; at least 10 are needed",
            "choose another protocol",
        )
    codes, unit = _units(corpus)
    sizes = np.bincount(codes, weights=used)
    order = rng.permutation(len(sizes))
    wanted = share * used.sum()
    chosen = order[: int(np.searchsorted(np.cumsum(sizes[order]), wanted)) + 1]
    return ColdSongs(np.isin(codes, chosen) & used, unit)


def _units(corpus: Corpus) -> tuple[NDArray[np.int64], str]:
    """Artist (the first of a song), album or song of each song, as codes; songs without one are their own."""
    count = len(corpus.vocab(Kind.SONG))
    artists = corpus.song_links.get(Kind.ARTIST)
    if artists is not None and artists.nnz:
        first = np.full(count, -1, dtype=np.int64)
        has = np.diff(artists.indptr) > 0
        first[has] = artists.indices[artists.indptr[:-1][has]]
        unit = "artist"
    else:
        first = pd.factorize(corpus.songs["album"].where(corpus.songs["album"] != ""))[0].astype(np.int64)
        unit = "album" if (first >= 0).any() else "song"
    alone = first < 0
    first[alone] = first.max(initial=-1) + 1 + np.arange(int(alone.sum()))
    return first, unit


def without_drawn(train: Corpus, cold: ColdSongs, rng: np.random.Generator) -> sp.csr_matrix:
    """Return playlists × songs of the training side, in which drawn songs keep few playlists or none."""
    matrix = train.matrix(Kind.SONG)
    drawn = np.flatnonzero(cold.drawn)
    level = rng.choice(len(PLAYS), len(drawn), p=SHARES)
    low, high = np.array(PLAYS).T
    keep = np.full(len(cold.drawn), np.iinfo(np.int64).max)
    keep[drawn] = rng.integers(low[level], high[level] + 1)
    order = np.lexsort((rng.random(matrix.nnz), matrix.indices))
    starts = np.concatenate([[0], np.cumsum(np.bincount(matrix.indices, minlength=matrix.shape[1]))])[:-1]
    place = np.empty(matrix.nnz, dtype=np.int64)
    place[order] = np.arange(matrix.nnz) - starts[matrix.indices[order]]
    kept = place < keep[matrix.indices]
    lighter = sp.csr_matrix(
        (kept.astype(np.float32), matrix.indices.copy(), matrix.indptr.copy()), shape=matrix.shape, dtype=np.float32
    )
    lighter.eliminate_zeros()
    return lighter


def eligible(corpus: Corpus, cold: ColdSongs) -> NDArray[np.bool_]:
    """Return which playlists can be asked about: those with a drawn song and another song, a tag or a title."""
    songs = corpus.matrix(Kind.SONG)
    hides = np.asarray(songs @ cold.drawn.astype(np.float32)).ravel()
    others = np.diff(songs.indptr) - hides
    tags = np.diff(corpus.matrix(Kind.TAG).indptr)
    return np.asarray((hides > 0) & ((others > 0) | (tags > 0)))


def shown_and_hidden(
    corpus: Corpus, rows: NDArray[Any], cold: ColdSongs, rng: np.random.Generator
) -> tuple[dict[Kind, sp.csr_matrix], dict[Kind, sp.csr_matrix], NDArray[np.bool_]]:
    """Return what questions show and hide, and which of them show songs (else tags and title)."""
    songs, tags = corpus.matrix(Kind.SONG)[rows], corpus.matrix(Kind.TAG)[rows]
    drawn = sp.diags(cold.drawn.astype(np.float32))
    hidden = sp.csr_matrix(songs @ drawn, dtype=np.float32)
    hidden.eliminate_zeros()
    others = sp.csr_matrix(songs - hidden, dtype=np.float32)
    others.eliminate_zeros()
    has_songs, has_tags = np.diff(others.indptr) > 0, np.diff(tags.indptr) > 0
    by_songs = has_songs & ((rng.random(len(rows)) < 0.5) | ~has_tags)
    shown = sp.csr_matrix(sp.diags(by_songs.astype(np.float32)) @ others, dtype=np.float32)
    shown.eliminate_zeros()
    return {Kind.SONG: shown, Kind.TAG: sp.csr_matrix(tags)}, {Kind.SONG: hidden}, by_songs
