"""The public data sets: what is recognised, how much is read, and lists made here against lists made elsewhere."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from tagviz.sources import detect, read
from tagviz.types import Kind

pytestmark = pytest.mark.real_data


def test_every_folder_is_recognised(real_data: Path) -> None:
    found = {folder.name: detect(folder) for folder in sorted(real_data.iterdir()) if folder.is_dir()}
    expected = {"deezer": "deezer", "jamendo": "jamendo", "lastfm-hetrec": "lastfm", "lastfm-melon-shape": "melon"}
    assert found == expected


def test_lists_made_of_the_assignments_agree_with_the_lists_in_melon_shape(real_data: Path) -> None:
    made, given = read(real_data / "lastfm-hetrec"), read(real_data / "lastfm-melon-shape")
    assert len(made) == len(given) == 7036
    assert made.matrix(Kind.SONG).nnz == given.matrix(Kind.SONG).nnz == 116_836
    assert made.matrix(Kind.TAG).nnz == given.matrix(Kind.TAG).nnz == 46_119
    assert made.playlists["group"].nunique() == given.playlists["group"].nunique() == 638
    for column in ("title", "group"):
        assert sorted(made.playlists[column]) == sorted(given.playlists[column])
    lengths = [np.sort(np.diff(corpus.matrix(Kind.SONG).indptr)) for corpus in (made, given)]
    assert (lengths[0] == lengths[1]).all()
    assert made.meta["title_in_tags"] < 0.05
    assert given.meta["title_in_tags"] < 0.05


def test_import_of_the_real_lists_takes_less_than_five_seconds_of_work(real_data: Path) -> None:
    start = time.process_time()
    read(real_data / "lastfm-melon-shape")
    assert time.process_time() - start < 5


def test_views(real_data: Path) -> None:
    tracks = read(real_data / "jamendo")
    assert (len(tracks), len(tracks.vocab(Kind.TAG))) == (43_960, 187)
    assert set(tracks.facets) == {"genre", "instrument", "mood"}
    albums = read(real_data / "jamendo", options={"view": "albums"})
    assert albums.matrix(Kind.SONG).nnz == 43_960
    listeners = read(real_data / "deezer")
    assert (len(listeners), len(listeners.vocab(Kind.TAG))) == (47_538, 84)
