"""Figures of a search: only whole trials are shown, on axes that fit their settings."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tagviz.figures import tuning

TRIALS = pd.DataFrame({"number": [1, 0, 2], "score": [0.3, 0.2, np.nan], "a_b": [0.1, 10.0, 1.0], "n": [1, 5, 3]})


def test_trials_are_lines_through_their_settings() -> None:
    settings = {"a_b": {"low": 0.1, "high": 10, "log": True}, "n": {"low": 1, "high": 9, "log": False}, "gone": {}}
    figure = tuning.trials(TRIALS, settings, "nDCG")
    log, plain, score = figure.data[0].dimensions
    assert list(log["values"]) == [-1, 1]
    assert (log["label"], list(plain["range"]), score["label"]) == ("a b", [1, 9], "nDCG")
    assert list(score["values"]) == [0.3, 0.2]


def test_importance_has_the_greatest_on_top() -> None:
    bars = tuning.importance({"a_b": 0.7, "n": 0.3}).data[0]
    assert (list(bars.x), list(bars.y)) == ([0.3, 0.7], ["n", "a b"])


@pytest.mark.parametrize(("default", "lines"), [(0.25, 1), (float("nan"), 0)])
def test_history_shows_the_best_so_far_and_the_defaults(default: float, lines: int) -> None:
    figure = tuning.history(TRIALS, default, "nDCG")
    assert list(figure.data[1].y) == [0.2, 0.3]
    assert len(figure.layout.shapes) == lines
