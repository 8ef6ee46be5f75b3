"""Figures of the evaluation: each takes plain arrays and sentences and returns a Plotly figure; nothing is computed
here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tagviz.figures.template import (
    GREY,
    LIGHT_IS_GOOD,
    SYMBOLS,
    colour,
    figure,
    line,
    line_colour,
    paper,
    safe,
    soft_ink,
)

if TYPE_CHECKING:
    import plotly.graph_objects as go

NAMES = {
    "precision": "Precision",
    "recall": "Recall",
    "f1": "F1",
    "ndcg": "nDCG",
    "ndcg_cut": "nDCG, cut at k",
    "hit": "Hit rate",
    "mrr": "MRR",
    "song_ndcg": "Song nDCG@100",
    "tag_ndcg": "Tag nDCG@10",
    "arena": "Arena score",
}
"""Metrics as a person reads them."""


def similarity_heatmap(
    values: NDArray[Any],
    rows: Sequence[str],
    columns: Sequence[str],
    title: str,
    one_question: bool = False,
    dark: bool = False,
    height: int = 380,
) -> go.Figure:
    """Recommended (rows, best first) × hidden tags (columns), cosine; light = close. A click gives `customdata` =
    [row, column], both from 0."""
    import plotly.graph_objects as go

    made = figure(
        title,
        dark,
        height,
        x="Hidden tags" if one_question else "Hidden tags, the most common first",
        y="Our suggestions" if one_question else "Place in our list",
    )
    low = float(np.nanmin(values)) if np.isfinite(values).any() else 0.0
    made.add_trace(
        go.Heatmap(
            z=values,
            x=_unique(columns),
            y=_unique(rows),
            customdata=_cells(values.shape),
            zmin=min(0.0, low) if one_question else low,
            zmax=1.0 if one_question else None,
            colorscale=LIGHT_IS_GOOD,
            xgap=1,
            ygap=1,
            colorbar=_bar("similarity<br>light = good", dark),
            hovertemplate="suggestion %{y}<br>hidden tag %{x}<br>similarity %{z:.2f}<extra></extra>",
        )
    )
    return _matrix_axes(made)


def instead_heatmap(
    values: NDArray[Any],
    names: Sequence[str],
    title: str,
    counts: NDArray[Any] | None = None,
    dark: bool = False,
    height: int = 520,
) -> go.Figure:
    """Hidden tags (rows) × recommended tags (columns), each row a share of its questions. A click gives `customdata` =
    [row, column], both from 0."""
    import plotly.graph_objects as go

    made = figure(title, dark, height, x="Suggested tag", y="Hidden tag")
    shown = [safe(name, 22) for name in names]
    hidden_in = np.zeros(len(names)) if counts is None else counts
    texts = [
        [
            f"hidden: {row} (in {hidden_in[r]:,.0f} playlists)<br>"
            + (f"found {values[r, c]:.0%}" if r == c else f"instead: {column}, {values[r, c]:.1%}")
            for c, column in enumerate(shown)
        ]
        for r, row in enumerate(shown)
    ]
    marks = np.array([0, 0.01, 0.05, 0.1, 0.25, 0.5, 1])
    bar = _bar("share of the row<br>light diagonal = good", dark)
    made.add_trace(
        go.Heatmap(
            # the root makes the small shares off the diagonal visible; the bar and the hover give the true ones
            z=np.sqrt(np.maximum(values, 0)),
            x=_unique(names, 22),
            y=_unique(names, 22),
            customdata=_cells(values.shape),
            zmin=0,
            colorscale=LIGHT_IS_GOOD,
            colorbar=bar | {"tickvals": np.sqrt(marks), "ticktext": [f"{mark:.0%}" for mark in marks]},
            text=texts,
            hovertemplate="%{text}<extra></extra>",
        )
    )
    made.update_xaxes(tickangle=-50, tickfont_size=11, dtick=1)
    made.update_yaxes(tickfont_size=11, dtick=1)
    return _matrix_axes(made)


def rank_histogram(
    bars: Sequence[str],
    shares: Mapping[str, NDArray[Any]],
    title: str,
    kind: str = "tag",
    median: Mapping[str, float] | None = None,
    ends: NDArray[Any] | None = None,
    cumulative: bool = False,
    dark: bool = False,
    height: int = 340,
) -> go.Figure:
    """Where the hidden items come, per model; the last bar is "not found". With `cumulative`, lines of how many were
    found up to each place. median and ends: the place of the middle item and the last place of each bar, to mark it.
    A click gives `customdata` = [model's number, bar]."""
    import plotly.graph_objects as go

    made = figure(title, dark, height, x="Place in our list", y=f"Share of the hidden {kind}s")
    names = [*map(safe, bars)]
    for number, (label, values) in enumerate(shares.items()):
        shown = np.cumsum(values[:-1]) if cumulative else values
        found = f"{1 - values[-1]:.0%} found" if values.sum() else "nothing hidden"
        places = names[: len(shown)]
        custom = np.column_stack([np.full(len(shown), number), np.arange(len(shown))])
        template = f"{safe(label)}<br>place %{{x}}: %{{y:.1%}}<extra></extra>"
        look = colour(number)
        if cumulative:
            made.add_trace(
                go.Scatter(
                    x=places,
                    y=shown,
                    name=f"{safe(label, 28)}: {found}",
                    mode="lines+markers",
                    line=line(number),
                    marker={"symbol": SYMBOLS[number % len(SYMBOLS)], "size": 7},
                    customdata=custom,
                    hovertemplate=template,
                )
            )
        else:
            last = np.array([0.55] if len(shares) == 1 else [1.0])
            opacity = np.concatenate([np.ones(len(shown) - 1), last])
            pattern = ["/" if bar == len(shown) - 1 else "" for bar in range(len(shown))]
            made.add_trace(
                go.Bar(
                    x=places,
                    y=shown,
                    name=f"{safe(label, 28)}: {found}",
                    text=[""] * (len(shown) - 1) + [found if len(shares) == 1 else ""],
                    textposition="outside",
                    textangle=0,
                    cliponaxis=False,
                    marker={
                        "color": look,
                        "opacity": opacity,
                        "line_width": 0,
                        "pattern": {"shape": pattern, "size": 5},
                    },
                    customdata=custom,
                    hovertemplate=template,
                )
            )
    for number, label in enumerate(shares):
        middle = (median or {}).get(label, float("inf"))
        if ends is not None and isfinite(middle):
            bar = int(np.searchsorted(ends, middle))
            text = "half are found by here" if len(shares) == 1 else f"half: {safe(label, 24)}"
            mark = colour(number) if len(shares) > 1 else soft_ink(dark)
            made.add_vline(x=bar, line={"color": mark, "dash": "dot", "width": 2}, layer="above")
            made.add_annotation(
                x=bar, y=1 - 0.08 * number, yref="paper", text=text, showarrow=False, xanchor="left", xshift=6,
                font={"size": 12, "color": soft_ink(dark)}, bgcolor=paper(dark), opacity=0.9,
            )  # fmt: skip
    made.update_xaxes(type="category", showgrid=False)
    made.update_yaxes(tickformat=".0%", rangemode="tozero")
    made.update_layout(bargap=0.15, bargroupgap=0.05, showlegend=len(shares) > 1)
    return _legend_below_title(made) if len(shares) > 1 else made


def metric_dots(
    table: pd.DataFrame, metrics: Sequence[str], title: str, dark: bool = False, height: int = 0
) -> go.Figure:
    """Models (rows) × metrics (columns) as dots with 95 % whiskers. table: as from `evaluate.metrics.summary`."""
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    models = [safe(str(model), 28) for model in table["model"]]
    made = make_subplots(
        cols=len(metrics),
        shared_yaxes=True,
        horizontal_spacing=0.03,
        column_titles=[NAMES.get(metric, metric) for metric in metrics],
        figure=figure(title, dark, height or 110 + 34 * len(models)),
    )
    for at, metric in enumerate(metrics, 1):
        values, low, high = _interval(table, metric)
        text = [f"{v:.3f} ({a:.3f} to {b:.3f})" for v, a, b in zip(values, low, high, strict=True)]
        made.add_trace(
            go.Scatter(
                x=values,
                y=models,
                mode="markers",
                marker={"color": [colour(n) for n in range(len(models))], "size": 9},
                error_x=_whiskers(values, low, high) | {"color": GREY},
                text=text,
                hovertemplate="%{y}<br>%{text}<extra></extra>",
                showlegend=False,
            ),
            row=1,
            col=at,
        )
    made.update_xaxes(rangemode="tozero", nticks=4, title_text="")
    made.update_layout(margin_t=made.layout.margin.t + 24)
    made.update_yaxes(autorange="reversed", showgrid=False, type="category")
    return made


def segments_dots(
    table: pd.DataFrame, metric: str, title: str, x: str = "", dark: bool = False, height: int = 320
) -> go.Figure:
    """One line of dots per model over segments. table: columns `segment`, `model`, the metric, and its `_low`,
    `_high`."""
    import plotly.graph_objects as go

    made = figure(title, dark, height, x=x, y=NAMES.get(metric, metric))
    models = list(dict.fromkeys(table["model"]))
    for number, model in enumerate(models):
        part = table[table["model"] == model]
        values, low, high = _interval(part, metric)
        made.add_trace(
            go.Scatter(
                x=[safe(str(name), 26) for name in part["segment"]],
                y=values,
                name=safe(str(model)),
                mode="markers",
                marker={"color": colour(number), "symbol": SYMBOLS[number % len(SYMBOLS)], "size": 9},
                error_y=_whiskers(values, low, high),
                customdata=part["questions"] if "questions" in part else np.full(len(part), np.nan),
                hovertemplate=f"{safe(str(model))}<br>%{{x}}: %{{y:.3f}}<br>%{{customdata}} questions<extra></extra>",
            )
        )
    made.update_yaxes(rangemode="tozero")
    made.update_xaxes(type="category", showgrid=False)
    made.update_layout(scattermode="group", scattergap=0.6)
    return _legend_below_title(made)


def agreement_heatmap(values: NDArray[Any], names: Sequence[str], title: str, dark: bool = False) -> go.Figure:
    """Models × models, how alike their lists are (rank-biased overlap), written into the cells."""
    import plotly.graph_objects as go

    made = figure(title, dark, 140 + 48 * len(names))
    made.add_trace(
        go.Heatmap(
            z=values,
            x=_unique(names, 26),
            y=_unique(names, 26),
            zmin=0,
            zmax=1,
            colorscale=LIGHT_IS_GOOD,
            xgap=2,
            ygap=2,
            texttemplate="%{z:.2f}",
            colorbar=_bar("overlap<br>1 = same list", dark),
            hovertemplate="%{y} and %{x}: %{z:.2f}<extra></extra>",
        )
    )
    return _matrix_axes(made)


def distribution(
    values: Mapping[str, NDArray[Any]], title: str, x: str, y: str = "Share", bins: int = 40, dark: bool = False
) -> go.Figure:
    """Histograms of one or more sets of values over the same bins, as steps, each summing to 1."""
    import plotly.graph_objects as go

    made = figure(title, dark, 320, x=x, y=y)
    known = {label: v[np.isfinite(v)] for label, v in values.items()}
    everything = np.concatenate([v for v in known.values()]) if known else np.zeros(0)
    edges = np.histogram_bin_edges(everything, bins=bins) if len(everything) else np.linspace(0, 1, bins + 1)
    for number, (label, here) in enumerate(known.items()):
        counts = np.histogram(here, edges)[0] / max(1, len(here))
        made.add_trace(
            go.Scatter(
                x=(edges[:-1] + edges[1:]) / 2,
                y=counts,
                name=safe(label),
                mode="lines",
                line=line(number) | {"shape": "hvh"},
                fill="tozeroy" if len(known) == 1 else None,
                hovertemplate=f"{safe(label)}<br>%{{x:.2f}}: %{{y:.1%}}<extra></extra>",
            )
        )
    made.update_yaxes(tickformat=".0%", rangemode="tozero")
    made.update_layout(showlegend=len(known) > 1)
    return _legend_below_title(made) if len(known) > 1 else made


def history(table: pd.DataFrame, metric: str, title: str, dark: bool = False) -> go.Figure:
    """How a metric moved over runs. table: columns `created` (ISO), `model`, the metric, `_low`, `_high`, `report`.
    A click gives `customdata` = report."""
    import plotly.graph_objects as go

    made = figure(title, dark, 340, x="When it was evaluated", y=NAMES.get(metric, metric))
    for number, model in enumerate(dict.fromkeys(table["model"])):
        part = table[table["model"] == model].sort_values("created")
        values, low, high = _interval(part, metric)
        made.add_trace(
            go.Scatter(
                x=part["created"],
                y=values,
                name=safe(str(model)),
                mode="lines+markers",
                line=line(number),
                marker={"symbol": SYMBOLS[number % len(SYMBOLS)], "size": 8},
                error_y=_whiskers(values, low, high),
                customdata=part["report"],
                hovertemplate=f"{safe(str(model))}<br>%{{x}}: %{{y:.3f}}<extra></extra>",
            )
        )  # fmt: skip
    made.update_yaxes(rangemode="tozero")
    return _legend_below_title(made)


def _interval(table: pd.DataFrame, metric: str) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """A metric's values and the ends of their intervals, the values themselves where there are no intervals."""
    values = table[metric].to_numpy(dtype=float)
    low, high = (
        table[name].to_numpy(dtype=float) if name in table else values for name in (f"{metric}_low", f"{metric}_high")
    )
    return values, low, high


def _whiskers(values: NDArray[Any], low: NDArray[Any], high: NDArray[Any]) -> dict[str, Any]:
    return {
        "type": "data",
        "symmetric": False,
        "array": high - values,
        "arrayminus": values - low,
        "thickness": 1.5,
        "width": 3,
    }


def _cells(shape: tuple[int, ...]) -> NDArray[np.int64]:
    return np.stack(np.meshgrid(np.arange(shape[0]), np.arange(shape[1]), indexing="ij"), axis=-1)


def _unique(names: Sequence[str], width: int = 26) -> list[str]:
    """Safe names, told apart by invisible marks where cutting them makes them equal: Plotly merges equal categories."""
    seen: dict[str, int] = {}
    result = []
    for name in names:
        short = safe(str(name), width)
        seen[short] = seen.get(short, -1) + 1
        result.append(short + "\u200b" * seen[short])
    return result


def _bar(title: str, dark: bool) -> dict[str, Any]:
    return {
        "title": {"text": title, "font": {"size": 11, "color": soft_ink(dark)}},
        "thickness": 10,
        "outlinewidth": 0,
        "tickfont": {"size": 11, "color": soft_ink(dark)},
        "tickcolor": line_colour(dark),
    }


def _matrix_axes(made: go.Figure) -> go.Figure:
    made.update_xaxes(type="category", showgrid=False, zeroline=False)
    made.update_yaxes(type="category", autorange="reversed", showgrid=False, zeroline=False)
    return made


def _legend_below_title(made: go.Figure) -> go.Figure:
    made.update_layout(margin_t=made.layout.margin.t + 26)
    return made
