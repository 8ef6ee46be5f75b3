"""Splits: nothing of the answer is shown, no question is trained on, and the shares are what they should be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagviz.errors import InvalidParameterError, NotReadyError
from tagviz.evaluation.split import SHARES, Split, SplitSpec, cut, halves, split
from tagviz.types import Corpus, Kind
from tests.corpora import checkerboard, make_corpus
from tests.evaluation.reports import binary


def many(playlists: int = 400, listeners: int = 80) -> Corpus:
    """Playlists with 2 to 9 tags and 2 to 12 songs, five to a listener."""
    rng = np.random.default_rng(3)
    return make_corpus(
        [
            {
                "title": f"list {number}",
                "tags": [f"t{tag}" for tag in rng.choice(40, rng.integers(2, 10), replace=False)],
                "songs": [f"s{song}" for song in rng.choice(60, rng.integers(2, 13), replace=False)],
                "group": f"g{number % listeners}",
            }
            for number in range(playlists)
        ]
    )


def whole(corpus: Corpus, made: Split, kind: Kind) -> np.ndarray:
    rows = corpus.vocab(Kind.PLAYLIST).find(made.questions.frame["id"].tolist())
    return corpus.matrix(kind)[rows].toarray()


@given(st.lists(st.lists(st.integers(0, 9), unique=True), min_size=1, max_size=12), st.integers(0, 5))
def test_halves_take_floor_of_half(rows: list[list[int]], seed: int) -> None:
    matrix = binary([[str(item) for item in row] for row in rows], {str(item): item for item in range(10)})
    shown, rest = halves(matrix, np.random.default_rng(seed))
    assert np.diff(shown.indptr).tolist() == [len(row) // 2 for row in rows]
    assert ((shown + rest) != matrix).nnz == 0
    assert np.diff(cut(matrix, 3, np.random.default_rng(seed)).indptr).tolist() == [min(3, len(row)) for row in rows]


def test_every_entry_is_as_likely_to_be_shown() -> None:
    matrix = binary([list("abcd")] * 4000, {letter: at for at, letter in enumerate("abcd")})
    shown, _ = halves(matrix, np.random.default_rng(0))
    # each entry is shown with p = 1/2: 2000 ± 4 · sqrt(4000 / 4) = ± 126
    assert np.abs(np.asarray(shown.sum(axis=0)).ravel() - 2000).max() < 126


def test_tags_protocol_shows_half_of_the_tags_and_nothing_else() -> None:
    corpus = many()
    made = split(corpus, SplitSpec("tags", seed=5))
    shown, hidden = made.questions.shown[Kind.TAG], made.questions.hidden[Kind.TAG]
    sizes = made.questions.frame["tags"].to_numpy()
    assert (sizes >= 4).all()
    assert (np.diff(shown.indptr) == sizes // 2).all()
    assert np.array_equal((shown + hidden).toarray(), whole(corpus, made, Kind.TAG))
    assert made.questions.shown[Kind.SONG].nnz == 0
    assert set(made.questions.hidden) == {Kind.TAG}
    assert made.questions.titles == [""] * len(made.questions)


def test_no_question_and_no_other_list_of_its_listener_is_trained_on() -> None:
    corpus = many()
    made = split(corpus, SplitSpec("tags"))
    assert not set(made.questions.frame["id"]) & set(made.train.playlists["id"])
    assert not set(made.questions.frame["group"]) & set(made.train.playlists["group"])
    assert made.leak == 0.0
    assert made.spec.by_group


def test_a_split_one_by_one_leaks_and_says_how_much() -> None:
    made = split(many(), SplitSpec("tags", by_group=False))
    assert not set(made.questions.frame["id"]) & set(made.train.playlists["id"])
    known = made.questions.frame["group"].isin(made.train.playlists["group"]).mean()
    assert made.leak == known > 0.9


def test_the_share_is_of_the_playlists_that_can_be_asked_about() -> None:
    corpus = many()
    able = int((np.diff(corpus.matrix(Kind.TAG).indptr) >= 4).sum())
    assert len(split(corpus, SplitSpec("tags", by_group=False, share=0.25)).questions) == round(0.25 * able)
    grouped = len(split(corpus, SplitSpec("tags", share=0.25)).questions)
    # whole listeners of at most five lists: at most four too many
    assert round(0.25 * able) <= grouped <= round(0.25 * able) + 4


def test_the_same_seed_gives_the_same_split() -> None:
    one, two, other = (split(many(), SplitSpec("arena", seed=seed)) for seed in (1, 1, 2))
    assert one.train.fingerprint == two.train.fingerprint != other.train.fingerprint
    assert one.questions.frame.equals(two.questions.frame)
    assert all((one.questions.hidden[kind] != two.questions.hidden[kind]).nnz == 0 for kind in one.questions.hidden)


@pytest.mark.parametrize("mask", ["real", "official"])
def test_arena_cases_have_their_shares(mask: str) -> None:
    made = split(many(2000, 2000), SplitSpec("arena", mask, share=0.5))  # type: ignore[arg-type]
    found = made.questions.frame["case"].value_counts(normalize=True)
    for case, share in SHARES[mask].items():
        # all 1,000 can be asked in every case, so only rounding moves a share
        assert found[case] == pytest.approx(share, abs=0.002)


def test_arena_shows_what_its_case_says() -> None:
    corpus = many(1000, 1000)
    made = split(corpus, SplitSpec("arena", "real", share=0.5))
    frame, shown, hidden = made.questions.frame, made.questions.shown, made.questions.hidden
    for kind, cases in ((Kind.SONG, ["songs", "songs+tags"]), (Kind.TAG, ["tags+title", "songs+tags"])):
        sizes = frame["songs" if kind is Kind.SONG else "tags"].to_numpy()
        partly = frame["case"].isin(cases).to_numpy()
        assert (np.diff(shown[kind].indptr) == np.where(partly, sizes // 2, 0)).all()
        assert np.array_equal((shown[kind] + hidden[kind]).toarray(), whole(corpus, made, kind))
    assert (frame["titled"] == frame["case"].isin(["tags+title", "title"])).all()
    assert split(corpus, SplitSpec("arena", "official", share=0.5)).questions.frame["titled"].all()


def test_a_kind_that_is_not_shown_is_cut_to_the_arenas_lengths() -> None:
    long = [
        {"title": f"l{n}", "tags": [f"t{i}" for i in range(30)], "songs": [f"s{i}" for i in range(250)]}
        for n in range(60)
    ]
    made = split(make_corpus(long), SplitSpec("arena", share=0.5))
    sizes = {kind: np.diff(matrix.indptr) for kind, matrix in made.questions.hidden.items()}
    case = made.questions.frame["case"].to_numpy()
    assert set(sizes[Kind.TAG][case == "songs"]) == {10}
    assert set(sizes[Kind.SONG][case == "tags+title"]) == {100}
    assert set(sizes[Kind.SONG][case == "songs"]) == {125}


def test_a_corpus_of_tags_only_is_asked_about_tags() -> None:
    corpus = make_corpus([{"tags": [f"t{n % 3}", f"u{n % 4}", f"v{n % 5}", f"w{n % 2}"]} for n in range(40)])
    made = split(corpus, SplitSpec("arena"))
    assert set(made.questions.hidden) == {Kind.TAG}
    assert set(made.questions.frame["case"]) == {"tags"}
    assert any("no listeners" in note for note in made.notes)


def test_limit_draws_some_and_keeps_the_others_out_of_training() -> None:
    corpus = many()
    made = split(corpus, SplitSpec("tags", limit=10))
    assert len(made.questions) == 10
    assert made.train.fingerprint == split(corpus, SplitSpec("tags")).train.fingerprint
    assert any("10 of" in note for note in made.notes)


def test_what_cannot_be_split_says_why() -> None:
    with pytest.raises(NotReadyError, match="at least 4 tags"):
        split(make_corpus([{"tags": ["a"], "songs": ["b"]}] * 5), SplitSpec("tags"))
    with pytest.raises(NotReadyError, match="one group"):
        split(make_corpus([{"tags": list("abcd"), "group": "g"}] * 5), SplitSpec("tags"))
    for wrong in ({"protocol": "x"}, {"mask": "x"}, {"share": 1.0}, {"share": 0.0}, {"limit": 0}):
        with pytest.raises(InvalidParameterError):
            split(checkerboard(), SplitSpec(**wrong))  # type: ignore[arg-type]


def test_questions_ask_what_they_show(board: Corpus) -> None:
    made = split(board, SplitSpec("arena", share=0.5))
    asked = made.questions.queries(made.train)
    for kind in (Kind.TAG, Kind.SONG):
        assert (asked.items[kind] != made.questions.shown[kind]).nnz == 0
    assert list(asked.titles) == made.questions.titles
    words = np.diff(asked.items[Kind.WORD].indptr) > 0
    assert (words == made.questions.frame["titled"].to_numpy()).all()


@pytest.mark.real_data
def test_real_lists_keep_listeners_apart(real_data: Path) -> None:
    from tagviz import sources

    corpus = sources.read(real_data / "lastfm-melon-shape")
    made, leaking = split(corpus, SplitSpec("arena")), split(corpus, SplitSpec("arena", by_group=False))
    assert made.leak == 0.0
    assert leaking.leak > 0.5
    found = made.questions.frame["case"].value_counts(normalize=True)
    assert all(found[case] == pytest.approx(share, abs=0.01) for case, share in SHARES["real"].items())
