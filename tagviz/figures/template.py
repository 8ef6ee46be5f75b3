"""The template of all figures: one layout in light and dark, one set of colours, one font.

Show figures with Streamlit's own theme switched off (`st.plotly_chart(figure, theme=None)`): this template is the
theme.
"""

from __future__ import annotations

import html
import textwrap
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import plotly.graph_objects as go

FONT = (
    '"Source Sans", system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans KR", "Apple SD Gothic Neo", '
    '"Malgun Gothic", sans-serif'
)
"""The dashboard's own font where it is loaded, then system fonts: nothing is downloaded."""

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
"""Colours that colour-blind people can tell apart (Okabe & Ito 2008), the accent first."""

GREY = "#8A8F98"
"""Colour of what comes after the colours, and of what does not matter."""

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "solid", "dash")
SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross", "x", "star", "circle-open")
"""Symbols next to the colours, so that no meaning depends on colour alone."""

BARE = 12
"""Pixels above a figure without a title, into which its upper labels may reach."""

LIGHT_IS_GOOD = "Cividis"
"""Sequential scale: dark blue to light yellow in both themes, also for colour-blind people (Nuñez et al. 2018)."""


def colour(number: int) -> str:
    """Return the colour of the number-th series; grey after the last colour."""
    return COLOURS[number] if 0 <= number < len(COLOURS) else GREY


def line(number: int) -> dict[str, Any]:
    """Return the style of the number-th line: its colour and dashes."""
    return {"color": colour(number), "dash": DASHES[number % len(DASHES)], "width": 2}


def ink(dark: bool) -> str:
    """Return the colour of text: contrast of at least 4.5:1 with the page in both themes."""
    return "#E7EAF0" if dark else "#1A1F2B"


def soft_ink(dark: bool) -> str:
    """Return the colour of less important text, still with a contrast of 4.5:1."""
    return "#A6AEBC" if dark else "#5A6270"


def line_colour(dark: bool) -> str:
    """Return the colour of grid and axes."""
    return "#303846" if dark else "#DDE2EA"


def paper(dark: bool) -> str:
    """Return the colour of the page behind the transparent figure, for boxes that must cover what is below."""
    return "#1A202A" if dark else "#FFFFFF"


def safe(text: str, width: int = 0) -> str:
    """Escape untrusted text for Plotly, which would interpret markup.

    Args:
        text: The text.
        width: Largest length, characters; 0: no limit.
    """
    line = " ".join(text.split())
    if width and len(line) > width:
        line = line[: width - 1].rstrip() + "…"
    return html.escape(line, quote=False)


def wrapped(text: str, width: int = 84) -> str:
    """Return an escaped text in lines of at most `width` characters, for titles."""
    return "<br>".join(safe(line) for line in textwrap.wrap(text, width)) or ""


def distinct_labels(names: Sequence[str], width: int = 26) -> list[str]:
    """Return escaped names, with invisible marks where shortening makes them equal: Plotly merges equal categories."""
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        short = safe(str(name), width)
        seen[short] = seen.get(short, -1) + 1
        unique.append(short + "\u200b" * seen[short])
    return unique


@lru_cache(maxsize=2)
def template(dark: bool = False) -> go.layout.Template:
    """Return the template: transparent background, a left-aligned title, a light grid.

    Built once, because checking it costs Plotly more than a figure's own data.
    """
    import plotly.graph_objects as go

    axis = {
        "gridcolor": line_colour(dark),
        "linecolor": line_colour(dark),
        "zerolinecolor": line_colour(dark),
        "tickfont": {"color": soft_ink(dark), "size": 12},
        "title": {"font": {"color": soft_ink(dark), "size": 13}, "standoff": 8},
        "automargin": True,
        "ticks": "",
        "fixedrange": False,
    }
    layout = go.Layout(
        font={"family": FONT, "size": 13, "color": ink(dark)},
        title={
            "font": {"size": 16, "color": ink(dark), "weight": 600},
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "yref": "container",
            "yanchor": "top",
            "pad": {"l": 4},
        },
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        colorway=[*COLOURS, GREY],
        colorscale={"sequential": LIGHT_IS_GOOD},
        xaxis=axis,
        yaxis=axis,
        margin={"l": 8, "r": 12, "t": 56, "b": 8},
        hoverlabel={
            "bgcolor": paper(dark),
            "bordercolor": line_colour(dark),
            "font": {"family": FONT, "size": 13, "color": ink(dark)},
            "align": "left",
        },
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0, "title": {"text": ""}, "font": {"size": 12}},
        coloraxis={"colorbar": {"thickness": 10, "outlinewidth": 0, "tickfont": {"color": soft_ink(dark), "size": 11}}},
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": soft_ink(dark), "activecolor": ink(dark)},
        separators=".,",
    )
    return go.layout.Template(layout=layout)


def layout(title: str, dark: bool = False, height: int = 380, x: str = "", y: str = "") -> dict[str, Any]:
    """Return the layout of a figure as a dictionary.

    A figure that is built of its traces and its layout at once is checked once, and so is several times faster than one
    that is changed step by step. Titles are untrusted text and are escaped here.

    Args:
        title: Title of the figure.
        dark: Dark theme.
        height: Height in pixels.
        x: Title of the x axis.
        y: Title of the y axis.
    """
    lines = wrapped(title)
    breaks = lines.count("<br>")
    return {
        "template": template(dark),
        "height": height,
        # a fixed distance from the upper edge, whatever the height
        "title": {"text": lines, "y": 1 - (10 + 12 * breaks) / height},
        "margin": {"t": 28 + 20 * (1 + breaks) if lines else BARE},
        "xaxis": {"title": {"text": safe(x)}},
        "yaxis": {"title": {"text": safe(y)}},
    }


def figure(title: str, dark: bool = False, height: int = 380, x: str = "", y: str = "") -> go.Figure:
    """Return an empty figure; arguments as in `layout`."""
    import plotly.graph_objects as go

    return go.Figure(layout=layout(title, dark, height, x, y))
