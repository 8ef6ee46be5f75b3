"""Numbers → tags: the stack learns clear classes, its forest is scikit-learn's, and it survives its arrays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import ExtraTreesRegressor

from tagviz.recommenders.tagger import TREES, Forest, Tagger
from tests.conftest import REAL_DATA

RNG = np.random.default_rng(3)
CLASSES = RNG.integers(0, 3, 240)
NUMBERS = (RNG.normal(size=(240, 6)) + 1.6 * np.eye(6)[CLASSES]).astype(np.float32)
LABELS = np.eye(3, dtype=np.float32)[CLASSES]


def test_unseen_songs_get_their_class() -> None:
    tagger = Tagger.fit(NUMBERS[:180], LABELS[:180], 42)
    right = (tagger.scores(NUMBERS[180:]).argmax(axis=1) == CLASSES[180:]).mean()
    assert right > 0.7  # the best that these overlapping classes allow is about .8


def test_numbers_that_say_nothing_leave_the_share_of_each_tag() -> None:
    noise = RNG.normal(size=(200, 4)).astype(np.float32)
    labels = (RNG.random((200, 2)) < [0.7, 0.2]).astype(np.float32)
    scores = Tagger.fit(noise, labels, 42).scores(RNG.normal(size=(50, 4)).astype(np.float32))
    assert (scores.argmax(axis=1) == 0).mean() > 0.9


def test_the_forest_as_arrays_predicts_what_scikit_learn_does() -> None:
    centred = LABELS - LABELS.mean(axis=0)
    forest = Forest.grow(NUMBERS, centred, 3, 42)
    theirs = ExtraTreesRegressor(TREES, max_features=0.25, min_samples_leaf=3, random_state=42).fit(NUMBERS, centred)
    songs = RNG.normal(size=(20, 6)).astype(np.float32)
    np.testing.assert_allclose(forest.kernel(songs) @ centred, theirs.predict(songs), atol=1e-5)


def test_it_survives_its_arrays_and_the_seed_decides() -> None:
    tagger = Tagger.fit(NUMBERS, LABELS, 42)
    scores = tagger.scores(NUMBERS[:10])
    np.testing.assert_array_equal(Tagger.restore(tagger.state()).scores(NUMBERS[:10]), scores)
    np.testing.assert_array_equal(Tagger.fit(NUMBERS, LABELS, 42).scores(NUMBERS[:10]), scores)


def test_missing_numbers_are_no_obstacle() -> None:
    holes = NUMBERS.copy()
    holes[::7, 2] = np.nan
    assert np.isfinite(Tagger.fit(holes, LABELS, 42).scores(holes)).all()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_genres_of_real_songs_are_found_from_sound() -> None:
    folder = REAL_DATA.parent / "audio" / "gtzan"
    if not folder.is_dir():
        pytest.skip("the real features are not here")
    right = _right_first(folder)
    assert right.mean() >= 0.75, right


def _right_first(folder: Path) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Share of songs whose genre comes first, by five folds of those with a genre."""
    features = pd.read_csv(folder / "features.csv").set_index("song").astype(np.float32)
    genres = pd.read_csv(folder / "tags.csv").set_index("song")["tag"]
    numbers = features.loc[genres.index].to_numpy()
    codes = pd.factorize(genres, sort=True)[0]
    labels = np.eye(codes.max() + 1, dtype=np.float32)[codes]
    folds = np.random.default_rng(0).permutation(len(codes)) % 5
    out = []
    for fold in range(5):
        train, test = folds != fold, folds == fold
        scores = Tagger.fit(numbers[train], labels[train], 42, features.to_numpy()).scores(numbers[test])
        out.append((scores.argmax(axis=1) == codes[test]).mean())
    return np.array(out)
