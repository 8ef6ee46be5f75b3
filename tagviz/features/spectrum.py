"""Mean spectra over the 48 mel bands, from the numbers of songs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tagviz.feature_table import FeatureTable
from tagviz.features import mel
from tagviz.types import Floats

SAMPLE = 20_000
"""Songs of which the mean spectrum of many songs is made."""
BLOCK = 4_000
"""Songs that are read at once."""


@dataclass(frozen=True, eq=False)
class Spectrum:
    """A mean spectrum.

    Attributes:
        mean: float32 (48,), log10(1 + 10,000·power) of each band, low bands first.
        spread: float32 (48,), standard deviation: over the frames of one song, or over songs.
        songs: Number of songs that it is the mean of.
    """

    mean: Floats
    spread: Floats
    songs: int = 1


def has_spectrum(columns: tuple[str, ...]) -> bool:
    """Return whether a table with these columns tells the mean spectrum of its songs."""
    return "level" in columns and (set(_bands("mean")) <= set(columns) or set(_cepstra("")) <= set(columns))


def spectra(table: FeatureTable, rows: NDArray[np.integer]) -> Floats:
    """Return float32 (len(rows), 48), the mean spectrum of each song.

    Of a table without the means of the bands, it is made of the 12 cepstra, and so is smooth.

    Args:
        table: Numbers with `has_spectrum`.
        rows: Rows of the table.
    """
    level = _columns(table, rows, ("level",))
    if set(_bands("mean")) <= set(table.columns):
        return level + _columns(table, rows, _bands("mean"))
    return level + _columns(table, rows, _cepstra("")) @ mel.cosines()


def of_song(table: FeatureTable, row: int) -> Spectrum:
    """Return the mean spectrum of one song, and how much each band changes over its frames.

    Of a table without the spreads of the bands, it is that of the 12 cepstra, taken as independent; without these, 0.

    Args:
        table: Numbers with `has_spectrum`.
        row: Row of the song.
    """
    one = np.array([row])
    if set(_bands("spread")) <= set(table.columns):
        spread = _columns(table, one, _bands("spread"))[0]
    elif set(_cepstra(".spread")) <= set(table.columns):
        spread = np.sqrt(_columns(table, one, _cepstra(".spread"))[0] ** 2 @ mel.cosines() ** 2)
    else:
        spread = np.zeros(mel.BANDS, dtype=np.float32)
    return Spectrum(spectra(table, one)[0], np.asarray(spread, dtype=np.float32))


def of_songs(
    table: FeatureTable, rows: NDArray[np.integer], weights: NDArray[np.floating] | None = None
) -> Spectrum | None:
    """Return the weighted mean of the spectra of songs, and their spread; None where no song has a spectrum.

    Args:
        table: Numbers with `has_spectrum`.
        rows: Rows of the table; of more than SAMPLE, those with the largest weights, or evenly spaced ones.
        weights: How much each song counts; None: all alike.
    """
    if len(rows) > SAMPLE:
        kept = np.arange(len(rows))[:: -(-len(rows) // SAMPLE)] if weights is None else np.argsort(-weights)[:SAMPLE]
        rows, weights = rows[kept], None if weights is None else weights[kept]
    sums = np.zeros((2, mel.BANDS))
    total, songs = 0.0, 0
    for start in range(0, len(rows), BLOCK):
        values = spectra(table, rows[start : start + BLOCK]).astype(np.float64)
        known = np.asarray(np.isfinite(values).all(axis=1))
        weight = np.ones(len(values)) if weights is None else weights[start : start + BLOCK]
        weight = np.where(known, weight, 0.0)
        values = np.where(known[:, None], values, 0.0)
        sums += np.stack([weight @ values, weight @ values**2])
        total, songs = total + float(weight.sum()), songs + int((weight > 0).sum())
    if total <= 0:
        return None
    mean = sums[0] / total
    spread = np.sqrt(np.maximum(sums[1] / total - mean**2, 0))
    return Spectrum(mean.astype(np.float32), spread.astype(np.float32), songs)


def _bands(name: str) -> tuple[str, ...]:
    return tuple(f"{name}{band}" for band in range(mel.BANDS))


def _cepstra(name: str) -> tuple[str, ...]:
    return tuple(f"cepstrum{name}{at}" for at in range(mel.COEFFICIENTS))


def _columns(table: FeatureTable, rows: NDArray[np.integer], names: tuple[str, ...]) -> Floats:
    """Numbers of some columns, float32 (rows, columns)."""
    places = [table.columns.index(name) for name in names]
    return table.rows(rows)[:, places]
