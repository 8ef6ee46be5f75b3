"""Tags from numbers per song: a stack of kernel ridge regressions and extremely randomised trees.

Every member is a weighted mean over the training songs: kernel ridge through its dual coefficients, trees through the
leaves that a song shares with them (a forest is a kernel as well). So a model is plain arrays, without pickled objects.
Weights of the members: non-negative least squares on predictions for songs that the member has not seen (Breiman 1996).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.recommenders.scaling import Scaling
from tagviz.training import Arrays
from tagviz.types import Floats, Progress, ProgressCallback, no_progress

FOLDS = 4
MOST_SONGS = 4000
"""Training songs at most, drawn at random: the kernels are solved exactly, which is cubic in them."""
MOST_OUTPUTS = 48
"""Principal components of the tags that the trees are grown on, where there are more tags."""
TREES = 300
BLOCK = 512
"""Songs that are tagged at once."""


@dataclass(frozen=True)
class KernelMember:
    """Kernel ridge regression on one scaling of the numbers.

    Attributes:
        scaling: "ranks" or "units", see `Scaling`.
        width: g in exp(−g·D), D the mean squared difference (or its root) of two songs' numbers.
        root: Whether D is the root, which makes the kernel Laplace's instead of Gauss's.
        ridge: λ, the weight of the penalty.
    """

    scaling: str
    width: float
    root: bool
    ridge: float

    def kernel(self, songs: Floats, anchors: Floats) -> Floats:
        """Return float32 (m, n), the kernel between songs and training songs."""
        squared = (songs**2).sum(axis=1)[:, None] + (anchors**2).sum(axis=1) - 2 * (songs @ anchors.T)
        distance = np.maximum(squared, 0) / max(songs.shape[1], 1)
        return np.asarray(np.exp(-self.width * (np.sqrt(distance) if self.root else distance)), dtype=np.float32)


KERNELS = (
    KernelMember("ranks", 0.5, False, 0.1),
    KernelMember("ranks", 0.6, True, 0.05),
    KernelMember("units", 0.1, False, 3.0),
    KernelMember("units", 0.6, True, 0.05),
)
LEAVES = (1, 10)
"""Fewest training songs in a leaf, per forest: sharp for clear genres, smooth for noisy tags."""


@dataclass(frozen=True, eq=False)
class Forest:
    """Extremely randomised trees as arrays; all nodes of all trees in one row.

    Attributes:
        roots: (trees,) first node of each tree.
        feature: (nodes,) number that a node asks for; −1 in a leaf.
        threshold: (nodes,) largest value that goes left.
        left: (nodes,) node on the left; the one on the right is `right`.
        right: (nodes,) node on the right.
        leaves: (n, trees) leaf of each training song.
    """

    roots: NDArray[np.int32]
    feature: NDArray[np.int16]
    threshold: Floats
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    leaves: NDArray[np.int32]

    @classmethod
    def grow(cls, numbers: Floats, targets: Floats, leaf: int, seed: int) -> Forest:
        """Grow the trees.

        Args:
            numbers: (n, d) scaled numbers of the training songs.
            targets: (n, t) what the trees are to tell apart.
            leaf: Fewest songs in a leaf.
            seed: Seed of the splits.
        """
        from sklearn.ensemble import ExtraTreesRegressor

        forest = ExtraTreesRegressor(TREES, max_features=0.25, min_samples_leaf=leaf, random_state=seed, n_jobs=1)
        forest.fit(numbers, targets)
        trees = [tree.tree_ for tree in forest.estimators_]
        roots = np.cumsum([0, *(tree.node_count for tree in trees)])[:-1].astype(np.int32)

        def joined(name: str, dtype: Any, shift: bool = False) -> NDArray[Any]:
            parts = [getattr(tree, name) + (root if shift else 0) for tree, root in zip(trees, roots, strict=True)]
            return np.concatenate(parts).astype(dtype)

        own = cls(
            roots,
            np.maximum(joined("feature", np.int16), -1).astype(np.int16),
            joined("threshold", np.float32),
            joined("children_left", np.int32, shift=True),
            joined("children_right", np.int32, shift=True),
            np.zeros((0, len(roots)), dtype=np.int32),
        )
        return cls(own.roots, own.feature, own.threshold, own.left, own.right, own.leaf_of(numbers))

    def leaf_of(self, numbers: Floats) -> NDArray[np.int32]:
        """Return int32 (m, trees), the leaf that each song falls into."""
        nodes = np.tile(self.roots, (len(numbers), 1))
        rows = np.arange(len(numbers))[:, None]
        while True:
            asked = self.feature[nodes]
            inner = asked >= 0
            if not inner.any():
                return nodes
            smaller = numbers[rows, np.maximum(asked, 0)] <= self.threshold[nodes]
            nodes = np.where(inner, np.where(smaller, self.left[nodes], self.right[nodes]), nodes).astype(np.int32)

    def kernel(self, numbers: Floats) -> sp.csr_matrix:
        """Return CSR (m, n): the weight of each training song in the mean that a song is given."""
        trees, count = len(self.roots), len(self.feature)
        theirs = sp.csr_matrix(
            (
                np.ones(self.leaves.size, dtype=np.float32),
                (np.repeat(np.arange(len(self.leaves)), trees), self.leaves.ravel()),
            ),
            shape=(len(self.leaves), count),
        )
        sizes = np.maximum(np.asarray(theirs.sum(axis=0)).ravel(), 1)
        leaves = self.leaf_of(numbers)
        weights = (1 / (sizes[leaves] * trees)).astype(np.float32).ravel()
        ours = sp.csr_matrix(
            (weights, (np.repeat(np.arange(len(leaves)), trees), leaves.ravel())), shape=(len(leaves), count)
        )
        return sp.csr_matrix(ours @ theirs.T)


@dataclass(frozen=True, eq=False)
class Tagger:
    """A fitted stack.

    Attributes:
        scaling: How numbers are scaled.
        anchors: float32 (n, d) numbers of the training songs as they came.
        duals: Per kernel float32 (n, t), dual coefficients times the member's weight.
        forests: The forests.
        labels: float32 (n, t), tags of the training songs minus their mean.
        weights: Weights of all members, kernels first.
        prior: float32 (t,), share of the training songs that have each tag.
    """

    scaling: Scaling
    anchors: Floats
    duals: tuple[Floats, ...]
    forests: tuple[Forest, ...]
    labels: Floats
    weights: Floats
    prior: Floats

    @classmethod
    def fit(
        cls,
        numbers: Floats,
        labels: Floats,
        seed: int,
        all_numbers: Floats | None = None,
        progress: ProgressCallback = no_progress,
    ) -> Tagger:
        """Fit all members, and their weights on songs that they have not seen.

        Args:
            numbers: (n, d) numbers of the songs; NaN where missing.
            labels: (n, t) 1 where a song has a tag, else 0.
            seed: Seed of folds and trees.
            all_numbers: Numbers of further songs, without tags: how numbers are scaled is learned from all.
            progress: Progress callback.
        """
        rng = np.random.default_rng(seed)
        if len(numbers) > MOST_SONGS:
            chosen = np.sort(rng.choice(len(numbers), MOST_SONGS, replace=False))
            numbers, labels = numbers[chosen], labels[chosen]
        scaling = Scaling.fit(numbers if all_numbers is None else all_numbers)
        scaled = {name: scaling.apply(numbers, name) for name in ("ranks", "units")}
        count, width = len(numbers), len(KERNELS) + len(LEAVES)
        folds = rng.permutation(count) % min(FOLDS, count)
        unseen = np.zeros((width, *labels.shape), dtype=np.float32)
        targets = np.zeros(labels.shape, dtype=np.float32)
        for fold in range(min(FOLDS, count) if count > 1 else 0):
            progress(Progress("Weighing the members", 0.8 * fold / FOLDS))
            train, test = folds != fold, folds == fold
            prior = labels[train].mean(axis=0)
            targets[test] = labels[test] - prior
            part = {name: array[train] for name, array in scaled.items()}
            duals, forests = _members(part, labels[train] - prior, seed)
            for place, (member, dual) in enumerate(zip(KERNELS, duals, strict=True)):
                own = scaled[member.scaling]
                unseen[place, test] = member.kernel(own[test], own[train]) @ dual
            for place, forest in enumerate(forests, len(KERNELS)):
                unseen[place, test] = forest.kernel(scaled["ranks"][test]) @ (labels[train] - prior)
        progress(Progress("Fitting the members", 0.8))
        weights = _stacked(unseen, targets)
        prior = labels.mean(axis=0)
        centred = (labels - prior).astype(np.float32)
        duals, forests = _members(scaled, centred, seed)
        weighed = tuple(dual * weight for dual, weight in zip(duals, weights, strict=False))
        return cls(scaling, numbers.astype(np.float32), weighed, forests, centred, weights, prior.astype(np.float32))

    def scores(self, numbers: Floats) -> Floats:
        """Return float32 (m, t): about the probability of each tag, for songs with these numbers (m, d)."""
        out = np.empty((len(numbers), len(self.prior)), dtype=np.float32)
        anchors = {name: self.scaling.apply(self.anchors, name) for name in ("ranks", "units")}
        for start in range(0, len(numbers), BLOCK):
            block = numbers[start : start + BLOCK]
            scaled = {name: self.scaling.apply(block, name) for name in anchors}
            total = np.tile(self.prior, (len(block), 1))
            for member, dual, weight in zip(KERNELS, self.duals, self.weights, strict=False):
                if weight > 0:
                    total += member.kernel(scaled[member.scaling], anchors[member.scaling]) @ dual
            for forest, weight in zip(self.forests, self.weights[len(KERNELS) :], strict=True):
                if weight > 0:
                    total += weight * (forest.kernel(scaled["ranks"]) @ self.labels)
            out[start : start + BLOCK] = total
        return out

    def state(self) -> Arrays:
        """Return the arrays from which `restore` builds the stack again."""
        arrays: Arrays = {
            "tagger.anchors": self.anchors,
            "tagger.labels": self.labels,
            "tagger.weights": self.weights,
            "tagger.prior": self.prior,
            **{f"tagger.dual.{place}": dual for place, dual in enumerate(self.duals)},
            **{f"tagger.scaling.{name}": array for name, array in self.scaling.state().items()},
        }
        for place, forest in enumerate(self.forests):
            arrays |= {f"tagger.forest.{place}.{name}": getattr(forest, name) for name in _FOREST}
        return arrays

    @classmethod
    def restore(cls, arrays: Arrays) -> Tagger:
        """Build the stack from the arrays of `state`."""
        return cls(
            scaling=Scaling.restore({name: arrays[f"tagger.scaling.{name}"] for name in Scaling.NAMES}),
            anchors=np.asarray(arrays["tagger.anchors"]),
            duals=tuple(np.asarray(arrays[f"tagger.dual.{place}"]) for place in range(len(KERNELS))),
            forests=tuple(
                Forest(*(np.asarray(arrays[f"tagger.forest.{place}.{name}"]) for name in _FOREST))
                for place in range(len(LEAVES))
            ),
            labels=np.asarray(arrays["tagger.labels"]),
            weights=np.asarray(arrays["tagger.weights"]),
            prior=np.asarray(arrays["tagger.prior"]),
        )


_FOREST = ("roots", "feature", "threshold", "left", "right", "leaves")


def _members(scaled: dict[str, Floats], centred: Floats, seed: int) -> tuple[list[Floats], tuple[Forest, ...]]:
    """Fit every member: dual coefficients of the kernels, and the forests."""
    duals = []
    for member in KERNELS:
        own = scaled[member.scaling]
        matrix = member.kernel(own, own).astype(np.float64)
        matrix[np.diag_indices_from(matrix)] += member.ridge
        duals.append(np.linalg.solve(matrix, centred).astype(np.float32))
    targets = _reduced(centred)
    return duals, tuple(Forest.grow(scaled["ranks"], targets, leaf, seed) for leaf in LEAVES)


def _reduced(labels: Floats) -> Floats:
    """Return the labels, or their first principal components where there are many."""
    if labels.shape[1] <= MOST_OUTPUTS * 4:
        return labels
    left, values, _ = np.linalg.svd(labels, full_matrices=False)
    return np.asarray(left[:, :MOST_OUTPUTS] * values[:MOST_OUTPUTS], dtype=np.float32)


def _stacked(unseen: Floats, targets: Floats) -> Floats:
    """Return the non-negative weights with the least squared error on unseen songs; equal weights where all are 0."""
    from scipy.optimize import nnls

    parts = unseen.reshape(len(unseen), -1).astype(np.float64)
    gram, against = parts @ parts.T, parts @ targets.ravel().astype(np.float64)
    gram[np.diag_indices_from(gram)] += 1e-9 + 1e-9 * np.trace(gram)
    factor = np.linalg.cholesky(gram)
    weights = nnls(factor.T, np.linalg.solve(factor, against))[0]
    if not weights.any():
        weights = np.full(len(unseen), 1 / len(unseen))
    return np.asarray(weights, dtype=np.float32)
