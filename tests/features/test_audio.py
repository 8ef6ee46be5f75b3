"""Audio files: any rate and number of channels sound alike, and what cannot be used is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tagviz.errors import SourceError
from tagviz.features import audio, mel
from tagviz.features.archives import read_spectrograms


def chord(rate: int, seconds: float = 3.0) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    time = np.arange(int(seconds * rate)) / rate
    return 0.2 * sum(np.sin(2 * np.pi * hertz * time) for hertz in (220.0, 331.0, 1250.0))


@pytest.mark.parametrize(
    ("name", "rate", "channels"),
    [("a.wav", 8000, 1), ("a.flac", 44_100, 2), ("a.ogg", 48_000, 2), ("a.mp3", 44_100, 1)],
)
def test_rates_channels_and_formats_give_the_same_bands(tmp_path: Path, name: str, rate: int, channels: int) -> None:
    soundfile.write(tmp_path / name, np.tile(chord(rate)[:, None], channels), rate)
    heard = audio.spectrogram_of(tmp_path / name).mean(axis=1)
    expected = mel.spectrogram(chord(mel.RATE)).mean(axis=1)
    assert np.corrcoef(heard, expected)[0, 1] > 0.97


def test_a_long_file_is_heard_for_a_minute_from_the_middle(tmp_path: Path) -> None:
    rate = 8000
    sound = np.concatenate([np.zeros(100 * rate), chord(rate, 60), np.zeros(100 * rate)])
    soundfile.write(tmp_path / "long.wav", sound, rate)
    spectrogram = audio.spectrogram_of(tmp_path / "long.wav")
    assert abs(spectrogram.shape[1] - 60 * mel.FRAMES_PER_SECOND) < 3
    assert spectrogram.max(axis=0)[10:-10].min() > 0.5


def test_what_cannot_be_used_is_refused_with_the_reason(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "short.wav", chord(16_000, 0.5), 16_000)
    soundfile.write(tmp_path / "silent.wav", np.zeros(40_000), 16_000)
    (tmp_path / "none.mp3").write_bytes(b"%PDF-1.4 nothing to hear")
    for name, said in (("short.wav", "shorter than a second"), ("silent.wav", "silence"), ("none.mp3", "no audio")):
        with pytest.raises(SourceError, match=said):
            audio.spectrogram_of(tmp_path / name)


def test_a_folder_of_audio_becomes_a_table(tmp_path: Path) -> None:
    folder = tmp_path / "sounds"
    folder.mkdir()
    soundfile.write(folder / "one.wav", chord(16_000), 16_000)
    soundfile.write(folder / "two.flac", chord(22_050), 22_050)
    (folder / "notes.pdf").write_bytes(b"%PDF")
    (folder / "three.mp3").write_bytes(b"broken")
    read = read_spectrograms(folder, tmp_path / "parts")
    assert list(read.table.ids) == ["one", "two"]
    assert [(note["what"], note["examples"]) for note in read.notes] == [
        ("files: no audio that can be read", ["three.mp3"])
    ]
    np.testing.assert_allclose(read.table.values[0][:48], read.table.values[1][:48], atol=0.2)
