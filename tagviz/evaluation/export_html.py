"""A report as one HTML file that opens without a network: plotly.js is in it once, nothing is fetched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

STYLE = """
:root { color-scheme: light dark; }
body { margin: 0 auto; max-width: 880px; padding: 24px 16px 64px; background: %(page)s; color: %(ink)s;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans KR", sans-serif; }
h1 { font-size: 1.8rem; line-height: 1.25; margin: 0 0 4px; } h2 { font-size: 1.25rem; margin: 40px 0 4px; }
p { margin: 4px 0 12px; } .soft { color: %(soft)s; } .wide { overflow-x: auto; }
.warning { border-left: 4px solid #D55E00; padding: 8px 12px; background: %(box)s; }
table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; width: 100%%; }
th, td { padding: 5px 10px; text-align: right; border-bottom: 1px solid %(line)s; }
th:first-child, td:first-child { text-align: left; } th { color: %(soft)s; font-weight: 600; }
"""
LIGHT = {"page": "#FFFFFF", "ink": "#1A1F2B", "soft": "#5A6270", "line": "#DDE2EA", "box": "#FCE9DD"}
DARK = {"page": "#11151C", "ink": "#E7EAF0", "soft": "#A6AEBC", "line": "#303846", "box": "#43240F"}


@dataclass(frozen=True, eq=False)
class Section:
    """A heading with sentences, a figure and a table, each optional.

    Attributes:
        heading: The heading.
        sentences: Sentences below it.
        figure: A Plotly figure; its `layout.meta` is written above it as its title.
        table: A table.
        best: Columns whose greatest value is bold.
    """

    heading: str
    sentences: Sequence[str] = ()
    figure: Any = None
    table: pd.DataFrame | None = None
    best: Sequence[str] = ()


def page(
    title: str,
    subtitle: str,
    sections: Sequence[Section],
    warnings: Sequence[str] = (),
    dark: bool = False,
) -> str:
    """Return the HTML document. All text is escaped; figures keep their zoom, hover and download buttons.

    Args:
        title: Title of the page.
        subtitle: Line below it.
        sections: The sections.
        warnings: Sentences that are highlighted at the top.
        dark: Dark theme.
    """
    from plotly.offline import get_plotlyjs

    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="soft">{escape(subtitle)}</p>',
        *(f'<p class="warning">{escape(warning)}</p>' for warning in warnings),
    ]
    for number, section in enumerate(sections):
        parts.append(f"<h2>{escape(section.heading)}</h2>")
        parts += [f"<p>{escape(sentence)}</p>" for sentence in section.sentences]
        if section.figure is not None:
            parts.append(f"<p><b>{escape(str(section.figure.layout.meta or ''))}</b></p>")
            parts.append(_figure(section.figure, number))
        if section.table is not None:
            parts.append(f'<div class="wide">{_table(section.table, section.best)}</div>')
    script = f"<script>{get_plotlyjs()}</script>" if any(section.figure is not None for section in sections) else ""
    style = STYLE % (DARK if dark else LIGHT)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{style}</style>{script}</head>\n<body>{''.join(parts)}</body></html>\n"
    )


def _figure(figure: Any, number: int) -> str:
    from plotly.io import to_html

    # a fixed id, so that the same report gives the same bytes
    config = {"displaylogo": False, "responsive": True}
    return str(to_html(figure, config, include_plotlyjs=False, full_html=False, div_id=f"figure{number}"))


def _table(frame: pd.DataFrame, best: Sequence[str]) -> str:
    greatest = {name: frame[name].max() for name in best if name in frame}
    head = "".join(f"<th>{escape(str(name))}</th>" for name in frame.columns)
    lines = []
    for row in frame.itertuples(index=False):
        cells = []
        for name, content in zip(frame.columns, row, strict=True):
            text = _cell(content)
            cells.append(
                f"<td><b>{text}</b></td>" if name in greatest and content == greatest[name] else f"<td>{text}</td>"
            )
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def _cell(content: Any) -> str:
    if pd.isna(content):
        return "–"
    if isinstance(content, float):
        return f"{content:.3f}"
    return escape(f"{content:,}" if isinstance(content, int) and not isinstance(content, bool) else str(content))
