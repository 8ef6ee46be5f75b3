"""A sound file as a question: low songs get the tags and songs of low songs, and what is no sound is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.signal import butter, sosfilt

from tagviz.errors import NotReadyError, SourceError
from tagviz.operations import corpora, features, models, sound
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace
from tagviz.types import Corpus
from tests.corpora import make_corpus

RATE = 16_000
SONGS = 40
WORLDS = ("low", "high")


def write(path: Path, world: int, seed: int) -> Path:
    """Two seconds of noise below 800 Hz, or above 3,000 Hz."""
    noise = np.random.default_rng(seed).normal(size=2 * RATE)
    filtered = sosfilt(butter(4, (800, 3000)[world], ("low", "high")[world], fs=RATE, output="sos"), noise)
    soundfile.write(path, (0.5 * filtered / np.abs(filtered).max()).astype(np.float32), RATE)
    return path


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Context:
    home = Workspace(tmp_path_factory.mktemp("sound"))
    rows = [
        {
            "id": str(number),
            "tags": [WORLDS[number % 2], f"tag{number % 6}"],
            "songs": [f"s{2 * at + number % 2}" for at in range(SONGS // 2) if (at + number) % 3],
        }
        for number in range(60)
    ]
    home.save_corpus(make_corpus(rows, name="heard"))
    return Context(home)


@pytest.fixture(scope="module")
def corpus(context: Context, tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("files")
    for number in range(SONGS):
        write(folder / f"s{number}.wav", number % 2, number)
    opened = corpora.open_corpus(context, "heard")
    with pytest.raises(NotReadyError, match="No model of 'heard' knows sound"):
        sound.answer(context, opened, folder / "s0.wav")
    features.add(context, opened, folder, "mel")
    models.train(context, opened, "content")
    return opened


@pytest.mark.parametrize("world", [0, 1])
def test_a_file_is_answered_like_the_songs_that_it_sounds_like(
    context: Context, corpus: Corpus, tmp_path: Path, world: int
) -> None:
    answer = sound.answer(context, corpus, write(tmp_path / "new.wav", world, 1000))
    assert answer.tags[0][0] == WORLDS[world]
    near = [key.removeprefix("song:s") for key, _similarity in answer.sounds_like]
    assert {int(number) % 2 for number in near} == {world}
    assert answer.sounds_like[0][1] > 0.5
    assert len(answer.goes_with) == 10
    assert [int(key.removeprefix("song:s")) % 2 for key in answer.goes_with].count(world) >= 8
    assert answer.spectrogram.shape[0] == 48


def test_what_is_no_sound_is_refused(context: Context, corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "paper.mp3").write_bytes(b"%PDF-1.7 nothing to hear")
    with pytest.raises(SourceError, match="cannot be heard"):
        sound.answer(context, corpus, tmp_path / "paper.mp3")
    soundfile.write(tmp_path / "silent.wav", np.zeros(2 * RATE, dtype=np.float32), RATE)
    with pytest.raises(SourceError, match="cannot be used"):
        sound.answer(context, corpus, tmp_path / "silent.wav")
