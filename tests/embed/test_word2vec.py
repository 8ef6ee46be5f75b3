"""Word2Vec: what the sentences are, that seeds hold, that it learns, tells and stops."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from tagviz.embed.word2vec import Sentences, Word2VecParams, train
from tagviz.errors import Cancelled, InvalidParameterError
from tagviz.training import TrainingContext
from tagviz.types import Corpus, Kind, Progress

QUICK = Word2VecParams(min_count=1, vector_size=16, window=20, epochs=20, alpha=0.05)


def sentences(seed: int = 0) -> Sentences:
    """Three playlists over the keys k0 … k4; the last has one item only."""
    matrix = sp.csr_matrix(np.array([[1, 1, 1, 1, 1], [1, 1, 0, 0, 0], [0, 0, 0, 0, 1]], dtype=np.float32))
    return Sentences(matrix, np.array([f"k{n}" for n in range(5)], dtype=object), seed)


def test_sentences_hold_each_playlist_once_and_drop_single_items() -> None:
    trained = list(sentences())
    assert sorted(map(sorted, trained)) == [["k0", "k1"], ["k0", "k1", "k2", "k3", "k4"]]
    assert len(sentences()) == 2
    assert sentences().tokens == 7


def test_every_pass_has_a_new_order_and_the_seed_repeats_it() -> None:
    twice = sentences()
    orders = {tuple(max(list(twice), key=len)) for _ in range(6)}
    assert len(orders) > 2
    assert list(sentences(3)) == list(sentences(3))


def test_same_seed_same_vectors(board: Corpus) -> None:
    one, two, other = (train(board, QUICK, TrainingContext(seed=seed)) for seed in (5, 5, 6))
    np.testing.assert_array_equal(one.vectors, two.vectors)
    np.testing.assert_array_equal(one.outputs, two.outputs)
    assert not np.array_equal(one.vectors, other.vectors)


def test_items_of_one_world_lie_together(board: Corpus) -> None:
    trained = train(board, QUICK)
    tags, songs = trained.of(Kind.TAG), trained.of(Kind.SONG)
    even_tag = np.array([int(tag[1:]) % 2 == 0 for tag in trained.vocabs[Kind.TAG].ids])
    even_song = np.array([int(song[1:]) % 2 == 0 for song in trained.vocabs[Kind.SONG].ids])
    across = tags @ songs.T
    same = even_tag[:, None] == even_song[None, :]
    assert across[same].min() > across[~same].max()


def test_kinds_are_switched_on_and_off(board: Corpus) -> None:
    params = QUICK.model_copy(update={"epochs": 1, "words": False, "genres": True, "artists": True, "playlists": True})
    trained = train(board, params)
    assert list(trained.vocabs) == [Kind.TAG, Kind.SONG, Kind.GENRE, Kind.ARTIST, Kind.PLAYLIST]
    assert len(trained.of(Kind.PLAYLIST)) == len(board)
    np.testing.assert_allclose(np.linalg.norm(trained.vectors, axis=1), 1, rtol=1e-5)


def test_progress_counts_up_and_tells_the_loss(board: Corpus) -> None:
    steps: list[Progress] = []
    train(board, QUICK, TrainingContext(progress=steps.append))
    fractions = [progress.fraction or 0 for progress in steps]
    assert fractions == sorted(fractions)
    assert fractions[-1] == pytest.approx(1)
    losses = [progress.numbers["loss"] for progress in steps if "loss" in progress.numbers]
    assert losses[-1] < losses[0]


def test_it_stops_when_told(board: Corpus) -> None:
    calls = 0

    def stop(progress: Progress) -> None:
        nonlocal calls
        calls += 1
        raise Cancelled

    with pytest.raises(Cancelled):
        train(board, QUICK, TrainingContext(progress=stop))
    assert calls == 1


def test_presets() -> None:
    melon = Word2VecParams.parse({"preset": "melon"})
    assert (melon.window, melon.vector_size, melon.min_count, melon.epochs, melon.ns_exponent) == (
        100,
        300,
        10,
        50,
        -0.5,
    )
    assert Word2VecParams.parse({"preset": "gensim", "epochs": "7"}).epochs == 7
    with pytest.raises(InvalidParameterError, match="tuned"):
        Word2VecParams.parse({"preset": "fast"})


class Memory:
    """A checkpoint in memory that keeps every epoch."""

    def __init__(self) -> None:
        self.kept: tuple[int, dict[str, np.ndarray]] | None = None  # type: ignore[type-arg]

    def latest(self) -> tuple[int, dict[str, np.ndarray]] | None:  # type: ignore[type-arg]
        return self.kept

    def keep(self, step: int, arrays: dict[str, np.ndarray]) -> bool:  # type: ignore[type-arg]
        self.kept = step, {name: array.copy() for name, array in arrays.items()}
        return True


def test_a_training_that_goes_on_from_a_checkpoint_ends_as_one_that_was_never_stopped(board: Corpus) -> None:
    params = Word2VecParams(epochs=6, vector_size=8)
    whole = train(board, params, TrainingContext(seed=1))
    memory, epochs = Memory(), []

    def stop(progress: Progress) -> None:
        epochs.append(progress.numbers["epoch"])
        if progress.numbers["epoch"] == 4:
            raise Cancelled()

    with pytest.raises(Cancelled):
        train(board, params, TrainingContext(seed=1, progress=stop, checkpoint=memory))
    assert memory.kept is not None
    assert memory.kept[0] == 3
    went_on: list[float] = []
    tools = TrainingContext(seed=1, progress=lambda one: went_on.append(one.numbers["epoch"]), checkpoint=memory)
    again = train(board, params, tools)
    assert min(went_on) == 4
    np.testing.assert_array_equal(again.vectors, whole.vectors)
    np.testing.assert_array_equal(again.outputs, whole.outputs)


def test_what_is_watched_is_told_with_its_neighbours_of_the_same_kind(board: Corpus) -> None:
    steps: list[Progress] = []
    tools = TrainingContext(seed=1, progress=steps.append, watch=("tag:t0", "tag:nowhere"))
    embedding = train(board, Word2VecParams(epochs=60, vector_size=8), tools)
    near = [one.near for one in steps if one.near]
    assert near
    assert all(set(one) == {"tag:t0"} for one in near)
    assert all(label.startswith("t") for label in near[-1]["tag:t0"])
    assert embedding.dimension == 8
