"""What tells scripts apart is taken out of a sentence model's vectors, so that translations meet."""

from __future__ import annotations

import numpy as np

from tagviz.embed.sentence import embed
from tagviz.recommenders.sentence import FEWEST_OF_SCRIPT, SentenceParams, SentenceRecommender
from tagviz.training import TrainingContext
from tagviz.types import Corpus, Floats, Kind
from tests.corpora import make_corpus

PAIRS = FEWEST_OF_SCRIPT
KOREAN = [chr(0xAC00 + 28 * number) * 2 for number in range(PAIRS)]
ENGLISH = [f"tag {chr(97 + number)}" for number in range(PAIRS)]
MEANING = np.random.default_rng(3).normal(size=(PAIRS, 24))
BIAS = 12.0
"""A text's script weighs more than its meaning, as in small multilingual models."""


def encode(texts: list[str]) -> Floats:
    rows = []
    for text in texts:
        korean = text in KOREAN
        known = text in KOREAN or text in ENGLISH
        meaning = MEANING[(KOREAN if korean else ENGLISH).index(text)] if known else np.zeros(24)
        rows.append(np.concatenate([meaning, [BIAS if korean else 0.0, 0.0 if korean else BIAS]]))
    vectors = np.array(rows, dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def fitted(corpus: Corpus) -> SentenceRecommender:
    tools = TrainingContext(encoder=lambda name: encode)  # type: ignore[arg-type]
    texts = embed(corpus, encode, (Kind.TAG, Kind.PLAYLIST), "made up")  # type: ignore[arg-type]
    return SentenceRecommender.fit(corpus, SentenceParams(model="made up"), tools, texts)


def test_a_tag_lies_nearest_to_its_translation() -> None:
    corpus = make_corpus([{"tags": [tag], "title": tag} for tag in KOREAN + ENGLISH])
    raw = encode(KOREAN + ENGLISH)
    near = raw @ raw.T - 2 * np.eye(2 * PAIRS)
    assert (near.argmax(axis=1)[:PAIRS] < PAIRS).all(), "without mending, Korean tags find Korean ones only"
    vectors = fitted(corpus).embedding.of(Kind.TAG)
    near = vectors @ vectors.T - 2 * np.eye(2 * PAIRS)
    translation = np.roll(np.arange(2 * PAIRS), PAIRS)
    assert (near.argmax(axis=1) == translation).mean() > 0.9


def test_one_script_alone_stays_as_it_is() -> None:
    corpus = make_corpus([{"tags": [tag], "title": tag} for tag in ENGLISH])
    recommender = fitted(corpus)
    texts = recommender.texts.of(Kind.TAG)
    centred = texts - texts.mean(axis=0)
    np.testing.assert_allclose(
        recommender.embedding.of(Kind.TAG), centred / np.linalg.norm(centred, axis=1, keepdims=True), atol=1e-5
    )
