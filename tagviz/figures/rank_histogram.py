"""Figure of the rank histogram."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tagviz.figures.template import SYMBOLS, colour, layout, line, paper, safe, soft_ink

if TYPE_CHECKING:
    import plotly.graph_objects as go

MOST_AT_ONCE = 3
"""Number of models that are shown before the legend is clicked."""
HEIGHT = 270
"""Height of the figure without its legend, in pixels."""
LEGEND_PX = 20
"""Height of a line of the legend above the bars; a narrow page has two models in a line."""


@dataclass(frozen=True, eq=False)
class RankShares:
    """Shares of the hidden items by rank, per model.

    Attributes:
        bars: Names of the bars; the last one is "not found".
        shares: Per model, the share of the hidden items in each bar, float (bars,), summing to 1.
        kind: Kind of the hidden items.
        median: Per model, the rank of the middle hidden item; inf where it was not found. Marked with a line.
        ends: Last rank of each bar but the last, int (bars − 1,); needed to place the lines.
    """

    bars: Sequence[str]
    shares: Mapping[str, NDArray[Any]]
    kind: str = "tag"
    median: Mapping[str, float] = field(default_factory=dict)
    ends: NDArray[Any] | None = None


def rank_histogram_figure(ranks: RankShares, title: str, cumulative: bool = False, dark: bool = False) -> go.Figure:
    """Draw the ranks of the hidden items per model.

    "not found", the last bar, has a scale of its own, because it is often by far the highest. Of more than MOST_AT_ONCE
    models the others wait in the legend for a click. A click gives `customdata` = [model's number, bar].

    Args:
        ranks: The shares per model and bar.
        title: Title of the figure.
        cumulative: Draw lines of how many were found up to each rank, instead of bars.
        dark: Dark theme.
    """
    import plotly.graph_objects as go

    bars, shares, median, ends = ranks.bars, ranks.shares, ranks.median, ranks.ends
    height = HEIGHT + (LEGEND_PX * ceil(len(shares) / 2) if len(shares) > 1 else 0)
    look = layout(title, dark, height, x="Place in our list", y=f"Share of the hidden {ranks.kind}s")
    names = [*map(safe, bars)]
    missed = [float(values[-1]) for values in shares.values()]
    best_first = np.argsort(missed, kind="stable").tolist()
    shown_at_once = best_first[:MOST_AT_ONCE]
    several = len(shares) > 1
    traces: list[dict[str, Any]] = []
    for number, (label, values) in enumerate(shares.items()):
        legend = f"{1 - values[-1]:.0%} found" if values.sum() else "nothing hidden"
        same = {
            "name": f"{safe(label, 24)}: {legend}",
            "legendgroup": str(number),
            "legendrank": best_first.index(number) + 1,
            "hovertemplate": f"{safe(label)}<br>%{{x}}: %{{y:.1%}}<extra></extra>",
            "visible": True if number in shown_at_once else "legendonly",
        }
        custom = np.column_stack([np.full(len(bars), number), np.arange(len(bars))])
        within = same | {"x": names[:-1], "customdata": custom[:-1]}
        if cumulative:
            mark = {"symbol": SYMBOLS[number % len(SYMBOLS)], "size": 7}
            drawn = {"type": "scatter", "mode": "lines+markers", "line": line(number), "marker": mark}
            traces.append(within | drawn | {"y": np.cumsum(values[:-1])})
            continue
        traces.append(within | {"type": "bar", "y": values[:-1], "marker": {"color": colour(number)}})
        traces.append(
            same
            | {
                "type": "bar",
                "x": names[-1:],
                "y": values[-1:],
                "customdata": custom[-1:],
                "marker": {"color": colour(number), "pattern": {"shape": "/", "size": 5}},
                "showlegend": False,
                "text": [f"{values[-1]:.0%}"],
                "textposition": "outside",
                "textangle": 0,
                "cliponaxis": False,
                "textfont": {"size": 11},
                "xaxis": "x2",
                "yaxis": "y2",
            }
        )
    marks = []
    for number, label in enumerate(shares):
        middle = median.get(label, float("inf"))
        if ends is not None and isfinite(middle) and number in shown_at_once:
            text = f"half: {safe(label, 24)}" if several else "half are found by here"
            half = colour(number) if several else soft_ink(dark)
            marks.append((int(np.searchsorted(ends, middle)), 1 - 0.08 * number, text, half))
    look |= {
        "shapes": [
            {"type": "line", "x0": bar, "x1": bar, "y0": 0, "y1": 1, "yref": "y domain", "layer": "above"}
            | {"line": {"color": half, "dash": "dot", "width": 2}}
            for bar, _, _, half in marks
        ],
        "annotations": [
            {"x": bar, "y": y, "yref": "paper", "text": text, "showarrow": False, "xanchor": "left", "xshift": 6}
            | {"font": {"size": 12, "color": soft_ink(dark)}, "bgcolor": paper(dark), "opacity": 0.9}
            for bar, y, text, _ in marks
        ],
        "bargap": 0.15,
        "bargroupgap": 0.05,
        "showlegend": several,
        "legend": {"tracegroupgap": 0, "font": {"size": 11}, "y": 1.02},
    }
    look["xaxis"] |= {"type": "category", "showgrid": False, "domain": [0, 1] if cumulative else [0, 0.8]}
    look["yaxis"] |= {"tickformat": ".1~%", "rangemode": "tozero"}
    if not cumulative:
        look["xaxis2"] = {"type": "category", "showgrid": False, "domain": [0.88, 1], "anchor": "y2"}
        look["yaxis2"] = {"showticklabels": False, "range": [0, 1.1], "anchor": "x2"}
    return go.Figure(traces, look)
