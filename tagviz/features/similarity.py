"""How alike the numbers of songs are: the cosine of standardised numbers, block by block."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tagviz.feature_table import FeatureTable
from tagviz.types import Floats

SAMPLE = 20_000
"""Songs by which the mean and spread of each number are measured."""
BLOCK = 1_000
"""Songs that are compared at once."""
LIMIT = 4.0
"""Standard deviations beyond which a number counts no more."""


@dataclass(frozen=True, eq=False)
class Scale:
    """Mean and spread of each number of a table, over the songs of a corpus.

    Attributes:
        mean: float32 (d,); NaN for a number that no song has.
        spread: float32 (d,), standard deviations.
    """

    mean: Floats
    spread: Floats

    @classmethod
    def of(cls, table: FeatureTable, rows: NDArray[np.integer]) -> Scale:
        """Measure the numbers of a table.

        Args:
            table: Numbers of songs.
            rows: Rows of the table that count; at most SAMPLE of them, evenly spaced, are read.
        """
        sample = table.rows(rows[:: max(1, -(-len(rows) // SAMPLE))])
        known = np.isfinite(sample)
        count = known.sum(axis=0)
        mean = np.where(known, sample, 0).sum(axis=0, dtype=np.float64) / np.maximum(count, 1)
        square = np.where(known, sample - mean, 0) ** 2
        spread = np.sqrt(square.sum(axis=0, dtype=np.float64) / np.maximum(count, 1))
        return cls(np.where(count > 0, mean, np.nan).astype(np.float32), spread.astype(np.float32))


def similarities(table: FeatureTable, scale: Scale, rows: NDArray[np.integer], wanted: Floats) -> Floats:
    """Return float32 (len(rows),), the cosine similarity of songs to one song; memory is bounded by BLOCK.

    Args:
        table: Numbers of songs.
        scale: Mean and spread of the numbers.
        rows: Rows of the table.
        wanted: float32 (d,), the numbers of the song; those that are missing (NaN) are not compared.
    """
    used = (scale.spread > 0) & np.isfinite(scale.mean) & np.isfinite(wanted)
    if not used.any() or not len(rows):
        return np.zeros(len(rows), dtype=np.float32)
    mean, spread = scale.mean[used], scale.spread[used]

    def units(values: Floats) -> Floats:
        scaled = (values if used.all() else values[:, used]) - mean
        scaled /= spread
        np.nan_to_num(scaled, copy=False)
        np.clip(scaled, -LIMIT, LIMIT, out=scaled)
        scaled /= np.maximum(np.linalg.norm(scaled, axis=1, keepdims=True), 1e-9)
        return np.asarray(scaled, dtype=np.float32)

    one = units(np.asarray(wanted, dtype=np.float32)[None])[0]
    parts = [units(table.rows(rows[at : at + BLOCK])) @ one for at in range(0, len(rows), BLOCK)]
    return np.concatenate(parts)
