"""Spectrograms of 48 mel bands → sound, by Griffin and Lim's algorithm.

Griffin & Lim 1984, *Signal estimation from modified short-time Fourier transform*; Perraudin, Balazs & Søndergaard
2013, *A fast Griffin-Lim algorithm*; the bands are spread over the frequencies by Lee & Seung's updates (2001).
"""

from __future__ import annotations

import io
import wave

import numpy as np
from numpy.typing import NDArray

from tagviz.features import mel
from tagviz.types import Floats

ROUNDS = 32
"""Rounds of Griffin and Lim's algorithm."""
MOMENTUM = 0.99
"""Of its fast form."""
UPDATES = 40
"""Updates by which bands become frequencies."""
SHAPINGS = 4
"""Rounds of the vocoder: frames overlap, so that one round does not reach the spectrogram."""
PEAK = 0.7
"""Largest amplitude of what is played."""
FADE = 0.05
"""Seconds in which a sound begins and ends."""


def power_of(spectrogram: NDArray[np.floating]) -> Floats:
    """Return float32 (257, frames), a non-negative power spectrum with the given bands, as smooth as the filters are.

    Args:
        spectrogram: (48, frames), log10(1 + 10,000·power) of each band.
    """
    bands = np.maximum(10.0 ** np.asarray(spectrogram, dtype=np.float64) - 1, 0) / 10_000
    filters = mel.mel_filters().astype(np.float64)
    spread = filters / np.maximum(filters.sum(axis=0), 1e-9)
    power = spread.T @ bands
    norm = np.maximum(filters.sum(axis=0), 1e-12)[:, None]
    for _ in range(UPDATES):
        power *= (filters.T @ (bands / np.maximum(filters @ power, 1e-12))) / norm
    power[filters.sum(axis=0) == 0] = 0
    return np.asarray(power, dtype=np.float32)


def sound_of(spectrogram: NDArray[np.floating], seed: int = 0, rounds: int = ROUNDS) -> Floats:
    """Return float32 (samples,), sound at `mel.RATE` samples a second with a given spectrogram.

    Args:
        spectrogram: (48, frames), log10(1 + 10,000·power) of each band; `mel.FRAMES_PER_SECOND` frames a second.
        seed: Seed of the phases with which the search begins.
        rounds: Rounds of the search.
    """
    from scipy.signal import ShortTimeFFT
    from scipy.signal.windows import hann

    transform = ShortTimeFFT(hann(mel.WINDOW, sym=False), mel.HOP, mel.RATE)
    frames = spectrogram.shape[1]
    length = frames * mel.HOP
    magnitude = np.sqrt(power_of(spectrogram))
    first, last = 0, transform.p_max(length) - transform.p_min
    magnitude = np.pad(magnitude, ((0, 0), (first - transform.p_min, max(0, last - frames))), mode="edge")[:, :last]
    phases = np.exp(2j * np.pi * np.random.default_rng(seed).random(magnitude.shape))
    before = np.zeros_like(phases)
    for _ in range(rounds):
        rebuilt = transform.stft(transform.istft(magnitude * phases, k1=length))[:, :last]
        ahead = rebuilt + MOMENTUM * (rebuilt - before)
        before = rebuilt
        phases = ahead / np.maximum(np.abs(ahead), 1e-9)
    return np.asarray(transform.istft(magnitude * phases, k1=length), dtype=np.float32)


def shaped(sound: NDArray[np.floating], spectrogram: NDArray[np.floating]) -> Floats:
    """Return float32 (samples,), a sound whose spectrogram was made like another one: a vocoder.

    Args:
        sound: (samples,) at `mel.RATE` samples a second, with something to hear in every band.
        spectrogram: (48, frames), log10(1 + 10,000·power), as long as the sound.
    """
    from scipy.signal import ShortTimeFFT
    from scipy.signal.windows import hann

    transform = ShortTimeFFT(hann(mel.WINDOW, sym=False), mel.HOP, mel.RATE)
    filters = mel.mel_filters()
    shares = filters / np.maximum(filters.sum(axis=0), 1e-9)
    wanted = np.maximum(10.0 ** np.asarray(spectrogram, dtype=np.float64) - 1, 0) / 10_000
    first = -transform.p_min
    for _ in range(SHAPINGS):
        spectrum = transform.stft(sound)
        power = filters @ np.abs(spectrum[:, first : first + wanted.shape[1]]) ** 2
        gain = np.sqrt(wanted / np.maximum(power, 1e-9))
        after = spectrum.shape[1] - first - wanted.shape[1]
        spectrum *= shares.T @ np.pad(gain, ((0, 0), (first, max(0, after))), mode="edge")[:, : spectrum.shape[1]]
        sound = transform.istft(spectrum, k1=len(sound))
    return np.asarray(sound, dtype=np.float32)


def wav_bytes(sound: NDArray[np.floating]) -> bytes:
    """Return a WAV file (mono, 16 bits, `mel.RATE`) of a sound, faded in and out and as loud as PEAK.

    Args:
        sound: (samples,), any scale.
    """
    ramp = min(int(FADE * mel.RATE), len(sound) // 2)
    shape = np.ones(len(sound))
    shape[:ramp] = np.linspace(0, 1, ramp)
    shape[len(sound) - ramp :] = np.linspace(1, 0, ramp)
    faded = np.asarray(sound, dtype=np.float64) * shape
    faded *= PEAK / max(float(np.abs(faded).max()), 1e-9)
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(mel.RATE)
        file.writeframes(np.rint(32767 * faded).astype("<i2").tobytes())
    return buffer.getvalue()
