"""The items of a report: which occur, their bands and their vectors."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from tagviz.evaluation.items import _bands, remap_columns, used_items
from tagviz.evaluation.split import SplitSpec, split
from tagviz.types import Corpus, Kind


def test_only_items_of_questions_and_answers_are_kept(board: Corpus) -> None:
    parts = split(board, SplitSpec("arena", share=0.5))
    questions = parts.questions.select(np.array([0]))
    answer = np.array([[3, -1]], dtype=np.int32)
    items, column = used_items(parts.train, Kind.TAG, questions, [answer], None)
    occurring = {3, *questions.shown[Kind.TAG].indices, *questions.hidden[Kind.TAG].indices}
    assert set(np.flatnonzero(column >= 0)) == occurring
    assert len(items) == len(occurring)
    vocab = parts.train.vocab(Kind.TAG)
    assert [items.vocab.ids[column[row]] for row in occurring] == [vocab.ids[row] for row in occurring]
    assert items.counts[column[3]] == parts.train.counts(Kind.TAG)[3]
    norms = np.linalg.norm(items.vectors.astype(float), axis=1)
    assert np.allclose(norms, 1, atol=0.01)


def test_each_band_makes_up_a_third_of_all_uses() -> None:
    # uses before each item, most frequent first: 0, 6, 9, 10 of 12 → bands 0, 1, 2, 2; an unused item is tail
    assert _bands(np.array([1, 6, 3, 2, 0])).tolist() == [2, 0, 1, 2, 2]


def test_columns_move() -> None:
    matrix = sp.csr_matrix(np.array([[1, 0, 1], [0, 0, 1]], dtype=np.float32))
    moved = remap_columns(matrix, np.array([1, -1, 0], dtype=np.int32), 2)
    assert moved.toarray().tolist() == [[1, 1], [1, 0]]
