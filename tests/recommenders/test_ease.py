"""EASE against ridge regressions solved one by one."""

from __future__ import annotations

import numpy as np
import pytest

from tagviz.errors import InvalidParameterError
from tagviz.recommenders.ease import Ease, EaseParams
from tagviz.types import Kind
from tests.corpora import checkerboard
from tests.recommenders.queries import TOOLS, asks


def test_ease_solves_each_item_by_ridge_regression() -> None:
    corpus = checkerboard()
    params = EaseParams(l2=2, dropout=0, length=0, min_count=1, keep=10_000, song=0, word=0, title=0)
    weights = Ease.fit(corpus, params, TOOLS)._weights[Kind.TAG].toarray()
    held = corpus.matrix(Kind.TAG).toarray().astype(np.float64)
    target, rest = held[:, 0], held[:, 1:]
    # column j of B minimises ‖x_j − X b‖² + λ‖b‖² with b_j = 0 (Steck 2019, eq. 2)
    expected = np.linalg.solve(rest.T @ rest + 2 * np.eye(rest.shape[1]), rest.T @ target)
    np.testing.assert_allclose(weights[1:, 0], expected, atol=1e-4)
    assert weights[0, 0] == 0


def test_ease_refuses_what_is_too_large() -> None:
    with pytest.raises(InvalidParameterError, match="EASE is not for"):
        Ease.fit(checkerboard(), EaseParams(max_items=10, min_count=1), TOOLS)


def test_scores_add_up_the_weights_of_the_query() -> None:
    corpus = checkerboard()
    fitted = Ease.fit(corpus, EaseParams(min_count=1), TOOLS)
    (scores,) = fitted.score(asks(corpus, ["t2", "t4"]), Kind.TAG)
    weights = fitted._weights[Kind.TAG].toarray()
    rows = [fitted.features.blocks["tag"].start + corpus.vocab(Kind.TAG).row(tag) for tag in ("t2", "t4")]
    np.testing.assert_allclose(scores, weights[rows].sum(axis=0), rtol=1e-5, atol=1e-6)
