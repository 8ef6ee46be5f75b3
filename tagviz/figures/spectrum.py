"""Mean spectra: which frequencies are strong in a song or in the songs of a tag, beside all songs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tagviz.figures.template import COLOURS, layout, safe, soft_ink
from tagviz.types import Floats

if TYPE_CHECKING:
    import plotly.graph_objects as go

TICKS = (60, 125, 250, 500, 1000, 2000, 4000, 8000)
"""Frequencies at the axis, octaves apart, Hz."""
DECIBELS = 10.0
"""Decibels a unit of the spectrogram's scale: log10 of the power."""
HEIGHT = 300


@dataclass(frozen=True)
class SpectrumTexts:
    """What is written in the figure.

    Attributes:
        own: Name of the spectrum.
        every: Name of that of all songs.
        x: Title of the x axis.
        y: Title of the y axis.
        decibels: Its unit.
    """

    own: str
    every: str
    x: str
    y: str
    decibels: str = "dB"


def spectrum(
    hertz: Floats, own: tuple[Floats, Floats], every: tuple[Floats, Floats], texts: SpectrumTexts, dark: bool = False
) -> go.Figure:
    """Draw a mean spectrum as a line with its spread, and that of all songs as a dashed line, without a title.

    Args:
        hertz: float32 (48,), the middles of the bands.
        own: Mean and spread of each band, float32 (48,), log10 of the power.
        every: The same of all songs.
        texts: What is written in the figure.
        dark: Dark theme.
    """
    import plotly.graph_objects as go

    mean, spread = (DECIBELS * part for part in own)
    common = DECIBELS * every[0]
    hover = f"%{{x:.0f}} Hz: %{{y:.1f}} {safe(texts.decibels)}<extra>%{{fullData.name}}</extra>"
    edge = {"x": hertz, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    plan = layout("", dark, HEIGHT, texts.x, texts.y)
    plan["xaxis"] |= {
        "type": "log",
        "range": [float(np.log10(hertz[0])), float(np.log10(hertz[-1]))],
        "tickvals": list(TICKS),
        "ticktext": [f"{tick:,}" if tick < 1000 else f"{tick // 1000}k" for tick in TICKS],
    }
    plan["yaxis"] |= {"range": _range(mean - spread, mean + spread, common)}
    plan["legend"] = {"y": -0.25, "yanchor": "top"}
    return go.Figure(
        [
            go.Scatter(y=mean - spread, **edge),
            go.Scatter(y=mean + spread, fill="tonexty", fillcolor="rgba(0, 114, 178, 0.22)", **edge),
            go.Scatter(
                x=hertz,
                y=common,
                mode="lines",
                name=safe(texts.every, 40),
                line={"color": soft_ink(dark), "width": 2, "dash": "dash"},
                hovertemplate=hover,
            ),
            go.Scatter(
                x=hertz,
                y=mean,
                mode="lines",
                name=safe(texts.own, 40),
                line={"color": COLOURS[4] if dark else COLOURS[0], "width": 2.5},
                hovertemplate=hover,
            ),
        ],
        layout=plan,
    )


def outstanding(mean: Floats, common: Floats) -> tuple[int, int]:
    """Return the bands in which a spectrum is strongest and weakest beside that of all songs, whatever their levels."""
    difference = (mean - mean.mean()) - (common - common.mean())
    smooth = np.convolve(np.pad(difference, 2, mode="edge"), np.full(5, 0.2), mode="valid")
    return int(smooth.argmax()), int(smooth.argmin())


def _range(*curves: NDArray[np.floating]) -> list[float]:
    low, high = min(float(curve.min()) for curve in curves), max(float(curve.max()) for curve in curves)
    room = 0.05 * max(high - low, 1.0)
    return [low - room, high + room]
