"""Names of clusters: their most characteristic tags, popular ones first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.types import Floats, Ints

WORDS = 2
"""Largest number of tags in a name."""


@dataclass(frozen=True, eq=False)
class ClusterNaming:
    """Inputs from which clusters are named.

    Attributes:
        counts: int64 (n,) popularity of each item; None: all equal.
        word_weights: Non-negative CSR (n, m), association of each item with m words; None: clusters are named after
            their items.
        words: The m words of `word_weights`.
    """

    counts: NDArray[np.int64] | None = None
    word_weights: sp.csr_matrix | None = None
    words: Sequence[str] = ()

    def lengths(self) -> dict[str, int]:
        """Return the number of items in each array that is present."""
        arrays = {"counts": self.counts, "word_weights": self.word_weights}
        return {name: int(array.shape[0]) for name, array in arrays.items() if array is not None}


def cluster_names(
    levels: Sequence[Ints], vectors: Floats, labels: Sequence[str], naming: ClusterNaming = ClusterNaming()
) -> tuple[tuple[str, ...], ...]:
    """Name the clusters of each level by their one or two most characteristic tags, joined by " · ".

    With `naming.word_weights`: class-based TF-IDF (Grootendorst 2022): a word's weight in the cluster times log(1 +
    average cluster weight / its weight in all). Without: members by popularity and by similarity to the centre of the
    cluster. Spellings that differ only in case or punctuation count once.

    Args:
        levels: Per level int32 (n,) cluster of each item.
        vectors: float32 (n, d) unit vectors.
        labels: Label of each item.
        naming: Popularity and words.

    Returns:
        Per level one name per cluster.
    """
    if naming.word_weights is not None:
        return tuple(_names_by_words(level, naming.word_weights, naming.words) for level in levels)
    counts = np.ones(len(vectors), dtype=np.int64) if naming.counts is None else naming.counts
    return tuple(_names_by_members(level, vectors, labels, counts) for level in levels)


def _names_by_members(
    level: Ints, vectors: Floats, labels: Sequence[str], counts: NDArray[np.int64]
) -> tuple[str, ...]:
    groups = int(level.max(initial=-1)) + 1
    member = sp.csr_matrix((np.sqrt(counts + 1.0), (level, np.arange(len(level)))), shape=(groups, len(level)))
    centres = np.asarray(member @ vectors)
    centres /= np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-9)
    fit = np.einsum("ij,ij->i", vectors, centres[level])
    weight = counts**0.75 * np.maximum(fit, 0.0)
    names = []
    order = np.lexsort((-weight, level))
    bounds = np.searchsorted(level[order], np.arange(groups + 1))
    for group in range(groups):
        best = order[bounds[group] : bounds[group + 1]]
        near_best = best[:12][counts[best[:12]] * 4 >= counts[best[:1]]]  # no rare joke beside a frequent tag
        names.append(_join_distinct([(labels[row], float(weight[row])) for row in near_best]))
    return tuple(names)


def _names_by_words(level: Ints, word_weights: sp.csr_matrix, labels: Sequence[str]) -> tuple[str, ...]:
    groups = int(level.max(initial=-1)) + 1
    member = sp.csr_matrix(
        (np.ones(len(level), dtype=np.float32), (level, np.arange(len(level)))), shape=(groups, len(level))
    )
    weight = sp.csr_matrix(member @ word_weights)
    everywhere = np.asarray(weight.sum(axis=0)).ravel()
    idf = np.log1p(everywhere.sum() / max(1, groups) / np.maximum(everywhere, 1e-9))
    weight = sp.csr_matrix(weight.multiply(idf[None, :]))
    names = []
    for group in range(groups):
        part = slice(weight.indptr[group], weight.indptr[group + 1])
        columns, values = weight.indices[part], weight.data[part]
        best = np.lexsort((columns, -values))[:12]
        names.append(_join_distinct([(labels[columns[item]], float(values[item])) for item in best]))
    return tuple(names)


def _join_distinct(candidates: Sequence[tuple[str, float]]) -> str:
    """Join the first label and the next with at least half its weight that is not the same word in another spelling."""
    chosen: list[str] = []
    spellings: list[str] = []
    for label, weight in candidates:
        folded = "".join(sign for sign in label.casefold() if sign.isalnum())
        if not label.strip() or (chosen and weight < candidates[0][1] / 2):
            continue
        if any(folded in other or other in folded for other in spellings):
            continue
        chosen.append(" ".join(label.split()))
        spellings.append(folded)
        if len(chosen) == WORDS:
            break
    return " · ".join(chosen)
