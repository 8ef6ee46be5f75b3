"""Names for clusters: the most characteristic tags, popular ones first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.types import Floats, Ints

WORDS = 2


def names(
    levels: Sequence[Ints],
    vectors: Floats,
    labels: Sequence[str],
    counts: NDArray[np.int64],
    describe: sp.csr_matrix | None = None,
    describe_labels: Sequence[str] | None = None,
) -> tuple[tuple[str, ...], ...]:
    """Per level one name per cluster: its one or two most characteristic tags, joined by " · ".

    With `describe` (n, m): class-based TF-IDF (Grootendorst 2022) over the m labels: a word's weight in the cluster
    times log(1 + average cluster weight / its weight in all). Without: members by popularity and by how near they are
    to the middle of their cluster. Spellings that differ only in case or signs count once.
    """
    return tuple(
        _by_words(level, describe, describe_labels)
        if describe is not None and describe_labels is not None
        else _by_members(level, vectors, labels, counts)
        for level in levels
    )


def _by_members(level: Ints, vectors: Floats, labels: Sequence[str], counts: NDArray[np.int64]) -> tuple[str, ...]:
    groups = int(level.max(initial=-1)) + 1
    member = sp.csr_matrix((np.sqrt(counts + 1.0), (level, np.arange(len(level)))), shape=(groups, len(level)))
    centres = np.asarray(member @ vectors)
    centres /= np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-9)
    fit = np.einsum("ij,ij->i", vectors, centres[level])
    weight = counts**0.75 * np.maximum(fit, 0.0)
    result = []
    order = np.lexsort((-weight, level))
    bounds = np.searchsorted(level[order], np.arange(groups + 1))
    for group in range(groups):
        best = order[bounds[group] : bounds[group + 1]]
        near_best = best[:12][counts[best[:12]] * 4 >= counts[best[:1]]]  # no rare joke beside a frequent tag
        result.append(_joined([(labels[row], float(weight[row])) for row in near_best]))
    return tuple(result)


def _by_words(level: Ints, describe: sp.csr_matrix, labels: Sequence[str]) -> tuple[str, ...]:
    groups = int(level.max(initial=-1)) + 1
    member = sp.csr_matrix(
        (np.ones(len(level), dtype=np.float32), (level, np.arange(len(level)))), shape=(groups, len(level))
    )
    weight = sp.csr_matrix(member @ describe)
    everywhere = np.asarray(weight.sum(axis=0)).ravel()
    idf = np.log1p(everywhere.sum() / max(1, groups) / np.maximum(everywhere, 1e-9))
    weight = sp.csr_matrix(weight.multiply(idf[None, :]))
    result = []
    for group in range(groups):
        part = slice(weight.indptr[group], weight.indptr[group + 1])
        columns, values = weight.indices[part], weight.data[part]
        best = np.lexsort((columns, -values))[:12]
        result.append(_joined([(labels[columns[item]], float(values[item])) for item in best]))
    return tuple(result)


def _joined(candidates: Sequence[tuple[str, float]]) -> str:
    """The first, and the next that is at least half as heavy and not the same word in another spelling."""
    chosen: list[str] = []
    plain: list[str] = []
    for label, weight in candidates:
        folded = "".join(sign for sign in label.casefold() if sign.isalnum())
        if not label.strip() or (chosen and weight < candidates[0][1] / 2):
            continue
        if any(folded in other or other in folded for other in plain):
            continue
        chosen.append(" ".join(label.split()))
        plain.append(folded)
        if len(chosen) == WORDS:
            break
    return " · ".join(chosen)
