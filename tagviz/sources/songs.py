"""Songs of a corpus: vocabulary, frame, genres and artists from what a reader knows of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz import text
from tagviz.sources.raw import EXAMPLES, Notes, Pairs, SongInfo, as_ids, counted, shown, used_columns
from tagviz.text import DASH
from tagviz.types import Kind, Vocab


@dataclass(frozen=True)
class Songs:
    """The part of a corpus that is about songs."""

    vocab: Vocab
    frame: pd.DataFrame
    vocabs: dict[Kind, Vocab]
    links: dict[Kind, sp.csr_matrix]


def songs_of(ids: pd.Index, info: SongInfo | None, all_songs: bool, notes: Notes) -> Songs:
    """Songs in the order of `ids`, then, with `all_songs`, those that are only described."""
    if info is None:
        info = SongInfo(pd.DataFrame({"id": ids, "name": ids}))
    known = as_ids(info.frame["id"])
    again = known.duplicated()
    notes.add("songs described twice", int(again.sum()), "first description kept", known[again])
    first = np.flatnonzero(~again)
    places = known[first].get_indexer(ids)
    absent = places < 0
    notes.add("songs without description", int(absent.sum()), "kept, shown by their id", ids[absent][:EXAMPLES])
    order = np.where(absent, -1, np.append(first, -1)[places])
    unused = first[np.bincount(places[~absent], minlength=len(first)) == 0]
    if all_songs:
        order, ids = np.concatenate([order, unused]), ids.append(known[unused])
    else:
        notes.add("songs described but in no playlist", len(unused), "left out", known[unused[:EXAMPLES]])
    frame = _frame(ids, info.frame, order, notes)
    alone = (frame["artist"] == "") | (frame["artist"] == frame["name"])
    labels = frame["name"].where(alone, frame["name"] + DASH + frame["artist"])
    genres, genre_vocab = _linked(Kind.GENRE, info.genres, info.genre_names, order, len(info.frame))
    artists, artist_vocab = _linked(Kind.ARTIST, info.artists, info.artist_names, order, len(info.frame))
    return Songs(
        Vocab(Kind.SONG, ids, pd.Index(labels, dtype="str")),
        frame,
        {Kind.GENRE: genre_vocab, Kind.ARTIST: artist_vocab},
        {Kind.GENRE: genres, Kind.ARTIST: artists},
    )


def _frame(ids: pd.Index, given: pd.DataFrame, order: NDArray[Any], notes: Notes) -> pd.DataFrame:
    """name, artist, album and date of the songs at `order` (−1: not described); the id stands in for a missing name."""
    taken = given.reset_index(drop=True).reindex(np.where(order < 0, len(given), order)).reset_index(drop=True)
    text_of = {
        column: shown(taken[column], f"song {column}s", notes) if column in taken else pd.Series("", taken.index, "str")
        for column in ("name", "artist", "album")
    }
    nameless = (text_of["name"] == "").to_numpy()
    missing = ids[nameless & (order >= 0)]
    notes.add("songs without a name", len(missing), "shown by their id", missing)
    text_of["name"] = text_of["name"].where(~nameless, pd.Series(ids, dtype="str"))
    date = pd.to_datetime(taken["date"]) if "date" in taken else pd.Series(pd.NaT, taken.index)
    return pd.DataFrame({**text_of, "date": date.astype("datetime64[s]")})


def _linked(
    kind: Kind, pairs: Pairs, names: Mapping[str, str], order: NDArray[Any], height: int
) -> tuple[sp.csr_matrix, Vocab]:
    """Songs at `order` × genres or artists, binary, with those that occur."""
    codes, distinct = pd.factorize(pairs.values)
    ids = as_ids(distinct)
    table = counted(pairs.rows[codes >= 0], codes[codes >= 0], (height + 1, len(ids)))
    table.data[:] = 1
    matrix, ids = used_columns(sp.csr_matrix(table[np.where(order < 0, height, order)]), ids)
    return matrix, Vocab.of(kind, list(ids), [text.clean(names.get(ident) or ident) for ident in ids])
