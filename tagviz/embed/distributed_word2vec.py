"""Word2Vec on a compute backend: synchronous stochastic gradient descent over parts of the playlists.

In each round every part starts from the same vectors, and the changes of all parts are added up. There are as many
rounds per epoch as parts, so that the changes that are added at once stay as large as in one process over the same
time.

As in Ji et al., "Parallelizing Word2Vec in Shared and Distributed Memory", 2016. One sum per epoch diverges, and the
mean of one epoch learns too slowly (docs/scaling.md). Spark's own Word2Vec uses means and has neither negative samples
nor output vectors.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from tagviz.training import ComputeBackend, split_rows
from tagviz.types import Floats, Ints


@dataclass(frozen=True, eq=False)
class _RoundTask:
    """Input of all parts in one round.

    Attributes:
        vectors: float32 (n, d) input vectors at the start of the round.
        outputs: float32 (n, d) output vectors at the start of the round.
        epoch: Number of the epoch.
        round_number: Number of the round and rounds per epoch.
        rates: Learning rates at the start and at the end of the round.
    """

    vectors: Floats
    outputs: Floats
    epoch: int
    round_number: tuple[int, int]
    rates: tuple[float, float]


@dataclass(frozen=True, eq=False)
class _RoundUpdate:
    """Changes of one part in one round.

    Attributes:
        rows: int32 changed rows of the input and of the output vectors.
        values: Their new values.
        loss: Training loss of the round.
    """

    rows: tuple[Ints, Ints]
    values: tuple[Floats, Floats]
    loss: float


class DistributedTrainer:
    """Trains a gensim model on the parts of a compute backend.

    With one core the vectors equal those of one process; with several they are as good but not the same.

    Attributes:
        count: Rounds per epoch.
    """

    def __init__(
        self,
        engine: ComputeBackend,
        matrix: sp.csr_matrix,
        sentences: Callable[[sp.csr_matrix], Any],
        model: Any,
        seed: int,
    ) -> None:
        """Send the playlists to the backend, one part per core, each with a model without its vectors.

        Args:
            engine: Compute backend.
            matrix: CSR (playlists × items).
            sentences: Turns rows of `matrix` into an iterable that gensim reads, with `epoch` and `round_number` to
                be set.
            model: gensim model with its vocabulary.
            seed: Seed of the random numbers.
        """
        template = copy(model)
        template.wv = copy(model.wv)
        template.wv.vectors = template.syn1neg = None
        template.workers = 1
        rows = split_rows(matrix, engine.cores)
        self.count = min(len(rows), *(part.shape[0] for part in rows))
        self._parts = len(rows)
        self._tokens = int(matrix.nnz)
        self._spread = engine.spread(
            [(sentences(part), template, seed + 7919 * number) for number, part in enumerate(rows)]
        )

    def train_round(self, model: Any, epoch: int, round_number: int, rate: float, last: float) -> float:
        """Train one round on all parts and update the vectors of `model`.

        Args:
            model: gensim model.
            epoch: Number of the epoch.
            round_number: Number of the round, of `count` per epoch.
            rate: Learning rate at the start.
            last: Learning rate at the end.

        Returns:
            The loss per key.
        """
        task = _RoundTask(model.wv.vectors, model.syn1neg, epoch, (round_number, self.count), (rate, last))
        updates: list[_RoundUpdate] = self._spread.each(_train_part, [None] * self._parts, task)
        for place, matrix in enumerate((model.wv.vectors, model.syn1neg)):
            before = matrix.copy()
            for update in updates:
                rows = update.rows[place]  # in this order, the first part's rows become exactly what it says
                matrix[rows] = matrix[rows] - before[rows] + update.values[place]
        return float(sum(update.loss for update in updates) * self.count / self._tokens)


def _train_part(part: tuple[Any, Any, int], own: None, task: _RoundTask) -> _RoundUpdate:
    """Train one part for one round; runs on a machine of the backend."""
    del own  # every part gets the same task
    sentences, template, seed = part
    round_number, rounds = task.round_number
    model = copy(template)
    model.wv = copy(template.wv)
    model.wv.vectors, model.syn1neg = task.vectors.copy(), task.outputs.copy()
    model.random = np.random.RandomState((seed + task.epoch + 104_729 * round_number) % 2**32)
    sentences.epoch, sentences.round_number = task.epoch, task.round_number
    model.train(
        sentences,
        total_examples=-(-len(sentences) // rounds),
        total_words=-(-sentences.tokens // rounds),
        epochs=1,
        start_alpha=task.rates[0],
        end_alpha=task.rates[1],
        compute_loss=True,
    )
    rows = _changed_rows(task.vectors, model.wv.vectors), _changed_rows(task.outputs, model.syn1neg)
    values = model.wv.vectors[rows[0]], model.syn1neg[rows[1]]
    return _RoundUpdate(rows, values, float(model.get_latest_training_loss()))


def _changed_rows(before: Floats, now: Floats) -> Ints:
    return np.flatnonzero((before != now).any(axis=1)).astype(np.int32)
