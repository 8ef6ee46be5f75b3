"""Popularity: in how many playlists an item occurs. The floor of every comparison, and the last resort."""

from __future__ import annotations

from typing import Any

import numpy as np

from tagviz.methods import Arrays, Tools
from tagviz.params import Params
from tagviz.recommend.shared import check_kind
from tagviz.types import Asked, Corpus, Floats, Ints, Kind, Reason


class PopularityParams(Params):
    """Popularity has nothing to set."""


class Popularity:
    """s_j = n_j, the same for every query."""

    method = "popularity"

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.kinds = frozenset(kind for kind in (Kind.TAG, Kind.SONG) if corpus.has(kind))

    @classmethod
    def fit(cls, corpus: Corpus, params: PopularityParams, tools: Tools) -> Popularity:
        return cls(corpus)

    @classmethod
    def restore(cls, arrays: Arrays, params: dict[str, Any], corpus: Corpus) -> Popularity:
        return cls(corpus)

    def score(self, asked: Asked, kind: Kind) -> Floats:
        check_kind(kind, self.kinds, self.method)
        counts = self.corpus.counts(kind).astype(np.float32)
        return np.tile(counts, (len(asked), 1))

    def explain(self, asked: Asked, kind: Kind, rows: Ints) -> tuple[tuple[Reason, ...], ...]:
        return ((),) * len(rows)

    def state(self) -> tuple[Arrays, dict[str, Any]]:
        return {}, {}
