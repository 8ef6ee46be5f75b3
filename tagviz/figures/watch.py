"""Runs of the watch → a figure: one measure over time with its control limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tagviz.figures.template import colour, figure

if TYPE_CHECKING:
    import plotly.graph_objects as go

SIGNS = {"green": "circle", "amber": "triangle-up", "red": "x"}
"""How a run stood, told by the shape of its point too."""


def course(
    points: pd.DataFrame,
    title: str,
    limits: tuple[float, float, float] | None = None,
    levels: tuple[float, float] | None = None,
    dark: bool = False,
) -> go.Figure:
    """A point a run. points: `created`, `value`, `light`, oldest first. limits: low, centre and high of the control
    chart. levels: from where on the check is amber, and red."""
    import plotly.graph_objects as go

    made = figure(title, dark, 260, "", "")
    lights = points["light"].replace("", "no threshold")
    made.add_trace(
        go.Scatter(
            x=points["created"],
            y=points["value"],
            mode="lines+markers",
            line={"color": colour(0), "width": 2},
            marker={"size": 9, "symbol": [SIGNS.get(light, "circle") for light in points["light"]]},
            customdata=lights,
            hovertemplate="%{x|%-d %b %Y}: %{y:.3f}, %{customdata}<extra></extra>",
        )
    )
    if limits is not None:
        for at, text in zip(limits, ("usual low", "mean", "usual high"), strict=True):
            made.add_hline(at, line_dash="dot", line_width=1, annotation_text=text, annotation_position="top left")
    if levels is not None:
        for at, text in zip(levels, ("amber", "red"), strict=True):
            made.add_hline(at, line_dash="dash", line_width=1, annotation_text=text, annotation_position="top right")
    made.update_layout(showlegend=False)
    return made
