"""A small corpus, queries and members that the tests of several methods share."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from tagviz.recommenders.candidates import Candidates, ScoredCandidates
from tagviz.recommenders.ensemble_members import Member
from tagviz.training import TrainingContext
from tagviz.types import Corpus, Kind, QueryBatch
from tests.corpora import make_corpus

TOOLS = TrainingContext(seed=7)
MEMBERS = (Member("neighbours", "neighbours"), Member("cooccurrence", "cooccurrence"))


def small() -> Corpus:
    """Playlists {a, b}, {a, c}, {b, c, d}: a, b, c stand in two each, d in one."""
    return make_corpus([{"tags": ["a", "b"]}, {"tags": ["a", "c"]}, {"tags": ["b", "c", "d"]}])


def asks(corpus: Corpus, tags: list[str], songs: tuple[str, ...] = (), title: str = "") -> QueryBatch:
    items = {}
    for kind, wanted in ((Kind.TAG, tags), (Kind.SONG, songs), (Kind.WORD, title.lower().split())):
        row = np.zeros((1, len(corpus.vocab(kind))), dtype=np.float32)
        row[0, corpus.vocab(kind).find(list(wanted))] = 1
        items[kind] = sp.csr_matrix(row)
    return QueryBatch((title,), items)


def judged(good: int, cases: np.ndarray | None = None) -> ScoredCandidates:
    """40 questions of 20 candidates, the first hidden: member `good` of two knows it, the other guesses."""
    rng = np.random.default_rng(0)
    scores = rng.random((40, 20, 2), dtype=np.float32)
    scores[:, 0, good] = 1.0
    rows = np.tile(np.arange(20, dtype=np.int32), (40, 1))
    hits = np.zeros((40, 20), dtype=bool)
    hits[:, 0] = True
    pool = Candidates(rows, scores, np.zeros((40, 20, 0), dtype=np.float32))
    cases = np.zeros(40, dtype=np.int64) if cases is None else cases
    return ScoredCandidates(pool, hits, np.ones(40, dtype=np.int64), cases, np.arange(40).astype(str))
