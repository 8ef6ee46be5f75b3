"""The map as a Plotly figure: for export as PNG, SVG and stand-alone HTML, and for browsers without WebGL 2."""

from __future__ import annotations

import html
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tagviz.figures import template
from tagviz.types import Floats, Projection

if TYPE_CHECKING:
    import plotly.graph_objects as go

LABELS = 45
REGION_LEVEL = 0
VECTOR_UP_TO = 20_000
"""With more points an SVG or HTML of shapes is too large: WebGL draws them, and an SVG contains a picture of them."""


def figure(
    projection: Projection,
    counts: NDArray[np.int64],
    highlight: Sequence[int] = (),
    title: str = "",
    dark: bool = False,
    height: int = 640,
) -> go.Figure:
    """Draw every point, its size by count and its colour by the coarsest clusters.

    The names of the regions and of the most frequent items are written where there is room. The points' `customdata`
    is their row, so that a click can be resolved. A 3-D map is seen from its front.

    Args:
        projection: The map.
        counts: Playlists that contain each item, int (points,).
        highlight: Rows that stand out; the others are faded.
        title: Title of the figure.
        dark: Dark theme.
        height: Height in pixels.
    """
    import plotly.graph_objects as go

    drawing = template.figure(title, dark, height)
    drawing.update_xaxes(visible=False, scaleanchor="y", scaleratio=1)
    drawing.update_yaxes(visible=False)
    drawing.update_layout(showlegend=False, dragmode="pan", hovermode="closest")
    count = len(projection.vocab)
    if not count:
        return drawing
    order = np.argsort(-counts, kind="stable")  # small points come last and stay visible
    clusters = projection.levels[0] if projection.levels else np.zeros(count, dtype=np.int32)
    colour = np.array([template.colour(int(code)) for code in clusters], dtype=object)
    faded = np.full(count, 0.8)
    if len(highlight):
        faded[:] = 0.12
        faded[list(highlight)] = 1.0
    labels = projection.vocab.label_list(np.arange(count))
    size = 4 + 16 * (np.log1p(counts) / max(1.0, float(np.log1p(counts.max())))) ** 2.4
    trace = go.Scattergl if count > VECTOR_UP_TO else go.Scatter
    marker = {"size": size[order], "color": colour[order], "opacity": faded[order], "line": {"width": 0}}
    drawing.add_trace(
        trace(
            x=projection.xy[order, 0],
            y=projection.xy[order, 1],
            mode="markers",
            marker=marker,
            customdata=order,
            text=[template.safe(labels[row], 60) for row in order],
            hovertemplate="%{text}<extra></extra>",
            showlegend=False,
        )
    )
    _add_names(drawing, projection, labels, order, dark)
    return drawing


def _add_names(
    drawing: go.Figure, projection: Projection, labels: Sequence[str], order: NDArray[np.int64], dark: bool
) -> None:
    """Write regions, then items by frequency, each where there is room (on a grid of label-sized boxes)."""
    taken: list[tuple[float, float]] = []

    def free(x: float, y: float) -> bool:
        return all(abs(x - ax) > 0.2 or abs(y - ay) > 0.055 for ax, ay in taken)

    def write(x: float, y: float, text: str, size: int, ink: str, weight: int) -> None:
        taken.append((x, y))
        drawing.add_annotation(
            x=x,
            y=y,
            text=template.safe(text, 28),
            showarrow=False,
            font={"size": size, "color": ink, "weight": weight, "shadow": f"0 0 4px {template.paper(dark)}"},
        )

    if projection.levels:
        level = projection.levels[REGION_LEVEL]
        for cluster, name in enumerate(projection.names[REGION_LEVEL]):
            members = np.flatnonzero(level == cluster)
            if len(members) and name:
                x, y = np.median(projection.xy[members, :2], axis=0)
                write(float(x), float(y), name, 17, template.ink(dark), 700)
    named = (
        {word for name in projection.names[REGION_LEVEL] for word in name.split(" · ")} if projection.names else set()
    )
    regions = len(taken)
    for row in order[:400]:
        x, y = (float(coordinate) for coordinate in projection.xy[row, :2])
        if len(taken) - regions >= LABELS:
            return
        if labels[row] not in named and free(x, y):
            write(x, y, labels[row], 11, template.soft_ink(dark), 500)


