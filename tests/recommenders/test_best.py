"""Best: kept with its trees, restored the same, and measured against chance."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from tagviz.recommenders.best import Best, BestParams, error_of_mean
from tagviz.recommenders.fusion import Fusion, FusionParams, validate
from tagviz.recommenders.rerank import Trees
from tagviz.types import Kind, QueryBatch
from tests.corpora import checkerboard
from tests.recommenders.queries import MEMBERS, TOOLS, asks


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
    scored = validate(corpus, params, TOOLS, MEMBERS, evidence=True)[0][Kind.TAG]
    fused = np.einsum("qwm,qm->qw", scored.candidates.scores, fusion.weights[Kind.TAG][scored.cases])
    trees = Trees.fit(scored, fused, 10, params, threads=1, seed=7)
    fitted = Best(fusion, params, {Kind.TAG: trees}, {})
    arrays, state = fitted.state()
    restored = Best.restore(arrays, json.loads(json.dumps(state)), corpus)
    asked = asks(corpus, ["t2", "t4", "t6"])
    scores = fitted.score(asked, Kind.TAG)
    np.testing.assert_array_equal(scores, restored.score(asked, Kind.TAG))
    assert np.isfinite(scores).all()
    assert 0.5 <= scores.max() <= 1  # candidates stand above everything that was not one
    nothing = QueryBatch(("",), {kind: matrix * 0 for kind, matrix in asked.items.items()})
    assert not fitted.score(nothing, Kind.TAG).any()


def test_questions_of_one_listener_count_together_in_the_error() -> None:
    values = np.array([1, 1, 1, 1, -1, -1, -1, -1], dtype=np.float32)
    alone = error_of_mean(values, np.arange(8))
    # eight of their own: √(8/7 · 8) / 8; two listeners with sums 4 and −4: √(2/1 · 32) / 8
    assert alone == pytest.approx(np.sqrt(8 / 7 * 8) / 8)
    assert error_of_mean(values, np.repeat([0, 1], 4)) == pytest.approx(1.0)


def test_a_corpus_of_one_listener_can_be_re_ranked() -> None:
    corpus = checkerboard(half=80)
    alone = replace(corpus, playlists=corpus.playlists.assign(group="x"))
    fitted = Best.fit(alone, BestParams(folds=2, trees=5), TOOLS, MEMBERS)
    assert fitted.gains["tag"]["error"] > 0  # there were enough questions to try
