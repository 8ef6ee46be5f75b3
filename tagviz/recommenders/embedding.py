"""Recommendations from any embedding, with one of five query strategies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tagviz.errors import InvalidParameterError, NotReadyError
from tagviz.recommenders.item_space import ItemSpace
from tagviz.recommenders.query_strategies import STRATEGIES, Playlists
from tagviz.recommenders.sparse_ops import check_kind, reasons
from tagviz.training import Arrays
from tagviz.types import Corpus, Embedding, Floats, Ints, Kind, QueryBatch, Reason, Vocab, readonly


class EmbeddingRecommender:
    """An embedding of a corpus, queried with one of STRATEGIES.

    Items without a vector get the lowest score of their row. A query without any item that has a vector gets a row of
    zeros.
    """

    def __init__(self, corpus: Corpus, embedding: Embedding, strategy: str = "context") -> None:
        """Match an embedding with a corpus.

        Args:
            corpus: The corpus whose items are recommended.
            embedding: The embedding.
            strategy: Name of the query strategy.

        Raises:
            InvalidParameterError: There is no such strategy.
            NotReadyError: The embedding lacks what the strategy needs, or has no item of the corpus.
        """
        if strategy not in STRATEGIES:
            raise InvalidParameterError(
                f"There is no strategy {strategy!r}", f"strategies: {', '.join(STRATEGIES)}", "choose one of these"
            )
        self.corpus = corpus
        self.embedding = embedding
        self.strategy = strategy
        self.method = embedding.method
        self.space = ItemSpace(corpus, embedding)
        self.kinds = frozenset(kind for kind in (Kind.TAG, Kind.SONG) if len(self.space.known(kind)[0]))
        if not self.kinds:
            raise NotReadyError(
                "This embedding has no tag or song of the corpus",
                corpus.name,
                "match it to the corpus, or train one here",
            )
        self._strategy = STRATEGIES[strategy](self.space)

    def score(self, asked: QueryBatch, kind: Kind) -> Floats:
        """Score items with the query strategy. Arguments as in `Recommender.score`."""
        check_kind(kind, self.kinds, f"{self.method}:{self.strategy}")
        held = self.space.query_matrix(asked)
        nothing = np.diff(held.indptr) == 0
        return self.space.spread(self._strategy.score(held, kind), kind, nothing)

    def explain(self, asked: QueryBatch, kind: Kind, rows: Ints) -> tuple[tuple[Reason, ...], ...]:
        """Return the contributions of the query's items, or of playlists. Arguments as in `Recommender.explain`."""
        check_kind(kind, self.kinds, f"{self.method}:{self.strategy}")
        in_embedding = self.space.embedding_rows(kind)[np.asarray(rows)]
        held = self.space.query_matrix(asked)
        answered = np.flatnonzero(in_embedding >= 0)
        explained: list[tuple[Reason, ...]] = [()] * len(in_embedding)
        if held.nnz == 0 or not len(answered):
            return tuple(explained)
        contributors, shares = self._strategy.parts(held, kind, in_embedding[answered])
        via = "playlist" if isinstance(self._strategy, Playlists) else "asked"
        names = self._names(contributors, via)
        for column, place in enumerate(answered):
            positive = np.flatnonzero(shares[:, column] > 0)
            explained[place] = tuple(reasons(shares[positive, column], [names[one] for one in positive], via))
        return tuple(explained)

    def _names(self, contributors: Any, via: str) -> list[tuple[str, str]]:
        if via == "asked":
            return self.space.names(contributors)
        vocab = self.corpus.vocab(Kind.PLAYLIST)
        return list(zip(vocab.keys(contributors), vocab.label_list(contributors), strict=True))

    def state(self) -> tuple[Arrays, dict[str, Any]]:
        """Return the embedding's arrays and the corpus rows of its items, `rows.KIND`; keys are not stored.

        Raises:
            NotReadyError: An item of the embedding is not in the corpus.
        """
        arrays: Arrays = {"vectors": self.embedding.vectors, "norms": self.embedding.norms}
        if self.embedding.outputs is not None:
            arrays["outputs"] = self.embedding.outputs
        for kind, vocab in self.embedding.vocabs.items():
            rows = self.corpus.vocab(kind).find(list(vocab.ids))
            if (rows < 0).any():
                missing = vocab.key(int(np.flatnonzero(rows < 0)[0]))
                raise NotReadyError(
                    f"{missing!r} is not in {self.corpus.name!r}",
                    "an embedding is kept with its corpus",
                    "match it to the corpus first",
                )
            arrays[f"rows.{kind}"] = rows
        parameters = {
            "method": self.embedding.method,
            "params": dict(self.embedding.params),
            "kinds": [str(kind) for kind in self.embedding.vocabs],
            "strategy": self.strategy,
        }
        return arrays, parameters

    @classmethod
    def restore(
        cls, arrays: Arrays, params: Mapping[str, Any], corpus: Corpus, strategy: str = ""
    ) -> EmbeddingRecommender:
        """Restore the method from `state`.

        Args:
            arrays: Arrays of the state.
            params: Parameters of the state.
            corpus: The corpus of the embedding.
            strategy: Another query strategy; "": the stored one.
        """
        return cls(corpus, embedding_from(arrays, params, corpus), strategy or str(params["strategy"]))


def embedding_from(arrays: Arrays, params: Mapping[str, Any], corpus: Corpus) -> Embedding:
    """Return the embedding in the state of an EmbeddingRecommender.

    Args:
        arrays: Arrays of the state.
        params: Parameters of the state.
        corpus: The corpus of the embedding.
    """
    vocabs: dict[Kind, Vocab] = {}
    for name in params["kinds"]:
        kind = Kind(name)
        vocab, rows = corpus.vocab(kind), arrays[f"rows.{kind}"]
        vocabs[kind] = Vocab(kind, vocab.ids[rows], None if vocab.labels is None else vocab.labels[rows])
    return Embedding(
        vocabs=vocabs,
        vectors=readonly(arrays["vectors"]),
        norms=readonly(arrays["norms"]),
        outputs=readonly(arrays["outputs"]) if "outputs" in arrays else None,
        method=str(params["method"]),
        params=dict(params["params"]),
        fingerprint=corpus.fingerprint,
    )
