"""Sound from spectrograms: measured again, it has the spectrogram that was asked for."""

from __future__ import annotations

import io

import numpy as np
import soundfile

from tagviz.features import mel, synthesis

FRAMES = 100
SPECTROGRAM = np.repeat((4 - np.arange(mel.BANDS) / 30 + 0.3 * np.sin(np.arange(mel.BANDS) / 4))[:, None], FRAMES, 1)


def test_bands_become_frequencies_and_bands_again() -> None:
    power = synthesis.power_of(SPECTROGRAM)
    assert power.shape == (mel.WINDOW // 2 + 1, FRAMES)
    assert (power >= 0).all()
    np.testing.assert_allclose(np.log10(1 + 10_000 * (mel.mel_filters() @ power)), SPECTROGRAM, atol=1e-3)


def test_sound_has_the_spectrum_that_was_asked_for() -> None:
    sound = synthesis.sound_of(SPECTROGRAM, seed=1)
    assert len(sound) == FRAMES * mel.HOP
    np.testing.assert_allclose(mel.spectrogram(sound).mean(axis=1), SPECTROGRAM.mean(axis=1), atol=0.02)
    np.testing.assert_array_equal(sound, synthesis.sound_of(SPECTROGRAM, seed=1))


def test_silence_stays_silent() -> None:
    assert not synthesis.sound_of(np.zeros((mel.BANDS, 20))).any()


def test_a_vocoder_gives_a_sound_another_spectrum() -> None:
    noise = np.random.default_rng(0).normal(size=FRAMES * mel.HOP)
    found = mel.spectrogram(synthesis.shaped(noise, SPECTROGRAM))
    assert np.abs(found.mean(axis=1) - SPECTROGRAM.mean(axis=1)).mean() < 0.1


def test_a_file_is_mono_fades_and_is_not_clipped() -> None:
    content = synthesis.wav_bytes(np.full(mel.RATE, 20.0))
    sound, rate = soundfile.read(io.BytesIO(content))
    assert rate == mel.RATE
    assert sound.shape == (mel.RATE,)
    assert abs(sound[0]) < 1e-3
    assert abs(sound.max() - synthesis.PEAK) < 1e-3
