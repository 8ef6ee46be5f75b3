"""Numbers of songs on comparable scales: as normal quantiles of their ranks, and in standard deviations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from tagviz.training import Arrays
from tagviz.types import Floats

QUANTILES = 256
CLIP = 4.0
"""Standard deviations at which numbers are cut."""


@dataclass(frozen=True, eq=False)
class Scaling:
    """How d numbers are scaled; a missing one is as if it were the median.

    Attributes:
        grid: float32 (q, d), quantiles of each number.
        mean: float32 (d,).
        spread: float32 (d,), standard deviations.
    """

    grid: Floats
    mean: Floats
    spread: Floats
    NAMES: ClassVar[tuple[str, ...]] = ("grid", "mean", "spread")

    @classmethod
    def fit(cls, numbers: Floats) -> Scaling:
        """Learn the scales.

        Args:
            numbers: (n, d) numbers; NaN where missing.
        """
        filled = _filled(numbers, np.nan_to_num(np.nanmedian(numbers, axis=0)))
        steps = np.linspace(0, 1, min(QUANTILES, max(2, len(numbers))))
        spread = filled.std(axis=0, dtype=np.float64)
        return cls(
            np.quantile(filled, steps, axis=0).astype(np.float32),
            filled.mean(axis=0, dtype=np.float64).astype(np.float32),
            np.where(spread > 0, spread, 1).astype(np.float32),
        )

    def apply(self, numbers: Floats, name: str) -> Floats:
        """Scale numbers (m, d): "ranks" gives normal quantiles of their ranks, "units" standard deviations."""
        median = self.grid[len(self.grid) // 2]
        filled = _filled(numbers, median)
        if name == "units":
            return np.asarray(np.clip((filled - self.mean) / self.spread, -CLIP, CLIP), dtype=np.float32)
        from scipy.special import ndtri

        steps = np.linspace(0, 1, len(self.grid))
        edge = 0.5 / (2 * len(self.grid))
        ranks = np.empty(filled.shape, dtype=np.float64)
        for column in range(filled.shape[1]):
            grid = self.grid[:, column]
            # from both sides, so that a value that many songs share gets the middle of its ranks
            low = np.interp(filled[:, column], grid, steps)
            high = 1 - np.interp(-filled[:, column], -grid[::-1], steps)
            ranks[:, column] = (low + high) / 2
        return np.asarray(ndtri(np.clip(ranks, edge, 1 - edge)), dtype=np.float32)

    def state(self) -> Arrays:
        """Return the arrays from which `restore` builds it again."""
        return {name: getattr(self, name) for name in self.NAMES}

    @classmethod
    def restore(cls, arrays: Arrays) -> Scaling:
        """Build it from the arrays of `state`."""
        return cls(*(np.asarray(arrays[name]) for name in cls.NAMES))


def _filled(numbers: Floats, medians: Floats) -> Floats:
    numbers = np.asarray(numbers, dtype=np.float32)
    return np.asarray(np.where(np.isfinite(numbers), numbers, medians), dtype=np.float32)
