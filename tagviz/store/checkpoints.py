"""Checkpoints of trainings, from which an interrupted training continues."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tagviz.store.files import DAMAGE, atomic_file, store_errors
from tagviz.training import Arrays

EVERY_SECONDS = 5.0
"""Least time between two checkpoints."""
COST = 20.0
"""The next checkpoint waits this many times as long as the last one took, so that writing takes a twentieth of the
time.
"""
STALE_SECONDS = 7 * 24 * 3600
"""A checkpoint that no training has continued from for this long is removed."""


@dataclass
class Checkpoint:
    """The newest checkpoint of one training, a file that is replaced whole.

    Attributes:
        path: The file.
        every: Least time between two checkpoints, seconds.
    """

    path: Path
    every: float = EVERY_SECONDS
    _kept: float = field(default_factory=time.monotonic)
    _took: float = 0.0

    def latest(self) -> tuple[int, Arrays] | None:
        """Return the step and the arrays of the checkpoint; None where none can be read."""
        try:
            with np.load(self.path, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            return int(arrays.pop("step")), arrays
        except (OSError, *DAMAGE):
            return None

    def keep(self, step: int, arrays: Arrays) -> bool:
        """Write a checkpoint if it is time.

        Args:
            step: Step of the training.
            arrays: Its state.

        Returns:
            Whether it was written.

        Raises:
            StoreError: If the disk is full or may not be written.
        """
        begun = time.monotonic()
        if begun - self._kept < max(self.every, COST * self._took):
            return False
        with atomic_file(self.path, durable=False) as file:
            np.savez(file, allow_pickle=False, step=np.int64(step), **arrays)
        self._kept = time.monotonic()
        self._took = self._kept - begun
        return True

    def drop(self) -> None:
        """Remove the checkpoint, and stale ones of other trainings."""
        with store_errors(self.path):
            self.path.unlink(missing_ok=True)
            for old in self.path.parent.glob("*.npz") if self.path.parent.is_dir() else ():
                if time.time() - old.stat().st_mtime > STALE_SECONDS:
                    old.unlink(missing_ok=True)
