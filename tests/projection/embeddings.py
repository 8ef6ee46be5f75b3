"""Small embeddings whose neighbours are known by construction."""

from __future__ import annotations

import numpy as np

from tagviz.types import Embedding, Kind, Projection, Vocab


def worlds(groups: int = 4, size: int = 30, dimension: int = 12, seed: int = 0) -> Embedding:
    """Tags in `groups` tight bundles of directions; tag `g-i` is the i-th of bundle g."""
    random = np.random.default_rng(seed)
    middles = np.eye(groups, dimension)
    vectors = np.repeat(middles, size, axis=0) + random.normal(scale=0.15, size=(groups * size, dimension))
    return embedding_of(vectors, [f"{group}-{item}" for group in range(groups) for item in range(size)])


def embedding_of(vectors: np.ndarray, ids: list[str]) -> Embedding:
    vectors = vectors.astype(np.float32)
    norms = np.linalg.norm(vectors, axis=1)
    unit = vectors / np.maximum(norms, 1e-9)[:, None]
    return Embedding({Kind.TAG: Vocab.of(Kind.TAG, ids)}, unit, norms, None, "test", fingerprint="test")


def circle(count: int = 24) -> Embedding:
    """Tags 0 … 23 at equal angles on a circle: each is nearest to the ones before and after it."""
    angles = 2 * np.pi * np.arange(count) / count
    return embedding_of(np.c_[np.cos(angles), np.sin(angles)], [str(i) for i in range(count)])


def flat(embedding: Embedding) -> Projection:
    vocab = embedding.vocabs[Kind.TAG]
    none = np.zeros(len(vocab), dtype=np.float32)
    return Projection(vocab, embedding.vectors[:, :2].copy(), (none.astype(np.int32),), (("all",),), none, "test")
