"""A spectrogram's numbers: what they say of made sounds, and the spectrogram itself."""

from __future__ import annotations

import numpy as np
import pytest

from tagviz.features import mel


def number(mel_: np.ndarray[tuple[int, int], np.dtype[np.float32]], name: str) -> float:
    return float(mel.summarise(mel_)[mel.columns().index(name)])


def tone(hertz: float, seconds: float = 4.0) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * mel.RATE)) / mel.RATE)


def test_every_number_has_a_name() -> None:
    noise = np.random.default_rng(0).random((mel.BANDS, 200)).astype(np.float32)
    assert mel.summarise(noise).shape == (len(mel.columns()),)
    assert len(set(mel.columns())) == len(mel.columns())
    assert np.isfinite(mel.summarise(noise)).all()


@pytest.mark.parametrize("hertz", [220, 880, 3500])
def test_a_tone_is_loudest_in_its_band(hertz: float) -> None:
    spectrogram = mel.spectrogram(tone(hertz))
    centres = mel.mel_filters() @ np.fft.rfftfreq(mel.WINDOW, 1 / mel.RATE)
    assert spectrogram.shape[0] == mel.BANDS
    assert abs(centres[spectrogram.mean(axis=1).argmax()] / hertz - 1) < 0.2


def test_thirty_seconds_have_as_many_frames_as_melons() -> None:
    assert abs(mel.spectrogram(np.zeros(30 * mel.RATE)).shape[1] - 1876) <= 1


def test_a_beat_shows_in_rhythm_and_modulation() -> None:
    beat = tone(440, 16.0) * (np.arange(16 * mel.RATE) % (mel.RATE // 2) < mel.RATE // 8)
    lags = np.geomspace(0.2, 2.0, mel.LAGS + 1)
    rhythm = [number(mel.spectrogram(beat), f"rhythm{lag}") for lag in range(mel.LAGS)]
    near, off = (int(np.searchsorted(lags, seconds)) - 1 for seconds in (0.5, 0.32))
    assert rhythm[near] > rhythm[off] + 0.3
    steady, beating = (
        [number(mel.spectrogram(sound), f"modulation1.{at}") for at in range(len(mel.MODULATIONS) - 1)]
        for sound in (tone(440, 16.0), beat)
    )
    assert max(beating) > max(steady) + 1


def test_louder_sound_changes_the_level_and_hardly_the_rest() -> None:
    noise = np.random.default_rng(1).random((mel.BANDS, 300)).astype(np.float32)
    soft, loud = mel.summarise(noise), mel.summarise(noise + 2)
    assert loud[-1] - soft[-1] == pytest.approx(2, abs=1e-3)
    np.testing.assert_allclose(loud[:-1], soft[:-1], atol=2e-3)
