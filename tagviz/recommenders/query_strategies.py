"""Five strategies to query an embedding.

- mean: one vector from all items of the query.
- voting: each item of the query votes for its nearest items.
- cluster: k-means centroids of the query's items vote (these three: the Word2Vec notebooks of the Kakao Arena playlist
  challenge).
- context: input vectors of the query · output vectors, the objective of skip-gram models (Levy & Goldberg 2014;
  Caselles-Dupré et al., "Word2Vec applied to Recommendation", 2018).
- playlists: the nearest playlists in the space, then their items.

A strategy takes CSR (q, n items of the embedding) and returns scores of the embedding's block of one kind: dense, or
CSR without negative entries where only few items get a score.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.errors import NotReadyError
from tagviz.recommenders.item_space import ItemSpace, nearest, unit
from tagviz.recommenders.sparse_ops import dense
from tagviz.types import Floats, Ints, Kind

TINY = float(np.finfo(np.float32).tiny)


class Strategy(Protocol):
    """A way to query an embedding."""

    def score(self, asked: sp.csr_matrix, kind: Kind) -> Floats | sp.csr_matrix:
        """Score the items of a kind.

        Args:
            asked: CSR (q, n) weights of the query's items.
            kind: Kind of the scored items.

        Returns:
            float32 (q, n_kind of the embedding), dense or CSR.
        """
        ...

    def parts(self, asked: sp.csr_matrix, kind: Kind, rows: Ints) -> tuple[NDArray[np.intp], Floats]:
        """Split the scores of a single query into contributions.

        Args:
            asked: CSR (1, n) weights of the query's items.
            kind: Kind of the scored items.
            rows: int32 (m,) rows of the items within the kind's block.

        Returns:
            The contributors (rows of the whole embedding, or of playlists) and float32 (contributors, m).
        """
        ...


@dataclass(frozen=True, eq=False)
class Mean:
    """cos(Σ_i u_i, u_j) over the unit vectors u of the query's items i."""

    space: ItemSpace

    def score(self, asked: sp.csr_matrix, kind: Kind) -> Floats:
        """Score items; arguments as in `Strategy.score`."""
        return unit(np.asarray(asked @ self.space.embedding.vectors)) @ self.space.embedding.of(kind).T

    def parts(self, asked: sp.csr_matrix, kind: Kind, rows: Ints) -> tuple[NDArray[np.intp], Floats]:
        """Split a score by the query's items; arguments as in `Strategy.parts`."""
        vectors = self.space.embedding.vectors
        length = max(float(np.linalg.norm(asked @ vectors)), TINY)
        products = vectors[asked.indices] @ self.space.embedding.of(kind)[rows].T
        return asked.indices, asked.data[:, None] * products / np.float32(length)


@dataclass(frozen=True, eq=False)
class Context:
    """mean_i(e_i) · o_j over the raw input vectors e of the query's items and the output vectors o."""

    space: ItemSpace

    def __post_init__(self) -> None:
        """Check that the embedding has output vectors.

        Raises:
            NotReadyError: It has none.
        """
        self._outputs(next(iter(self.space.embedding.vocabs)))

    def _outputs(self, kind: Kind) -> Floats:
        embedding = self.space.embedding
        if embedding.outputs is None:
            raise NotReadyError(
                "This model has no output vectors",
                "the context strategy multiplies input by output vectors",
                "choose another strategy, or train word2vec or spectral",
            )
        return embedding.outputs[embedding.blocks[kind]]

    def _weights(self, asked: sp.csr_matrix) -> sp.csr_matrix:
        """Return query weights that sum to 1 per query, times the length of each item's vector."""
        total = np.asarray(asked.sum(axis=1)).ravel()
        share = np.divide(1, total, out=np.zeros_like(total), where=total > 0)
        lengths = self.space.embedding.norms[asked.indices] * np.repeat(share, np.diff(asked.indptr))
        weights = sp.csr_matrix((asked.data * lengths, asked.indices, asked.indptr), shape=asked.shape)
        weights.eliminate_zeros()
        return weights

    def score(self, asked: sp.csr_matrix, kind: Kind) -> Floats:
        """Score items; arguments as in `Strategy.score`."""
        return np.asarray(self._weights(asked) @ self.space.embedding.vectors) @ self._outputs(kind).T

    def parts(self, asked: sp.csr_matrix, kind: Kind, rows: Ints) -> tuple[NDArray[np.intp], Floats]:
        """Split a score by the query's items; arguments as in `Strategy.parts`."""
        weights = self._weights(asked)
        products = self.space.embedding.vectors[weights.indices] @ self._outputs(kind)[rows].T
        return weights.indices, weights.data[:, None] * products


