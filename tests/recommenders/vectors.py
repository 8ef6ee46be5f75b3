"""Three vectors whose products are written out, and a corpus of their items."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from tagviz.recommenders.embedding import EmbeddingRecommender
from tagviz.types import Corpus, Embedding, Kind, QueryBatch, Vocab, readonly
from tests.corpora import make_corpus

SIDE = 0.6
"""Vectors: a = (1, 0), b = (0, 1), c = (0.6, 0.8): cos(a, c) = 0.6, cos(b, c) = 0.8, cos(a, b) = 0."""


def corpus_of_three() -> Corpus:
    return make_corpus([{"tags": ["a", "c"]}, {"tags": ["b", "c"]}, {"tags": ["b", "unseen"]}])


def embedding(outputs: bool = True) -> Embedding:
    """Tags a, b, c of lengths 1, 2, 1; outputs a = (0, 0), b = (3, 0), c = (1, 1). The tag `unseen` has no vector."""
    return Embedding(
        vocabs={Kind.TAG: Vocab.of(Kind.TAG, ["a", "b", "c"])},
        vectors=readonly([[1, 0], [0, 1], [SIDE, 0.8]], np.float32),
        norms=readonly([1, 2, 1], np.float32),
        outputs=readonly([[0, 0], [3, 0], [1, 1]], np.float32) if outputs else None,
        method="word2vec",
    )


def asked(*queries: list[str]) -> QueryBatch:
    ids = list(corpus_of_three().vocab(Kind.TAG).ids)
    dense = np.array([[float(tag in query) for tag in ids] for query in queries], dtype=np.float32)
    empty = sp.csr_matrix((len(queries), 0), dtype=np.float32)
    return QueryBatch(("",) * len(queries), {Kind.TAG: sp.csr_matrix(dense), Kind.SONG: empty, Kind.WORD: empty})


def scores(strategy: str, query: list[str]) -> dict[str, float]:
    row = EmbeddingRecommender(corpus_of_three(), embedding(), strategy).score(asked(query), Kind.TAG)[0]
    return dict(zip(corpus_of_three().vocab(Kind.TAG).ids, map(float, row), strict=True))
