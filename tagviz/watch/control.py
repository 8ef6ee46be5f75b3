"""Is a metric still within what it usually does? Shewhart's chart of individual values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

FACTOR = 2.66
"""3 / 1.128: three standard deviations, estimated from the mean moving range of two neighbouring values."""


@dataclass(frozen=True)
class Limits:
    """The centre line and the limits of a control chart."""

    centre: float
    low: float
    high: float

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


def limits(values: Sequence[float]) -> Limits | None:
    """mean ± 2.66 · mean moving range of the values in their order (Montgomery, Introduction to Statistical Quality
    Control, the individuals chart); None for fewer than two."""
    known = np.asarray([value for value in values if np.isfinite(value)], dtype=float)
    if len(known) < 2:
        return None
    centre, reach = float(known.mean()), FACTOR * float(np.abs(np.diff(known)).mean())
    return Limits(centre, centre - reach, centre + reach)


def falls(before: tuple[int, int], after: tuple[int, int]) -> float:
    """The chance of a share falling as far as it did, or further, had nothing changed (one-sided Fisher's exact test).

    before, after: (right, all) of each side.
    """
    from scipy.stats import fisher_exact

    (right, total), (now_right, now_total) = before, after
    return float(fisher_exact([[right, total - right], [now_right, now_total - now_right]], "greater").pvalue)
