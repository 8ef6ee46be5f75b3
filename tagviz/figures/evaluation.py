"""Figures of the evaluation: each takes plain arrays and sentences and returns a Plotly figure; nothing is computed
here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tagviz.figures.template import (
    LIGHT_IS_GOOD,
    SYMBOLS,
    colour,
    layout,
    line,
    line_colour,
    safe,
    soft_ink,
)

if TYPE_CHECKING:
    import plotly.graph_objects as go

NAMES = {
    "precision": "Precision",
    "recall": "Recall",
    "f1": "F1",
    "ndcg": "nDCG",
    "ndcg_cut": "nDCG, cut at k",
    "hit": "Hit rate",
    "mrr": "MRR",
    "song_ndcg": "Song nDCG@100",
    "tag_ndcg": "Tag nDCG@10",
    "arena": "Arena score",
}
"""Metrics as a person reads them."""
DAY = pd.Timedelta(days=1)


def similarity_heatmap(
    values: NDArray[Any],
    rows: Sequence[str],
    columns: Sequence[str],
    title: str,
    one_question: bool = False,
    dark: bool = False,
    height: int = 310,
) -> go.Figure:
    """Recommended (rows, best first) × hidden tags (columns), cosine; light = close. A click gives `customdata` =
    [row, column], both from 0."""
    x = "Hidden tags" if one_question else "Hidden tags, the most common first"
    y = "Our suggestions" if one_question else "Place in our list"
    low = float(np.nanmin(values)) if np.isfinite(values).any() else 0.0
    trace = {
        "z": values,
        "zmin": min(0.0, low) if one_question else low,
        "zmax": 1.0 if one_question else None,
        "xgap": 1,
        "ygap": 1,
        "colorbar": _bar("similarity: light = good", dark),
    }
    hover = "suggestion %{y}<br>hidden tag %{x}<br>similarity %{customdata[2]:.2f}<extra></extra>"
    return _cells(trace, values, _unique(rows), _unique(columns), hover, layout(title, dark, height, x, y))


def instead_heatmap(
    values: NDArray[Any],
    names: Sequence[str],
    title: str,
    counts: NDArray[Any] | None = None,
    dark: bool = False,
    height: int = 540,
    columns: Sequence[str] | None = None,
) -> go.Figure:
    """Hidden tags (rows) × recommended tags (columns; the same ones unless others are given), each row a share of its
    questions; counts: how many these are. A click gives `customdata` = [row, column], both from 0."""
    marks = np.array([0, 0.01, 0.05, 0.1, 0.25, 0.5, 1])
    bar = _bar("share of the row: light diagonal = good" if columns is None else "share of the row", dark)
    trace = {
        # the root makes the small shares off the diagonal visible; the bar and the hover give the true ones
        "z": np.sqrt(np.maximum(values, 0)),
        "zmin": 0,
        # few cells may all be alike, and are no scale of their own
        "zmax": None if columns is None else 1,
        "colorbar": bar | {"tickvals": np.sqrt(marks), "ticktext": [f"{mark:.0%}" for mark in marks]},
    }
    look = layout(title, dark, height, "Suggested tag", "Hidden tag")
    look["xaxis"] |= {"tickangle": -90, "tickfont": {"size": 10}, "dtick": 1}
    look["xaxis"]["title"]["standoff"] = 24  # upright names are longer than Plotly thinks
    look["yaxis"] |= {"tickfont": {"size": 10}, "dtick": 1}
    labels = _unique(names, 22)
    across = labels if columns is None else _unique(columns, 22)
    hover = "hidden: %{y}<br>suggested: %{x}<br>%{customdata[2]:.1%}"
    if counts is not None:
        hover += " of the %{customdata[3]:,} playlists that hide it"
    return _cells(trace, values, labels, across, hover + "<extra></extra>", look, counts)


def _cells(
    trace: Mapping[str, Any],
    values: NDArray[Any],
    rows: Sequence[str],
    columns: Sequence[str],
    hover: str,
    look: dict[str, Any],
    counts: NDArray[Any] | None = None,
) -> go.Figure:
    """A heatmap whose cells can be clicked: browsers report clicks on points only, so an invisible point lies on each
    cell. Its `customdata`: [row, column, value], and the row's count where it is known."""
    import plotly.graph_objects as go

    row, column = np.indices(values.shape).reshape(2, -1)
    custom = [row, column, values.ravel()] + ([] if counts is None else [np.asarray(counts)[row]])
    heat = {
        "type": "heatmap",
        "x": columns,
        "y": rows,
        "colorscale": LIGHT_IS_GOOD,
        "hoverinfo": "skip",
    }
    points = {
        "type": "scatter",
        "x": [columns[at] for at in column],
        "y": [rows[at] for at in row],
        "mode": "markers",
        "marker": {"opacity": 0, "size": 12, "symbol": "square"},
        "selected": {"marker": {"opacity": 0}},
        "unselected": {"marker": {"opacity": 0}},
        "customdata": np.column_stack(custom),
        "hovertemplate": hover,
        "showlegend": False,
    }
    _matrix_axes(look)
    return go.Figure([heat | dict(trace), points], look)


