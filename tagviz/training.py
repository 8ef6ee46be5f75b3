"""Interfaces for training: methods before they are fitted, compute backends, checkpoints, feedback examples.

`operations/registry.py` holds the table of methods.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
import scipy.sparse as sp

from tagviz.feature_table import FeatureTable
from tagviz.params import Params
from tagviz.types import Corpus, Embedding, Floats, Kind, ProgressCallback, QueryBatch, Recommender, no_progress

Encode = Callable[[Sequence[str]], Floats]
"""Encodes texts as unit float32 vectors (n, d)."""

Arrays = dict[str, np.ndarray[Any, Any]]
"""Named arrays of an artifact."""

WARM_START_SHARE = 1 / 3
"""Share of the usual passes over the data that a training from an older model takes."""


class Checkpoint(Protocol):
    """Storage for a partly trained model, so that an interrupted training can continue."""

    def latest(self) -> tuple[int, Arrays] | None:
        """Return the last stored step and its arrays; None where there is none."""
        ...

    def keep(self, step: int, arrays: Arrays) -> bool:
        """Store a step if enough time has passed since the last one.

        Args:
            step: Number of the step.
            arrays: Arrays of the model.

        Returns:
            Whether it was stored.
        """
        ...


class ComputeBackend(Protocol):
    """Runs the expensive parts of training outside this process, for instance on a cluster."""

    @property
    def cores(self) -> int:
        """Number of parts that are computed at the same time."""
        ...

    def products(
        self, matrix: sp.csr_matrix, edges: Sequence[int], progress: ProgressCallback = no_progress
    ) -> list[sp.csr_matrix]:
        """Compute XᵀX in blocks of rows.

        Args:
            matrix: X as CSR (playlists × items).
            edges: Ascending row numbers at which blocks begin and end.
            progress: Progress callback.

        Returns:
            float32 CSR blocks, one per pair of consecutive edges.
        """
        ...

    def each(
        self, work: Callable[[Any], Any], parts: Sequence[Any], progress: ProgressCallback = no_progress
    ) -> list[Any]:
        """Apply a function to every part.

        Args:
            work: Function of one part.
            parts: The parts.
            progress: Progress callback.

        Returns:
            The results in the order of the parts.
        """
        ...

    def spread(self, parts: Sequence[Any]) -> DistributedParts:
        """Send parts to the machines that will work on them repeatedly."""
        ...


class DistributedParts(Protocol):
    """Parts that stay in the memory of the machines that work on them."""

    def each(self, work: Callable[[Any, Any, Any], Any], own: Sequence[Any], shared: Any) -> list[Any]:
        """Apply a function to every part.

        Args:
            work: Called as `work(part, own, shared)`.
            own: One argument per part.
            shared: Argument that all parts receive.

        Returns:
            The results in the order of the parts.
        """
        ...


def split_rows(matrix: sp.csr_matrix, count: int) -> list[sp.csr_matrix]:
    """Split a matrix into consecutive blocks of rows with about the same number of entries.

    Args:
        matrix: CSR matrix.
        count: Largest number of blocks.
    """
    count = max(1, min(int(matrix.shape[0]), count))
    cuts = np.searchsorted(matrix.indptr, np.linspace(0, matrix.nnz, count + 1)[1:-1])
    return [matrix[start:stop] for start, stop in pairwise([0, *cuts.tolist(), int(matrix.shape[0])])]


@dataclass(frozen=True, eq=False)
class FeedbackExamples:
    """Feedback of reviewers as training data.

    Each query with its right items is an additional playlist of the training corpus; they follow all other playlists in
    the order of the queries.

    Attributes:
        asked: The reviewed queries.
        right: Per kind a CSR matrix of items that reviewers marked as right, at least one per query.
        wrong: Per kind a CSR matrix of items that reviewers marked as wrong.
    """

    asked: QueryBatch
    right: Mapping[Kind, sp.csr_matrix]
    wrong: Mapping[Kind, sp.csr_matrix]

    @property
    def verdicts(self) -> int:
        """Number of items marked right or wrong."""
        return sum(int(matrix.nnz) for marks in (self.right, self.wrong) for matrix in marks.values())


@dataclass(frozen=True)
class TrainingContext:
    """What a method may use while it is fitted or restored. Passing it in keeps packages independent of one another.

    Attributes:
        seed: Seed of all random numbers.
        threads: Largest number of threads.
        progress: Called about once a second; raises Cancelled to stop the work.
        encoder: Returns the encoder of a sentence model by name.
        embed: Trains an embedding of a corpus with a trainer's name and parameters.
        checkpoint: Storage for partly trained models.
        watch: Keys whose nearest neighbours the progress should report during training.
        start: Older model of the same method and settings to start from, where the method can. Known items start
            from their old vectors, new ones from new vectors.
        engine: Counts co-occurrences, solves for factors and trains Word2Vec outside this process.
        lessons: Feedback of reviewers, where the corpus contains their playlists.
        features: Opens numbers per song: called with the fingerprints of tables, joined by "+";
            None where there are none.
    """

    seed: int = 42
    threads: int = 1
    progress: ProgressCallback = no_progress
    encoder: Callable[[str], Encode] | None = None
    embed: Callable[[Corpus, str, Mapping[str, Any]], Embedding] | None = None
    checkpoint: Checkpoint | None = None
    watch: tuple[str, ...] = ()
    start: Recommender | None = None
    engine: ComputeBackend | None = None
    lessons: FeedbackExamples | None = None
    features: Callable[[str], FeatureTable | None] | None = None


class Method(Protocol):
    """An entry of the registry of methods.

    Attributes:
        name: Id of the method.
        title: Name to show.
        sentence: One sentence that explains the method.
        formula: Scoring formula.
        source: Publications.
        cost: Cost of training and answering.
        params: Class of the parameters.
        variants: Ways to query the same fitted model, the default first; () where there is only one.
    """

    name: str
    title: str
    sentence: str
    formula: str
    source: str
    cost: str
    params: type[Params]
    variants: tuple[str, ...]

    def fit(self, corpus: Corpus, params: Params, tools: TrainingContext) -> Recommender:
        """Fit the method on a corpus.

        Args:
            corpus: Training playlists.
            params: Parameters of the class `self.params`.
            tools: Seed, threads, progress and what else the training may use.
        """
        ...

    def load(
        self, arrays: Arrays, params: Mapping[str, Any], corpus: Corpus, tools: TrainingContext, variant: str = ""
    ) -> Recommender:
        """Restore a fitted model.

        Args:
            arrays: Arrays from `Recommender.state`.
            params: Parameters from `Recommender.state`.
            corpus: The corpus the model was fitted on.
            tools: Context, as for `fit`.
            variant: Way to query the model; "": the default.
        """
        ...
