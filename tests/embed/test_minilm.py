"""MiniLM in numpy gives what sentence-transformers gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tagviz.embed import sentence
from tagviz.embed.minilm import LONGEST_TOKENS, MiniLM

TEXTS = ["jazz", "driving through the city at night", "슬픈 발라드", "🎧", "word " * 400]


@pytest.fixture(scope="module")
def minilm() -> MiniLM:
    return MiniLM(Path(sentence._minilm()))


def test_vectors_are_those_of_the_reference(minilm: MiniLM) -> None:
    model = sentence.open_model("minilm")
    model.max_seq_length = LONGEST_TOKENS
    reference = model.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False)
    np.testing.assert_allclose(minilm.encode(TEXTS), reference, atol=2e-5)


def test_a_text_is_read_alike_alone_and_among_others(minilm: MiniLM) -> None:
    together = minilm.encode(TEXTS * 20)
    np.testing.assert_allclose(together[: len(TEXTS)], minilm.encode(TEXTS), atol=2e-5)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
