"""Expected shares: learned, told in words, and checked."""

from __future__ import annotations

import numpy as np
import pytest

from tagviz.calibration import BINS, SHRINK, agreement_of, learn, sentence
from tagviz.evaluation.calibration import calibration_error, reliability
from tagviz.types import Expectation


def test_sure_answers_are_expected_to_be_better() -> None:
    rng = np.random.default_rng(0)
    agreement = rng.random(6000).astype(np.float32)
    cases = rng.integers(0, 2, 6000)
    right = (rng.random((6000, 10)) < (0.1 + 0.6 * agreement * (cases == 1))[:, None]).mean(axis=1).astype(np.float32)
    known = learn(right, cases, agreement, 4)
    assert known.shares.shape == (4, BINS)
    assert known.expected(1, 0.95).share == pytest.approx(0.6, abs=0.03)
    assert known.expected(1, 0.05).share == pytest.approx(0.2, abs=0.03)
    assert known.expected(0, 0.95).share == pytest.approx(0.1, abs=0.02)
    told = np.array([known.expected(case, of).share for case, of in zip(cases, agreement, strict=True)])
    assert calibration_error(told, right) < 0.02
    assert calibration_error(np.full(6000, 0.9), right) > 0.5
    assert reliability(told, right)["observed"].is_monotonic_increasing


def test_a_case_never_seen_is_expected_like_all() -> None:
    known = learn(np.full(50, 0.4, np.float32), np.zeros(50, int), np.zeros(50, np.float32), 3)
    assert known.expected(2, 0.0).share == pytest.approx(0.4)


def test_few_questions_lean_on_the_rest() -> None:
    right = np.concatenate([np.zeros(1000), np.ones(3)]).astype(np.float32)
    cases = np.concatenate([np.zeros(1000, int), np.ones(3, int)])
    known = learn(right, cases, np.zeros(1003, np.float32), 2)
    assert known.expected(1, 0.0).share < 2 * 3 / SHRINK + 0.05


def test_in_words() -> None:
    assert sentence(Expectation(0.41, 120), "songs").startswith("Of answers to questions like this, 4 in 10 songs")
    poor = sentence(Expectation(0.02, 12), "tags")
    assert poor.startswith("This answer is likely poor")
    assert "fewer than 1 in 10" in poor


def test_agreement_is_the_mean_of_the_first() -> None:
    scores = np.array([[0, 1, 2] + [3] * 9], dtype=np.float32)
    assert agreement_of(scores)[0] == pytest.approx(2.9)
    assert agreement_of(scores[:, :2])[0] == pytest.approx(0.5)
