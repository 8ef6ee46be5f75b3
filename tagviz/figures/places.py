"""The histogram of the places at which the hidden items come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tagviz.figures.template import SYMBOLS, colour, figure, line, paper, safe, soft_ink

if TYPE_CHECKING:
    import plotly.graph_objects as go

MOST_AT_ONCE = 3
"""Models that are shown before the legend is clicked."""


def rank_histogram(
    bars: Sequence[str],
    shares: Mapping[str, NDArray[Any]],
    title: str,
    kind: str = "tag",
    median: Mapping[str, float] | None = None,
    ends: NDArray[Any] | None = None,
    cumulative: bool = False,
    dark: bool = False,
    height: int = 270,
) -> go.Figure:
    """Where the hidden items come, per model; "not found", the last bar, stands apart on its own scale, because it is
    often by far the highest. With `cumulative`, lines of how many were found up to each place. Of more than
    `MOST_AT_ONCE` models the others wait in the legend for a click.

    median and ends: the place of the middle item and the last place of each bar, to mark it. A click gives `customdata`
    = [model's number, bar]."""
    import plotly.graph_objects as go

    made = figure(title, dark, height, x="Place in our list", y=f"Share of the hidden {kind}s")
    names = [*map(safe, bars)]
    missed = [float(values[-1]) for values in shares.values()]
    best_first = np.argsort(missed, kind="stable").tolist()
    shown_at_once = best_first[:MOST_AT_ONCE]
    several = len(shares) > 1
    for number, (label, values) in enumerate(shares.items()):
        found = f"{1 - values[-1]:.0%} found" if values.sum() else "nothing hidden"
        same = {
            "name": f"{safe(label, 24)}: {found}",
            "legendgroup": str(number),
            "legendrank": best_first.index(number) + 1,
            "hovertemplate": f"{safe(label)}<br>%{{x}}: %{{y:.1%}}<extra></extra>",
            "visible": True if number in shown_at_once else "legendonly",
        }
        custom = np.column_stack([np.full(len(bars), number), np.arange(len(bars))])
        if cumulative:
            mark = {"symbol": SYMBOLS[number % len(SYMBOLS)], "size": 7}
            made.add_trace(
                go.Scatter(
                    same, x=names[:-1], y=np.cumsum(values[:-1]), mode="lines+markers", line=line(number), marker=mark,
                    customdata=custom[:-1],
                )
            )  # fmt: skip
            continue
        made.add_trace(
            go.Bar(same, x=names[:-1], y=values[:-1], marker={"color": colour(number)}, customdata=custom[:-1])
        )
        missing = {"color": colour(number), "pattern": {"shape": "/", "size": 5}}
        made.add_trace(
            go.Bar(
                same, x=names[-1:], y=values[-1:], marker=missing, customdata=custom[-1:], showlegend=False,
                text=[f"{values[-1]:.0%}"], textposition="outside", textangle=0, cliponaxis=False,
                textfont_size=11, xaxis="x2", yaxis="y2",
            )
        )  # fmt: skip
    for number, label in enumerate(shares):
        middle = (median or {}).get(label, float("inf"))
        if ends is not None and isfinite(middle) and number in shown_at_once:
            bar = int(np.searchsorted(ends, middle))
            text = f"half: {safe(label, 24)}" if several else "half are found by here"
            half = colour(number) if several else soft_ink(dark)
            made.add_vline(x=bar, line={"color": half, "dash": "dot", "width": 2}, layer="above")
            made.add_annotation(
                x=bar, y=1 - 0.08 * number, yref="paper", text=text, showarrow=False, xanchor="left", xshift=6,
                font={"size": 12, "color": soft_ink(dark)}, bgcolor=paper(dark), opacity=0.9,
            )  # fmt: skip
    # the legend lies in the corner that falling bars, or rising lines, leave free
    corner = {"y": 0.02, "yanchor": "bottom"} if cumulative else {"y": 1, "yanchor": "top"}
    made.update_layout(
        bargap=0.15,
        bargroupgap=0.05,
        showlegend=several,
        legend={
            "orientation": "v",
            "tracegroupgap": 0,
            "font_size": 11,
            "bgcolor": paper(dark),
            "x": 0.98 if cumulative else 0.8,
            "xanchor": "right",
        }
        | corner,
        xaxis={"type": "category", "showgrid": False, "domain": [0, 1] if cumulative else [0, 0.8]},
        yaxis={"tickformat": ".0%", "rangemode": "tozero"},
    )
    if not cumulative:
        made.update_layout(
            xaxis2={"type": "category", "showgrid": False, "domain": [0.88, 1], "anchor": "y2"},
            yaxis2={"showticklabels": False, "range": [0, 1.1], "anchor": "x2"},
        )
    return made
