"""Mean spectra from the numbers of songs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tagviz.feature_table import FeatureTable
from tagviz.features import mel, spectrum

SMOOTH = 2.0 + np.cos(np.pi * 2 * (np.arange(mel.BANDS) + 0.5) / mel.BANDS)


def table(songs: int = 3, only: tuple[str, ...] = ()) -> FeatureTable:
    """Songs with a smooth spectrum, each a level louder than the one before, with noise."""
    noise = np.random.default_rng(0).normal(scale=0.1, size=(songs, mel.BANDS, 200))
    numbers = np.array([mel.summarise(SMOOTH[:, None] + at + noise[at]) for at in range(songs)], dtype=np.float32)
    kept = [at for at, name in enumerate(mel.columns()) if not only or name.startswith(only)]
    names = tuple(mel.columns()[at] for at in kept)
    return FeatureTable(pd.Index([str(at) for at in range(songs)]), names, numbers[:, kept], mel.SOURCE)


@pytest.mark.parametrize("only", [(), ("cepstrum", "level")])
def test_a_songs_spectrum_is_that_of_its_spectrogram(only: tuple[str, ...]) -> None:
    known = table(only=only)
    assert spectrum.has_spectrum(known.columns)
    one = spectrum.of_song(known, 1)
    np.testing.assert_allclose(one.mean, SMOOTH + 1, atol=0.05)
    assert one.songs == 1
    assert 0.02 < one.spread.mean() < 0.12


def test_of_songs_is_the_weighted_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spectrum, "BLOCK", 2)
    known = table()
    found = spectrum.of_songs(known, np.arange(3), np.array([3.0, 0.0, 1.0]))
    assert found is not None
    np.testing.assert_allclose(found.mean, SMOOTH + 0.5, atol=0.05)
    np.testing.assert_allclose(found.spread, np.sqrt(0.75), atol=0.05)
    assert found.songs == 2
    every = spectrum.of_songs(known, np.arange(3))
    assert every is not None
    np.testing.assert_allclose(every.mean, SMOOTH + 1, atol=0.05)


def test_of_many_songs_those_with_the_largest_weights_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spectrum, "SAMPLE", 1)
    found = spectrum.of_songs(table(), np.arange(3), np.array([1.0, 2.0, 5.0]))
    assert found is not None
    np.testing.assert_allclose(found.mean, SMOOTH + 2, atol=0.05)


def test_without_songs_or_numbers_there_is_none() -> None:
    known = table()
    assert spectrum.of_songs(known, np.zeros(0, dtype=int)) is None
    assert not spectrum.has_spectrum(("level", "tempo"))
    missing = FeatureTable(known.ids, known.columns, np.full_like(known.values, np.nan), mel.SOURCE)
    assert spectrum.of_songs(missing, np.arange(3)) is None
