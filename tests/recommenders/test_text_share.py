"""Text models count where validation questions cannot say."""

from __future__ import annotations

import numpy as np

from tagviz.recommenders.phrases import ALL_KNOWN, HALF_KNOWN, NOTHING_KNOWN
from tagviz.recommenders.text_share import HALF_KNOWN_TEXT, with_half_known
from tagviz.recommenders.validation import CASES

TEXT = np.array([False, False, True])


def test_a_title_named_in_part_is_read_by_text_models_too() -> None:
    learned = np.tile(np.float32([0.6, 0.3, 0.1]), (CASES, 1))
    weights = with_half_known(learned, TEXT)
    half = slice(4 * HALF_KNOWN, 4 * NOTHING_KNOWN)
    assert np.allclose(weights[half], [1 / 3, 1 / 6, HALF_KNOWN_TEXT])
    assert np.array_equal(weights[: 4 * HALF_KNOWN], learned[: 4 * HALF_KNOWN])
    assert np.array_equal(weights[4 * NOTHING_KNOWN :], learned[4 * NOTHING_KNOWN :])
    assert np.allclose(with_half_known(weights, TEXT), weights)  # also when a stored model is opened


def test_a_larger_learned_share_stays() -> None:
    learned = np.tile(np.float32([0.1, 0.1, 0.8]), (CASES, 1))
    assert with_half_known(learned, TEXT) is learned


def test_without_a_text_model_nothing_changes() -> None:
    learned = np.full((CASES, 2), 0.5, dtype=np.float32)
    assert with_half_known(learned, np.array([False, False])) is learned
    assert len(learned) > 4 * ALL_KNOWN
