"""Bootstrap intervals, the sign-flip test and Holm's correction, on plain arrays."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.types import readonly

CHUNK = 250
"""Number of resamples that are in memory together."""


def bootstrap_means(
    values: NDArray[Any], codes: NDArray[Any], resamples: int = 1000, seed: int = 42
) -> NDArray[np.float64]:
    """Return the means of bootstrap resamples.

    Rows with the same code are drawn together (cluster bootstrap; Field & Welsh 2007); with all codes different it is
    the plain bootstrap (Efron 1979). Every column sees the same draws, so that differences of columns are paired.

    Args:
        values: float (q, m); NaN values do not count.
        codes: Cluster of each row, int (q,).
        resamples: Number of resamples.
        seed: Seed of the draws.

    Returns:
        float64 (resamples, m).
    """
    known = ~np.isnan(values)
    # around the mean, so that single precision is enough
    middle = np.where(known, values, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    sums, counts, pattern = _by_cluster(values - middle, codes)
    totals = np.concatenate([sums, counts], axis=1).astype(np.float32)
    means = []
    for start in range(0, resamples if len(totals) else 0, CHUNK):
        drawn = _draws(len(totals), resamples, seed)[start : start + CHUNK].astype(np.float32)
        total = drawn @ totals
        upper, lower = total[:, : values.shape[1]], total[:, values.shape[1] :][:, pattern]
        means.append(middle + np.where(lower > 0, upper / np.maximum(lower, 1), np.nan).astype(np.float64))
    return np.concatenate(means) if means else np.empty((0, values.shape[1]))


def sign_flip(
    differences: NDArray[Any], codes: NDArray[Any], resamples: int = 2000, seed: int = 42
) -> NDArray[np.float64]:
    """Return the p value of each column of paired differences (Fisher's randomisation test).

    It is how often flipping the signs of whole clusters at random gives a mean at least as far from 0. Smucker et al.
    (2007) recommend the test for ranked retrieval.

    Args:
        differences: float (q, m).
        codes: Cluster of each row, int (q,).
        resamples: Number of random flips.
        seed: Seed of the flips.

    Returns:
        Two-sided p values, float64 (m,).
    """
    sums, _, _ = _by_cluster(differences, codes)
    sums = sums.astype(np.float32)
    observed = np.abs(sums.sum(axis=0)) * (1 - 1e-6)
    rng = np.random.default_rng(seed)
    beyond = np.zeros(sums.shape[1], dtype=np.int64)
    for start in range(0, resamples, CHUNK):
        count = min(CHUNK, resamples - start)
        bits = np.unpackbits(rng.integers(0, 256, (count, -(-len(sums) // 8)), dtype=np.uint8), axis=1, count=len(sums))
        # Σ ±d = 2 · Σ_{heads} d − Σ d
        flipped = 2 * (bits.astype(np.float32) @ sums) - sums.sum(axis=0)
        beyond += (np.abs(flipped) >= observed).sum(axis=0)
    return (beyond + 1) / (resamples + 1)


def holm(p: NDArray[Any]) -> NDArray[np.float64]:
    """Return p values corrected for multiple tests (Holm 1979)."""
    p = np.asarray(p, dtype=np.float64)
    order = np.argsort(p)
    corrected = np.empty(len(p))
    corrected[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)))
    return corrected


def intervals(samples: NDArray[Any], level: float = 0.95) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return percentile intervals of resampled means.

    Args:
        samples: Resampled means, float (resamples, m); NaN values do not count.
        level: Coverage.

    Returns:
        Lower and upper ends, float64 (m,); NaN where no value is known.
    """
    ends = np.full((2, samples.shape[1]), np.nan)
    known = ~np.isnan(samples)
    whole, some = known.all(axis=0), known.any(axis=0)
    shares = [(1 - level) / 2, (1 + level) / 2]
    if len(samples):
        ends[:, whole] = np.quantile(samples[:, whole], shares, axis=0)
    for column in np.flatnonzero(some & ~whole):
        ends[:, column] = np.quantile(samples[known[:, column], column], shares)
    return ends[0], ends[1]


def _by_cluster(
    values: NDArray[Any], codes: NDArray[Any]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Return sums of the known values by cluster, and how many are known.

    Returns:
        Sums (clusters, m), numbers of known values (clusters, patterns), and the pattern of each column: columns that
        are known in the same rows share a pattern.
    """
    _, cluster = np.unique(codes, return_inverse=True)
    count = int(cluster.max(initial=-1)) + 1
    known = ~np.isnan(values)
    patterns: dict[bytes, int] = {}
    pattern = np.array([patterns.setdefault(column.tobytes(), len(patterns)) for column in known.T], dtype=np.int64)
    members = sp.csr_matrix((np.ones(len(cluster)), (cluster, np.arange(len(cluster)))), shape=(count, len(cluster)))
    sums = members @ np.where(known, values, 0.0)
    _, first = np.unique(pattern, return_index=True)
    return sums, members @ known[:, first].astype(np.float64), pattern


@lru_cache(maxsize=8)
def _draws(count: int, resamples: int, seed: int) -> NDArray[np.uint8]:
    """Return how often each cluster is drawn, (resamples, count).

    Kept, because another k or metric needs the same draws: those of the whole report and of its segments.
    """
    rng = np.random.default_rng(seed)
    drawn = np.empty((resamples, count), dtype=np.uint8)
    for row in range(resamples):
        drawn[row] = np.bincount(rng.integers(0, count, count, dtype=np.int32), minlength=count)
    return np.asarray(readonly(drawn))
