"""How an item sounds, on its page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tagviz.operations import features
from tagviz.operations.context import Context
from tagviz.store import sounds
from tagviz.store.workspace import Workspace
from tagviz.ui import pages
from tests.ui.screen import press, tables, texts

Open = Callable[..., AppTest]


def test_without_numbers_a_song_says_how_to_add_some(app: Open) -> None:
    said = texts(app(pages.ITEM.path, model="spectral", item="song:s0"))
    assert "Nothing is known of how the songs of this corpus sound" in said
    assert "How it sounds" not in texts(app(pages.ITEM.path, model="spectral", item="tag:tag0"))


@pytest.mark.usefixtures("with_numbers")
def test_a_song_shows_what_sounds_like_it(app: Open) -> None:
    test = app(pages.ITEM.path, model="spectral", item="song:s0")
    assert not test.exception
    said = texts(test)
    assert "Sounds like" in said
    assert "Stronger than in most songs around" in said
    assert ["label", "similarity", "together"] in tables(test)
    frame = next(one.value for one in test.dataframe if "similarity" in one.value)
    assert {int(label.split()[1]) % 2 for label in frame["label"][:5]} == {0}


@pytest.mark.usefixtures("with_numbers")
def test_a_tags_mean_can_be_heard(app: Open) -> None:
    test = app(pages.ITEM.path, model="spectral", item="tag:tag1")
    assert not test.exception
    assert "Line: mean of 8 songs" in texts(test)
    assert not test.get("audio")
    press(test, "Listen to the mean")
    assert not test.exception
    assert len(test.get("audio")) == 1


def test_a_song_with_a_sound_can_be_played(app: Open, with_numbers: Path, tmp_path: Path) -> None:
    import numpy as np

    from tagviz.operations.demo_sounds import ogg

    home = Workspace(with_numbers)
    (table,) = features.tables_of(Context(home), "awkward")
    noise = np.random.default_rng(0).normal(scale=0.1, size=32_000).astype(np.float32)
    sounds.write_sound(home, table.fingerprint, "s0", ogg(noise))
    test = app(pages.ITEM.path, model="spectral", item="song:s0")
    assert not test.exception
    assert len(test.get("audio")) == 1
    assert "Spectrogram: time from left to right" in texts(test)
