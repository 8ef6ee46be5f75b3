"""How the demo's songs sound: the same for the same seed, alike within a genre and a mood."""

from __future__ import annotations

import numpy as np
import pytest

from tagviz.features import mel
from tagviz.sources.demo.sounds import DemoSounds


@pytest.fixture(scope="module")
def made() -> DemoSounds:
    return DemoSounds.of(42)


def test_the_same_seed_gives_the_same_sounds(made: DemoSounds) -> None:
    again = DemoSounds(made.taxonomy, made.catalogue, 42)
    np.testing.assert_array_equal(made.spectrogram(5, 80), again.spectrogram(5, 80))
    np.testing.assert_array_equal(made.melody(5, 800, 16_000), again.melody(5, 800, 16_000))
    assert not np.array_equal(made.spectrogram(5, 80), DemoSounds(made.taxonomy, made.catalogue, 1).spectrogram(5, 80))
    assert made.spectrogram(5, 80).shape == (mel.BANDS, 80)


def test_numbers_tell_the_genre_and_the_mood_but_not_always(made: DemoSounds) -> None:
    from sklearn.linear_model import RidgeClassifier
    from sklearn.preprocessing import StandardScaler

    songs = np.random.default_rng(0).permutation(len(made))[:1200]
    numbers = StandardScaler().fit_transform([mel.summarise(made.spectrogram(song, 128)) for song in songs])
    genres = np.array([made.family_name(song) for song in songs])
    right = RidgeClassifier(alpha=100).fit(numbers[:900], genres[:900]).score(numbers[900:], genres[900:])
    assert 0.4 < right < 0.8
    moods = np.flatnonzero(made.taxonomy.of_facet("mood"))
    most = moods[(made.catalogue.profiles[np.ix_(songs, moods)] > 0).sum(axis=0).argmax()]
    has = made.catalogue.profiles[songs, most] > 0
    scores = RidgeClassifier(alpha=100).fit(numbers[:900], has[:900]).decision_function(numbers[900:])
    assert scores[has[900:]].mean() > scores[~has[900:]].mean() + 0.1
