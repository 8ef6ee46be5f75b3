"""How far a map can be believed: per point, and as a whole."""

from __future__ import annotations

import numpy as np

from tagviz.project.nearest import Nearest
from tagviz.types import Floats

SAMPLE = 1500
"""So many points are asked for the measures of the whole map: ± .005 at the usual spread."""


def trust(vectors: Floats, xy: Floats, near: Nearest, k: int = 15, seed: int = 42) -> tuple[Floats, dict[str, float]]:
    """Per point the share of its k true neighbours that are among its k neighbours on the map, float32 (n,) in [0, 1].

    And measures of the whole: `trust` (the mean), `trustworthiness` and `continuity` (Venna & Kaski 2001; 1 is best;
    from a sample above 1,500 points).
    near: the true neighbours (at least k of them, or all others). A point without others is trusted: 1.
    """
    count = len(xy)
    k = min(k, count - 1)
    if k < 1:
        return np.ones(count, dtype=np.float32), {"trust": 1.0, "trustworthiness": 1.0, "continuity": 1.0}
    true = near.rows[:, :k]
    shown = on_map(xy, k)
    kept = np.empty(count, dtype=np.float32)
    for start in range(0, count, 50_000):
        part = slice(start, start + 50_000)
        kept[part] = (true[part, :, None] == shown[part, None, :]).any(axis=2).mean(axis=1)
    measures = {"trust": float(kept.mean())}
    asked = np.sort(np.random.default_rng(seed).permutation(count)[:SAMPLE])
    measures.update(_whole(vectors, xy, asked, true[asked], shown[asked]))
    return kept, measures


def on_map(xy: Floats, k: int) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """The k nearest others on the map, int64 (n, k). Points that lie on one another are others."""
    from scipy.spatial import cKDTree

    _, found = cKDTree(xy).query(xy, k=min(k + 1, len(xy)))
    itself = found == np.arange(len(xy))[:, None]
    itself[~itself.any(axis=1), -1] = True  # among many points in one place: leave the last one out instead
    return found[~itself].reshape(len(xy), -1)


def _whole(vectors: Floats, xy: Floats, asked: np.ndarray, true: np.ndarray, shown: np.ndarray) -> dict[str, float]:
    """1 − penalty, where every neighbour that is none on the other side costs by how much its rank there passes k."""
    count, k = len(xy), true.shape[1]
    worst = k * (2 * count - 3 * k - 1) / 2 if k < count / 2 else k * (count - k) * (count - k - 1) / 2 / k
    intruders, missing = 0.0, 0.0
    block = max(1, 16 * 2**20 // (4 * count))
    for start in range(0, len(asked), block):
        part = slice(start, start + block)
        rows = asked[part]
        near = vectors[rows] @ vectors.T
        away = ((xy[rows, None, :] - xy[None, :, :]) ** 2).sum(axis=2)
        near[np.arange(len(rows)), rows] = -np.inf
        away[np.arange(len(rows)), rows] = np.inf
        for column in range(k):
            similarity = near[np.arange(len(rows)), shown[part, column]][:, None]
            distance = away[np.arange(len(rows)), true[part, column]][:, None]
            intruders += float(np.maximum(0, (near > similarity).sum(axis=1) + 1 - k).sum())
            missing += float(np.maximum(0, (away < distance).sum(axis=1) + 1 - k).sum())
    scale = max(1.0, worst * len(asked))
    return {"trustworthiness": 1 - intruders / scale, "continuity": 1 - missing / scale}
