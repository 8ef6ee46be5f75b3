"""Base of methods without training: they look playlists up with weights from their parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, ClassVar, Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.recommenders.features import BlockParams, Features, transposed
from tagviz.recommenders.sparse_ops import MOST_REASONS, reasons, scale_columns, scale_rows
from tagviz.training import Arrays, TrainingContext
from tagviz.types import Corpus, Floats, Kind, Reason


class MemoryBased:
    """A method that consists of its corpus and parameters: nothing is fitted and `state` has no arrays.

    The score is a sum over the corpus's playlists, so that the reasons are exact.
    """

    parameters: ClassVar[type[BlockParams]]

    def __init__(self, corpus: Corpus, params: Any) -> None:
        """Create the method.

        Args:
            corpus: The playlists.
            params: Parameters of the class `parameters`.
        """
        self.corpus = corpus
        self.params = params
        self.kinds = frozenset(kind for kind in (Kind.TAG, Kind.SONG) if corpus.has(kind))
        self.features = Features(corpus, params)

    @classmethod
    def fit(cls, corpus: Corpus, params: Any, tools: TrainingContext) -> Self:
        """Create the method; nothing is trained.

        Args:
            corpus: The playlists.
            params: Parameters.
            tools: Not used.
        """
        del tools  # nothing is trained
        return cls(corpus, params)

    @classmethod
    def restore(cls, arrays: Arrays, params: Mapping[str, Any], corpus: Corpus) -> Self:
        """Restore the method from `state`.

        Args:
            arrays: Not used.
            params: Parameters of the state.
            corpus: The playlists.
        """
        del arrays  # there are none
        return cls(corpus, cls.parameters.parse(params))

    def state(self) -> tuple[Arrays, dict[str, Any]]:
        """Return no arrays, and the parameters."""
        return {}, self.params.model_dump()

    def combined_reasons(
        self, columns: Sequence[int] | NDArray[Any], by_item: Floats, playlists: NDArray[Any], brought: sp.csc_matrix
    ) -> tuple[tuple[Reason, ...], ...]:
        """Return the reasons of each recommended item: items of the query and playlists.

        Args:
            columns: Columns of the joint matrix that are in the query.
            by_item: float32 (columns, m) contribution of each column to m recommended items.
            playlists: Rows of the corpus's playlists.
            brought: CSC (playlists, m) contribution of each playlist.
        """
        names = [self.features.name_of(int(column)) for column in columns]
        ends = brought.indptr[1:-1]
        values, rows = np.split(brought.data, ends), np.split(brought.indices, ends)
        first = [np.argsort(-part, kind="stable")[:MOST_REASONS] for part in values]
        named = self._playlist_names(playlists[part[best]] for part, best in zip(rows, first, strict=True))
        combined = []
        for number, (part, best, titles) in enumerate(zip(values, first, named, strict=True)):
            whole = float(np.maximum(part, 0).sum())
            playlist_reasons = reasons(part[best], titles, "playlist", whole)
            combined.append(tuple(reasons(by_item[:, number], names) + playlist_reasons))
        return tuple(combined)

    def _playlist_names(self, lists: Iterable[NDArray[Any]]) -> list[list[tuple[str, str]]]:
        """Return keys and labels of lists of playlists, looked up at once."""
        rows = [list(part) for part in lists]
        vocab, each = self.corpus.vocab(Kind.PLAYLIST), [row for part in rows for row in part]
        names = iter(list(zip(vocab.keys(each), vocab.label_list(each), strict=True)))
        return [list(islice(names, len(part))) for part in rows]


def discounted(corpus: Corpus, kind: Kind, exponent: float) -> sp.csr_matrix:
    """Return CSR (playlists, items) with 1 / count^exponent for each item in a playlist.

    Args:
        corpus: The playlists.
        kind: Kind of the items.
        exponent: Exponent on the number of playlists of an item.
    """
    return scale_columns(corpus.matrix(kind), popularity_discount(corpus, kind, exponent))


def discounted_transposed(corpus: Corpus, kind: Kind, exponent: float) -> sp.csr_matrix:
    """Return CSR (items, playlists): the transpose of `discounted`.

    Args:
        corpus: The playlists.
        kind: Kind of the items.
        exponent: Exponent on the number of playlists of an item.
    """
    return scale_rows(transposed(corpus, kind), popularity_discount(corpus, kind, exponent))


def popularity_discount(corpus: Corpus, kind: Kind, exponent: float) -> Floats:
    """Return float32 (items,) 1 / count^exponent, which lowers the weight of popular items.

    Args:
        corpus: The playlists.
        kind: Kind of the items.
        exponent: Exponent on the number of playlists of an item.
    """
    return np.maximum(1, corpus.counts(kind)).astype(np.float32) ** np.float32(-exponent)
