"""Ranking: options, ties, fallback, and the highest of many scores."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from tagviz.errors import InvalidParameterError
from tagviz.ranking import Ranker, RankingOptions, chunks, rank
from tagviz.types import Corpus, Floats, Ints, Kind, Progress, QueryBatch, Reason
from tests.corpora import make_corpus


class Fixed:
    """A method with fixed scores."""

    method = "fixed"

    def __init__(self, scores: list[float], kind: Kind = Kind.TAG) -> None:
        self.scores = np.array([scores], dtype=np.float32)
        self.kinds = frozenset({kind})

    def score(self, asked: QueryBatch, kind: Kind) -> Floats:
        return np.tile(self.scores, (len(asked), 1))

    def explain(self, asked: QueryBatch, kind: Kind, rows: Ints) -> tuple[tuple[Reason, ...], ...]:
        return ((),) * len(rows)

    def state(self) -> tuple[dict[str, Any], dict[str, Any]]:
        return {}, {}


def corpus() -> Corpus:
    """a and b always together (three times), c alone (once), d alone (twice)."""
    return make_corpus([{"tags": ["a", "b"]}] * 3 + [{"tags": ["c"]}, {"tags": ["d"]}, {"tags": ["d"]}])


def answer(
    scores: list[float], rules: RankingOptions, n: int = 4, held: str = "", kind: Kind = Kind.TAG, **asks: Any
) -> list[str]:
    known = asks.pop("corpus", None) or corpus()
    items = {
        each: sp.csr_matrix((1, len(known.vocab(each))), dtype=np.float32) for each in (Kind.TAG, Kind.SONG, Kind.WORD)
    }
    if held:
        row = np.zeros((1, len(known.vocab(kind))), dtype=np.float32)
        row[0, known.vocab(kind).row(held)] = 1
        items[kind] = sp.csr_matrix(row)
    ranked = rank(Fixed(scores, kind), QueryBatch(("",), items, **asks), kind, known, n, rules)
    return [str(known.vocab(kind).ids[row]) for row in ranked.rows[0] if row >= 0]


def test_without_rules_scores_decide() -> None:
    assert answer([4, 3, 2, 1], RankingOptions()) == ["a", "b", "c", "d"]


def test_an_answer_that_only_popularity_decides_says_so() -> None:
    known = corpus()
    shown = sp.csr_matrix(np.array([[1, 0, 0, 0]], dtype=np.float32))
    items = {kind: sp.csr_matrix((1, len(known.vocab(kind))), dtype=np.float32) for kind in (Kind.SONG, Kind.WORD)}
    asked = QueryBatch(("",), {Kind.TAG: shown, **items})
    ranked = rank(Fixed([1.0, 0.0, 0.0, 0.0]), asked, Kind.TAG, known, 3)  # of what is left, all is worth the same
    assert ranked.fallback.tolist() == [True]
    assert [known.vocab(Kind.TAG).key(row) for row in ranked.rows[0]] == ["tag:b", "tag:d", "tag:c"]
    decided = rank(Fixed([1.0, 0.0, 0.5, 0.0]), asked, Kind.TAG, known, 3)
    assert decided.fallback.tolist() == [False]


def test_variety_puts_unlike_items_first() -> None:
    # scaled worth 1, .9, .5, 0; b is entirely like a: ½·.9 − ½·1 < ½·.5 − 0 and < ½·0 − 0
    assert answer([1.0, 0.9, 0.5, 0.0], RankingOptions(variety=0.5)) == ["a", "c", "d", "b"]
    assert answer([1.0, 0.9, 0.5, 0.0], RankingOptions(variety=0.1)) == ["a", "b", "c", "d"]


def test_the_popularity_slider_ends_at_hits_and_at_discoveries() -> None:
    # counts: a 3, b 3, c 1, d 2
    assert answer([1, 2, 3, 4], RankingOptions(popularity=1))[2:] == ["d", "c"]
    assert answer([1, 2, 3, 4], RankingOptions(popularity=-1))[:2] == ["c", "d"]


@pytest.mark.parametrize("rules", [{"variety": 1.5}, {"variety": -0.1}, {"popularity": 2}, {"popularity": -1.01}])
def test_sliders_have_ends(rules: dict[str, float]) -> None:
    with pytest.raises(InvalidParameterError):
        RankingOptions(**rules)


def test_only_the_best_of_a_group_is_answered() -> None:
    groups = {Kind.TAG: np.array([0, 0, 1, 2], dtype=np.int32)}
    assert answer([4, 3, 2, 1], RankingOptions(variants=groups)) == ["a", "c", "d"]


def test_no_variant_of_what_is_asked_is_answered() -> None:
    groups = {Kind.TAG: np.array([0, 0, 1, 2], dtype=np.int32)}
    assert answer([4, 3, 2, 1], RankingOptions(variants=groups), held="a") == ["c", "d"]


def test_songs_issued_after_the_playlist_can_be_left_out() -> None:
    about = {"old": {"date": "2001-01-01"}, "new": {"date": "2020-01-01"}, "undated": {}}
    known = make_corpus([{"songs": ["old", "new", "undated"]}], about)
    day = np.array(["2010-05-05"], dtype="datetime64[s]")
    arguments = {"kind": Kind.SONG, "corpus": known, "dates": day}
    assert answer([1, 3, 2], RankingOptions(released=True), **arguments) == ["undated", "old"]
    assert answer([1, 3, 2], RankingOptions(), **arguments) == ["new", "undated", "old"]
    unknown = np.array(["NaT"], dtype="datetime64[s]")
    assert answer([1, 3, 2], RankingOptions(released=True), **{**arguments, "dates": unknown}) == [
        "new",
        "undated",
        "old",
    ]


def test_rules_can_be_kept_as_a_key() -> None:
    groups = {Kind.TAG: np.array([0], dtype=np.int32)}
    assert hash(RankingOptions(variety=0.5, variants=groups)) == hash(RankingOptions(variety=0.5))


def test_chunks_on_threads_give_what_one_thread_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    known = corpus()
    asked = QueryBatch(("",) * 50, {Kind.TAG: sp.csr_matrix((50, 4), dtype=np.float32)})
    monkeypatch.setattr("tagviz.ranking.CHUNK_BYTES", 7 * 4 * 4)  # seven queries of four scores
    steps: list[Progress] = []
    alone = rank(Fixed([4, 3, 2, 1]), asked, Kind.TAG, known, 3)
    threaded = Ranker(known, progress=steps.append, threads=2).rank(Fixed([4, 3, 2, 1]), asked, Kind.TAG, 3)
    assert threaded.rows.tolist() == alone.rows.tolist() == [[0, 1, 2]] * 50
    assert threaded.scores.tolist() == [[4, 3, 2]] * 50
    assert steps[-1].fraction == 1
    assert len(steps) == len(list(chunks(50, 4))) == 8
