"""Figure of the monitoring: one measure over time with its control limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from tagviz.figures.template import GREY, colour, layout, soft_ink

if TYPE_CHECKING:
    import plotly.graph_objects as go

SIGNS = {"green": "circle", "amber": "triangle-up", "red": "x"}
"""Symbol of a run's point, by its light."""
COLOURS = {"amber": colour(1), "red": colour(5)}
LABELLED = 0.09
"""Lines nearer to each other than this share of the axis have one label."""


def over_time(
    points: pd.DataFrame,
    limits: tuple[float, float, float] | None = None,
    levels: tuple[float, float] | None = None,
    percent: bool = False,
    dark: bool = False,
) -> go.Figure:
    """Draw one point per run.

    Args:
        points: Frame `created`, `value`, `light`, oldest first.
        limits: Low, centre and high of the control chart.
        levels: Limits of amber and red; one far from all values is left out.
        percent: Whether the values are shares.
        dark: Dark theme.
    """
    import plotly.graph_objects as go

    lines: list[tuple[float, str, str, str]] = []
    if limits is not None:
        names = ("usual low", "mean", "usual high")
        lines += [(at, text, "dot", GREY) for at, text in zip(limits, names, strict=True)]
    low, high = (float(end) for end in (points["value"].min(), points["value"].max()))
    if levels is not None:
        reach = max(high - low, 0.5 * abs(high))
        near = [at for at in levels if low - 2 * reach <= at <= high + 2 * reach]
        lights = dict(zip(levels, ("amber", "red"), strict=True))
        lines += [(at, lights[at], "dash", COLOURS[lights[at]]) for at in near]
    ends = [low, high, *(at for at, *_ in lines)]
    margin = 0.08 * ((max(ends) - min(ends)) or abs(high) or 1.0)
    span = min(ends) - margin, max(ends) + margin
    look = layout("", dark, 230)
    look["showlegend"] = False
    look["yaxis"] |= {"range": span, "tickformat": ".2~%" if percent else ".3~f", "nticks": 6}
    look["shapes"] = [_line(at, dash, ink) for at, _, dash, ink in lines]
    look["annotations"] = _labels(lines, span, dark)
    look["margin"] |= {"r": 74}
    number = ".1%" if percent else ".3f"
    return go.Figure(
        {
            "type": "scatter",
            "x": points["created"],
            "y": points["value"],
            "mode": "lines+markers" if len(points) > 1 else "markers",
            "line": {"color": colour(0), "width": 1.5},
            "marker": {
                "size": [5 if light not in COLOURS else 9 for light in points["light"]],
                "symbol": [SIGNS.get(light, "circle") for light in points["light"]],
                "color": [COLOURS.get(light, colour(0)) for light in points["light"]],
            },
            "customdata": points["light"].replace("", "no threshold"),
            "hovertemplate": "%{x|%-d %b %Y}: %{y:" + number + "}, %{customdata}<extra></extra>",
            "cliponaxis": False,
        },
        look,
    )


def _line(at: float, dash: str, ink: str) -> dict[str, Any]:
    line = {"dash": dash, "width": 1, "color": ink}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": at, "y1": at, "line": line, "layer": "below"}


def _labels(lines: list[tuple[float, str, str, str]], span: tuple[float, float], dark: bool) -> list[dict[str, Any]]:
    """Return the label of each line, at its end; of lines that are too near to each other only the later has one."""
    labels: list[tuple[float, str]] = []
    for at, text, *_ in reversed(lines):
        if all(abs(at - other) > LABELLED * (span[1] - span[0]) for other, _ in labels):
            labels.append((at, text))
    font = {"size": 12, "color": soft_ink(dark)}
    place = {"xref": "paper", "x": 1.01, "xanchor": "left", "showarrow": False, "font": font}
    return [{**place, "y": at, "text": text} for at, text in labels]
