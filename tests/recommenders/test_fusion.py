"""Fusion: learned weights, restored members, and reasons."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tagviz.recommenders.ensemble_members import Member, fit_members
from tagviz.recommenders.factors import Factors
from tagviz.recommenders.fusion import Fusion, FusionParams, learn_weights, validate
from tagviz.recommenders.validation import CASES
from tagviz.types import Kind, QueryBatch
from tests.corpora import checkerboard
from tests.recommenders.queries import MEMBERS, TOOLS, asks, judged


@pytest.mark.parametrize("good", [0, 1])
def test_weights_go_to_the_member_that_knows(good: int) -> None:
    weights = learn_weights(judged(good), depth=10, shrink=10)
    assert weights.shape == (CASES, 2)
    assert (weights[:, good] > 0.7).all()
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-5)


def test_a_rare_case_leans_on_all_cases_together() -> None:
    cases = np.zeros(40, dtype=np.int64)
    cases[:2] = 3
    weights = learn_weights(judged(0, cases), depth=10, shrink=1e9)
    np.testing.assert_allclose(weights[3], weights[0], atol=1e-4)


def test_fusion_puts_the_missing_items_first_and_comes_back_the_same() -> None:
    corpus = checkerboard(half=24)
    fitted = Fusion.fit(corpus, FusionParams(folds=2), TOOLS, MEMBERS)
    arrays, params = fitted.state()
    restored = Fusion.restore(arrays, json.loads(json.dumps(params)), corpus)
    asked = asks(corpus, ["t2", "t4", "t6"], ("s2", "s4"))
    for kind in (Kind.TAG, Kind.SONG):
        scores = fitted.score(asked, kind)
        np.testing.assert_array_equal(scores, restored.score(asked, kind))
        ids = np.array([int(name[1:]) for name in corpus.vocab(kind).ids])
        assert scores[0, ids % 2 == 1].max() <= scores[0, ids % 2 == 0].max()
    nothing = QueryBatch(("",), {kind: matrix * 0 for kind, matrix in asked.items.items()})
    assert not fitted.score(nothing, Kind.TAG).any()


def test_fusion_says_what_each_member_gave() -> None:
    corpus = checkerboard(half=24)
    fitted = Fusion.fit(corpus, FusionParams(folds=2), TOOLS, MEMBERS)
    row = corpus.vocab(Kind.TAG).row("t8")
    (reasons,) = fitted.explain(asks(corpus, ["t2", "t4"]), Kind.TAG, np.array([row], dtype=np.int32))
    for via in ("asked", "member"):
        assert sum(reason.weight for reason in reasons if reason.via == via) == pytest.approx(1, abs=1e-4)
    assert {reason.key for reason in reasons if reason.via == "member"} <= {f"member:{m.name}" for m in MEMBERS}


def test_many_playlists_are_asked_about_once_and_factors_go_on_from_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a part of the playlists has questions enough, members are fitted on the others once, not fold by fold."""
    corpus = checkerboard(half=100)
    params = FusionParams(folds=3, questions=50)
    factors = Member("factors", "factors", {"factors": 4, "iterations": 3})
    members = (*MEMBERS, factors)
    monkeypatch.setattr("tagviz.recommenders.fusion.PARTS", 4)
    judged, older = validate(corpus, params, TOOLS, members)
    assert set(older) == {"factors"}
    assert 0 < len(judged[Kind.TAG].sizes) <= 50
    fitted = Fusion.fit(corpus, params, TOOLS, members).fitted["factors"]
    assert isinstance(fitted, Factors)
    alone = fit_members(corpus, (factors,), TOOLS)["factors"]
    assert isinstance(alone, Factors)
    assert not np.allclose(fitted.vectors, alone.vectors)  # it did not begin anew
    monkeypatch.setattr("tagviz.recommenders.fusion.PARTS", 5)
    _, older = validate(corpus, params, TOOLS, members)
    assert not older


def test_reasons_of_a_query_come_from_the_scores_it_was_answered_with(monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = checkerboard(half=24)
    fitted = Fusion.fit(corpus, FusionParams(folds=2), TOOLS, MEMBERS)
    asked = asks(corpus, ["t2", "t4", "t6"])
    rows = np.argsort(-fitted.score(asked, Kind.TAG)[0], kind="stable")[:3].astype(np.int32)
    wanted = fitted.explain(asked.part(0, 1), Kind.TAG, rows)
    again = Fusion(corpus, fitted.params, MEMBERS, fitted.fitted, fitted.weights)
    assert again.explain(asks(corpus, ["t2", "t4", "t6"]), Kind.TAG, rows) == wanted
    np.testing.assert_array_equal(again.score(asked, Kind.TAG), fitted.score(asked, Kind.TAG))
    other = asks(corpus, ["t3", "t5"])
    np.testing.assert_array_equal(again.score(other, Kind.TAG), fitted.score(other, Kind.TAG))
    calls: list[str] = []
    monkeypatch.setattr("tagviz.recommenders.fusion.comparable", lambda *arguments: calls.append("asked again"))
    again.explain(other, Kind.TAG, rows)
    assert not calls
