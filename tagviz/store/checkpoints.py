"""Half-trained models, from which an interrupted training goes on."""

from __future__ import annotations

import os
import secrets
import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tagviz.methods import Arrays
from tagviz.store.arrays import storing

EVERY_SECONDS = 5.0
COST = 20.0
"""Writing may take a twentieth of the time: the next checkpoint waits so many times as long as the last one took."""
STALE_SECONDS = 7 * 24 * 3600
"""A checkpoint that nobody has gone on from for so long is taken away."""


@dataclass
class Checkpoint:
    """One training's newest checkpoint in a file, replaced whole. `every`: seconds between two, at least."""

    path: Path
    every: float = EVERY_SECONDS
    _kept: float = field(default_factory=time.monotonic)
    _took: float = 0.0

    def latest(self) -> tuple[int, Arrays] | None:
        """The step at which it was kept, and its arrays; None where there is none that can be read."""
        try:
            with np.load(self.path, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
        except (FileNotFoundError, ValueError, EOFError, zipfile.BadZipFile):
            return None
        return int(arrays.pop("step")), arrays

    def keep(self, step: int, arrays: Arrays) -> bool:
        """Writes a checkpoint if it is time; says whether it did."""
        begun = time.monotonic()
        if begun - self._kept < max(self.every, COST * self._took):
            return False
        with storing(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            temporary = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}")
            try:
                with temporary.open("wb") as file:
                    np.savez(file, allow_pickle=False, step=np.int64(step), **arrays)
                os.replace(temporary, self.path)
            finally:
                temporary.unlink(missing_ok=True)
        self._kept = time.monotonic()
        self._took = self._kept - begun
        return True

    def drop(self) -> None:
        """Takes it away, and what other trainings left long ago."""
        with storing(self.path):
            self.path.unlink(missing_ok=True)
            for old in self.path.parent.glob("*.npz") if self.path.parent.is_dir() else ():
                if time.time() - old.stat().st_mtime > STALE_SECONDS:
                    old.unlink(missing_ok=True)
