"""What methods share that learn nothing: they look playlists up, weighted as their parameters say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, ClassVar, Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.methods import Arrays, Tools
from tagviz.recommend.features import BlockParams, Features, holders
from tagviz.recommend.shared import MOST_REASONS, reasons, times_columns, times_rows
from tagviz.types import Corpus, Floats, Kind, Reason


class Counting:
    """A method that is its corpus and its parameters: nothing to fit, and `state` holds no arrays.

    Its score is a sum over the corpus's playlists, so that what it says of them as reasons is exact.
    """

    parameters: ClassVar[type[BlockParams]]

    def __init__(self, corpus: Corpus, params: Any) -> None:
        self.corpus = corpus
        self.params = params
        self.kinds = frozenset(kind for kind in (Kind.TAG, Kind.SONG) if corpus.has(kind))
        self.features = Features(corpus, params)

    @classmethod
    def fit(cls, corpus: Corpus, params: Any, tools: Tools) -> Self:
        return cls(corpus, params)

    @classmethod
    def restore(cls, arrays: Arrays, params: Mapping[str, Any], corpus: Corpus) -> Self:
        return cls(corpus, cls.parameters.parse(params))

    def state(self) -> tuple[Arrays, dict[str, Any]]:
        return {}, self.params.model_dump()

    def told(
        self, columns: Sequence[int] | NDArray[Any], by_item: Floats, playlists: NDArray[Any], brought: sp.csc_matrix
    ) -> tuple[tuple[Reason, ...], ...]:
        """Per answered item the reasons: asked items (columns of the joint matrix) by their parts (columns, answered),
        and playlists by what each brought (playlists, answered)."""
        names = [self.features.name_of(int(column)) for column in columns]
        ends = brought.indptr[1:-1]
        values, rows = np.split(brought.data, ends), np.split(brought.indices, ends)
        first = [np.argsort(-part, kind="stable")[:MOST_REASONS] for part in values]
        named = self._named(playlists[part[best]] for part, best in zip(rows, first, strict=True))
        result = []
        for number, (part, best, titles) in enumerate(zip(values, first, named, strict=True)):
            whole = float(np.maximum(part, 0).sum())
            told = reasons(part[best], titles, "playlist", whole)
            result.append(tuple(reasons(by_item[:, number], names) + told))
        return tuple(result)

    def _named(self, lists: Iterable[NDArray[Any]]) -> list[list[tuple[str, str]]]:
        """Keys and labels of lists of playlists, looked up at once."""
        rows = [list(part) for part in lists]
        vocab, each = self.corpus.vocab(Kind.PLAYLIST), [row for part in rows for row in part]
        found = iter(list(zip(vocab.keys(each), vocab.label_list(each), strict=True)))
        return [list(islice(found, len(part))) for part in rows]


def divided(corpus: Corpus, kind: Kind, exponent: float) -> sp.csr_matrix:
    """(playlists, items): 1 / count^exponent where a playlist holds an item."""
    return times_columns(corpus.matrix(kind), fewer(corpus, kind, exponent))


def divided_holders(corpus: Corpus, kind: Kind, exponent: float) -> sp.csr_matrix:
    """(items, playlists): `divided` the other way round."""
    return times_rows(holders(corpus, kind), fewer(corpus, kind, exponent))


def fewer(corpus: Corpus, kind: Kind, exponent: float) -> Floats:
    """(items,): 1 / count^exponent, so that what is common counts less."""
    return np.maximum(1, corpus.counts(kind)).astype(np.float32) ** np.float32(-exponent)
