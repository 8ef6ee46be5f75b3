"""Popularity: the number of playlists of an item. The baseline of every comparison, and the fallback."""

from __future__ import annotations

from typing import Any

import numpy as np

from tagviz.params import Params
from tagviz.recommenders.sparse_ops import check_kind
from tagviz.training import Arrays, TrainingContext
from tagviz.types import Corpus, Floats, Ints, Kind, QueryBatch, Reason


class PopularityParams(Params):
    """Popularity has no parameters."""


class Popularity:
    """s_j = n_j, the same for every query."""

    method = "popularity"

    def __init__(self, corpus: Corpus) -> None:
        """Create the method."""
        self.corpus = corpus
        self.kinds = frozenset(kind for kind in (Kind.TAG, Kind.SONG) if corpus.has(kind))

    @classmethod
    def fit(cls, corpus: Corpus, params: PopularityParams, tools: TrainingContext) -> Popularity:
        """Create the method; nothing is trained.

        Args:
            corpus: The playlists.
            params: Not used.
            tools: Not used.
        """
        del params, tools  # nothing is trained
        return cls(corpus)

    @classmethod
    def restore(cls, arrays: Arrays, params: dict[str, Any], corpus: Corpus) -> Popularity:
        """Restore the method from `state`.

        Args:
            arrays: Not used.
            params: Not used.
            corpus: The playlists.
        """
        del arrays, params  # there are none
        return cls(corpus)

    def score(self, asked: QueryBatch, kind: Kind) -> Floats:
        """Score items by their number of playlists. Arguments as in `Recommender.score`."""
        check_kind(kind, self.kinds, self.method)
        counts = self.corpus.counts(kind).astype(np.float32)
        return np.tile(counts, (len(asked), 1))

    def explain(self, asked: QueryBatch, kind: Kind, rows: Ints) -> tuple[tuple[Reason, ...], ...]:
        """Return no reasons. Arguments as in `Recommender.explain`."""
        del asked, kind  # the same for every query
        return ((),) * len(rows)

    def state(self) -> tuple[Arrays, dict[str, Any]]:
        """Return nothing: the corpus is enough."""
        return {}, {}
