"""Figures of the evaluation: each takes plain arrays and sentences and returns a Plotly figure; nothing is computed
here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tagviz.figures.template import (
    LIGHT_IS_GOOD,
    SYMBOLS,
    colour,
    figure,
    line,
    line_colour,
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
    height: int = 300,
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


def metric_dots(
    table: pd.DataFrame, metrics: Sequence[str], title: str, dark: bool = False, height: int = 0
) -> go.Figure:
    """Models (rows, the best by the last metric first) × metrics (columns) as dots with 95 % whiskers. table: as from
    `evaluate.metrics.summary`; its index gives the models' colours."""
    import plotly.graph_objects as go

    table = table.sort_values(metrics[-1], ascending=False, kind="stable")
    models = _unique([str(model) for model in table["model"]], 28)
    made = figure(title, dark, height or max(150, 76 + 26 * len(models)))
    wide = 1 / len(metrics)
    for at, metric in enumerate(metrics):
        values, low, high = _interval(table, metric)
        text = [f"{v:.3f} ({a:.3f} to {b:.3f})" for v, a, b in zip(values, low, high, strict=True)]
        axis = f"x{at + 1}" if at else "x"
        made.add_trace(
            go.Scatter(
                x=values,
                y=models,
                mode="markers",
                marker={"color": [colour(int(n)) for n in table.index], "size": 7},
                error_x=_whiskers(values, low, high) | {"color": soft_ink(dark), "thickness": 2, "width": 6},
                text=text,
                hovertemplate=f"%{{y}}<br>{NAMES.get(metric, metric)} %{{text}}<extra></extra>",
                showlegend=False,
                xaxis=axis,
            )
        )
        top = float(np.nanmax(high, initial=0.0)) or 1.0
        name = axis.replace("x", "xaxis")
        made.update_layout(
            {
                name: {
                    "domain": [at * wide, (at + 0.84) * wide],
                    "range": [0, 1.08 * top],
                    "nticks": 3,
                    "tickangle": 0,
                    "tickfont": {"size": 11},
                    "title": {"text": NAMES.get(metric, metric)},
                    "side": "top",
                    "anchor": "y",
                }
            }
        )
    made.update_yaxes(autorange="reversed", showgrid=True, type="category", title_text="")
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
