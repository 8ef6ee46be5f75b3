"""A training goes on from its newest whole checkpoint."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np

from tagviz.store.checkpoints import STALE_SECONDS, Checkpoint


def test_the_newest_checkpoint_comes_back(tmp_path: Path) -> None:
    point = Checkpoint(tmp_path / "runs" / "a.npz", every=0.0)
    assert point.latest() is None
    assert point.keep(1, {"w": np.zeros(2)})
    point._took = 0.0
    assert point.keep(2, {"w": np.ones(2)})
    found = Checkpoint(point.path).latest()
    assert found is not None
    step, arrays = found
    assert (step, arrays["w"].tolist()) == (2, [1.0, 1.0])
    assert [one.name for one in point.path.parent.iterdir()] == ["a.npz"]


def test_it_is_not_written_more_often_than_asked(tmp_path: Path) -> None:
    point = Checkpoint(tmp_path / "a.npz", every=1000.0)
    assert not point.keep(1, {})
    assert not point.path.exists()


def test_a_damaged_checkpoint_counts_as_none(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    path.write_bytes(b"PK half")
    assert Checkpoint(path).latest() is None


def test_dropping_takes_stale_ones_too(tmp_path: Path) -> None:
    mine, fresh, stale = (tmp_path / f"{name}.npz" for name in ("mine", "fresh", "stale"))
    for path in (mine, fresh, stale):
        path.write_bytes(b"")
    old = time.time() - STALE_SECONDS - 10
    os.utime(stale, (old, old))
    Checkpoint(mine).drop()
    assert [path.exists() for path in (mine, fresh, stale)] == [False, True, False]
