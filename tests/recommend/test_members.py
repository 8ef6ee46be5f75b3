"""Members against arithmetic that is written out: three playlists, three tags."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from tagviz.errors import BadParameter
from tagviz.methods import Tools
from tagviz.recommend.cooccurrence import Cooccurrence, CooccurrenceParams
from tagviz.recommend.ease import Ease, EaseParams
from tagviz.recommend.factors import Factors, FactorsParams
from tagviz.recommend.features import BlockParams, Features
from tagviz.recommend.members import MANY_TAGS, default_members
from tagviz.recommend.neighbours import Neighbours, NeighboursParams
from tagviz.recommend.popularity import Popularity
from tagviz.recommend.shared import top_of_rows
from tagviz.types import Asked, Corpus, Kind, Recommender
from tests.corpora import checkerboard, make_corpus

TOOLS = Tools(seed=7)


def small() -> Corpus:
    """Playlists {a, b}, {a, c}, {b, c, d}: a, b, c stand in two each, d in one."""
    return make_corpus([{"tags": ["a", "b"]}, {"tags": ["a", "c"]}, {"tags": ["b", "c", "d"]}])


def asks(corpus: Corpus, tags: list[str], songs: tuple[str, ...] = (), title: str = "") -> Asked:
    items = {}
    for kind, wanted in ((Kind.TAG, tags), (Kind.SONG, songs), (Kind.WORD, title.lower().split())):
        row = np.zeros((1, len(corpus.vocab(kind))), dtype=np.float32)
        row[0, corpus.vocab(kind).find(list(wanted))] = 1
        items[kind] = sp.csr_matrix(row)
    return Asked((title,), items)


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


def test_neighbours_are_weighted_by_cosine_to_the_power() -> None:
    corpus = small()
    params = NeighboursParams(idf=0, power=2, k=10, popularity=0)
    scores = Neighbours(corpus, params).score(asks(corpus, ["a"]), Kind.TAG)
    # cosine of {a} to {a, b} and {a, c} is 1/√2, squared 1/2
    np.testing.assert_allclose(scores[0], [1.0, 0.5, 0.5, 0.0], rtol=1e-6)


def test_neighbours_look_at_k_playlists_only() -> None:
    corpus = make_corpus([{"tags": ["a", "b"]}, {"tags": ["a", "c", "d"]}])
    scores = Neighbours(corpus, NeighboursParams(idf=0, k=1, popularity=0)).score(asks(corpus, ["a"]), Kind.TAG)
    assert scores[0, 1] > 0
    assert scores[0, 2] == scores[0, 3] == 0


def test_neighbours_pass_over_playlists_that_have_nothing_to_add() -> None:
    # three lists are just what is asked and would be the two nearest; {a, b} is the only one that says more
    corpus = make_corpus([{"tags": ["a"]}] * 3 + [{"tags": ["a", "b"]}, {"tags": ["c"]}])
    params = NeighboursParams(idf=0, power=2, k=2, popularity=0)
    scores = Neighbours(corpus, params).score(asks(corpus, ["a"]), Kind.TAG)
    np.testing.assert_allclose(scores[0], [0.5, 0.5, 0.0], rtol=1e-6)


def test_ease_solves_each_item_by_ridge_regression() -> None:
    corpus = checkerboard()
    params = EaseParams(l2=2, dropout=0, length=0, min_count=1, keep=10_000, song=0, word=0, title=0)
    weights = Ease.fit(corpus, params, TOOLS)._weights[Kind.TAG].toarray()
    held = corpus.matrix(Kind.TAG).toarray().astype(np.float64)
    target, rest = held[:, 0], held[:, 1:]
    # column j of B minimises ‖x_j − X b‖² + λ‖b‖² with b_j = 0 (Steck 2019, eq. 2)
    expected = np.linalg.solve(rest.T @ rest + 2 * np.eye(rest.shape[1]), rest.T @ target)
    np.testing.assert_allclose(weights[1:, 0], expected, atol=1e-4)
    assert weights[0, 0] == 0


def test_ease_refuses_what_is_too_large() -> None:
    with pytest.raises(BadParameter, match="EASE is not for"):
        Ease.fit(checkerboard(), EaseParams(max_items=10, min_count=1), TOOLS)


def test_factors_fold_a_query_in_as_the_normal_equations_say() -> None:
    corpus = small()
    params = FactorsParams(factors=2, alpha=3, l2=0.5, iterations=5, tag=1)
    fitted = Factors.fit(corpus, params, TOOLS)
    vectors = fitted.vectors.astype(np.float64)
    y = vectors[0]
    # (YᵀY + λI + (c − 1) y yᵀ) x = c y with c = 3
    x = np.linalg.solve(vectors.T @ vectors + 0.5 * np.eye(2) + 2 * np.outer(y, y), 3 * y)
    np.testing.assert_allclose(fitted.score(asks(corpus, ["a"]), Kind.TAG)[0], vectors[:4] @ x, rtol=1e-4, atol=1e-6)


def test_popularity_counts_playlists() -> None:
    corpus = small()
    np.testing.assert_array_equal(Popularity(corpus).score(asks(corpus, []), Kind.TAG), [[2, 2, 2, 1]])


def test_the_same_seed_gives_the_same_factors() -> None:
    corpus = checkerboard()
    one, other = (Factors.fit(corpus, FactorsParams(factors=8), TOOLS).vectors for _ in range(2))
    np.testing.assert_array_equal(one, other)


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


def test_neighbours_name_the_playlists_that_brought_an_item() -> None:
    corpus = small()
    fitted = Neighbours(corpus, NeighboursParams(idf=0, popularity=0))
    (reasons,) = fitted.explain(asks(corpus, ["a"]), Kind.TAG, np.array([1], dtype=np.int32))
    assert [(reason.key, reason.weight) for reason in reasons if reason.via == "playlist"] == [("playlist:0", 1.0)]


def test_a_title_meets_the_same_title_in_another_spelling() -> None:
    corpus = make_corpus([{"title": "Hip-Hop!!", "tags": ["a"]}, {"title": "jazz", "tags": ["b"]}])
    features = Features(corpus, BlockParams())
    row = features.of(asks(corpus, [], title="hip hop")).toarray()[0]
    assert row[features.blocks["title"]].tolist() == [1, 0]


def test_genres_count_as_their_share_of_the_songs() -> None:
    about = {"x": {"genres": ["g", "h"]}, "y": {"genres": ["g"]}}
    corpus = make_corpus([{"songs": ["x", "y"]}], about)
    features = Features(corpus, BlockParams(genre=1))
    # both songs have g, one of two has h
    assert features.matrix.toarray()[0, features.blocks["genre"]].tolist() == [1.0, 0.5]


def test_the_largest_entries_of_a_row_are_kept() -> None:
    matrix = sp.csr_matrix(np.array([[3, 1, 2, 2], [0, 0, 1, 0]], dtype=np.float32))
    assert top_of_rows(matrix, 2).toarray().tolist() == [[3, 0, 2, 0], [0, 0, 1, 0]]


@pytest.mark.parametrize(("tags", "wanted"), [(MANY_TAGS - 1, False), (MANY_TAGS, True)])
def test_factors_join_where_tags_are_many(tags: int, wanted: bool) -> None:
    corpus = make_corpus([{"tags": [f"t{number}" for number in range(tags)]}])
    assert ("factors" in [member.name for member in default_members(corpus)]) == wanted


def test_members_leave_what_they_share_as_it_is() -> None:
    """An item in no playlist counts nothing for factors, and is dropped there, not from what other members read."""
    corpus = make_corpus(
        [{"tags": ["a", "b"], "songs": ["s1"]}, {"tags": ["a"], "songs": ["s2"]}], songs={"s9": {"name": "unheard"}}
    )
    asked = asks(corpus, ["a"], ("s9", "s1"))
    params = FactorsParams(factors=2, iterations=2)
    shared = Features(corpus, params).of(asked)
    before = shared.toarray(), shared.nnz
    Factors.fit(corpus, params, TOOLS).score(asked, Kind.TAG)
    assert shared.nnz == before[1] == 3
    np.testing.assert_array_equal(shared.toarray(), before[0])


def test_cooccurrence_says_the_same_whichever_playlists_it_multiplies(
    board: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tagviz.recommend import cooccurrence

    model = Cooccurrence(board, CooccurrenceParams())
    asked = asks(board, ["t0", "t3"], ("s1",), "even list")
    whole = model.score(asked, Kind.SONG)
    for large, share in ((0, 1.0), (0, 0.0)):
        monkeypatch.setattr(cooccurrence, "LARGE", large)
        monkeypatch.setattr(cooccurrence, "SHARE", share)
        np.testing.assert_allclose(model.score(asked, Kind.SONG), whole, rtol=1e-5, atol=1e-7)
    assert whole.max() > 0


def test_ease_stays_out_of_tags_that_are_too_many_for_it() -> None:
    most = EaseParams().max_items
    few, many = (
        make_corpus([{"tags": [f"t{n}" for n in range(start, count, 2)]} for start in (0, 0, 1, 1)])
        for count in (most, most + 2)
    )
    assert "ease" in {member.method for member in default_members(few)}
    assert "ease" not in {member.method for member in default_members(many)}
