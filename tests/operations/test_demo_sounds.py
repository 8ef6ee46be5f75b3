"""The demo's numbers and sounds: they can be made alone, and what ships is what the code makes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tagviz.features import audio, mel
from tagviz.operations import demo, demo_sounds, features, song_sound
from tagviz.operations.context import Context
from tagviz.settings import ASSETS
from tagviz.sources.demo.sounds import DemoSounds
from tagviz.store.workspace import Workspace
from tests.corpora import make_corpus

LARGEST = 20_000
"""Bytes of a sound."""


@pytest.fixture(scope="module")
def made() -> DemoSounds:
    return DemoSounds.of(demo.SEED)


def test_numbers_and_sounds_are_added_to_a_workspace(tmp_path: Path) -> None:
    home = Workspace(tmp_path, packed=True)
    corpus = make_corpus([{"tags": ["a"], "songs": ["1", "2", "900", "4001", "x"]}], name="demo")
    added = demo_sounds.add(home, corpus, demo.SEED)
    assert added["songs"] == 3
    assert set(added["played"]) <= {"1", "2", "900"}
    (table,) = features.tables_of(Context(home), "demo")
    assert table.source == mel.SOURCE
    assert len(table.columns) == 49
    for song in added["played"]:
        recording = song_sound.recording(Context(home), table.fingerprint, f"song:{song}")
        assert recording is not None
        assert len(recording.content) < LARGEST
    assert song_sound.recording(Context(home), table.fingerprint, "song:3") is None


def test_a_corpus_of_other_songs_gets_none(tmp_path: Path) -> None:
    corpus = make_corpus([{"tags": ["a"], "songs": ["s1"]}])
    assert demo_sounds.add(Workspace(tmp_path), corpus, demo.SEED) == {"songs": 0, "played": []}
    assert not any(tmp_path.iterdir())


def test_rounded_numbers_are_close_and_compress() -> None:
    numbers = np.random.default_rng(0).normal(size=1000).astype(np.float32)
    found = demo_sounds.rounded(numbers)
    np.testing.assert_allclose(found, numbers, rtol=0.01, atol=1e-6)
    assert not (found.view(np.uint16) & 15).any()


def test_what_ships_is_what_the_code_makes(tmp_path: Path, made: DemoSounds) -> None:
    if not (ASSETS / "demo" / "sounds").is_dir():
        pytest.skip("no demo has been built here")
    context = Context(Workspace(tmp_path, ASSETS / "demo"))
    (facts,) = features.tables_of(context, demo.NAME)
    table = features.open_table(context, facts.fingerprint)
    assert facts.songs == len(context.workspace.open_corpus(demo.NAME).songs)
    kept = [mel.columns().index(name) for name in table.columns]
    for row in (0, 1000, 3000):
        again = mel.summarise(made.spectrogram(int(table.ids[row]) - 1, demo_sounds.FRAMES))[kept]
        np.testing.assert_allclose(table.values[row], demo_sounds.rounded(again), rtol=0.02, atol=1e-3)
    paths = sorted((ASSETS / "demo" / "sounds" / facts.fingerprint).glob("*.ogg"))
    assert len(paths) == demo_sounds.PLAYED
    for path in paths:
        assert path.stat().st_size <= LARGEST
    shipped = audio.spectrogram_of(paths[0])
    again = mel.spectrogram(demo_sounds.sound(made, int(paths[0].stem) - 1))
    assert shipped.shape == again.shape
    np.testing.assert_allclose(shipped.mean(axis=1)[:40], again.mean(axis=1)[:40], atol=0.25)
