"""Figures made to fit a page: titles that the page itself says, cells that can be clicked."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import plotly.graph_objects as go

BARE = 12
"""Pixels above a figure without a title, into which its upper labels may reach."""


def untitled(made: go.Figure) -> None:
    """Takes the title out and keeps it as `layout.meta`, and a page says it as text that wraps at any width."""
    title = html.unescape(str(made.layout.title.text or "").replace("<br>", " "))
    made.update_layout(title_text="", margin_t=BARE, meta=title)


def clickable(made: go.Figure) -> None:
    """Lays an invisible point over every cell of the figure's first trace, a heatmap: browsers report clicks on points
    only. The points carry the cells' `customdata` and hover text."""
    import plotly.graph_objects as go

    cells = made.data[0]
    rows, columns = np.indices((len(cells.y), len(cells.x))).reshape(2, -1)
    hover = None if cells.text is None else np.asarray(cells.text, dtype=object)[rows, columns]
    values = np.asarray(cells.z, dtype=float)[rows, columns]
    template = cells.hovertemplate.replace("%{z:.2f}", "%{text}")
    made.add_trace(
        go.Scatter(
            x=[cells.x[column] for column in columns],
            y=[cells.y[row] for row in rows],
            mode="markers",
            marker={"opacity": 0, "size": 12, "symbol": "square"},
            selected={"marker": {"opacity": 0}},
            unselected={"marker": {"opacity": 0}},
            customdata=np.column_stack([rows, columns]),
            text=[f"{value:.2f}" for value in values] if hover is None else hover,
            hovertemplate=template,
            showlegend=False,
        )
    )
