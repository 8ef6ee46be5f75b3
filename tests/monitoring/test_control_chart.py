"""Control limits and falls of a share, by hand."""

from __future__ import annotations

import pytest

from tagviz.monitoring import control_chart


def test_control_limits_are_the_mean_and_2_66_moving_ranges() -> None:
    found = control_chart.control_limits([10, 12, 11, 13])
    # moving ranges 2, 1, 2: mean 5/3; mean 11.5
    assert found is not None
    assert (found.centre, found.low, found.high) == pytest.approx((11.5, 11.5 - 2.66 * 5 / 3, 11.5 + 2.66 * 5 / 3))
    assert found.holds(10)
    assert not found.holds(7)
    assert control_chart.control_limits([1.0, float("nan")]) is None


def test_a_share_that_falls_is_told_from_chance() -> None:
    assert control_chart.drop_p_value((90, 100), (50, 100)) < 1e-6
    assert control_chart.drop_p_value((50, 100), (50, 100)) > 0.4
