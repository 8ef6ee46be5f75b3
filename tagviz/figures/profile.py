"""Figures of a corpus's profile: counted series as small bar charts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tagviz.figures.template import COLOURS, GREY, figure, safe

if TYPE_CHECKING:
    import plotly.graph_objects as go

SCRIPTS = {
    "ko": "Korean",
    "latin": "Latin letters",
    "mixed": "mixed",
    "other": "other scripts",
    "no letters": "no letters",
}
"""Names of the scripts that `text.language` returns."""


def lengths(counts: pd.Series, what: str, dark: bool = False) -> go.Figure:
    """Draw how many playlists have how many items, the longest 2 % together in the last bar.

    Args:
        counts: Playlists by number of items (index), ascending.
        what: The items, in the plural.
        dark: Dark theme.
    """
    numbers = np.asarray(counts.index, dtype=np.int64)
    total = int(counts.sum())
    median = int(numbers[np.searchsorted(np.cumsum(counts.to_numpy()), (total + 1) // 2)]) if total else 0
    edge = int(numbers[np.searchsorted(np.cumsum(counts.to_numpy()), 0.98 * total)]) if total else 0
    width = max(1, (edge + 1) // 40)
    heights = np.bincount(np.minimum(numbers, edge) // width, weights=counts.to_numpy())
    starts = np.arange(len(heights)) * width
    names = [str(start) if width == 1 else f"{start}–{start + width - 1}" for start in starts]
    if total and numbers[-1] > edge:
        names[-1] = f"{starts[-1]} or more"
    drawing = figure(
        f"Half of the playlists have {median} {what} or fewer", dark, 260, f"{what} in a playlist", "playlists"
    )
    colours = [GREY if start == 0 and width == 1 else COLOURS[0] for start in starts]
    _bars(drawing, starts, heights, names, colours, f"{what}")
    return drawing


def years(counts: pd.Series, dark: bool = False) -> go.Figure:
    """Draw playlists per year.

    Args:
        counts: Playlists by year (index).
        dark: Dark theme.
    """
    best = int(str(counts.idxmax()))
    drawing = figure(f"Most playlists are from {best}", dark, 260, "year", "playlists")
    _bars(drawing, counts.index, counts.to_numpy(), [str(year) for year in counts.index], COLOURS[0], "")
    drawing.update_xaxes(dtick=max(1, round(len(counts) / 10)), tickformat="d")
    return drawing


def languages(counts: pd.Series, dark: bool = False) -> go.Figure:
    """Draw titles by script, the most frequent on top.

    Args:
        counts: Titles by script (index).
        dark: Dark theme.
    """
    import plotly.graph_objects as go

    total = int(counts.sum())
    ordered = counts.sort_values()
    names = [SCRIPTS.get(str(name), str(name)) for name in ordered.index]
    first = f"{100 * ordered.iloc[-1] / total:.0f} % of the titles: {names[-1]}" if total else "No titles"
    drawing = figure(first, dark, 260, "titles", "")
    drawing.add_trace(
        go.Bar(
            x=ordered.to_numpy(),
            y=[safe(name) for name in names],
            orientation="h",
            marker_color=COLOURS[0],
            text=[f"{count:,}" for count in ordered],
            textposition="auto",
            hovertemplate="%{y}: %{x:,} titles<extra></extra>",
        )
    )
    return drawing


def trend(counts: pd.Series, label: str, dark: bool = False) -> go.Figure:
    """Draw playlists per year that contain one item.

    Args:
        counts: Playlists by year (index).
        label: Label of the item.
        dark: Dark theme.
    """
    drawing = figure(f"{label}: playlists per year", dark, 220, "", "")
    _bars(drawing, counts.index, counts.to_numpy(), [str(year) for year in counts.index], COLOURS[0], "")
    drawing.update_xaxes(dtick=max(1, round(len(counts) / 8)), tickformat="d")
    return drawing


def share_by_year(shares: pd.Series, label: str, dark: bool = False) -> go.Figure:
    """Draw which share of each year's playlists contains an item.

    Args:
        shares: Shares from 0 to 1 by year (index).
        label: Label of the item.
        dark: Dark theme.
    """
    import plotly.graph_objects as go

    drawing = figure(f"{label}: share of the playlists of each year", dark, 260, "", "")
    drawing.add_trace(
        go.Scatter(
            x=shares.index,
            y=shares.to_numpy(),
            mode="lines+markers",
            line_color=COLOURS[0],
            hovertemplate="%{x}: %{y:.1%}<extra></extra>",
        )
    )
    drawing.update_xaxes(dtick=max(1, round(len(shares) / 8)), tickformat="d")
    drawing.update_yaxes(tickformat=".0%", rangemode="tozero")
    return drawing


def _bars(drawing: go.Figure, x: object, heights: object, names: list[str], colours: object, what: str) -> None:
    import plotly.graph_objects as go

    drawing.add_trace(
        go.Bar(
            x=x,
            y=heights,
            customdata=names,
            marker_color=colours,
            hovertemplate=f"%{{customdata}} {safe(what)}: %{{y:,}} playlists<extra></extra>",
        )
    )
    drawing.update_layout(bargap=0.15)
