"""Features of candidates for the re-ranker beyond the members' scores, computed for a whole batch at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd
import scipy.sparse as sp

from tagviz.recommenders.features import BlockParams, Features
from tagviz.recommenders.sparse_ops import row_normalised
from tagviz.text import normal
from tagviz.types import Corpus, Floats, Ints, Kind, QueryBatch

TOGETHER = 32
"""Number of queries whose candidates are multiplied at once: what they share is read once."""
LARGE = 2_000_000
"""Entries from which each query is multiplied alone: queries of a large catalogue share few candidates."""
QUERY_BLOCKS = ("song", "tag", "word", "title")
"""Blocks of the joint matrix to which the closeness of a candidate is computed."""


@dataclass(frozen=True, eq=False)
class RerankFeatures:
    """Features of candidates from one corpus.

    Attributes:
        corpus: The corpus.
    """

    corpus: Corpus

    def of(self, asked: QueryBatch, kind: Kind, rows: Ints) -> Floats:
        """Compute the features of candidates.

        Log popularity; the logs of the numbers of songs, tags and title words in the query; closeness C_ij / √(n_i n_j)
        to the closest song, tag, word and title of the query, and on average. For tags: similarity of spelling. For
        songs: common genres and artists, years from the query's songs and from the playlist's date.

        Args:
            asked: The queries (q).
            kind: Kind of the candidates.
            rows: int32 (q, w) candidates, −1 where there is none.

        Returns:
            float32 (q, w, features); 0 where a feature does not apply.
        """
        safe = np.maximum(rows, 0)
        held = [np.diff(asked.items[each].indptr) for each in (Kind.SONG, Kind.TAG, Kind.WORD)]
        columns = [np.log1p(self.corpus.counts(kind))[safe]]
        columns += [np.broadcast_to(np.log1p(count)[:, None], rows.shape) for count in held]
        columns += list(np.moveaxis(self._closeness(asked, kind, safe), 2, 0))
        columns += list(self._spelling(asked, safe) if kind is Kind.TAG else np.zeros((1, *rows.shape)))
        columns += list(self._songs(asked, safe) if kind is Kind.SONG else np.zeros((4, *rows.shape)))
        return np.stack(columns, axis=2).astype(np.float32)

    @cached_property
    def _features(self) -> Features:
        return Features(self.corpus, BlockParams())

    @cached_property
    def _columns(self) -> sp.csr_matrix:
        """Unit rows (columns of the joint matrix, playlists): the product of two rows is their closeness."""
        return row_normalised(self._features.transposed)

    def _closeness(self, asked: QueryBatch, kind: Kind, rows: Ints) -> Floats:
        query = self._features.of(asked)
        first = self._features.blocks[kind].start
        starts = [self._features.blocks[group].start for group in QUERY_BLOCKS] + [1 << 62]
        closeness = np.zeros((*rows.shape, len(QUERY_BLOCKS) + 1), dtype=np.float32)
        for part in _together(len(asked), self._columns):
            items, places = np.unique(rows[part], return_inverse=True)
            places = places.reshape(rows[part].shape)
            held = np.unique(query.indices[query.indptr[part.start] : query.indptr[part.stop]])
            if not len(held):
                continue
            close = (self._columns[first + items] @ self._columns[held].T).toarray()
            for number, own in zip(range(part.start, part.stop), places, strict=True):
                columns = np.sort(query.indices[query.indptr[number] : query.indptr[number + 1]])
                if len(columns):
                    self._summarise(
                        close[own[:, None], np.searchsorted(held, columns)], columns, starts, closeness[number]
                    )
        return closeness

    @staticmethod
    def _summarise(close: Floats, columns: Ints, starts: Sequence[int], out: Floats) -> None:
        """Write a query's closest column of each block, and the mean of all, to `out`.

        Args:
            close: float32 (w, m) closeness of w candidates to the query's m columns.
            columns: int (m,) the columns, ascending.
            starts: First column of each block.
            out: float32 (w, blocks + 1).
        """
        for place, (start, stop) in enumerate(pairwise(np.searchsorted(columns, starts).tolist())):
            if stop > start:
                out[:, place] = close[:, start:stop].max(axis=1)
        out[:, -1] = close.mean(axis=1)

    @cached_property
    def _letter_pieces(self) -> sp.csr_matrix:
        """Unit rows (tags, pieces of two and three letters)."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        forms = [normal(tag) for tag in self.corpus.vocab(Kind.TAG).ids]
        return sp.csr_matrix(
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 3), dtype=np.float32).fit_transform(forms)
        )

    def _spelling(self, asked: QueryBatch, rows: Ints) -> Floats:
        """Return (1, q, w): summed similarity of spelling to the query's tags."""
        query_pieces = sp.csr_matrix(asked.items[Kind.TAG] @ self._letter_pieces)
        return _products(query_pieces, self._letter_pieces, rows)[None]

    def _songs(self, asked: QueryBatch, rows: Ints) -> Floats:
        """Return (4, q, w): common genres and artists, years from the query's songs and from the playlist's date."""
        songs = asked.items[Kind.SONG]
        shared = []
        for kind in (Kind.GENRE, Kind.ARTIST):
            unit = self._unit[kind]
            shared.append(_products(row_normalised(sp.csr_matrix(songs @ unit)), unit, rows))
        known = sp.csr_matrix(songs @ sp.diags(np.isfinite(self._years).astype(np.float32)))
        total = np.asarray(known @ np.nan_to_num(self._years)).ravel()
        count = np.asarray(known.sum(axis=1)).ravel()
        typical = np.divide(total, count, out=np.full(len(total), np.nan), where=count > 0)
        date = np.full(len(asked), np.nan) if asked.dates is None else _years(pd.Series(asked.dates))
        years = self._years[rows]
        shared += [np.nan_to_num(years - typical[:, None]), np.nan_to_num(years - date[:, None])]
        return np.stack(shared)

    @cached_property
    def _unit(self) -> dict[Kind, sp.csr_matrix]:
        """Unit rows (songs, genres or artists)."""
        return {kind: row_normalised(links) for kind, links in self.corpus.song_links.items()}

    @cached_property
    def _years(self) -> Floats:
        return _years(self.corpus.songs["date"])


def _years(dates: pd.Series) -> Floats:
    """Return dates as years with fractions, NaN where unknown."""
    dates = pd.to_datetime(dates)
    return (dates.dt.year + dates.dt.day_of_year / 366).to_numpy(dtype=np.float64, na_value=np.nan)


def _products(queries: sp.csr_matrix, items: sp.csr_matrix, rows: Ints) -> Floats:
    """Return (q, w): the product of each query with its own candidates."""
    products = np.zeros(rows.shape, dtype=np.float32)
    for part in _together(queries.shape[0], items):
        of_part = sp.csr_matrix(queries[part])
        if of_part.nnz:
            candidates, places = np.unique(rows[part], return_inverse=True)
            each = (items[candidates] @ of_part.T).toarray()
            products[part] = each[places.reshape(rows[part].shape), np.arange(of_part.shape[0])[:, None]]
    return products


def _together(count: int, matrix: sp.csr_matrix) -> Iterator[slice]:
    """Yield slices of the queries whose products with a matrix are computed together."""
    step = TOGETHER if matrix.nnz <= LARGE else 1
    for start in range(0, count, step):
        yield slice(start, min(start + step, count))
