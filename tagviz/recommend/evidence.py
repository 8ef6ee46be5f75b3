"""What a re-ranker may know of a candidate beyond its members' scores, computed for all candidates of a batch at
once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd
import scipy.sparse as sp

from tagviz.recommend.features import BlockParams, Features
from tagviz.recommend.shared import row_normalised
from tagviz.text import normal
from tagviz.types import Asked, Corpus, Floats, Ints, Kind

GROUPS = ("song", "tag", "word", "title")


@dataclass(frozen=True, eq=False)
class Evidence:
    """Facts of one corpus that bear on candidates."""

    corpus: Corpus

    def of(self, asked: Asked, kind: Kind, rows: Ints) -> Floats:
        """(q, w, facts) float32 for candidate rows (q, w), −1 where there is none; 0 where a fact does not apply.

        Facts: log popularity; how many songs, tags and title words are asked (logs); closeness C_ij / √(n_i n_j) to the
        closest asked song, tag, word and title, and on average. Of tags: likeness of spelling. Of songs: genres and
        artists in common, years from the asked songs and from the playlist's date.
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
        """(columns of the joint matrix, playlists): unit rows, so that products of two rows are closenesses."""
        return row_normalised(self._features.holders)

    def _closeness(self, asked: Asked, kind: Kind, rows: Ints) -> Floats:
        query = self._features.of(asked)
        first = self._features.blocks[kind].start
        result = np.zeros((*rows.shape, len(GROUPS) + 1), dtype=np.float32)
        for number in range(len(asked)):
            columns = np.sort(query.indices[query.indptr[number] : query.indptr[number + 1]])
            if not len(columns):
                continue
            close = (self._columns[first + rows[number]] @ self._columns[columns].T).toarray()
            edges = np.searchsorted(columns, [self._features.blocks[group].start for group in GROUPS] + [1 << 62])
            for place, (start, stop) in enumerate(pairwise(edges)):
                if stop > start:
                    result[number, :, place] = close[:, start:stop].max(axis=1)
            result[number, :, -1] = close.mean(axis=1)
        return result

    @cached_property
    def _shapes(self) -> sp.csr_matrix:
        """(tags, pieces of two and three letters): unit rows."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        forms = [normal(tag) for tag in self.corpus.vocab(Kind.TAG).ids]
        return sp.csr_matrix(
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 3), dtype=np.float32).fit_transform(forms)
        )

    def _spelling(self, asked: Asked, rows: Ints) -> Floats:
        """(1, q, w): how much each tag is written like the asked tags, summed."""
        wanted = sp.csr_matrix(asked.items[Kind.TAG] @ self._shapes)
        return _products(wanted, self._shapes, rows)[None]

    def _songs(self, asked: Asked, rows: Ints) -> Floats:
        """(4, q, w): genres and artists in common with the asked songs, years from them and from the playlist's
        date."""
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
        """(songs, genres or artists): unit rows."""
        return {kind: row_normalised(links) for kind, links in self.corpus.song_links.items()}

    @cached_property
    def _years(self) -> Floats:
        return _years(self.corpus.songs["date"])


def _years(dates: pd.Series) -> Floats:
    """Dates as years with fractions, NaN where unknown."""
    dates = pd.to_datetime(dates)
    return (dates.dt.year + dates.dt.day_of_year / 366).to_numpy(dtype=np.float64, na_value=np.nan)


def _products(queries: sp.csr_matrix, items: sp.csr_matrix, rows: Ints) -> Floats:
    """(q, w): each query's product with its own candidates."""
    result = np.zeros(rows.shape, dtype=np.float32)
    for number in np.flatnonzero(np.diff(queries.indptr)):
        part = slice(queries.indptr[number], queries.indptr[number + 1])
        wide = np.zeros(queries.shape[1], dtype=np.float32)
        wide[queries.indices[part]] = queries.data[part]
        result[number] = items[rows[number]] @ wide
    return result
