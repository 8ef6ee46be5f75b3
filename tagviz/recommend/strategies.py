"""Five ways to ask one embedding.

mean: one vector from all asked items. voting: each asked item votes for its nearest. cluster: k-means centroids of
the asked items vote (these three: the Word2Vec notebooks of the Kakao Arena playlist challenge). context: asked input
vectors · output vectors, what skip-gram models (Levy & Goldberg 2014; Caselles-Dupré et al., "Word2Vec applied to
Recommendation", 2018). playlists: the nearest playlists in the space, then their items.

Each takes asked (q, n items of the embedding) as CSR and gives scores over the embedding's block of one kind; those in
which few items get any give CSR without negative entries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.errors import NotReady
from tagviz.recommend.shared import dense
from tagviz.recommend.space import Space, nearest, unit
from tagviz.types import Floats, Ints, Kind

TINY = float(np.finfo(np.float32).tiny)


class Strategy(Protocol):
    """A way to ask an embedding."""

    def score(self, asked: sp.csr_matrix, kind: Kind) -> Floats | sp.csr_matrix:
        """(q, n_kind of the embedding) float32."""
        ...

    def parts(self, asked: sp.csr_matrix, kind: Kind, rows: Ints) -> tuple[NDArray[np.intp], Floats]:
        """For one query: who contributes (asked items, as rows of the whole embedding; or playlists) and how much of
        the score of each of `rows` (of the kind's block) each gives, as float32 (contributors, rows)."""
        ...


@dataclass(frozen=True, eq=False)
class Mean:
    """cos(Σ_i u_i, u_j) over the unit vectors u of the asked items i."""

    space: Space

    def score(self, asked: sp.csr_matrix, kind: Kind) -> Floats:
        return unit(np.asarray(asked @ self.space.embedding.vectors)) @ self.space.embedding.of(kind).T

    def parts(self, asked: sp.csr_matrix, kind: Kind, rows: Ints) -> tuple[NDArray[np.intp], Floats]:
        vectors = self.space.embedding.vectors
        length = max(float(np.linalg.norm(asked @ vectors)), TINY)
        products = vectors[asked.indices] @ self.space.embedding.of(kind)[rows].T
        return asked.indices, asked.data[:, None] * products / np.float32(length)


@dataclass(frozen=True, eq=False)
class Context:
    """mean_i(e_i) · o_j over the raw input vectors e of the asked items and the output vectors o."""

    space: Space

    def __post_init__(self) -> None:
        self._outputs(next(iter(self.space.embedding.vocabs)))

    def _outputs(self, kind: Kind) -> Floats:
        embedding = self.space.embedding
        if embedding.outputs is None:
            raise NotReady(
                "This model has no output vectors",
                "the context strategy multiplies input by output vectors",
                "choose another strategy, or train word2vec or spectral",
            )
        return embedding.outputs[embedding.blocks[kind]]

    def _weights(self, asked: sp.csr_matrix) -> sp.csr_matrix:
        """Asked weights that sum to 1 per query, times the length of each item's vector."""
        total = np.asarray(asked.sum(axis=1)).ravel()
        share = np.divide(1, total, out=np.zeros_like(total), where=total > 0)
        lengths = self.space.embedding.norms[asked.indices] * np.repeat(share, np.diff(asked.indptr))
        weights = sp.csr_matrix((asked.data * lengths, asked.indices, asked.indptr), shape=asked.shape)
        weights.eliminate_zeros()
        return weights

    def score(self, asked: sp.csr_matrix, kind: Kind) -> Floats:
        return np.asarray(self._weights(asked) @ self.space.embedding.vectors) @ self._outputs(kind).T

    def parts(self, asked: sp.csr_matrix, kind: Kind, rows: Ints) -> tuple[NDArray[np.intp], Floats]:
        weights = self._weights(asked)
        products = self.space.embedding.vectors[weights.indices] @ self._outputs(kind)[rows].T
        return weights.indices, weights.data[:, None] * products


@dataclass(frozen=True, eq=False)
class Voting:
    """Σ_i cos(u_i, u_j) over the asked items i that have j among their `votes` nearest. More votes: broader, closer
    to mean."""

    space: Space
    votes: int = 50

    def score(self, asked: sp.csr_matrix, kind: Kind) -> sp.csr_matrix:
        voters = np.unique(asked.indices)
        ballots = self._ballots(voters, kind)
        return asked[:, voters] @ ballots

    def parts(self, asked: sp.csr_matrix, kind: Kind, rows: Ints) -> tuple[NDArray[np.intp], Floats]:
        ballots = self._ballots(asked.indices, kind)
        return asked.indices, asked.data[:, None] * dense(ballots[:, rows])

    def _ballots(self, voters: NDArray[np.integer], kind: Kind) -> sp.csr_matrix:
        embedding = self.space.embedding
        targets = embedding.of(kind)
        ballots = nearest(embedding.vectors[voters], targets, self.votes + 1)
        own = embedding.blocks[kind]
        rows = np.repeat(np.arange(len(voters)), np.diff(ballots.indptr))
        ballots.data[ballots.indices + own.start == voters[rows]] = 0  # nobody votes for oneself
        ballots.eliminate_zeros()
        return ballots


@dataclass(frozen=True, eq=False)
class Cluster:
    """k-means centroids c of the asked items' unit vectors vote, each with the size of its cluster: Σ_c |c| cos(c,
    u_j) over each centroid's `votes` nearest. More clusters: more separate tastes in one query."""

    space: Space
    clusters: int = 3
    votes: int = 100

    def score(self, asked: sp.csr_matrix, kind: Kind) -> sp.csr_matrix:
        centroids, owners, sizes = [], [], []
        for query in range(asked.shape[0]):
            span = slice(asked.indptr[query], asked.indptr[query + 1])
            for members in self._groups(asked.indices[span]):
                chosen = asked.indices[span][members]
                centroids.append(self.space.embedding.vectors[chosen].mean(axis=0))
                owners.append(query)
                sizes.append(float(asked.data[span][members].sum()))
        if not owners:
            return sp.csr_matrix((asked.shape[0], len(self.space.embedding.of(kind))), dtype=np.float32)
        ballots = nearest(unit(np.array(centroids)), self.space.embedding.of(kind), self.votes)
        electors = sp.csr_matrix(
            (np.array(sizes, dtype=np.float32), (owners, np.arange(len(owners)))), shape=(asked.shape[0], len(owners))
        )
        return electors @ ballots

    def parts(self, asked: sp.csr_matrix, kind: Kind, rows: Ints) -> tuple[NDArray[np.intp], Floats]:
        vectors, targets = self.space.embedding.vectors, self.space.embedding.of(kind)
        shares = np.zeros((asked.nnz, len(rows)), dtype=np.float32)
        for members in self._groups(asked.indices):
            centroid = vectors[asked.indices[members]].mean(axis=0)
            length = max(float(np.linalg.norm(centroid)) * len(members), TINY)
            elected = dense(nearest(unit(centroid[None]), targets, self.votes)[:, rows])[0] > 0
            size = float(asked.data[members].sum())
            shares[members] = size * (vectors[asked.indices[members]] @ targets[rows].T) / np.float32(length) * elected
        return asked.indices, shares

    def _groups(self, items: NDArray[np.integer]) -> list[NDArray[np.intp]]:
        """Positions of the items of each cluster; up to `clusters` items are clusters of their own."""
        from scipy.cluster.vq import kmeans2

        if len(items) <= self.clusters:
            return [np.array([position]) for position in range(len(items))]
        points = self.space.embedding.vectors[items]
        _, labels = kmeans2(points, self.clusters, iter=10, minit="++", missing="warn", rng=np.random.default_rng(0))
        return [np.flatnonzero(labels == label) for label in range(self.clusters) if (labels == label).any()]


@dataclass(frozen=True, eq=False)
class Playlists:
    """Σ_p cos(q, p)^power · X_pj over the k playlists p nearest to the asked items' mean direction q.

    Larger k: broader and more popular answers; larger power: only the very nearest count.
    """

    space: Space
    k: int = 100
    power: float = 8.0

    def score(self, asked: sp.csr_matrix, kind: Kind) -> sp.csr_matrix:
        return self._near(asked) @ self.space.held(kind)

    def parts(self, asked: sp.csr_matrix, kind: Kind, rows: Ints) -> tuple[NDArray[np.intp], Floats]:
        near = self._near(asked)
        return near.indices, near.data[:, None] * dense(self.space.held(kind)[near.indices][:, rows])

    def _near(self, asked: sp.csr_matrix) -> sp.csr_matrix:
        near = nearest(unit(np.asarray(asked @ self.space.embedding.vectors)), self.space.playlist_vectors, self.k)
        near.data **= self.power
        return near


STRATEGIES: dict[str, Callable[[Space], Strategy]] = {
    "context": Context,
    "playlists": Playlists,
    "mean": Mean,
    "voting": Voting,
    "cluster": Cluster,
}
"""Strategies by name, the one that answers best first."""
