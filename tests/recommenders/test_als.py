"""ALS on a compute backend gives the factors of one process."""

from __future__ import annotations

import numpy as np
import pytest

from tagviz.recommenders.factors import Factors, FactorsParams
from tagviz.training import TrainingContext
from tests.backends import SerialBackend
from tests.corpora import checkerboard


@pytest.mark.parametrize("cores", [1, 3])
def test_parts_give_the_vectors_of_one_process(cores: int) -> None:
    corpus = checkerboard()
    params = FactorsParams(factors=8, iterations=3, l2=1)
    alone = Factors.fit(corpus, params, TrainingContext(seed=7))
    distributed = Factors.fit(corpus, params, TrainingContext(seed=7, engine=SerialBackend(cores)))
    np.testing.assert_allclose(distributed.vectors, alone.vectors, rtol=1e-4, atol=1e-6)
    assert np.abs(alone.vectors).max() > 0.01
