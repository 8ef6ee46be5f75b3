"""The one contract that every recommender and every strategy must pass."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from tagviz.embed import sentence
from tagviz.errors import InvalidParameterError, TagvizError
from tagviz.operations.registry import METHODS
from tagviz.ranking import rank
from tagviz.training import Arrays, Method, TrainingContext
from tagviz.types import Corpus, Embedding, Kind, QueryBatch, Recommender
from tests.corpora import checkerboard, make_corpus


def _embed(corpus: Corpus, name: str, values: Mapping[str, Any]) -> Embedding:
    entry = METHODS[name]
    fitted = entry.fit(corpus, entry.params.parse({**SMALL.get(name, {}), **values}), TOOLS)
    return fitted.embedding  # type: ignore[attr-defined]


TOOLS = TrainingContext(seed=7, encoder=sentence.load, embed=_embed)
SMALL: Mapping[str, Mapping[str, Any]] = {
    "spectral": {"min_count": 1, "dimensions": 6},
    "taught": {"steps": 60, "batch": 32, "width": 64, "rate": 5e-3},
    "word2vec": {"min_count": 1, "vector_size": 16, "window": 20, "epochs": 30, "alpha": 0.05},
}
"""Settings that suit twenty playlists; methods that are not here take their defaults."""


@dataclass(frozen=True)
class Case:
    """One recommender under contract, asked in one of its ways. `personal`: its answers follow the query."""

    entry: Method
    variant: str

    @property
    def name(self) -> str:
        return f"{self.entry.name}:{self.variant}" if self.variant else self.entry.name

    @property
    def personal(self) -> bool:
        return self.entry.name != "popularity"

    @property
    def learns(self) -> bool:
        """Whether answers follow what stands together: texts such as t1 and t3 alone do not say that they do."""
        return self.personal and self.name != "sentence:items"

    def fit(self, corpus: Corpus) -> Recommender:
        fitted = self.entry.fit(corpus, self.entry.params.parse(SMALL.get(self.entry.name)), TOOLS)
        return self.restore(*fitted.state(), corpus) if self.variant else fitted

    def restore(self, arrays: Arrays, params: Mapping[str, Any], corpus: Corpus) -> Recommender:
        return self.entry.load(arrays, params, corpus, TOOLS, self.variant)


def cases() -> list[Case]:
    """Every method of the registry in every way it can be asked."""
    return [Case(entry, variant) for entry in METHODS.values() for variant in entry.variants or ("",)]


@pytest.fixture(scope="module", params=cases(), ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


@pytest.fixture(scope="module")
def fitted(case: Case) -> Recommender:
    return case.fit(checkerboard())


def asked_of(corpus: Corpus, rows: list[int], show: tuple[Kind, ...] = (Kind.TAG, Kind.SONG, Kind.WORD)) -> QueryBatch:
    """What some playlists hold, of the kinds in `show`."""
    items = {}
    for kind in (Kind.TAG, Kind.SONG, Kind.WORD):
        matrix = corpus.matrix(kind)[rows]
        items[kind] = sp.csr_matrix(matrix if kind in show else matrix.shape, dtype=np.float32)
    titles = tuple(corpus.playlists["title"].iloc[rows]) if Kind.WORD in show else ("",) * len(rows)
    return QueryBatch(titles, items)


def test_scores_are_float32_finite_and_one_row_a_query(fitted: Recommender, board: Corpus) -> None:
    asked = asked_of(board, [0, 1, 2])
    for kind in fitted.kinds:
        scores = fitted.score(asked, kind)
        assert scores.dtype == np.float32
        assert scores.shape == (3, len(board.vocab(kind)))
        assert np.isfinite(scores).all()


def test_it_recommends_what_the_corpus_has(fitted: Recommender) -> None:
    assert fitted.kinds
    assert fitted.kinds <= {Kind.TAG, Kind.SONG}


def test_each_row_depends_on_its_own_query_only(fitted: Recommender, board: Corpus) -> None:
    rows = [5, 0, 3]
    for kind in fitted.kinds:
        together = fitted.score(asked_of(board, rows), kind)
        for place, row in enumerate(rows):
            alone = fitted.score(asked_of(board, [row]), kind)
            np.testing.assert_allclose(together[place], alone[0], rtol=1e-4, atol=1e-5)


def test_asking_changes_neither_the_question_nor_the_next_answer(fitted: Recommender, board: Corpus) -> None:
    asked = asked_of(board, [0, 1])
    before = {kind: matrix.toarray() for kind, matrix in asked.items.items()}
    for kind in fitted.kinds:
        first = np.array(fitted.score(asked, kind))
        np.testing.assert_array_equal(first, fitted.score(asked, kind))
    for kind, matrix in asked.items.items():
        np.testing.assert_array_equal(matrix.toarray(), before[kind])


@pytest.mark.parametrize("rows", [[0], [0, 1]], ids=["one", "batch"])
def test_scores_are_the_callers_to_change(fitted: Recommender, board: Corpus, rows: list[int]) -> None:
    asked = asked_of(board, rows)
    for kind in fitted.kinds:
        first = fitted.score(asked, kind)
        before = np.array(first)
        if first.flags.writeable:  # or nobody can spoil it
            first[:] = -7
        np.testing.assert_array_equal(fitted.score(asked, kind), before)


def test_an_empty_question_gives_a_row_of_equal_scores(case: Case, fitted: Recommender, board: Corpus) -> None:
    if not case.personal:
        pytest.skip("popularity answers everything alike")
    asked = asked_of(board, [0, 1], show=())
    for kind in fitted.kinds:
        scores = fitted.score(asked, kind)
        assert (scores == scores[:, :1]).all()
        assert rank(fitted, asked, kind, board, 3).fallback.all()


@pytest.mark.parametrize("shown", [Kind.TAG, Kind.SONG])
def test_the_checkerboard_is_solved_in_all_four_directions(
    case: Case, fitted: Recommender, board: Corpus, shown: Kind
) -> None:
    """Even playlists hold even items only: asked with the tags or the songs of one, what comes first is of its own
    world.

    Each world has 8 items of a kind; 7 are asked where kinds agree, so 1 of the world is left; else 8 are left.
    """
    if not case.learns:
        pytest.skip("this method does not look at what stands together")
    rows = list(range(8))
    for kind in fitted.kinds:
        left = 1 if kind is shown else 8
        ranked = rank(fitted, asked_of(board, rows, show=(shown,)), kind, board, left)
        for place, row in enumerate(rows):
            worlds = {int(str(board.vocab(kind).ids[item])[1:]) % 2 for item in ranked.rows[place]}
            assert worlds == {row % 2}, f"{kind}s for {shown}s of playlist {row}"


def test_a_fitted_method_survives_its_state(case: Case, fitted: Recommender, board: Corpus) -> None:
    arrays, params = fitted.state()
    assert all(array.dtype != object for array in arrays.values())
    again = case.restore(arrays, json.loads(json.dumps(params)), board)
    asked = asked_of(board, [0, 1, 2, 3])
    assert again.method == fitted.method
    assert again.kinds == fitted.kinds
    for kind in fitted.kinds:
        np.testing.assert_allclose(again.score(asked, kind), fitted.score(asked, kind), rtol=1e-5, atol=1e-6)


def test_fitting_twice_gives_the_same_answers(case: Case, fitted: Recommender, board: Corpus) -> None:
    again = case.fit(checkerboard())
    asked = asked_of(board, [0, 1, 2])
    # torch's sums may differ in the last bit with where its arrays lie in memory (docs/methods.md says so)
    last_bits = 1e-5 if case.entry.name in ("sentence", "taught") else 0.0
    for kind in fitted.kinds:
        np.testing.assert_allclose(again.score(asked, kind), fitted.score(asked, kind), rtol=last_bits, atol=last_bits)


def test_a_kind_it_cannot_recommend_is_refused(fitted: Recommender, board: Corpus) -> None:
    with pytest.raises(InvalidParameterError):
        fitted.score(asked_of(board, [0]), Kind.PLAYLIST)


def test_reasons_name_what_was_asked_or_what_is_there(fitted: Recommender, board: Corpus) -> None:
    asked = asked_of(board, [0])
    for kind in fitted.kinds:
        rows = rank(fitted, asked, kind, board, 3).rows[0]
        told = fitted.explain(asked, kind, rows)
        assert len(told) == len(rows)
        for reasons in told:
            for via in {reason.via for reason in reasons}:
                weights = [reason.weight for reason in reasons if reason.via == via]
                assert weights == sorted(weights, reverse=True)
                assert 0 < sum(weights) <= 1 + 1e-4
            assert all(reason.label for reason in reasons)


@pytest.mark.parametrize("missing", ["tags", "songs", "title"])
def test_corpora_that_lack_a_kind_work_or_are_refused_politely(case: Case, missing: str) -> None:
    full = [
        {"title": "one two", "tags": ["a", "b", "c"], "songs": ["1", "2", "3"]},
        {"title": "two three", "tags": ["b", "c", "d"], "songs": ["2", "3", "4"]},
        {"title": "", "tags": [], "songs": []},
        {"title": "one", "tags": ["a"], "songs": ["1"]},
    ]
    corpus = make_corpus([{key: value for key, value in playlist.items() if key != missing} for playlist in full])
    try:
        recommender = case.fit(corpus)
    except TagvizError:
        return
    assert recommender.kinds == {kind for kind in (Kind.TAG, Kind.SONG) if corpus.has(kind)}
    for kind in recommender.kinds:
        assert np.isfinite(recommender.score(asked_of(corpus, [0, 1, 2, 3]), kind)).all()
