"""Recommendations from any embedding, asked in one of five ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tagviz.errors import BadParameter, NotReady
from tagviz.methods import Arrays
from tagviz.recommend.shared import check_kind, reasons
from tagviz.recommend.space import Space
from tagviz.recommend.strategies import STRATEGIES, Playlists
from tagviz.types import Asked, Corpus, Embedding, Floats, Ints, Kind, Reason, Vocab, frozen


class EmbeddingRecommender:
    """An embedding of a corpus, asked with one of STRATEGIES.

    Items that have no vector get the lowest score of their row, a query that holds no item with a vector a row of
    zeros.
    """

    def __init__(self, corpus: Corpus, embedding: Embedding, strategy: str = "context") -> None:
        """Raises BadParameter for an unknown strategy, NotReady where the embedding lacks what the strategy needs."""
        if strategy not in STRATEGIES:
            raise BadParameter(
                f"There is no strategy {strategy!r}", f"strategies: {', '.join(STRATEGIES)}", "choose one of these"
            )
        self.corpus = corpus
        self.embedding = embedding
        self.strategy = strategy
        self.method = embedding.method
        self.space = Space(corpus, embedding)
        self.kinds = frozenset(kind for kind in (Kind.TAG, Kind.SONG) if len(self.space.known(kind)[0]))
        if not self.kinds:
            raise NotReady(
                "This embedding has no tag or song of the corpus",
                corpus.name,
                "match it to the corpus, or train one here",
            )
        self._ask = STRATEGIES[strategy](self.space)

    def score(self, asked: Asked, kind: Kind) -> Floats:
        check_kind(kind, self.kinds, f"{self.method}:{self.strategy}")
        held = self.space.asked(asked)
        nothing = np.diff(held.indptr) == 0
        return self.space.spread(self._ask.score(held, kind), kind, nothing)

    def explain(self, asked: Asked, kind: Kind, rows: Ints) -> tuple[tuple[Reason, ...], ...]:
        check_kind(kind, self.kinds, f"{self.method}:{self.strategy}")
        within = self.space.within(kind)[np.asarray(rows)]
        held = self.space.asked(asked)
        answered = np.flatnonzero(within >= 0)
        result: list[tuple[Reason, ...]] = [()] * len(within)
        if held.nnz == 0 or not len(answered):
            return tuple(result)
        who, shares = self._ask.parts(held, kind, within[answered])
        via = "playlist" if isinstance(self._ask, Playlists) else "asked"
        names = self._names(who, via)
        for column, place in enumerate(answered):
            giving = np.flatnonzero(shares[:, column] > 0)
            result[place] = tuple(reasons(shares[giving, column], [names[one] for one in giving], via))
        return tuple(result)

    def _names(self, who: Any, via: str) -> list[tuple[str, str]]:
        if via == "asked":
            return self.space.names(who)
        vocab = self.corpus.vocab(Kind.PLAYLIST)
        return list(zip(vocab.keys(who), vocab.label_list(who), strict=True))

    def state(self) -> tuple[Arrays, dict[str, Any]]:
        """The embedding's arrays with the corpus rows of its items, `rows.KIND`; its keys are those of the corpus."""
        arrays: Arrays = {"vectors": self.embedding.vectors, "norms": self.embedding.norms}
        if self.embedding.outputs is not None:
            arrays["outputs"] = self.embedding.outputs
        for kind, vocab in self.embedding.vocabs.items():
            rows = self.corpus.vocab(kind).find(list(vocab.ids))
            if (rows < 0).any():
                missing = vocab.key(int(np.flatnonzero(rows < 0)[0]))
                raise NotReady(
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
        """Undoes `state`; `strategy` asks the same embedding in another way."""
        return cls(corpus, embedding_from(arrays, params, corpus), strategy or str(params["strategy"]))


def embedding_from(arrays: Arrays, params: Mapping[str, Any], corpus: Corpus) -> Embedding:
    """The embedding inside an EmbeddingRecommender's state."""
    vocabs: dict[Kind, Vocab] = {}
    for name in params["kinds"]:
        kind = Kind(name)
        vocab, rows = corpus.vocab(kind), arrays[f"rows.{kind}"]
        vocabs[kind] = Vocab(kind, vocab.ids[rows], None if vocab.labels is None else vocab.labels[rows])
    return Embedding(
        vocabs=vocabs,
        vectors=frozen(arrays["vectors"]),
        norms=frozen(arrays["norms"]),
        outputs=frozen(arrays["outputs"]) if "outputs" in arrays else None,
        method=str(params["method"]),
        params=dict(params["params"]),
        fingerprint=corpus.fingerprint,
    )
