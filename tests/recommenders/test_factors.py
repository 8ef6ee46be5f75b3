"""Factors against the normal equations."""

from __future__ import annotations

import numpy as np

from tagviz.recommenders.factors import Factors, FactorsParams
from tagviz.recommenders.features import Features
from tagviz.types import Kind
from tests.corpora import checkerboard, make_corpus
from tests.recommenders.queries import TOOLS, asks, small


def test_factors_fold_a_query_in_as_the_normal_equations_say() -> None:
    corpus = small()
    params = FactorsParams(factors=2, alpha=3, l2=0.5, iterations=5, tag=1)
    fitted = Factors.fit(corpus, params, TOOLS)
    vectors = fitted.vectors.astype(np.float64)
    y = vectors[0]
    # (YᵀY + λI + (c − 1) y yᵀ) x = c y with c = 3
    x = np.linalg.solve(vectors.T @ vectors + 0.5 * np.eye(2) + 2 * np.outer(y, y), 3 * y)
    np.testing.assert_allclose(fitted.score(asks(corpus, ["a"]), Kind.TAG)[0], vectors[:4] @ x, rtol=1e-4, atol=1e-6)


def test_the_same_seed_gives_the_same_factors() -> None:
    corpus = checkerboard()
    one, other = (Factors.fit(corpus, FactorsParams(factors=8), TOOLS).vectors for _ in range(2))
    np.testing.assert_array_equal(one, other)


def test_factors_leave_what_they_share_as_it_is() -> None:
    """An item in no playlist counts nothing for factors, and is dropped there, not from what other members read."""
    corpus = make_corpus(
        [{"tags": ["a", "b"], "songs": ["s1"]}, {"tags": ["a"], "songs": ["s2"]}], songs={"s9": {"name": "unheard"}}
    )
    asked = asks(corpus, ["a"], ("s9", "s1"))
    params = FactorsParams(factors=2, iterations=2)
    shared = Features(corpus, params).of(asked)
    before = shared.toarray(), shared.nnz
    Factors.fit(corpus, params, TOOLS).score(asked, Kind.TAG)
    assert shared.nnz == before[1] == 3
    np.testing.assert_array_equal(shared.toarray(), before[0])
