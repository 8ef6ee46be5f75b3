"""Binary files of a map for the browser: little-endian columns, read there as typed arrays.

Points (18 bytes each): "TVM1", uint32 n, float32 x0 y0 x1 y1 (bounds without outliers); then, the most frequent first,
uint32 row, float32 x y, uint32 count, uint8 trust × 100 (255 unknown), uint8 kind. A map in three dimensions begins
with "TVM3" and has float32 z after all x y; its bounds are a square, since rotation brings the corners into view.

Texts: "TVT1", uint32 n, uint32 k, uint32 n·k nearest neighbours (as positions, 0xffffffff none), uint32 n + 1 offsets,
UTF-8.

Region names: JSON. A layer has one byte per point and a filter one bit per point, in the same order.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tagviz.types import Floats, Ints, Projection

NO_VALUE = 255
"""Byte of a point without a category or value."""

STEPS = 254
"""Byte of the highest value of a scale."""

NEIGHBOURS = 3
"""Number of nearest neighbours stored for each point."""


def order_of(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows in the order of the files: the most frequent first, equal ones by row."""
    return np.lexsort((np.arange(len(counts)), -counts))


def encode_points(
    xy: Floats, counts: NDArray[np.int64], trust: Floats, kinds: NDArray[np.uint8], order: NDArray[np.int64]
) -> bytes:
    """Encode positions, counts, trust and kinds of the points.

    Args:
        xy: float32 (n, 2) or (n, 3) positions.
        counts: int64 (n,) number of playlists of each point.
        trust: float32 (n,) in [0, 1], NaN unknown.
        kinds: uint8 (n,) code of each point's kind.
        order: int64 (n,) rows in the order of `order_of`.
    """
    low, high = np.quantile(xy, [0.002, 0.998], axis=0) if len(xy) else (np.full(2, -1.0), np.full(2, 1.0))
    space = xy.shape[1] == 3
    if space and len(xy):
        reach = float(np.quantile(np.linalg.norm(xy, axis=1), 0.998))
        low, high = np.full(2, -reach), np.full(2, reach)
    columns = [
        np.array([len(xy)], dtype="<u4"),
        np.array([*low, *high], dtype="<f4"),
        order.astype("<u4"),
        xy[order, :2].astype("<f4"),
        xy[order, 2:].astype("<f4"),
        np.minimum(counts[order], 2**32 - 1).astype("<u4"),
        np.where(np.isnan(trust), NO_VALUE, np.round(100 * np.nan_to_num(trust)))[order].astype(np.uint8),
        kinds[order].astype(np.uint8),
    ]
    return (b"TVM3" if space else b"TVM1") + b"".join(column.tobytes() for column in columns)


def encode_texts(labels: Sequence[str], near: Ints | None, order: NDArray[np.int64]) -> bytes:
    """Encode labels and nearest neighbours of the points.

    Args:
        labels: Label of each point.
        near: int32 (n, k) rows of the nearest neighbours, −1 none; None: no neighbours are stored.
        order: int64 (n,) rows in the order of `order_of`.
    """
    place = np.full(len(order) + 1, 0xFFFFFFFF, dtype="<u4")
    place[order] = np.arange(len(order), dtype="<u4")
    others = np.zeros((len(order), 0), dtype=np.int32) if near is None else near[:, :NEIGHBOURS]
    encoded = [labels[row].encode("utf-8", "replace") for row in order]
    offsets = np.zeros(len(order) + 1, dtype="<u4")
    np.cumsum([len(label) for label in encoded], out=offsets[1:])
    head = np.array([len(order), others.shape[1]], dtype="<u4")
    return b"".join([b"TVT1", head.tobytes(), place[others[order]].tobytes(), offsets.tobytes(), *encoded])


