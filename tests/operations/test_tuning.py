"""A study finds settings, is kept, and goes on where it stopped."""

from __future__ import annotations

from pathlib import Path

import pytest

from tagviz.errors import BadParameter
from tagviz.operations.methods import method
from tagviz.operations.tuning import ranges, tune
from tagviz.store.workspace import Workspace
from tests.corpora import checkerboard


def test_a_study_goes_on_where_it_stopped(tmp_path: Path) -> None:
    ws, corpus = Workspace(tmp_path), checkerboard(half=24)
    first = tune(ws, corpus, "cooccurrence", trials=2)
    assert list(first.trials["number"]) == [0, 1]
    defaults = method("cooccurrence").params()
    assert first.trials.loc[0, "a"] == pytest.approx(defaults.a)  # type: ignore[attr-defined]
    again = tune(ws, corpus, "cooccurrence", trials=1)
    assert list(again.trials["number"]) == [0, 1, 2]
    assert again.score == again.trials["score"].max() >= first.score
    bounds = ranges(method("cooccurrence"))
    assert set(again.best) == set(bounds)
    assert all(bounds[name]["low"] <= value <= bounds[name]["high"] for name, value in again.best.items())


def test_a_method_without_ranges_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadParameter, match="nothing to tune"):
        tune(Workspace(tmp_path), checkerboard(), "popularity")
