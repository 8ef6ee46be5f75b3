"""Figures made to fit a page: titles that wrap in half its width, cells that can be clicked."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import plotly.graph_objects as go

LINE = 20
"""Pixels of a line of text."""


def narrow(made: go.Figure, width: int = 44) -> None:
    """Wraps the title at `width` characters and makes room above for it and for a legend of several lines."""
    words = str(made.layout.title.text or "").replace("<br>", " ")
    lines = textwrap.wrap(words, width, break_long_words=False)
    entries = sum(bool(trace.name) and trace.showlegend is not False for trace in made.data)
    legend = LINE * entries if entries > 1 and made.layout.showlegend is not False else 0
    made.update_layout(title_text="<br>".join(lines), margin_t=30 + LINE * len(lines) + legend)


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
