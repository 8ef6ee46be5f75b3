"""Trees that reorder candidates."""

from __future__ import annotations

import numpy as np

from tagviz.recommenders.candidates import Candidates, ScoredCandidates
from tagviz.recommenders.rerank import RerankParams, Trees, shortlist
from tests.recommenders.queries import judged


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
    candidates = ScoredCandidates(Candidates(rows, scores, evidence), hits, sizes, cases, np.arange(300).astype(str))
    fused = scores.mean(axis=2)
    learn, check = np.arange(200), np.arange(200, 300)
    trees = Trees.fit(candidates.select(learn), fused[learn], 10, RerankParams(trees=40, least=10), threads=1, seed=7)
    held = candidates.select(check)
    reordered = held.ndcg(trees.score(held.candidates, fused[check], held.cases), 10).mean()
    assert reordered > 0.9 > held.ndcg(fused[check], 10).mean()


def test_the_shortlist_holds_what_the_fusion_ranks_highest() -> None:
    pool = judged(0).candidates
    fused = -pool.rows.astype(np.float32)
    short, places = shortlist(pool, fused, 3)
    assert short.rows[0].tolist() == [0, 1, 2]
    assert places.shape == (40, 3)
