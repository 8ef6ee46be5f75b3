"""Bootstrap intervals, the sign-flip test and Holm's correction, on plain arrays."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from tagviz.types import frozen

CHUNK = 250
"""Resamples that are in memory together."""


def resampled(values: NDArray[Any], codes: NDArray[Any], resamples: int = 1000, seed: int = 42) -> NDArray[np.float64]:
    """Means of bootstrap resamples (resamples, m) of values (q, m); NaN values do not count.

    What shares a code is drawn together (cluster bootstrap; Field & Welsh 2007): all codes different is the plain
    bootstrap (Efron 1979). Every column sees the same draws, so that differences of columns are paired.
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
    """Two-sided p per column of paired differences (q, m): how often flipping the signs of whole clusters at random
    gives a mean at least as far from 0 (Fisher's randomisation test, recommended for ranked retrieval by Smucker et
    al. 2007)."""
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
    """p values corrected for being looked at together (Holm 1979)."""
    p = np.asarray(p, dtype=np.float64)
    order = np.argsort(p)
    corrected = np.empty(len(p))
    corrected[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)))
    return corrected


def intervals(samples: NDArray[Any], level: float = 0.95) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lower and upper ends, per column, of the middle `level` of resampled means (percentile interval). Resamples that
    happened to draw no known value do not count; NaN where none counts."""
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
    """Per cluster the sums of the known values (clusters, m), and how many are known (clusters, patterns): columns
    that are known in the same rows share a pattern, whose number the last array gives per column."""
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
    """(resamples, count) how often each cluster is drawn; kept, because another k or metric asks for the same ones:
    those of the whole report and of its segments."""
    rng = np.random.default_rng(seed)
    drawn = np.empty((resamples, count), dtype=np.uint8)
    for row in range(resamples):
        drawn[row] = np.bincount(rng.integers(0, count, count, dtype=np.int32), minlength=count)
    return frozen(drawn)
