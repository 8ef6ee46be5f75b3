"""Validation questions, learned weights, and the re-ranker, on corpora whose answers are known."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from tagviz.methods import Tools
from tagviz.recommend.best import Best, BestParams, error_of_mean
from tagviz.recommend.candidates import Candidates, Judged, from_scores
from tagviz.recommend.factors import Factors
from tagviz.recommend.fusion import Fusion, FusionParams, learn_weights, validate
from tagviz.recommend.members import Member, comparable, fit_members
from tagviz.recommend.neighbours import Neighbours, NeighboursParams
from tagviz.recommend.rerank import RerankParams, Trees
from tagviz.recommend.validation import cases_of, folds, questions
from tagviz.types import Asked, Kind
from tests.corpora import checkerboard, make_corpus
from tests.recommend.test_members import asks, small

TOOLS = Tools(seed=7)
MEMBERS = (Member("neighbours", "neighbours"), Member("cooccurrence", "cooccurrence"))


def judged(good: int, cases: np.ndarray | None = None) -> Judged:
    """40 questions of 20 candidates, the first hidden: member `good` of two knows it, the other guesses."""
    rng = np.random.default_rng(0)
    scores = rng.random((40, 20, 2), dtype=np.float32)
    scores[:, 0, good] = 1.0
    rows = np.tile(np.arange(20, dtype=np.int32), (40, 1))
    hits = np.zeros((40, 20), dtype=bool)
    hits[:, 0] = True
    found = Candidates(rows, scores, np.zeros((40, 20, 0), dtype=np.float32))
    cases = np.zeros(40, dtype=np.int64) if cases is None else cases
    return Judged(found, hits, np.ones(40, dtype=np.int64), cases, np.arange(40).astype(str))


def test_ndcg_of_an_order() -> None:
    one = judged(0).select(np.array([0]))
    values = -np.arange(20, dtype=np.float32)[None]
    assert one.ndcg(values, 10)[0] == pytest.approx(1.0)
    # the hidden item in third place: 1 / log2(4), against 1 / log2(2)
    values[0, 0] = -2.5
    assert one.ndcg(values, 10)[0] == pytest.approx(0.5)
    values[0, 0] = -19.5
    assert one.ndcg(values, 10)[0] == 0


@pytest.mark.parametrize("good", [0, 1])
def test_weights_go_to_the_member_that_knows(good: int) -> None:
    weights = learn_weights(judged(good), depth=10, shrink=10)
    assert weights.shape == (8, 2)
    assert (weights[:, good] > 0.7).all()
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-5)


def test_a_rare_case_leans_on_all_cases_together() -> None:
    cases = np.zeros(40, dtype=np.int64)
    cases[:2] = 3
    weights = learn_weights(judged(0, cases), depth=10, shrink=1e9)
    np.testing.assert_allclose(weights[3], weights[0], atol=1e-4)


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


def test_what_is_asked_does_not_set_the_scale() -> None:
    corpus = small()
    fitted = Neighbours(corpus, NeighboursParams(idf=0, popularity=0))
    # raw: a 1.0, b 0.5, c 0.5, d 0; a is asked, so b and c are the top of the scale
    assert comparable(fitted, asks(corpus, ["a"]), Kind.TAG)[0].tolist() == [0, 1, 1, 0]


def test_candidates_leave_out_what_is_asked() -> None:
    corpus = small()
    asked = asks(corpus, ["a"])
    scores = np.array([[0.9, 0.5, 0.6, 0.1]], dtype=np.float32)
    found = from_scores([scores], asked, Kind.TAG, most=3)
    # the three best are a, c, b; a is asked
    assert sorted(found.rows[0]) == [1, 2]


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
    nothing = Asked(("",), {kind: matrix * 0 for kind, matrix in asked.items.items()})
    assert not fitted.score(nothing, Kind.TAG).any()


def test_fusion_says_what_each_member_gave() -> None:
    corpus = checkerboard(half=24)
    fitted = Fusion.fit(corpus, FusionParams(folds=2), TOOLS, MEMBERS)
    row = corpus.vocab(Kind.TAG).row("t8")
    (reasons,) = fitted.explain(asks(corpus, ["t2", "t4"]), Kind.TAG, np.array([row], dtype=np.int32))
    for via in ("asked", "member"):
        assert sum(reason.weight for reason in reasons if reason.via == via) == pytest.approx(1, abs=1e-4)
    assert {reason.key for reason in reasons if reason.via == "member"} <= {f"member:{m.name}" for m in MEMBERS}


def test_trees_learn_what_no_single_member_says() -> None:
    """The hidden item is the one where both members agree: neither alone nor their sum shows it."""
    rng = np.random.default_rng(1)
    scores = rng.random((300, 20, 2), dtype=np.float32)
    scores[:, 0] = 0.5
    rows = np.tile(np.arange(20, dtype=np.int32), (300, 1))
    hits = np.zeros((300, 20), dtype=bool)
    hits[:, 0] = True
    evidence = np.abs(scores[:, :, :1] - scores[:, :, 1:])
    sizes, cases = np.ones(300, dtype=np.int64), np.ones(300, dtype=np.int64)
    data = Judged(Candidates(rows, scores, evidence), hits, sizes, cases, np.arange(300).astype(str))
    fused = scores.mean(axis=2)
    learn, check = np.arange(200), np.arange(200, 300)
    trees = Trees.fit(data.select(learn), fused[learn], 10, RerankParams(trees=40, least=10), threads=1, seed=7)
    held = data.select(check)
    reordered = held.ndcg(trees.score(held.candidates, fused[check], held.cases), 10).mean()
    assert reordered > 0.9 > held.ndcg(fused[check], 10).mean()


def test_best_comes_back_the_same() -> None:
    corpus = checkerboard(half=24)
    fitted = Best.fit(corpus, BestParams(folds=2, trees=5), TOOLS, MEMBERS)
    arrays, params = fitted.state()
    restored = Best.restore(arrays, json.loads(json.dumps(params)), corpus)
    asked = asks(corpus, ["t2", "t4", "t6"])
    np.testing.assert_array_equal(fitted.score(asked, Kind.SONG), restored.score(asked, Kind.SONG))
    assert set(fitted.gains) == {"tag", "song"}


def test_a_re_ranked_best_is_kept_with_its_trees_and_says_when_it_knows_nothing() -> None:
    corpus = checkerboard(half=24)
    params = BestParams(folds=2, trees=5, least=5)
    fusion = Fusion.fit(corpus, FusionParams(folds=2), TOOLS, MEMBERS)
    found = validate(corpus, params, TOOLS, MEMBERS, evidence=True)[0][Kind.TAG]
    fused = np.einsum("qwm,qm->qw", found.candidates.scores, fusion.weights[Kind.TAG][found.cases])
    trees = Trees.fit(found, fused, 10, params, threads=1, seed=7)
    fitted = Best(fusion, params, {Kind.TAG: trees}, {})
    arrays, state = fitted.state()
    restored = Best.restore(arrays, json.loads(json.dumps(state)), corpus)
    asked = asks(corpus, ["t2", "t4", "t6"])
    scores = fitted.score(asked, Kind.TAG)
    np.testing.assert_array_equal(scores, restored.score(asked, Kind.TAG))
    assert np.isfinite(scores).all()
    assert 0.5 <= scores.max() <= 1  # candidates stand above everything that was not one
    nothing = Asked(("",), {kind: matrix * 0 for kind, matrix in asked.items.items()})
    assert not fitted.score(nothing, Kind.TAG).any()


def test_many_playlists_are_asked_about_once_and_factors_go_on_from_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a part of the playlists has questions enough, members are fitted on the others once, not fold by fold."""
    corpus = checkerboard(half=100)
    params = FusionParams(folds=3, questions=50)
    factors = Member("factors", "factors", {"factors": 4, "iterations": 3})
    members = (*MEMBERS, factors)
    monkeypatch.setattr("tagviz.recommend.fusion.PARTS", 4)
    judged, older = validate(corpus, params, TOOLS, members)
    assert set(older) == {"factors"}
    assert 0 < len(judged[Kind.TAG].sizes) <= 50
    fitted = Fusion.fit(corpus, params, TOOLS, members).fitted["factors"]
    assert isinstance(fitted, Factors)
    alone = fit_members(corpus, (factors,), TOOLS)["factors"]
    assert isinstance(alone, Factors)
    assert not np.allclose(fitted.vectors, alone.vectors)  # it did not begin anew
    monkeypatch.setattr("tagviz.recommend.fusion.PARTS", 5)
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
    monkeypatch.setattr("tagviz.recommend.fusion.comparable", lambda *given: calls.append("asked again"))
    again.explain(other, Kind.TAG, rows)
    assert not calls


def test_questions_of_one_listener_count_together_in_the_error() -> None:
    values = np.array([1, 1, 1, 1, -1, -1, -1, -1], dtype=np.float32)
    alone = error_of_mean(values, np.arange(8))
    # eight of their own: √(8/7 · 8) / 8; two listeners with sums 4 and −4: √(2/1 · 32) / 8
    assert alone == pytest.approx(np.sqrt(8 / 7 * 8) / 8)
    assert error_of_mean(values, np.repeat([0, 1], 4)) == pytest.approx(1.0)


def test_a_question_knows_its_listener() -> None:
    playlists = [{"tags": ["a", "b", "c", "d"], "group": group} for group in ("x", "x", "", "")]
    assert len(set(questions(make_corpus(playlists), seed=1).groups)) == 3


def test_a_corpus_of_one_listener_can_be_re_ranked() -> None:
    corpus = checkerboard(half=80)
    alone = replace(corpus, playlists=corpus.playlists.assign(group="x"))
    fitted = Best.fit(alone, BestParams(folds=2, trees=5), TOOLS, MEMBERS)
    assert fitted.gains["tag"]["error"] > 0  # there were enough questions to try
