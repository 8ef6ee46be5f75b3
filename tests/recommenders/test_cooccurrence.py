"""Co-occurrence against arithmetic that is written out."""

from __future__ import annotations

import numpy as np
import pytest

from tagviz.recommenders.cooccurrence import Cooccurrence, CooccurrenceParams
from tagviz.types import Corpus, Kind
from tests.recommenders.queries import asks, small


def test_cooccurrence_is_the_formula() -> None:
    corpus = small()
    params = CooccurrenceParams(a=1, b=1, length=0, tag=1)
    scores = Cooccurrence(corpus, params).score(asks(corpus, ["a"]), Kind.TAG)
    # C_ab / (n_a n_b) = 1 / (2 · 2); the same for c; a and d never meet; a with itself 2 / (2 · 2)
    np.testing.assert_allclose(scores[0], [0.5, 0.25, 0.25, 0.0], rtol=1e-6)


def test_cooccurrence_trusts_short_playlists_more() -> None:
    corpus = small()
    scores = Cooccurrence(corpus, CooccurrenceParams(a=0, b=0, length=1, tag=1)).score(asks(corpus, ["b"]), Kind.TAG)
    # with a in a list of two: 1/2; with c and d in a list of three: 1/3
    np.testing.assert_allclose(scores[0, [0, 2, 3]], [1 / 2, 1 / 3, 1 / 3], rtol=1e-6)


def test_cooccurrence_says_the_same_whichever_playlists_it_multiplies(
    board: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tagviz.recommenders import cooccurrence

    model = Cooccurrence(board, CooccurrenceParams())
    asked = asks(board, ["t0", "t3"], ("s1",), "even list")
    whole = model.score(asked, Kind.SONG)
    for large, share in ((0, 1.0), (0, 0.0)):
        monkeypatch.setattr(cooccurrence, "LARGE", large)
        monkeypatch.setattr(cooccurrence, "SHARE", share)
        np.testing.assert_allclose(model.score(asked, Kind.SONG), whole, rtol=1e-5, atol=1e-7)
    assert whole.max() > 0
