"""What a method is before it is fitted: the protocol that the registry in `operations/methods.py` is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
import scipy.sparse as sp

from tagviz.params import Params
from tagviz.types import Asked, Corpus, Embedding, Floats, Kind, ProgressCallback, Recommender, quiet

Encode = Callable[[Sequence[str]], Floats]
"""Texts → unit float32 (n, d) vectors."""

Arrays = dict[str, np.ndarray[Any, Any]]

GOING_ON = 1 / 3
"""What share of a training's passes one takes that goes on from an older model."""


class Checkpoint(Protocol):
    """Where a half-trained model is kept, so that a training that was interrupted can go on."""

    def latest(self) -> tuple[int, Arrays] | None:
        """The step at which it was kept, and its arrays; None where there is none."""
        ...

    def keep(self, step: int, arrays: Arrays) -> bool:
        """Keeps it if it is time, and says whether it did."""
        ...


class Engine(Protocol):
    """Where the parts that grow are computed, if not in this process, such as a cluster."""

    @property
    def cores(self) -> int:
        """How many parts it works on at once."""
        ...

    def products(
        self, matrix: sp.csr_matrix, edges: Sequence[int], progress: ProgressCallback = quiet
    ) -> list[sp.csr_matrix]:
        """XᵀX as blocks of the rows between `edges`, float32."""
        ...

    def each(self, work: Callable[[Any], Any], parts: Sequence[Any], progress: ProgressCallback = quiet) -> list[Any]:
        """`work` on every part, in order."""
        ...

    def spread(self, parts: Sequence[Any]) -> Spread:
        """The parts, sent to where they are worked on again and again."""
        ...


class Spread(Protocol):
    """Parts that stay where they are worked on."""

    def each(self, work: Callable[[Any, Any, Any], Any], own: Sequence[Any], shared: Any) -> list[Any]:
        """`work(part, own, shared)` on every part, in order: with what is its own this time and what all are told."""
        ...


def shares(matrix: sp.csr_matrix, count: int) -> list[sp.csr_matrix]:
    """The rows in order as at most `count` parts with about as many entries each."""
    count = max(1, min(int(matrix.shape[0]), count))
    cuts = np.searchsorted(matrix.indptr, np.linspace(0, matrix.nnz, count + 1)[1:-1])
    return [matrix[start:stop] for start, stop in pairwise([0, *cuts.tolist(), int(matrix.shape[0])])]


@dataclass(frozen=True, eq=False)
class Lessons:
    """What reviewers found, as a batch of questions: CSR rows by kind of items that are right for each, at least one,
    and of items that are wrong for it. Each question with its right items is a playlist more of the corpus that is
    learned from, in this order behind all others."""

    asked: Asked
    right: Mapping[Kind, sp.csr_matrix]
    wrong: Mapping[Kind, sp.csr_matrix]

    @property
    def verdicts(self) -> int:
        """How many items were found right or wrong."""
        return sum(int(matrix.nnz) for told in (self.right, self.wrong) for matrix in told.values())


@dataclass(frozen=True)
class Tools:
    """What a method may use while it is fitted or restored, handed in so that rooms need not know one another.

    encoder: name of a sentence model → Encode. embed: trainer's name and parameters → Embedding of the corpus.
    progress: called every second or so; raises Cancelled to stop the work.
    checkpoint: where a method that takes long keeps how far it is, to go on from there.
    watch: keys whose neighbours a person wants to see while a space forms.
    start: an older model of the same method and settings, to go on from where the method can; what is known keeps its
    place, what is new finds one.
    engine: what counts co-occurrences, solves for factors and trains Word2Vec in this process's stead.
    lessons: what reviewers found right and wrong, where the corpus holds their playlists.
    """

    seed: int = 42
    threads: int = 1
    progress: ProgressCallback = quiet
    encoder: Callable[[str], Encode] | None = None
    embed: Callable[[Corpus, str, Mapping[str, Any]], Embedding] | None = None
    checkpoint: Checkpoint | None = None
    watch: tuple[str, ...] = ()
    start: Recommender | None = None
    engine: Engine | None = None
    lessons: Lessons | None = None


class Method(Protocol):
    """One entry of the registry. `variants` are ways to ask the same fitted state, the default first (() = one way)."""

    name: str
    title: str
    sentence: str
    formula: str
    source: str
    cost: str
    params: type[Params]
    variants: tuple[str, ...]

    def fit(self, corpus: Corpus, params: Params, tools: Tools) -> Recommender: ...

    def load(
        self, arrays: Arrays, params: Mapping[str, Any], corpus: Corpus, tools: Tools, variant: str = ""
    ) -> Recommender: ...
