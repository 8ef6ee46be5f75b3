"""Figures of a hyperparameter search: trials as lines through their settings, and the importance of settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tagviz.figures.template import LIGHT_IS_GOOD, colour, figure, safe

if TYPE_CHECKING:
    import plotly.graph_objects as go

MANY = 5
"""Number of axes above which their names are slanted, so that they do not overlap in a narrow window."""


def trials(
    frame: pd.DataFrame, settings: Mapping[str, Mapping[str, Any]], metric: str, dark: bool = False
) -> go.Figure:
    """Draw parallel coordinates: one line per trial through its settings to its score; light is good.

    Args:
        frame: Trials with `score` and the settings.
        settings: Per setting `low`, `high` and `log`.
        metric: Title of the metric.
        dark: Dark theme.
    """
    import plotly.graph_objects as go

    whole = frame[frame["score"].notna()]
    dimensions = []
    for name, bounds in settings.items():
        if name in whole:
            values = whole[name].to_numpy(dtype=float)
            low, high = float(bounds["low"]), float(bounds["high"])
            axis: dict[str, Any] = {"label": safe(name.replace("_", " "), 18), "values": values, "range": [low, high]}
            if bounds["log"]:
                ticks = np.geomspace(low, high, 4)
                axis |= {
                    "values": np.log10(values),
                    "range": [np.log10(low), np.log10(high)],
                    "tickvals": np.log10(ticks),
                    "ticktext": [f"{tick:.3g}" for tick in ticks],
                }
            dimensions.append(axis)
    dimensions.append({"label": safe(metric), "values": whole["score"], "tickformat": ".4f"})
    drawing = figure("Every trial: its settings, and what it reached", dark, 380)
    many = len(dimensions) > MANY
    drawing.add_trace(
        go.Parcoords(
            dimensions=dimensions,
            line={"color": whole["score"], "colorscale": LIGHT_IS_GOOD},
            labelangle=-20 if many else 0,
        )
    )
    drawing.update_layout(margin={"l": 60, "r": 60, "t": 110 if many else 90, "b": 24})
    return drawing


def importance(shares: Mapping[str, float], dark: bool = False) -> go.Figure:
    """Draw the share of the score's variance that each setting explains (fANOVA; Hutter et al. 2014).

    Args:
        shares: Shares by setting.
        dark: Dark theme.
    """
    import plotly.graph_objects as go

    names = [name.replace("_", " ") for name in shares][::-1]
    drawing = figure("Which settings matter", dark, 120 + 34 * len(names), x="share of the variation")
    drawing.add_trace(
        go.Bar(
            x=list(shares.values())[::-1],
            y=names,
            orientation="h",
            marker={"color": colour(0)},
            hovertemplate="%{y}: %{x:.0%}<extra></extra>",
        )
    )
    drawing.update_xaxes(tickformat=".0%", range=[0, 1])
    return drawing


def history(frame: pd.DataFrame, default: float, metric: str, dark: bool = False) -> go.Figure:
    """Draw the scores in the order of the trials, the best so far as a line, the defaults as a dotted one.

    Args:
        frame: Trials with `number` and `score`.
        default: Score of the defaults; NaN where unknown.
        metric: Title of the metric.
        dark: Dark theme.
    """
    import plotly.graph_objects as go

    whole = frame[frame["score"].notna()].sort_values("number")
    drawing = figure("What the trials reached", dark, 320, x="trial", y=metric)
    number = whole["number"] + 1
    drawing.add_trace(
        go.Scatter(
            x=number,
            y=whole["score"],
            mode="markers",
            name="trial",
            marker={"color": colour(4), "size": 8},
            hovertemplate="trial %{x}: %{y:.4f}<extra></extra>",
        )
    )
    drawing.add_trace(
        go.Scatter(
            x=number,
            y=whole["score"].cummax(),
            mode="lines",
            line={"shape": "hv", "color": colour(0), "width": 2},
            name="best so far",
            hovertemplate="best so far: %{y:.4f}<extra></extra>",
        )
    )
    if np.isfinite(default):
        drawing.add_hline(default, line={"dash": "dot", "color": colour(1)}, annotation_text="defaults")
    return drawing