@dataclass(frozen=True, eq=False)
class Voting:
    """Σ_i cos(u_i, u_j) over the query's items i that have j among their `votes` nearest.

    Attributes:
        space: The embedding's items.
        votes: Votes per item; more is broader, closer to mean.
    """

    space: ItemSpace
    votes: int = 50

    def score(self, asked: sp.csr_matrix, kind: Kind) -> sp.csr_matrix:
        """Score items; arguments as in `Strategy.score`."""
        query_items = np.unique(asked.indices)
        votes = self._votes_of(query_items, kind)
        return asked[:, query_items] @ votes

    def parts(self, asked: sp.csr_matrix, kind: Kind, rows: Ints) -> tuple[NDArray[np.intp], Floats]:
        """Split a score by the query's items; arguments as in `Strategy.parts`."""
        votes = self._votes_of(asked.indices, kind)
        return asked.indices, asked.data[:, None] * dense(votes[:, rows])

    def _votes_of(self, query_items: NDArray[np.integer], kind: Kind) -> sp.csr_matrix:
        embedding = self.space.embedding
        targets = embedding.of(kind)
        votes = nearest(embedding.vectors[query_items], targets, self.votes + 1)
        own = embedding.blocks[kind]
        rows = np.repeat(np.arange(len(query_items)), np.diff(votes.indptr))
        votes.data[votes.indices + own.start == query_items[rows]] = 0  # nobody votes for oneself
        votes.eliminate_zeros()
        return votes


@dataclass(frozen=True, eq=False)
class Cluster:
    """Σ_c |c| cos(c, u_j) over the k-means centroids c of the query's items that have j among their `votes` nearest.

    Attributes:
        space: The embedding's items.
        clusters: Clusters per query; more allows more separate tastes.
        votes: Votes per cluster.
    """

    space: ItemSpace
    clusters: int = 3
    votes: int = 100

    def score(self, asked: sp.csr_matrix, kind: Kind) -> sp.csr_matrix:
        """Score items; arguments as in `Strategy.score`."""
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
        votes = nearest(unit(np.array(centroids)), self.space.embedding.of(kind), self.votes)
        cluster_weights = sp.csr_matrix(
            (np.array(sizes, dtype=np.float32), (owners, np.arange(len(owners)))), shape=(asked.shape[0], len(owners))
        )
        return cluster_weights @ votes

    def parts(self, asked: sp.csr_matrix, kind: Kind, rows: Ints) -> tuple[NDArray[np.intp], Floats]:
        """Split a score by the query's items; arguments as in `Strategy.parts`."""
        vectors, targets = self.space.embedding.vectors, self.space.embedding.of(kind)
        shares = np.zeros((asked.nnz, len(rows)), dtype=np.float32)
        for members in self._groups(asked.indices):
            centroid = vectors[asked.indices[members]].mean(axis=0)
            length = max(float(np.linalg.norm(centroid)) * len(members), TINY)
            has_vote = dense(nearest(unit(centroid[None]), targets, self.votes)[:, rows])[0] > 0
            size = float(asked.data[members].sum())
            shares[members] = size * (vectors[asked.indices[members]] @ targets[rows].T) / np.float32(length) * has_vote
        return asked.indices, shares

    def _groups(self, items: NDArray[np.integer]) -> list[NDArray[np.intp]]:
        """Return the positions of the items of each cluster; up to `clusters` items are clusters of their own."""
        from scipy.cluster.vq import kmeans2

        if len(items) <= self.clusters:
            return [np.array([position]) for position in range(len(items))]
        points = self.space.embedding.vectors[items]
        _, labels = kmeans2(points, self.clusters, iter=10, minit="++", missing="warn", rng=np.random.default_rng(0))
        return [np.flatnonzero(labels == label) for label in range(self.clusters) if (labels == label).any()]


@dataclass(frozen=True, eq=False)
class Playlists:
    """Σ_p cos(q, p)^power · X_pj over the k playlists p nearest to the mean direction q of the query's items.

    Attributes:
        space: The embedding's items.
        k: Number of playlists; larger is broader and more popular.
        power: Exponent on the cosine; larger counts only the very nearest.
    """

    space: ItemSpace
    k: int = 100
    power: float = 8.0

    def score(self, asked: sp.csr_matrix, kind: Kind) -> sp.csr_matrix:
        """Score items; arguments as in `Strategy.score`."""
        return self._nearest_playlists(asked) @ self.space.playlists_of(kind)

    def parts(self, asked: sp.csr_matrix, kind: Kind, rows: Ints) -> tuple[NDArray[np.intp], Floats]:
        """Split a score by playlists; arguments as in `Strategy.parts`."""
        near = self._nearest_playlists(asked)
        return near.indices, near.data[:, None] * dense(self.space.playlists_of(kind)[near.indices][:, rows])

    def _nearest_playlists(self, asked: sp.csr_matrix) -> sp.csr_matrix:
        near = nearest(unit(np.asarray(asked @ self.space.embedding.vectors)), self.space.playlist_vectors, self.k)
        near.data **= self.power
        return near


STRATEGIES: dict[str, Callable[[ItemSpace], Strategy]] = {
    "context": Context,
    "playlists": Playlists,
    "mean": Mean,
    "voting": Voting,
    "cluster": Cluster,
}
"""Strategies by name, the one that recommends best first."""
