"""A spectrogram of 48 mel bands → 417 numbers of a song.

The spectrograms are those of the Melon Playlist Dataset: 48 bands, 16 kHz, windows of 512 samples every 256, compressed
by log10(1 + 10,000·x); 1,876 frames are 30 seconds.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from tagviz.types import Floats

SOURCE = "mel48"
"""Name of these numbers as a source of a feature table."""
BANDS = 48
RATE, WINDOW, HOP = 16_000, 512, 256
FRAMES_PER_SECOND = RATE / HOP
FEWEST_FRAMES = 64
"""About a second."""
GROUPS = 8
"""Groups of neighbouring bands whose slow modulation is measured."""
MODULATIONS = (0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0)
"""Edges of the modulation's bands, Hz."""
LAGS = 24
"""Ranges of lags of the onsets' autocorrelation, from 0.2 to 2 seconds: 300 to 30 beats a minute."""
COEFFICIENTS = 12
_PERCENTILES = (10, 50, 90)


def columns() -> tuple[str, ...]:
    """Return the names of the numbers, in the order of `summarise`."""
    names = [f"{name}{band}" for name in ("mean", "spread", "change", "p10.", "p50.", "p90.") for band in range(BANDS)]
    names += [f"modulation{group}.{at}" for group in range(GROUPS) for at in range(len(MODULATIONS) - 1)]
    names += [f"rhythm{lag}" for lag in range(LAGS)]
    names += [f"cepstrum{name}{at}" for name in ("", ".spread") for at in range(COEFFICIENTS)]
    return (*names, "level")


def summarise(mel: NDArray[np.floating]) -> Floats:
    """Return float32 (417,), the numbers of a spectrogram.

    Args:
        mel: (48, frames), at least FEWEST_FRAMES frames, finite.
    """
    mel = np.ascontiguousarray(mel, dtype=np.float32)
    mean, spread = mel.mean(axis=1), mel.std(axis=1)
    steps = np.diff(mel, axis=1)
    change = np.abs(steps).mean(axis=1)
    places = [round(share / 100 * (mel.shape[1] - 1)) for share in _PERCENTILES]
    percentiles = np.sort(mel, axis=1)[:, places].T  # five times as fast as np.partition
    level = mel.mean()
    grouped = mel.reshape(GROUPS, -1, mel.shape[1]).mean(axis=1)
    cepstra = cosines() @ mel
    parts = (mean - level, spread, change, *(percentiles - level), _modulation(grouped), _rhythm(steps))
    own = (cepstra.mean(axis=1), cepstra.std(axis=1), [level])
    return np.concatenate([np.ravel(part) for part in (*parts, *own)]).astype(np.float32)


def _modulation(grouped: Floats) -> Floats:
    """Logarithm of how much each group of bands varies at each modulation frequency, (groups, bands of modulation)."""
    frames = grouped.shape[1]
    power = np.abs(np.fft.rfft(grouped - grouped.mean(axis=1, keepdims=True), axis=1)) ** 2 / frames
    frequency = np.fft.rfftfreq(frames, 1 / FRAMES_PER_SECOND)
    cuts = np.searchsorted(frequency, MODULATIONS)
    sums = np.concatenate([np.zeros((len(power), 1)), np.cumsum(power, axis=1)], axis=1)
    widths = np.maximum(np.diff(cuts), 1)
    return np.asarray(np.log10(1e-4 + np.diff(sums[:, cuts], axis=1) / widths), dtype=np.float32)


def _rhythm(steps: Floats) -> Floats:
    """Largest autocorrelation of the onsets (how much all bands rise together) in each range of lags, (lags,)."""
    onsets = np.maximum(steps, 0).sum(axis=0)
    onsets = onsets - onsets.mean()
    size = 2 ** int(np.ceil(np.log2(2 * len(onsets))))
    power = np.abs(np.fft.rfft(onsets, size)) ** 2
    whole = np.fft.irfft(power)[: len(onsets)]
    edges = (np.geomspace(0.2, 2.0, LAGS + 1) * FRAMES_PER_SECOND).astype(int)
    padded = np.pad(whole, (0, max(0, edges[-1] + 1 - len(whole))))[: edges[-1]]
    return np.asarray(np.maximum.reduceat(padded, edges[:-1]) / max(float(whole[0]), 1e-9), dtype=np.float32)


@cache
def cosines() -> Floats:
    """Return float32 (12, 48), the first orthonormal cosines of the DCT over bands, without the constant one."""
    bands = (np.arange(BANDS) + 0.5) / BANDS
    waves = np.cos(np.pi * np.arange(1, COEFFICIENTS + 1)[:, None] * bands)
    return np.asarray(waves * np.sqrt(2 / BANDS), dtype=np.float32)


def spectrogram(sound: NDArray[np.floating]) -> Floats:
    """Return float32 (48, frames), the spectrogram of mono sound at RATE samples a second, within −1 … 1."""
    from scipy.signal import ShortTimeFFT
    from scipy.signal.windows import hann

    transform = ShortTimeFFT(hann(WINDOW, sym=False), HOP, RATE)
    power = np.abs(transform.stft(np.asarray(sound, dtype=np.float32), p0=0, p1=max(1, len(sound) // HOP))) ** 2
    return np.asarray(np.log10(1 + 10_000 * (mel_filters() @ power)), dtype=np.float32)


@cache
def mel_filters() -> Floats:
    """Return float32 (48, 257), triangular filters on Slaney's mel scale between 0 and 8,000 Hz, of equal area."""
    edges = _edges()
    bins = np.fft.rfftfreq(WINDOW, 1 / RATE)
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    filters = np.maximum(0, np.minimum((bins - low) / (middle - low), (high - bins) / (high - middle)))
    filters /= np.maximum(filters.sum(axis=1, keepdims=True), 1e-9)
    return np.asarray(filters, dtype=np.float32)


def centres() -> Floats:
    """Return float32 (48,), the middle frequency of each band in Hz."""
    return _edges()[1:-1].astype(np.float32)


def _edges() -> NDArray[np.float64]:
    """(50,) Hz: where each filter begins is the middle of the one below."""
    return _hertz(np.linspace(_mel(np.zeros(1))[0], _mel(np.full(1, RATE / 2))[0], BANDS + 2))


def _mel(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    high = 15 + 27 * np.log(np.maximum(hertz, 1000) / 1000) / np.log(6.4)
    return np.asarray(np.where(hertz < 1000, 3 * hertz / 200, high))


def _hertz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.where(mel < 15, 200 * mel / 3, 1000 * np.exp(np.log(6.4) * (np.maximum(mel, 15) - 15) / 27)))