def region_names(projection: Projection, counts: NDArray[np.int64]) -> bytes:
    """Encode the names of a map's regions as JSON.

    Per level, the heaviest region first: `{row, name, weight, colour, area}`. `row` is the member nearest to the median
    of the region, where the name is drawn, so that it never floats in empty space. `colour` is the region's cluster on
    the coarsest level. `area` is `{x0, y0, x1, y1}` around nine tenths of its points, null on a map in three
    dimensions. Regions without a frequent item get no name.

    Args:
        projection: The map.
        counts: int64 (n,) number of playlists of each point.
    """
    weights = np.sqrt(counts + 1.0)
    levels = []
    for level, names in zip(projection.levels, projection.names, strict=True):
        regions = []
        rows = np.argsort(level, kind="stable")
        bounds = np.searchsorted(level[rows], np.arange(len(names) + 1))
        groups = [rows[start:stop] for start, stop in pairwise(bounds)]
        peaks = np.array([counts[members].max(initial=0) for members in groups])
        for name, members, peak in zip(names, groups, peaks, strict=True):
            if not len(members) or peak < np.median(peaks) / 4:
                continue
            middle = np.median(projection.xy[members], axis=0)
            row = int(members[np.argmin(((projection.xy[members] - middle) ** 2).sum(axis=1))])
            colour = int(projection.levels[0][members[0]])
            weight = round(float(weights[members].sum()), 1)
            area = None if projection.xy.shape[1] > 2 else _area(projection.xy[members])
            about = {"row": row, "name": name, "weight": weight, "colour": colour, "area": area}
            regions.append((-weight, about))
        levels.append([about for _, about in sorted(regions, key=lambda region: region[0])])
    return json.dumps(levels, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _area(xy: Floats) -> dict[str, float]:
    edges = np.quantile(xy, [0.05, 0.95], axis=0).ravel()
    return {side: round(float(edge), 5) for side, edge in zip(("x0", "y0", "x1", "y1"), edges, strict=True)}


def encode_categories(values: NDArray[np.integer], order: NDArray[np.int64]) -> bytes:
    """Encode categories 0 … 254 as a layer; other values become NO_VALUE.

    Args:
        values: int (n,) category of each point.
        order: int64 (n,) rows in the order of `order_of`.
    """
    return np.where((values >= 0) & (values < NO_VALUE), values, NO_VALUE)[order].astype(np.uint8).tobytes()


def encode_scale(values: Floats, order: NDArray[np.int64]) -> bytes:
    """Encode values from 0 to 1 as a layer; NaN becomes NO_VALUE.

    Args:
        values: float32 (n,).
        order: int64 (n,) rows in the order of `order_of`.
    """
    steps = np.round(np.clip(np.nan_to_num(values), 0, 1) * STEPS)
    return np.where(np.isnan(values), NO_VALUE, steps)[order].astype(np.uint8).tobytes()


def encode_filter(shown: NDArray[np.bool_], order: NDArray[np.int64]) -> bytes:
    """Encode which points are shown as one bit per point.

    Args:
        shown: bool (n,).
        order: int64 (n,) rows in the order of `order_of`.
    """
    return np.packbits(shown[order], bitorder="little").tobytes()


def rotate(xyz: Floats, yaw: float, pitch: float) -> Floats:
    """Rotate a map in three dimensions and project it without perspective; the browser rotates in the same way.

    Args:
        xyz: float32 (n, 3) positions.
        yaw: Radians about the upright axis, applied first.
        pitch: Radians about the horizontal axis, towards the eye.

    Returns:
        float32 (n, 2) positions on the screen.
    """
    x, y, z = xyz.T
    right = x * np.cos(yaw) + z * np.sin(yaw)
    deep = z * np.cos(yaw) - x * np.sin(yaw)
    return np.column_stack([right, y * np.cos(pitch) - deep * np.sin(pitch)]).astype(np.float32)


def points_in_polygon(polygon: Sequence[tuple[float, float]], xy: Floats) -> NDArray[np.int64]:
    """Return the rows of the points within a polygon by the even-odd rule, which the browser uses as well.

    Args:
        polygon: Corners (x, y); fewer than three contain nothing.
        xy: float32 (n, 2) positions.
    """
    line = np.asarray(polygon, dtype=np.float64).reshape(-1, 2)
    if len(line) < 3:
        return np.empty(0, dtype=np.int64)
    low, high = line.min(axis=0), line.max(axis=0)
    rows = np.flatnonzero(((xy >= low) & (xy <= high)).all(axis=1))
    x, y = xy[rows].astype(np.float64).T
    odd = np.zeros(len(rows), dtype=bool)
    for (xi, yi), (xj, yj) in zip(line, np.roll(line, 1, axis=0), strict=True):
        if yi != yj:
            odd ^= ((yi > y) != (yj > y)) & (x < (xj - xi) * (y - yi) / (yj - yi) + xi)
    return rows[odd]