def thumbnail(xy: Floats, colours: Sequence[str], dark: bool, width: int = 180, height: int = 120) -> bytes:
    """Draw a small PNG of a map, twice as large as shown, for screens with fine pixels.

    Args:
        xy: Positions, float (points, 2).
        colours: Colour of each point.
        dark: Dark theme.
        width: Width in pixels, as shown.
        height: Height in pixels, as shown.
    """
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (2 * width, 2 * height), template.paper(dark))
    pen = ImageDraw.Draw(picture)
    low, high = xy.min(axis=0), xy.max(axis=0)
    scale = 1.84 * min(width / max(high[0] - low[0], 1e-9), height / max(high[1] - low[1], 1e-9))
    places = np.array([width, height]) + (xy[:, :2] - (low + high)[:2] / 2) * [scale, -scale]
    for (x, y), colour in zip(places, colours, strict=True):
        pen.ellipse((x - 2.5, y - 2.5, x + 2.5, y + 2.5), fill=colour)
    drawn = io.BytesIO()
    picture.save(drawn, "PNG", optimize=True)
    return drawn.getvalue()


def page(drawing: go.Figure) -> str:
    """Return the figure as an HTML page that needs no network."""
    return str(
        drawing.to_html(include_plotlyjs=True, full_html=True, config={"scrollZoom": True, "displaylogo": False})
    )


def svg(drawing: go.Figure, width: int = 1200, height: int = 900) -> str:
    """Return the map's points and names as an SVG drawing; its texts stay text.

    Args:
        drawing: Figure as from `figure`.
        width: Width in pixels.
        height: Height in pixels.
    """
    from xml.etree import ElementTree

    dots = drawing.data[0] if drawing.data else None
    paper = str(drawing.layout.paper_bgcolor or "white")
    root = ElementTree.Element(
        "svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width} {height}", width=f"{width}", height=f"{height}"
    )
    ElementTree.SubElement(root, "rect", width="100%", height="100%", fill=paper)
    if dots is None or not len(dots.x):
        return ElementTree.tostring(root, encoding="unicode")
    xy = np.column_stack([dots.x, dots.y]).astype(np.float64)
    low, high = xy.min(axis=0), xy.max(axis=0)
    scale = 0.92 * min(width / max(high[0] - low[0], 1e-9), height / max(high[1] - low[1], 1e-9))
    middle = (low + high) / 2

    def at(x: float, y: float) -> tuple[str, str]:
        return f"{width / 2 + (x - middle[0]) * scale:.1f}", f"{height / 2 - (y - middle[1]) * scale:.1f}"

    colours = [str(colour) for colour in np.broadcast_to(np.asarray(dots.marker.color, dtype=object), len(xy))]
    for (x, y), size, colour in zip(xy, dots.marker.size, colours, strict=True):
        left, top = at(x, y)
        dot = {"cx": left, "cy": top, "r": f"{size / 2:.1f}", "fill": colour, "fill-opacity": "0.7"}
        ElementTree.SubElement(root, "circle", dot)
    for name in drawing.layout.annotations:
        left, top = at(name.x, name.y)
        font = {"font-size": f"{name.font.size}", "font-weight": f"{name.font.weight}", "fill": f"{name.font.color}"}
        look = {"text-anchor": "middle", "font-family": "sans-serif", "stroke": paper, "paint-order": "stroke"}
        written = ElementTree.SubElement(root, "text", {"x": left, "y": top, "stroke-width": "3", **font, **look})
        written.text = html.unescape(name.text)
    return ElementTree.tostring(root, encoding="unicode")
