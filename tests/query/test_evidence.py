"""Interpretations → weighted rows."""

from __future__ import annotations

import numpy as np
import pytest

from tagviz.query import interpret
from tagviz.query.evidence import evidence, matrix
from tagviz.types import Kind
from tests.query.corpus import names


def test_an_artist_shares_its_part_of_the_text_among_its_songs() -> None:
    corpus = names()
    meant = evidence(interpret("jazz radiohead", corpus), corpus)
    songs = meant.items[Kind.SONG]
    assert {corpus.songs["artist"].iloc[row] for row in songs} == {"Radiohead"}
    assert len(songs) == 2
    assert sum(songs.values()) == pytest.approx(0.5, abs=0.01)
    assert list(meant.items[Kind.TAG].values()) == pytest.approx([1.0], abs=0.05)
    assert set(meant.named[Kind.SONG].values()) == {0.5}


def test_what_is_asked_and_avoided_is_avoided() -> None:
    corpus = names()
    meant = evidence(interpret("jazz, not jazz", corpus), corpus)
    assert meant.items.get(Kind.TAG, {}) == {}
    assert list(meant.avoid[Kind.TAG]) == [corpus.vocab(Kind.TAG).row("jazz")]


def test_albums_stand_for_their_songs() -> None:
    corpus = names()
    (row,) = evidence(interpret("pablo honey", corpus), corpus).items[Kind.SONG]
    assert corpus.songs["name"].iloc[row] == "Creep"


def test_weights_become_rows() -> None:
    rows = matrix([{2: 0.5, 0: 1.0}, {}], 3)
    assert rows.dtype == np.float32
    assert rows.toarray().tolist() == [[1.0, 0.0, 0.5], [0.0, 0.0, 0.0]]
