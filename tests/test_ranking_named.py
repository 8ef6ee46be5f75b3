"""What a title names may be answered, and leads."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from tagviz.ranking import rank
from tagviz.recommenders.popularity import Popularity
from tagviz.types import Corpus, Kind, QueryBatch


def asked(corpus: Corpus, kind: Kind, rows: dict[int, float], named: dict[int, float]) -> QueryBatch:
    def matrix(entries: dict[int, float]) -> sp.csr_matrix:
        columns = sorted(entries)
        weights = np.array([entries[column] for column in columns], dtype=np.float32)
        return sp.csr_matrix((weights, columns, [0, len(columns)]), shape=(1, len(corpus.vocab(kind))))

    empty = {
        other: sp.csr_matrix((1, len(corpus.vocab(other))), dtype=np.float32)
        for other in (Kind.SONG, Kind.TAG, Kind.WORD)
    }
    return QueryBatch(titles=("",), items={**empty, kind: matrix(rows)}, named={kind: matrix(named)})


def test_what_the_title_names_leads_and_what_is_asked_outright_is_left_out(board: Corpus) -> None:
    question = asked(board, Kind.TAG, {3: 1.0, 5: 1.0}, {5: 1.0})
    rows = rank(Popularity(board), question, Kind.TAG, board, 20).rows[0].tolist()
    assert rows[0] == 5
    assert 3 not in rows


def test_one_of_many_songs_leads_less(board: Corpus) -> None:
    question = asked(board, Kind.SONG, {2: 0.01}, {2: 0.01})
    rows = rank(Popularity(board), question, Kind.SONG, board, 20).rows[0].tolist()
    assert 2 in rows
    plain = asked(board, Kind.SONG, {2: 0.01}, {})
    assert 2 not in rank(Popularity(board), plain, Kind.SONG, board, 20).rows[0].tolist()
