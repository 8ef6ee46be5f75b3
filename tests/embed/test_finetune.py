"""The self-supervised sentence model: what counts as alike, and that learning brings it together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tagviz.embed import sentence
from tagviz.embed.finetune import FineTuneParams, Head, finetune, texts_of, train_head
from tagviz.errors import Cancelled, InvalidParameterError
from tagviz.training import TrainingContext
from tagviz.types import Corpus, Progress
from tests.corpora import make_corpus

QUICK = FineTuneParams(steps=60, batch=8, width=64, rate=5e-3)


def corpus() -> Corpus:
    """Two worlds whose words do not tell them apart in English."""
    red = {"tags": ["piano", "snow", "blanket"], "songs": ["1", "2"]}
    blue = {"tags": ["guitar", "sun", "bicycle"], "songs": ["3", "4"]}
    return make_corpus([{**red, "title": "alpha"}, {**blue, "title": "beta"}, {**red, "title": "gamma"}, blue])


def test_likeness_counts_common_playlists_and_shared_songs() -> None:
    texts = texts_of(corpus(), 2)
    assert texts.texts == ["piano", "snow", "blanket", "guitar", "sun", "bicycle", "alpha", "beta", "gamma"]
    likeness = texts.likeness(np.arange(9))
    # piano and snow share two playlists of 4 texts: 2 · 3^−1.5, over √(2 · 2)
    assert likeness[0, 1] == pytest.approx(2 * 3**-1.5 / 2)
    # piano and the title alpha share one: 3^−1.5 over √(2 · 1)
    assert likeness[0, 6] == pytest.approx(3**-1.5 / np.sqrt(2))
    # alpha and gamma share no playlist but all songs
    assert likeness[6, 8] == pytest.approx(1)
    assert likeness[0, 3] == likeness[6, 7] == 0
    assert (np.diag(likeness) == 0).all()


def test_learning_brings_together_what_stands_together(tmp_path: Path) -> None:
    steps: list[Progress] = []
    folder = finetune(corpus(), QUICK, tmp_path / "model", TrainingContext(progress=steps.append))
    assert steps[-1].fraction == pytest.approx(1)
    assert steps[-1].numbers["loss"] < next(p.numbers["loss"] for p in steps if "loss" in p.numbers)
    texts = ["piano", "snow", "guitar", "sun"]
    before, after = sentence.load("minilm")(texts), sentence.load(str(folder))(texts)
    assert before[0] @ before[2] > before[0] @ before[1]  # piano and guitar are instruments
    assert after[0] @ after[1] > after[0] @ after[2] + 0.5  # but here piano goes with snow
    np.testing.assert_allclose(np.linalg.norm(after, axis=1), 1, rtol=1e-5)
    assert not list(folder.rglob("*.bin"))
    minilm = sentence.load("minilm")
    head = train_head(corpus(), QUICK, minilm)
    np.testing.assert_allclose(Head.of(head.arrays()).over(minilm)(texts), after, atol=1e-4)


def test_it_leaves_nothing_behind_when_stopped(tmp_path: Path) -> None:
    def stop(progress: Progress) -> None:
        if "loss" in progress.numbers:
            raise Cancelled

    with pytest.raises(Cancelled):
        finetune(corpus(), QUICK, tmp_path / "model", TrainingContext(progress=stop))
    assert not (tmp_path / "model").exists()


def test_what_cannot_be_taught_says_why(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameterError, match="e5"):
        finetune(corpus(), FineTuneParams(model="e5"), tmp_path)
    with pytest.raises(InvalidParameterError, match="titles or tags"):
        finetune(make_corpus([{"songs": ["1", "2"]}]), FineTuneParams(), tmp_path)
