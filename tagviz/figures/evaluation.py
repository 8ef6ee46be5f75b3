"""Figures of the evaluation, from plain arrays and sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tagviz.figures.template import SYMBOLS, colour, distinct_labels, layout, line, safe, soft_ink

if TYPE_CHECKING:
    import plotly.graph_objects as go


class TitledMetric(Protocol):
    """A metric as figures need it."""

    @property
    def name(self) -> str:
        """Its column in a table."""

    @property
    def title(self) -> str:
        """Its name on screen."""


DAY = pd.Timedelta(days=1)


def metric_dots(
    table: pd.DataFrame, metrics: Sequence[TitledMetric], title: str, dark: bool = False, height: int = 0
) -> go.Figure:
    """Draw models (rows, the best by the last metric first) × metrics (columns) as dots with 95 % intervals.

    Args:
        table: Frame as from `evaluation.metrics.summary`; its index gives the models' colours.
        metrics: The metrics.
        title: Title of the figure.
        dark: Dark theme.
        height: Height in pixels; 0: by the number of models.
    """
    import plotly.graph_objects as go

    table = table.sort_values(metrics[-1].name, ascending=False, kind="stable")
    models = distinct_labels([str(model) for model in table["model"]], 28)
    colours = [colour(int(number)) for number in table.index]
    look = layout(title, dark, height or max(150, 76 + 26 * len(models)))
    look["yaxis"] |= {"autorange": "reversed", "showgrid": True, "type": "category"}
    traces = []
    wide = 1 / len(metrics)
    for at, metric in enumerate(metrics):
        values, low, high = _interval(table, metric.name)
        axis, number = f"x{at + 1}" if at else "x", f"{at + 1}" if at else ""
        traces.append(
            {
                "type": "scatter",
                "x": values,
                "y": models,
                "mode": "markers",
                "marker": {"color": colours, "size": 7},
                "error_x": _whiskers(values, low, high) | {"color": soft_ink(dark), "thickness": 2, "width": 6},
                "text": [f"{v:.3f} ({a:.3f} to {b:.3f})" for v, a, b in zip(values, low, high, strict=True)],
                "hovertemplate": f"%{{y}}<br>{metric.title} %{{text}}<extra></extra>",
                "showlegend": False,
                "xaxis": axis,
            }
        )
        top = float(np.nanmax(high, initial=0.0)) or 1.0
        look[f"xaxis{number}"] = {
            "domain": [at * wide, (at + 0.84) * wide],
            "range": [0, 1.08 * top],
            "nticks": 3,
            "tickangle": 0,
            "tickfont": {"size": 11},
            "title": {"text": metric.title},
            "side": "top",
            "anchor": "y",
        }
    return go.Figure(traces, look)


def segments_dots(
    table: pd.DataFrame, metric: TitledMetric, title: str, x: str = "", dark: bool = False, height: int = 320
) -> go.Figure:
    """Draw one series of dots per model over segments.

    A click gives `customdata` = [segment's number, model's number, questions], in their order in the table.

    Args:
        table: Frame `segment`, `model`, the metric, and its `_low`, `_high`.
        metric: The metric.
        title: Title of the figure.
        x: Title of the x axis.
        dark: Dark theme.
        height: Height in pixels.
    """
    import plotly.graph_objects as go

    look = layout(title, dark, height, x, metric.title)
    traces = []
    segments = list(dict.fromkeys(table["segment"]))
    names = dict(zip(segments, distinct_labels([str(name) for name in segments]), strict=True))
    for number, model in enumerate(dict.fromkeys(table["model"])):
        part = table[table["model"] == model]
        values, low, high = _interval(part, metric.name)
        questions = part["questions"].to_numpy() if "questions" in part else np.full(len(part), np.nan)
        places = [segments.index(name) for name in part["segment"]]
        traces.append(
            {
                "type": "scatter",
                "x": [names[name] for name in part["segment"]],
                "y": values,
                "name": safe(str(model), 30),
                "mode": "markers",
                "marker": {"color": colour(number), "symbol": SYMBOLS[number % len(SYMBOLS)], "size": 9},
                "error_y": _whiskers(values, low, high),
                "customdata": np.column_stack([places, np.full(len(part), number), questions]),
                "hovertemplate": f"{safe(str(model))}<br>%{{x}}: %{{y:.3f}}<br>%{{customdata[2]:,}} questions"
                "<extra></extra>",
            }
        )
    look["yaxis"]["rangemode"] = "tozero"
    look["xaxis"] |= {"type": "category", "showgrid": False}
    look |= {"scattermode": "group", "scattergap": 0.6}
    return go.Figure(traces, _legend_below_title(look))


def distribution(
    values: Mapping[str, NDArray[Any]], title: str, x: str, y: str = "Share", bins: int = 40, dark: bool = False
) -> go.Figure:
    """Draw histograms of one or more sets of values over the same bins, as steps, each summing to 1.

    Args:
        values: Values by label, float (n,).
        title: Title of the figure.
        x: Title of the x axis.
        y: Title of the y axis.
        bins: Number of bins.
        dark: Dark theme.
    """
    import plotly.graph_objects as go

    look = layout(title, dark, 320, x, y)
    known = {label: v[np.isfinite(v)] for label, v in values.items()}
    everything = np.concatenate([v for v in known.values()]) if known else np.zeros(0)
    edges = np.histogram_bin_edges(everything, bins=bins) if len(everything) else np.linspace(0, 1, bins + 1)
    traces = [
        {
            "type": "scatter",
            "x": (edges[:-1] + edges[1:]) / 2,
            "y": np.histogram(here, edges)[0] / max(1, len(here)),
            "name": safe(label),
            "mode": "lines",
            "line": line(number) | {"shape": "hvh"},
            "fill": "tozeroy" if len(known) == 1 else None,
            "hovertemplate": f"{safe(label)}<br>%{{x:.2f}}: %{{y:.1%}}<extra></extra>",
        }
        for number, (label, here) in enumerate(known.items())
    ]
    look["yaxis"] |= {"tickformat": ".1~%", "rangemode": "tozero"}
    look["showlegend"] = len(known) > 1
    return go.Figure(traces, _legend_below_title(look) if len(known) > 1 else look)


def history(table: pd.DataFrame, metric: TitledMetric, title: str, dark: bool = False) -> go.Figure:
    """Draw a metric over evaluations. A click gives `customdata` = report.

    Args:
        table: Frame `created` (ISO), `model`, the metric, `_low`, `_high`, `report`.
        metric: The metric.
        title: Title of the figure.
        dark: Dark theme.
    """
    import plotly.graph_objects as go

    look = layout(title, dark, 340, "When it was evaluated", metric.title)
    traces = []
    for number, model in enumerate(dict.fromkeys(table["model"])):
        part = table[table["model"] == model].sort_values("created")
        values, low, high = _interval(part, metric.name)
        traces.append(
            {
                "type": "scatter",
                "x": part["created"],
                "y": values,
                "name": safe(str(model), 30),
                "mode": "lines+markers",
                "line": line(number),
                "marker": {"symbol": SYMBOLS[number % len(SYMBOLS)], "size": 8},
                "error_y": _whiskers(values, low, high),
                "customdata": part["report"],
                "hovertemplate": f"{safe(str(model))}<br>%{{x}}: %{{y:.3f}}<extra></extra>",
            }
        )
    look["yaxis"]["rangemode"] = "tozero"
    moments = pd.to_datetime(table["created"])
    if len(moments) and moments.max() - moments.min() < DAY:  # else the axis of one evaluation counts microseconds
        look["xaxis"]["range"] = [moments.min() - DAY / 2, moments.max() + DAY / 2]
    return go.Figure(traces, _legend_below_title(look))


def _interval(table: pd.DataFrame, metric: str) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return a metric's values and the ends of their intervals; the values themselves where there are no intervals."""
    values = table[metric].to_numpy(dtype=float)
    low, high = (
        table[name].to_numpy(dtype=float) if name in table else values for name in (f"{metric}_low", f"{metric}_high")
    )
    return values, low, high


def _whiskers(values: NDArray[Any], low: NDArray[Any], high: NDArray[Any]) -> dict[str, Any]:
    return {
        "type": "data",
        "symmetric": False,
        "array": high - values,
        "arrayminus": values - low,
        "thickness": 1.5,
        "width": 3,
    }


def _legend_below_title(look: dict[str, Any]) -> dict[str, Any]:
    return look | {"margin": {"t": look["margin"]["t"] + 26}}
