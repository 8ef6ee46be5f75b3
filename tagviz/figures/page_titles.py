"""Titles of figures on pages, which write them as text."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from tagviz.figures.template import BARE

if TYPE_CHECKING:
    import plotly.graph_objects as go


def move_title_to_meta(drawing: go.Figure) -> None:
    """Move a figure's title to `layout.meta`; the page writes it as text that wraps at any width."""
    title = html.unescape(str(drawing.layout.title.text or "").replace("<br>", " "))
    drawing.update_layout(title_text="", margin_t=BARE, meta=title)
