"""A corpus looked over: counted series → small bar charts."""

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
"""What a person reads for the scripts that `text.language` tells."""


def lengths(counts: pd.Series, what: str, dark: bool = False) -> go.Figure:
    """How many playlists (values) hold how many items (index), the longest 2 % together in the last bar."""
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
    made = figure(
        f"Half of the playlists have {median} {what} or fewer", dark, 260, f"{what} in a playlist", "playlists"
    )
    colours = [GREY if start == 0 and width == 1 else COLOURS[0] for start in starts]
    _bars(made, starts, heights, names, colours, f"{what}")
    return made


def years(counts: pd.Series, dark: bool = False) -> go.Figure:
    """Playlists per year."""
    best = int(str(counts.idxmax()))
    made = figure(f"Most playlists are from {best}", dark, 260, "year", "playlists")
    _bars(made, counts.index, counts.to_numpy(), [str(year) for year in counts.index], COLOURS[0], "")
    made.update_xaxes(dtick=max(1, round(len(counts) / 10)), tickformat="d")
    return made


def languages(counts: pd.Series, dark: bool = False) -> go.Figure:
    """Titles by script, the most frequent on top."""
    import plotly.graph_objects as go

    total = int(counts.sum())
    ordered = counts.sort_values()
    names = [SCRIPTS.get(str(name), str(name)) for name in ordered.index]
    first = f"{100 * ordered.iloc[-1] / total:.0f} % of the titles: {names[-1]}" if total else "No titles"
    made = figure(first, dark, 260, "titles", "")
    made.add_trace(
        go.Bar(
            x=ordered.to_numpy(),
            y=[safe(name) for name in names],
            orientation="h",
            marker_color=COLOURS[0],
            text=[f"{value:,}" for value in ordered],
            textposition="auto",
            hovertemplate="%{y}: %{x:,} titles<extra></extra>",
        )
    )
    return made


def trend(counts: pd.Series, label: str, dark: bool = False) -> go.Figure:
    """Playlists per year that hold one item."""
    made = figure(f"{label}: playlists per year", dark, 220, "", "")
    _bars(made, counts.index, counts.to_numpy(), [str(year) for year in counts.index], COLOURS[0], "")
    made.update_xaxes(dtick=max(1, round(len(counts) / 8)), tickformat="d")
    return made


def _bars(made: go.Figure, x: object, heights: object, names: list[str], colours: object, what: str) -> None:
    import plotly.graph_objects as go

    made.add_trace(
        go.Bar(
            x=x,
            y=heights,
            customdata=names,
            marker_color=colours,
            hovertemplate=f"%{{customdata}} {safe(what)}: %{{y:,}} playlists<extra></extra>",
        )
    )
    made.update_layout(bargap=0.15)
