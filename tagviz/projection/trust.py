"""Trust in a map: how well it preserves neighbourhoods, per point and as a whole."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tagviz.projection.nearest import Nearest
from tagviz.types import Floats

SAMPLE = 1500
"""Number of points from which the measures of the whole map are estimated: ± .005 at the usual spread."""


def trust(vectors: Floats, xy: Floats, near: Nearest, k: int = 15, seed: int = 42) -> tuple[Floats, dict[str, float]]:
    """Measure how well a map preserves the neighbours of its points.

    Args:
        vectors: float32 (n, d) unit vectors.
        xy: float32 (n, 2 or 3) positions.
        near: True neighbours, at least k of them or all others.
        k: Number of neighbours.
        seed: Seed of the sample.

    Returns:
        float32 (n,) share of each point's k true neighbours that are among its k neighbours on the map (1 for a
        point without others); and measures of the whole map: `trust` (the mean), `trustworthiness` and
        `continuity` (Venna & Kaski 2001; 1 is best; from a sample above 1,500 points).
    """
    count = len(xy)
    k = min(k, count - 1)
    if k < 1:
        return np.ones(count, dtype=np.float32), {"trust": 1.0, "trustworthiness": 1.0, "continuity": 1.0}
    true = near.rows[:, :k]
    on_map = map_neighbours(xy, k)
    kept = np.empty(count, dtype=np.float32)
    for start in range(0, count, 50_000):
        part = slice(start, start + 50_000)
        kept[part] = (true[part, :, None] == on_map[part, None, :]).any(axis=2).mean(axis=1)
    measures = {"trust": float(kept.mean())}
    sample = np.sort(np.random.default_rng(seed).permutation(count)[:SAMPLE])
    measures.update(_trustworthiness_and_continuity(vectors, xy, sample, true[sample], on_map[sample]))
    return kept, measures


def map_neighbours(xy: Floats, k: int) -> NDArray[np.int64]:
    """Return the k nearest neighbours on the map, int64 (n, k). Points at the same position are neighbours.

    Args:
        xy: float32 (n, 2 or 3) positions.
        k: Number of neighbours.
    """
    from scipy.spatial import cKDTree

    _, rows = cKDTree(xy).query(xy, k=min(k + 1, len(xy)))
    itself = rows == np.arange(len(xy))[:, None]
    itself[~itself.any(axis=1), -1] = True  # among many points in one place: leave the last one out instead
    return np.asarray(rows[~itself].reshape(len(xy), -1), dtype=np.int64)


def _trustworthiness_and_continuity(
    vectors: Floats, xy: Floats, sample: np.ndarray, true: np.ndarray, on_map: np.ndarray
) -> dict[str, float]:
    """Return 1 − penalty: each neighbour missing on the other side costs the excess of its rank there over k."""
    count, k = len(xy), true.shape[1]
    worst = k * (2 * count - 3 * k - 1) / 2 if k < count / 2 else k * (count - k) * (count - k - 1) / 2 / k
    intruders, missing = 0.0, 0.0
    block = max(1, 16 * 2**20 // (4 * count))
    for start in range(0, len(sample), block):
        part = slice(start, start + block)
        rows = sample[part]
        near = vectors[rows] @ vectors.T
        away = ((xy[rows, None, :] - xy[None, :, :]) ** 2).sum(axis=2)
        near[np.arange(len(rows)), rows] = -np.inf
        away[np.arange(len(rows)), rows] = np.inf
        for column in range(k):
            similarity = near[np.arange(len(rows)), on_map[part, column]][:, None]
            distance = away[np.arange(len(rows)), true[part, column]][:, None]
            intruders += float(np.maximum(0, (near > similarity).sum(axis=1) + 1 - k).sum())
            missing += float(np.maximum(0, (away < distance).sum(axis=1) + 1 - k).sum())
    scale = max(1.0, worst * len(sample))
    return {"trustworthiness": 1 - intruders / scale, "continuity": 1 - missing / scale}
