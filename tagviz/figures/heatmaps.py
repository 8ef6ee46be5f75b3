"""Heatmaps of the evaluation, from plain arrays and sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tagviz.figures.template import LIGHT_IS_GOOD, distinct_labels, layout, line_colour, soft_ink

if TYPE_CHECKING:
    import plotly.graph_objects as go

SIMILARITY_HEIGHT, INSTEAD_HEIGHT = 310, 540
"""Heights of the heatmaps over many questions, in pixels."""


def similarity_heatmap(
    values: NDArray[Any],
    rows: Sequence[str],
    columns: Sequence[str],
    title: str,
    one_question: bool = False,
    dark: bool = False,
) -> go.Figure:
    """Draw the cosine of recommended (rows, best first) and hidden tags (columns); light = close.

    A click gives `customdata` = [row, column], both from 0.

    Args:
        values: float (k, m), NaN for none.
        rows: Names of the rows.
        columns: Names of the columns.
        title: Title of the figure.
        one_question: Whether it shows one question only.
        dark: Dark theme.
    """
    x = "Hidden tags" if one_question else "Hidden tags, the most common first"
    y = "Our suggestions" if one_question else "Place in our list"
    low = float(np.nanmin(values)) if np.isfinite(values).any() else 0.0
    trace = {
        "z": values,
        "zmin": min(0.0, low) if one_question else low,
        "zmax": 1.0 if one_question else None,
        "xgap": 1,
        "ygap": 1,
        "colorbar": _colorbar("similarity: light = good", dark),
    }
    hover = "suggestion %{y}<br>hidden tag %{x}<br>similarity %{customdata[2]:.2f}<extra></extra>"
    look = layout(title, dark, SIMILARITY_HEIGHT, x, y)
    return _clickable_heatmap(trace, _Matrix(values, distinct_labels(rows), distinct_labels(columns)), hover, look)


def instead_heatmap(
    values: NDArray[Any],
    names: Sequence[str],
    title: str,
    counts: NDArray[Any] | None = None,
    dark: bool = False,
    columns: Sequence[str] | None = None,
) -> go.Figure:
    """Draw hidden tags (rows) × recommended tags (columns), each row a share of its questions.

    A click gives `customdata` = [row, column], both from 0.

    Args:
        values: float (n, m).
        names: Hidden tags.
        title: Title of the figure.
        counts: Number of questions per row, where known.
        dark: Dark theme.
        columns: Recommended tags; None: the same as the hidden ones.
    """
    marks = np.array([0, 0.01, 0.05, 0.1, 0.25, 0.5, 1])
    bar = _colorbar("share of the row: light diagonal = good" if columns is None else "share of the row", dark)
    trace = {
        # the root makes the small shares off the diagonal visible; the bar and the hover give the true ones
        "z": np.sqrt(np.maximum(values, 0)),
        "zmin": 0,
        # few cells may all be alike, and are no scale of their own
        "zmax": None if columns is None else 1,
        "colorbar": bar | {"tickvals": np.sqrt(marks), "ticktext": [f"{mark:.0%}" for mark in marks]},
    }
    height = INSTEAD_HEIGHT if columns is None else 190 + 18 * len(names)
    look = layout(title, dark, height, "Suggested tag", "Hidden tag")
    look["xaxis"] |= {"tickangle": -90, "tickfont": {"size": 10}, "dtick": 1}
    look["xaxis"]["title"]["standoff"] = 24  # upright names are longer than Plotly thinks
    look["yaxis"] |= {"tickfont": {"size": 10}, "dtick": 1}
    labels = distinct_labels(names, 22)
    across = labels if columns is None else distinct_labels(columns, 22)
    hover = "hidden: %{y}<br>suggested: %{x}<br>%{customdata[2]:.1%}"
    if counts is not None:
        hover += " of the %{customdata[3]:,} playlists that hide it"
    return _clickable_heatmap(trace, _Matrix(values, labels, across, counts), hover + "<extra></extra>", look)


@dataclass(frozen=True, eq=False)
class _Matrix:
    """Cells of a heatmap, float (rows, columns), their names, and how many questions each row counts."""

    values: NDArray[Any]
    rows: Sequence[str]
    columns: Sequence[str]
    counts: NDArray[Any] | None = None


def _clickable_heatmap(trace: Mapping[str, Any], cells: _Matrix, hover: str, look: dict[str, Any]) -> go.Figure:
    """Draw a heatmap whose cells can be clicked.

    Browsers report clicks on points only, so an invisible point lies on each cell. Its `customdata` is [row, column,
    value], and the row's count where it is known.
    """
    import plotly.graph_objects as go

    row, column = np.indices(cells.values.shape).reshape(2, -1)
    custom = [row, column, cells.values.ravel()] + ([] if cells.counts is None else [np.asarray(cells.counts)[row]])
    heat = {
        "type": "heatmap",
        "x": cells.columns,
        "y": cells.rows,
        "colorscale": LIGHT_IS_GOOD,
        "hoverinfo": "skip",
    }
    points = {
        "type": "scatter",
        "x": [cells.columns[at] for at in column],
        "y": [cells.rows[at] for at in row],
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


def agreement_heatmap(values: NDArray[Any], names: Sequence[str], title: str, dark: bool = False) -> go.Figure:
    """Draw models × models, how alike their lists are (rank-biased overlap), with the numbers in the cells.

    Args:
        values: float (models, models).
        names: Labels of the models.
        title: Title of the figure.
        dark: Dark theme.
    """
    import plotly.graph_objects as go

    labels = distinct_labels(names, 26)
    trace = {
        "type": "heatmap",
        "z": np.round(values, 2) + 0.0,  # no "-0.00"
        "x": labels,
        "y": labels,
        "zmin": 0,
        "zmax": 1,
        "colorscale": LIGHT_IS_GOOD,
        "xgap": 2,
        "ygap": 2,
        "texttemplate": "%{z:.2f}",
        "colorbar": _colorbar("overlap: 1 = same list", dark),
        "hovertemplate": "%{y} and %{x}: %{z:.2f}<extra></extra>",
    }
    look = layout(title, dark, 170 + 48 * len(names))
    _matrix_axes(look)
    return go.Figure([trace], look)


def _colorbar(title: str, dark: bool) -> dict[str, Any]:
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
