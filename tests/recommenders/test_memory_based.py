"""Methods without training: reasons, discounts and state."""

from __future__ import annotations

import numpy as np
import pytest

from tagviz.recommenders.cooccurrence import Cooccurrence, CooccurrenceParams
from tagviz.recommenders.ease import Ease, EaseParams
from tagviz.recommenders.factors import Factors, FactorsParams
from tagviz.recommenders.memory_based import discounted, discounted_transposed, popularity_discount
from tagviz.recommenders.neighbours import Neighbours, NeighboursParams
from tagviz.types import Kind, Recommender
from tests.corpora import checkerboard
from tests.recommenders.queries import TOOLS, asks, small


@pytest.mark.parametrize("name", ["neighbours", "cooccurrence", "ease", "factors"])
def test_shares_of_asked_items_add_up_to_one(name: str) -> None:
    corpus = checkerboard()
    fitted: Recommender = {
        "neighbours": lambda: Neighbours(corpus, NeighboursParams()),
        "cooccurrence": lambda: Cooccurrence(corpus, CooccurrenceParams()),
        "ease": lambda: Ease.fit(corpus, EaseParams(), TOOLS),
        "factors": lambda: Factors.fit(corpus, FactorsParams(factors=8), TOOLS),
    }[name]()
    (reasons,) = fitted.explain(asks(corpus, ["t2", "t4"]), Kind.TAG, np.array([6], dtype=np.int32))
    asked = [reason for reason in reasons if reason.via == "asked"]
    assert {reason.key for reason in asked} <= {"tag:t2", "tag:t4"}
    assert sum(reason.weight for reason in asked) == pytest.approx(1, abs=1e-4)


def test_popular_items_are_discounted() -> None:
    corpus = small()  # a, b, c in two playlists each, d in one
    np.testing.assert_allclose(popularity_discount(corpus, Kind.TAG, 1), [0.5, 0.5, 0.5, 1])
    weighted = discounted(corpus, Kind.TAG, 1).toarray()
    np.testing.assert_allclose(weighted[2], [0, 0.5, 0.5, 1])
    np.testing.assert_allclose(discounted_transposed(corpus, Kind.TAG, 1).toarray(), weighted.T)


def test_the_state_is_the_parameters_alone() -> None:
    fitted = Neighbours(small(), NeighboursParams(k=3))
    arrays, params = fitted.state()
    assert arrays == {}
    assert Neighbours.restore(arrays, params, small()).params == fitted.params
