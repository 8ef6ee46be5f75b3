"""Colours of the points: by cluster, category, number or relevance; for both themes and safe for the colour-blind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tagviz.projection import binary_format
from tagviz.types import Floats, Projection
from tagviz.ui.components.map.points import MapPoints
from tagviz.ui.i18n import _

# Okabe & Ito (2008), with a darker yellow on a light background and a lighter blue on a dark one.
LIGHT = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#a68a00", "#6b7280")
DARK = ("#4ba3dc", "#f07f3c", "#2fc79b", "#e29cc3", "#f2b134", "#7cc8f2", "#e8dc5a", "#9aa3af")

# Few → many: from the background's tone to a strong blue, green and yellow, even in lightness (after viridis).
SCALE_LIGHT = ("#d9dce3", "#9fc3d6", "#4a9fb8", "#1f6f9f", "#2b3a7a", "#30104f")
SCALE_DARK = ("#343a4a", "#3a4f8a", "#2f7aa5", "#2fa391", "#86cf5d", "#f3e55a")
HEAT_LIGHT = ("#e3e5ea", "#f6d9a8", "#f2a541", "#d9541e", "#8c1d18")
HEAT_DARK = ("#2b313d", "#5a3b3a", "#b0502b", "#f2973a", "#ffe08a")
DIVERGING_LIGHT = ("#b35806", "#f1a340", "#dcdde2", "#998ec3", "#542788")
DIVERGING_DARK = ("#f59a3c", "#b87432", "#4a4f5c", "#8f83d1", "#b7a8ff")


@dataclass(frozen=True)
class ColourLayer:
    """A colour for every point: at most eight categories and the rest in grey, or a scale from low to high.

    Attributes:
        url: Address of the layer's file; None for one colour for all.
        title: What the colours show.
        kind: Categories or a scale.
        names: Names of the categories.
        light: Colours in the light theme.
        dark: Colours in the dark theme.
        low: Name of the lower end of the scale.
        high: Name of the upper end of the scale.
        legend: Whether a legend explains the colours.
        regions: Whether the categories are the coarsest clusters, which are named on the map itself.
    """

    url: str | None
    title: str
    kind: Literal["categories", "scale"]
    names: tuple[str, ...] = ()
    light: tuple[str, ...] = LIGHT
    dark: tuple[str, ...] = DARK
    low: str = ""
    high: str = ""
    legend: bool = True
    regions: bool = False


def plain(title: str = "") -> ColourLayer:
    """Return a layer with all points in the first colour."""
    return ColourLayer(None, title, "categories", legend=False)


def by_cluster(points: MapPoints, title: str = "", like: Projection | None = None) -> ColourLayer:
    """Return the coarsest clusters of the first projection; their names are on the map, so there is no legend.

    Args:
        points: The points.
        title: What the colours show.
        like: Another map of the same items, whose clusters colour this one, so that two maps can be compared.
    """
    codes = np.full(len(points), -1, dtype=np.int64)
    projection = like or points.first
    if not projection.levels:
        return plain(title)
    own = points.first.vocab
    rows = np.arange(len(own)) if like is None else like.vocab.find(list(own.ids))
    codes[: len(own)] = np.where(rows >= 0, projection.levels[0][rows], -1)
    url = points.files.put(binary_format.encode_categories(np.where(codes >= len(LIGHT), -1, codes), points.order))
    return ColourLayer(url, title, "categories", projection.names[0][: len(LIGHT)], legend=False, regions=True)


def by_category(points: MapPoints, values: Sequence[str], title: str) -> ColourLayer:
    """Return colours for categories: the eight most frequent get colours, "" and the rest are grey.

    Args:
        points: The points.
        values: One text per row (facet, language, kind …).
        title: What the colours show.
    """
    texts = np.asarray(values, dtype=object)
    names, inverse, sizes = np.unique(texts.astype(str), return_inverse=True, return_counts=True)
    kept = [index for index in np.argsort(-sizes, kind="stable") if names[index]][: len(LIGHT)]
    code = np.full(len(names), -1, dtype=np.int64)
    code[kept] = np.arange(len(kept))
    url = points.files.put(binary_format.encode_categories(code[inverse], points.order))
    return ColourLayer(url, title, "categories", tuple(str(names[index]) for index in kept))


def by_value(
    points: MapPoints,
    values: Floats | NDArray[np.float64],
    title: str,
    low: str,
    high: str,
    middle: float | None = None,
) -> ColourLayer:
    """Return colours for numbers, from the 1st to the 99th percentile.

    Args:
        points: The points.
        values: One number per row, NaN for unknown.
        title: What the colours show.
        low: Name of the lower end.
        high: Name of the upper end.
        middle: The neutral number (0 for a trend), from which the colours diverge; None for none.
    """
    numbers = np.asarray(values, dtype=np.float64)
    known = numbers[np.isfinite(numbers)]
    if not len(known):
        return ColourLayer(None, title, "scale", (), SCALE_LIGHT, SCALE_DARK, low, high)
    bottom, top = np.quantile(known, [0.01, 0.99])
    if middle is not None:
        reach = max(abs(bottom - middle), abs(top - middle))
        bottom, top = middle - reach, middle + reach
    if top <= bottom:
        bottom, top = known.min(), max(known.max(), known.min() + 1e-9)
    shares = np.where(np.isfinite(numbers), (numbers - bottom) / (top - bottom), np.nan).astype(np.float32)
    light, dark = (SCALE_LIGHT, SCALE_DARK) if middle is None else (DIVERGING_LIGHT, DIVERGING_DARK)
    return ColourLayer(
        points.files.put(binary_format.encode_scale(shares, points.order)), title, "scale", (), light, dark, low, high
    )


def by_heat(points: MapPoints, scores: Floats | NDArray[np.float64], title: str) -> ColourLayer:
    """Return colours for a model's scores: the lower half keeps the background's tone, so that the best stand out.

    Args:
        points: The points.
        scores: One per row, NaN where the model has none.
        title: What the colours show.
    """
    numbers = np.asarray(scores, dtype=np.float64)
    known = numbers[np.isfinite(numbers)]
    bottom, top = np.quantile(known, [0.5, 0.999]) if len(known) else (0.0, 1.0)
    shares = np.clip((numbers - bottom) / max(top - bottom, 1e-12), 0, 1).astype(np.float32)
    url = points.files.put(binary_format.encode_scale(shares, points.order))
    return ColourLayer(url, title, "scale", (), HEAT_LIGHT, HEAT_DARK, _("less relevant"), _("more relevant"))
