"""Word2Vec in parts, without a cluster: the same rounds in this process."""

from __future__ import annotations

import numpy as np

from tagviz.embed.word2vec import Word2VecParams, train
from tagviz.training import TrainingContext
from tagviz.types import Corpus, Kind, Progress
from tests.backends import SerialBackend

PARAMS = Word2VecParams(vector_size=16, epochs=12, min_count=1, window=20, alpha=0.05)


def test_one_part_gives_the_vectors_of_one_process(board: Corpus) -> None:
    alone = train(board, PARAMS, TrainingContext(seed=3))
    distributed = train(board, PARAMS, TrainingContext(seed=3, engine=SerialBackend(1)))
    np.testing.assert_array_equal(distributed.vectors, alone.vectors)
    np.testing.assert_array_equal(distributed.outputs, alone.outputs)


def test_two_parts_find_the_two_worlds_and_repeat_themselves(board: Corpus) -> None:
    steps: list[Progress] = []
    first = train(board, PARAMS, TrainingContext(seed=3, engine=SerialBackend(2), progress=steps.append))
    again = train(board, PARAMS, TrainingContext(seed=3, engine=SerialBackend(2)))
    np.testing.assert_array_equal(again.vectors, first.vectors)
    songs = first.of(Kind.SONG)
    similarity = songs @ songs.T
    np.fill_diagonal(similarity, -1)
    world = np.array([int(ident[1:]) % 2 for ident in first.vocabs[Kind.SONG].ids])
    assert (world[similarity.argmax(axis=1)] == world).all()
    losses = [step.numbers["loss"] for step in steps if "loss" in step.numbers]
    assert losses[-1] < losses[0]