def metric_dots(
    table: pd.DataFrame, metrics: Sequence[str], title: str, dark: bool = False, height: int = 0
) -> go.Figure:
    """Models (rows, the best by the last metric first) × metrics (columns) as dots with 95 % whiskers. table: as from
    `evaluate.metrics.summary`; its index gives the models' colours."""
    import plotly.graph_objects as go

    table = table.sort_values(metrics[-1], ascending=False, kind="stable")
    models = _unique([str(model) for model in table["model"]], 28)
    colours = [colour(int(number)) for number in table.index]
    look = layout(title, dark, height or max(150, 76 + 26 * len(models)))
    look["yaxis"] |= {"autorange": "reversed", "showgrid": True, "type": "category"}
    traces = []
    wide = 1 / len(metrics)
    for at, metric in enumerate(metrics):
        values, low, high = _interval(table, metric)
        axis, number = f"x{at + 1}" if at else "x", f"{at + 1}" if at else ""
        name = NAMES.get(metric, metric)
        traces.append(
            {
                "type": "scatter",
                "x": values,
                "y": models,
                "mode": "markers",
                "marker": {"color": colours, "size": 7},
                "error_x": _whiskers(values, low, high) | {"color": soft_ink(dark), "thickness": 2, "width": 6},
                "text": [f"{v:.3f} ({a:.3f} to {b:.3f})" for v, a, b in zip(values, low, high, strict=True)],
                "hovertemplate": f"%{{y}}<br>{name} %{{text}}<extra></extra>",
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
            "title": {"text": name},
            "side": "top",
            "anchor": "y",
        }
    return go.Figure(traces, look)


def segments_dots(
    table: pd.DataFrame, metric: str, title: str, x: str = "", dark: bool = False, height: int = 320
) -> go.Figure:
    """One line of dots per model over segments. table: columns `segment`, `model`, the metric, and its `_low`,
    `_high`. A click gives `customdata` = [segment's number, model's number, questions], in their order in the table."""
    import plotly.graph_objects as go

    look = layout(title, dark, height, x, NAMES.get(metric, metric))
    traces = []
    segments = list(dict.fromkeys(table["segment"]))
    names = dict(zip(segments, _unique([str(name) for name in segments]), strict=True))
    for number, model in enumerate(dict.fromkeys(table["model"])):
        part = table[table["model"] == model]
        values, low, high = _interval(part, metric)
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


def agreement_heatmap(values: NDArray[Any], names: Sequence[str], title: str, dark: bool = False) -> go.Figure:
    """Models × models, how alike their lists are (rank-biased overlap), written into the cells."""
    import plotly.graph_objects as go

    labels = _unique(names, 26)
    trace = {
        "type": "heatmap",
        "z": values,
        "x": labels,
        "y": labels,
        "zmin": 0,
        "zmax": 1,
        "colorscale": LIGHT_IS_GOOD,
        "xgap": 2,
        "ygap": 2,
        "texttemplate": "%{z:.2f}",
        "colorbar": _bar("overlap: 1 = same list", dark),
        "hovertemplate": "%{y} and %{x}: %{z:.2f}<extra></extra>",
    }
    look = layout(title, dark, 170 + 48 * len(names))
    _matrix_axes(look)
    return go.Figure([trace], look)


def distribution(
    values: Mapping[str, NDArray[Any]], title: str, x: str, y: str = "Share", bins: int = 40, dark: bool = False
) -> go.Figure:
    """Histograms of one or more sets of values over the same bins, as steps, each summing to 1."""
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


def history(table: pd.DataFrame, metric: str, title: str, dark: bool = False) -> go.Figure:
    """How a metric moved over runs. table: columns `created` (ISO), `model`, the metric, `_low`, `_high`, `report`.
    A click gives `customdata` = report."""
    import plotly.graph_objects as go

    look = layout(title, dark, 340, "When it was evaluated", NAMES.get(metric, metric))
    traces = []
    for number, model in enumerate(dict.fromkeys(table["model"])):
        part = table[table["model"] == model].sort_values("created")
        values, low, high = _interval(part, metric)
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
    """A metric's values and the ends of their intervals, the values themselves where there are no intervals."""
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


def _unique(names: Sequence[str], width: int = 26) -> list[str]:
    """Safe names, told apart by invisible marks where cutting them makes them equal: Plotly merges equal categories."""
    seen: dict[str, int] = {}
    result = []
    for name in names:
        short = safe(str(name), width)
        seen[short] = seen.get(short, -1) + 1
        result.append(short + "\u200b" * seen[short])
    return result


def _bar(title: str, dark: bool) -> dict[str, Any]:
    return {
        # lying above the cells, it leaves them the whole width of a narrow page
        "orientation": "h",
        "x": 1,
        "xanchor": "right",
        "y": 1,
        "yanchor": "bottom",
        "len": 0.7,
        "ypad": 2,
        "title": {"text": title, "side": "top", "font": {"size": 11, "color": soft_ink(dark)}},
        "thickness": 8,
        "outlinewidth": 0,
        "tickfont": {"size": 11, "color": soft_ink(dark)},
        "tickcolor": line_colour(dark),
    }


def _matrix_axes(look: dict[str, Any]) -> None:
    look["xaxis"] |= {"type": "category", "showgrid": False, "zeroline": False}
    look["yaxis"] |= {"type": "category", "autorange": "reversed", "showgrid": False, "zeroline": False}


def _legend_below_title(look: dict[str, Any]) -> dict[str, Any]:
    return look | {"margin": {"t": look["margin"]["t"] + 26}}
