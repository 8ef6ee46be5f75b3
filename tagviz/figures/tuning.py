"""Figures of a search for settings: every trial as a line through its settings, and what each setting matters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tagviz.figures.template import LIGHT_IS_GOOD, colour, figure, safe

if TYPE_CHECKING:
    import plotly.graph_objects as go

MANY = 5
"""Axes beyond which their names stand aslant, so that they do not run into one another in a narrow window."""


def trials(
    frame: pd.DataFrame, settings: Mapping[str, Mapping[str, Any]], metric: str, dark: bool = False
) -> go.Figure:
    """Parallel coordinates: a line a trial through `settings` (name → low, high, log) to its score; light is good."""
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
    made = figure("Every trial: its settings, and what it reached", dark, 380)
    many = len(dimensions) > MANY
    made.add_trace(
        go.Parcoords(
            dimensions=dimensions,
            line={"color": whole["score"], "colorscale": LIGHT_IS_GOOD},
            labelangle=-20 if many else 0,
        )
    )
    made.update_layout(margin={"l": 60, "r": 60, "t": 110 if many else 90, "b": 24})
    return made


def importance(shares: Mapping[str, float], dark: bool = False) -> go.Figure:
    """What share of the score's variation each setting explains (fANOVA, Hutter 2014)."""
    import plotly.graph_objects as go

    names = [name.replace("_", " ") for name in shares][::-1]
    made = figure("Which settings matter", dark, 120 + 34 * len(names), x="share of the variation")
    made.add_trace(
        go.Bar(
            x=list(shares.values())[::-1],
            y=names,
            orientation="h",
            marker={"color": colour(0)},
            hovertemplate="%{y}: %{x:.0%}<extra></extra>",
        )
    )
    made.update_xaxes(tickformat=".0%", range=[0, 1])
    return made


def history(frame: pd.DataFrame, default: float, metric: str, dark: bool = False) -> go.Figure:
    """Scores in the order of the trials, the best so far as a line, the defaults as a dotted one."""
    import plotly.graph_objects as go

    whole = frame[frame["score"].notna()].sort_values("number")
    made = figure("What the trials reached", dark, 320, x="trial", y=metric)
    number = whole["number"] + 1
    made.add_trace(
        go.Scatter(
            x=number,
            y=whole["score"],
            mode="markers",
            name="trial",
            marker={"color": colour(4), "size": 8},
            hovertemplate="trial %{x}: %{y:.4f}<extra></extra>",
        )
    )
    made.add_trace(
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
        made.add_hline(default, line={"dash": "dot", "color": colour(1)}, annotation_text="defaults")
    return made
