"""Validation questions: what they show, what they hide, and who stays together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from tagviz.recommenders.phrases import ALL_KNOWN
from tagviz.recommenders.validation import cases_of, folds, questions
from tagviz.types import Kind, QueryBatch
from tests.corpora import checkerboard, make_corpus
from tests.recommenders.queries import small


def test_groups_stay_on_one_side() -> None:
    corpus = checkerboard()
    fold = folds(corpus, 3, seed=1)
    assert sorted(set(fold)) == [0, 1, 2]
    shared = corpus.playlists.assign(group=["x"] * 4 + [f"g{n}" for n in range(len(corpus) - 4)])
    assert len(set(folds(replace(corpus, playlists=shared), 3, seed=1)[:4])) == 1


def test_questions_hide_what_they_do_not_show() -> None:
    corpus = checkerboard()
    drawn = questions(corpus, seed=3)
    for kind in (Kind.TAG, Kind.SONG):
        assert drawn.asked.items[kind].multiply(drawn.hidden[kind]).nnz == 0
    assert set(np.unique(cases_of(drawn.asked))) <= set(range(1, 8))
    again = questions(corpus, seed=3)
    assert (again.hidden[Kind.TAG] != drawn.hidden[Kind.TAG]).nnz == 0


def test_tags_alone_are_halved() -> None:
    drawn = questions(small(), seed=1)
    # no playlist has four tags, so two are enough: 2, 2 and 3 tags show 1 each
    assert np.diff(drawn.asked.items[Kind.TAG].indptr).tolist() == [1, 1, 1]
    assert np.diff(drawn.hidden[Kind.TAG].indptr).tolist() == [1, 1, 2]


def test_a_question_knows_its_listener() -> None:
    playlists = [{"tags": ["a", "b", "c", "d"], "group": group} for group in ("x", "x", "", "")]
    assert len(set(questions(make_corpus(playlists), seed=1).groups)) == 3


def test_what_a_title_names_does_not_count_as_shown() -> None:
    corpus = checkerboard()
    tag = sp.csr_matrix(([1.0], ([0], [0])), shape=(2, len(corpus.vocab(Kind.TAG))), dtype=np.float32)
    both = sp.csr_matrix(([1.0, 1.0], ([0, 1], [0, 1])), shape=tag.shape, dtype=np.float32)
    nothing = {kind: sp.csr_matrix((2, len(corpus.vocab(kind))), dtype=np.float32) for kind in (Kind.SONG, Kind.WORD)}
    asked = QueryBatch(("a title", ""), {**nothing, Kind.TAG: both}, named={Kind.TAG: tag})
    assert cases_of(asked).tolist() == [4 * ALL_KNOWN, 2]
