"""Figures made to fit a page: titles that the page itself says."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from tagviz.figures.template import BARE

if TYPE_CHECKING:
    import plotly.graph_objects as go


def untitled(made: go.Figure) -> None:
    """Takes the title out and keeps it as `layout.meta`, and a page says it as text that wraps at any width."""
    title = html.unescape(str(made.layout.title.text or "").replace("<br>", " "))
    made.update_layout(title_text="", margin_t=BARE, meta=title)
