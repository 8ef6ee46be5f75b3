"""Shewhart's control chart of individual values: whether a metric is within its usual range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

FACTOR = 2.66
"""3 / 1.128: three standard deviations, estimated from the mean moving range of two neighbouring values."""


@dataclass(frozen=True)
class ControlLimits:
    """Centre line and limits of a control chart."""

    centre: float
    low: float
    high: float

    def holds(self, number: float) -> bool:
        """Return whether a value is within the limits."""
        return self.low <= number <= self.high


def control_limits(values: Sequence[float]) -> ControlLimits | None:
    """Return the control limits of a series of values.

    The limits are mean ± 2.66 · mean moving range (Montgomery, Introduction to Statistical Quality Control, individuals
    chart).

    Args:
        values: The values in their order; those that are not finite are left out.

    Returns:
        The limits; None for fewer than two values.
    """
    known = np.asarray([number for number in values if np.isfinite(number)], dtype=float)
    if len(known) < 2:
        return None
    centre, reach = float(known.mean()), FACTOR * float(np.abs(np.diff(known)).mean())
    return ControlLimits(centre, centre - reach, centre + reach)


def drop_p_value(before: tuple[int, int], after: tuple[int, int]) -> float:
    """Return the p value of a fall of a share (one-sided exact test of Fisher).

    Args:
        before: Number of right answers and of all answers before.
        after: The same afterwards.

    Returns:
        Probability of such a fall or a larger one if nothing had changed.
    """
    from scipy.stats import fisher_exact

    (right, total), (now_right, now_total) = before, after
    return float(fisher_exact([[right, total - right], [now_right, now_total - now_right]], "greater").pvalue)
