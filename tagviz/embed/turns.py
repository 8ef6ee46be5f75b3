"""Word2Vec for an engine: every part of the playlists goes on from where all stand, and what the parts have moved is
added up, as often in an epoch as there are parts; what is added up at once stays as much as in one process between two
such moments, about an epoch over the number of parts.

Synchronous stochastic gradient descent over parts of the data, as in Ji et al., "Parallelizing Word2Vec in Shared and
Distributed Memory", 2016. Adding up once an epoch diverges and taking means then learns too slowly (docs/scaling.md);
Spark's own Word2Vec takes means and knows neither negative samples nor output vectors.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from tagviz.methods import Engine, shares
from tagviz.types import Floats, Ints


@dataclass(frozen=True, eq=False)
class _Told:
    """What all parts are told before a turn: where the vectors stand, and what makes the turn the same each time."""

    vectors: Floats
    outputs: Floats
    epoch: int
    turn: tuple[int, int]
    rates: tuple[float, float]


@dataclass(frozen=True, eq=False)
class _Moved:
    """What one part has changed in a turn: rows, and where they are now; first of the vectors, then of the outputs."""

    rows: tuple[Ints, Ints]
    to: tuple[Floats, Floats]
    loss: float


class Turns:
    """The playlists in as many parts as the engine has cores, each beside a model without its vectors.

    sentences: rows of (playlists × items) → what gensim reads, with an `epoch` and a `turn` to be set. With one core
    the vectors are exactly those of one process; with several they are as good and not the same.
    """

    def __init__(
        self, engine: Engine, matrix: sp.csr_matrix, sentences: Callable[[sp.csr_matrix], Any], model: Any, seed: int
    ) -> None:
        bare = copy(model)
        bare.wv = copy(model.wv)
        bare.wv.vectors = bare.syn1neg = None
        bare.workers = 1
        rows = shares(matrix, engine.cores)
        self.count = min(len(rows), *(part.shape[0] for part in rows))
        self._parts = len(rows)
        self._tokens = int(matrix.nnz)
        self._spread = engine.spread(
            [(sentences(part), bare, seed + 7919 * number) for number, part in enumerate(rows)]
        )

    def take(self, model: Any, epoch: int, turn: int, rate: float, last: float) -> float:
        """One turn of all parts, of `count` an epoch, at learning rates from `rate` to `last`: moves the vectors and
        outputs of `model` and returns the loss per key."""
        told = _Told(model.wv.vectors, model.syn1neg, epoch, (turn, self.count), (rate, last))
        found: list[_Moved] = self._spread.each(_taken, [None] * self._parts, told)
        for place, matrix in enumerate((model.wv.vectors, model.syn1neg)):
            before = matrix.copy()
            for moved in found:
                rows = moved.rows[place]  # in this order, the first part's rows become exactly what it says
                matrix[rows] = matrix[rows] - before[rows] + moved.to[place]
        return sum(moved.loss for moved in found) * self.count / self._tokens


def _taken(part: tuple[Any, Any, int], own: None, told: _Told) -> _Moved:
    sentences, bare, seed = part
    turn, turns = told.turn
    model = copy(bare)
    model.wv = copy(bare.wv)
    model.wv.vectors, model.syn1neg = told.vectors.copy(), told.outputs.copy()
    model.random = np.random.RandomState((seed + told.epoch + 104_729 * turn) % 2**32)
    sentences.epoch, sentences.turn = told.epoch, told.turn
    model.train(
        sentences,
        total_examples=-(-len(sentences) // turns),
        total_words=-(-sentences.tokens // turns),
        epochs=1,
        start_alpha=told.rates[0],
        end_alpha=told.rates[1],
        compute_loss=True,
    )
    rows = _changed(told.vectors, model.wv.vectors), _changed(told.outputs, model.syn1neg)
    to = model.wv.vectors[rows[0]], model.syn1neg[rows[1]]
    return _Moved(rows, to, float(model.get_latest_training_loss()))


def _changed(before: Floats, now: Floats) -> Ints:
    return np.flatnonzero((before != now).any(axis=1)).astype(np.int32)
