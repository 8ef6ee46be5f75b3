"""Tiny corpora for tests, written out so that a reader can check an expected answer by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from tagviz.types import Corpus, Kind, Vocab


def make_corpus(
    playlists: Sequence[Mapping[str, Any]],
    songs: Mapping[str, Mapping[str, Any]] | None = None,
    facets: Mapping[str, str] | None = None,
    name: str = "tiny",
) -> Corpus:
    """A corpus from plain dictionaries: `title`, `tags`, `songs`, `date`, `likes`, `group` per playlist (all optional);
    per song id `name`, `artist`, `artists`, `genres`, `album`, `date`. Title words are split at blanks, lower-cased."""
    rows = [dict(playlist) for playlist in playlists]
    for row in rows:
        row["words"] = str(row.get("title", "")).lower().split()
    about = dict(songs or {})
    vocabs: dict[Kind, Vocab] = {}
    links: dict[Kind, sp.csr_matrix] = {}
    for kind, column in ((Kind.TAG, "tags"), (Kind.SONG, "songs"), (Kind.WORD, "words")):
        extra = list(about) if kind is Kind.SONG else []
        ids = list(dict.fromkeys([str(item) for row in rows for item in row.get(column, [])] + extra))
        labels = [str(about.get(i, {}).get("name", i)) for i in ids] if kind is Kind.SONG else None
        vocabs[kind] = Vocab.of(kind, ids, labels)
        links[kind] = _binary([row.get(column, []) for row in rows], ids)
    song_ids = list(vocabs[Kind.SONG].ids)
    song_links: dict[Kind, sp.csr_matrix] = {}
    for kind, column in ((Kind.GENRE, "genres"), (Kind.ARTIST, "artists")):
        lists = [about.get(i, {}).get(column, []) for i in song_ids]
        ids = list(dict.fromkeys(str(item) for row in lists for item in row))
        vocabs[kind] = Vocab.of(kind, ids)
        song_links[kind] = _binary(lists, ids)
    frame = pd.DataFrame(
        {
            "id": pd.Series([str(row.get("id", number)) for number, row in enumerate(rows)], dtype="str"),
            "title": pd.Series([str(row.get("title", "")) for row in rows], dtype="str"),
            "date": pd.to_datetime([row.get("date") for row in rows]).astype("datetime64[s]"),
            "likes": np.array([row.get("likes", 0) for row in rows], dtype=np.int32),
            "group": pd.Series([str(row.get("group", "")) for row in rows], dtype="str"),
        }
    )
    song_frame = pd.DataFrame(
        {
            "name": pd.Series([str(about.get(i, {}).get("name", i)) for i in song_ids], dtype="str"),
            "artist": pd.Series([str(about.get(i, {}).get("artist", "")) for i in song_ids], dtype="str"),
            "album": pd.Series([str(about.get(i, {}).get("album", "")) for i in song_ids], dtype="str"),
            "date": pd.to_datetime([about.get(i, {}).get("date") for i in song_ids]).astype("datetime64[s]"),
        }
    )
    tags = list(vocabs[Kind.TAG].ids)
    return Corpus(
        name=name,
        playlists=frame,
        songs=song_frame,
        vocabs=vocabs,
        links=links,
        song_links=song_links,
        facets=np.array([(facets or {}).get(tag, "") for tag in tags], dtype=object),
        group_name="listener" if any(row.get("group") for row in rows) else "",
    )


def checkerboard(half: int = 12, items: int = 8) -> Corpus:
    """2·half playlists of two worlds that share nothing: even playlists hold even tags and songs, odd ones odd ones.

    Playlist p leaves out one tag and one song of its world (those with number p mod `items`), so a good method puts
    just these first when it is asked with the rest.
    """
    playlists = []
    for p in range(2 * half):
        world = p % 2
        missing = (p // 2) % items
        kept = [i for i in range(items) if i != missing]
        playlists.append(
            {
                "title": ("even" if world == 0 else "odd") + f" list {p}",
                "tags": [f"t{2 * i + world}" for i in kept],
                "songs": [f"s{2 * i + world}" for i in kept],
                "group": f"g{p}",
            }
        )
    about = {
        f"s{n}": {"name": f"song {n}", "artist": f"a{n % 2}", "artists": [f"a{n % 2}"], "genres": [f"genre{n % 2}"]}
        for n in range(2 * items)
    }
    return make_corpus(playlists, about, name="checkerboard")


def _binary(lists: Sequence[Sequence[Any]], ids: Sequence[str]) -> sp.csr_matrix:
    column = {ident: number for number, ident in enumerate(ids)}
    pairs = sorted({(row, column[str(item)]) for row, values in enumerate(lists) for item in values})
    rows = [row for row, _ in pairs]
    columns = [col for _, col in pairs]
    shape = (len(lists), len(ids))
    return sp.csr_matrix((np.ones(len(pairs), dtype=np.float32), (rows, columns)), shape=shape, dtype=np.float32)
