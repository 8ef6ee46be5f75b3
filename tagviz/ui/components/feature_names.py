"""Names and units of the numbers of songs, as people read them."""

from __future__ import annotations

import re

import numpy as np

from tagviz.features import mel
from tagviz.ui.i18n import N_, _

BANDS = {
    "mean": N_("level at {hertz} Hz, beside the song's mean"),
    "spread": N_("changes at {hertz} Hz"),
    "change": N_("changes from frame to frame at {hertz} Hz"),
    "p10.": N_("quiet moments at {hertz} Hz"),
    "p50.": N_("median level at {hertz} Hz"),
    "p90.": N_("loud moments at {hertz} Hz"),
}
"""Numbers of each band of a spectrogram."""
OTHERS = {
    "level": N_("mean level"),
    "cepstrum0": N_("dark rather than bright"),
    "cepstrum": N_("shape of the spectrum, {number}"),
    "cepstrum.spread": N_("changes of the shape of the spectrum, {number}"),
    "rhythm": N_("rhythm at {number} beats a minute"),
    "modulation": N_("slow changes at {hertz} Hz, {number} a second"),
}
"""Other numbers of a spectrogram."""
UNITS = (
    ("tempo", N_("beats a minute")),
    ("bpm", N_("beats a minute")),
    ("loudness", "dB"),
    ("duration_ms", "ms"),
    ("spectral_centroid", "Hz"),
    ("spectral_bandwidth", "Hz"),
    ("rolloff", "Hz"),
)
"""Units of numbers by how their names begin: Spotify's and librosa's."""

_NAME = re.compile(r"(mean|spread|change|p10\.|p50\.|p90\.|rhythm|cepstrum\.spread|cepstrum)(\d+)")
_MODULATION = re.compile(r"modulation(\d+)\.(\d+)")


def label_of(column: str, source: str) -> str:
    """Return what a person reads for a number.

    Args:
        column: Its name in the table.
        source: Source of the table; names are explained where it is `mel.SOURCE`.
    """
    if source != mel.SOURCE:
        return column
    if match := _MODULATION.fullmatch(column):
        group, at = int(match[1]), int(match[2])
        width = mel.BANDS // mel.GROUPS
        hertz = float(np.sqrt(mel.centres()[group * width] * mel.centres()[(group + 1) * width - 1]))
        return _(OTHERS["modulation"]).format(hertz=_rounded(hertz), number=f"{mel.MODULATIONS[at]:g}")
    match = _NAME.fullmatch(column)
    if match is None or column in OTHERS:
        return _(OTHERS[column]) if column in OTHERS else column
    name, number = match[1], int(match[2])
    if name in BANDS:
        return _(BANDS[name]).format(hertz=_rounded(float(mel.centres()[number])))
    if name == "rhythm":
        seconds = np.geomspace(0.2, 2.0, mel.LAGS + 1)
        return _(OTHERS[name]).format(number=round(60 / float(np.sqrt(seconds[number] * seconds[number + 1]))))
    return _(OTHERS[name]).format(number=number + 1)


def unit_of(column: str) -> str:
    """Return the unit of a number; "" where it is not known."""
    named = column.lower()
    changing = named.endswith(("_var", "_std"))
    return "" if changing else next((_(unit) for start, unit in UNITS if named.startswith(start)), "")


def _rounded(hertz: float) -> str:
    return f"{round(hertz, -1):,.0f}"
