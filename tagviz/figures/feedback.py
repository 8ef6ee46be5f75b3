"""Figures of the feedback: how often each model is found right, overall and by week."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tagviz.figures.template import colour, figure, line, safe

if TYPE_CHECKING:
    import plotly.graph_objects as go


def precision(by_model: pd.DataFrame, dark: bool = False) -> go.Figure:
    """Draw a dot with its 95 % interval per model and kind, the best on top.

    Args:
        by_model: Frame as from `feedback.agreement.precision`.
        dark: Dark theme.
    """
    import plotly.graph_objects as go

    ordered = by_model.sort_values("precision", kind="stable")
    best = ordered.iloc[-1]
    title = f"{best['model']} is found right in {best['precision']:.0%} of {best['verdicts']:,} verdicts"
    drawing = figure(title, dark, 120 + 44 * len(ordered), "share found right", "")
    drawing.add_trace(
        go.Scatter(
            x=ordered["precision"],
            y=[safe(f"{model}: {kind}s", 34) for model, kind in zip(ordered["model"], ordered["kind"], strict=True)],
            mode="markers",
            marker={"size": 10, "color": colour(0)},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": ordered["high"] - ordered["precision"],
                "arrayminus": ordered["precision"] - ordered["low"],
            },
            customdata=ordered[["right", "verdicts"]],
            hovertemplate="%{y}: %{customdata[0]:,} of %{customdata[1]:,} right<extra></extra>",
        )
    )
    drawing.update_xaxes(range=[0, 1], tickformat=".0%")
    drawing.update_layout(showlegend=False)
    return drawing


def weeks(by_week: pd.DataFrame, dark: bool = False) -> go.Figure:
    """Draw a line per model over weeks with 95 % intervals.

    Args:
        by_week: Frame as from `feedback.agreement.precision`.
        dark: Dark theme.
    """
    import plotly.graph_objects as go

    drawing = figure("How often each model is found right, by week", dark, 280, "week", "share found right")
    for number, (model, part) in enumerate(by_week.groupby("model", sort=True)):
        drawing.add_trace(
            go.Scatter(
                x=part["week"],
                y=part["precision"],
                name=safe(str(model), 34),
                mode="lines+markers",
                line=line(number),
                error_y={
                    "type": "data",
                    "symmetric": False,
                    "array": part["high"] - part["precision"],
                    "arrayminus": part["precision"] - part["low"],
                },
                hovertemplate="%{x|%-d %b %Y}: %{y:.0%}<extra>%{fullData.name}</extra>",
            )
        )
    drawing.update_yaxes(range=[0, 1], tickformat=".0%")
    return drawing
