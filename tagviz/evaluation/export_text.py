"""A report as aligned text tables, a histogram of characters, CSV and LaTeX."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from math import isfinite

import pandas as pd

from tagviz.csv_guard import csv_text
from tagviz.evaluation import captions
from tagviz.evaluation.metric_registry import ARENA, METRICS, PER_QUESTION
from tagviz.evaluation.rank_histogram import RankHistogram
from tagviz.text import clean

COLUMNS = (*PER_QUESTION, *ARENA)
BLOCKS = " ▏▎▍▌▋▊▉█"
LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


def table(summary: pd.DataFrame, k: int, metrics: Sequence[str] = COLUMNS) -> str:
    """Return models × metrics with half the width of the 95 % interval, the best of each column starred.

    Args:
        summary: Frame as from `metrics.summary`.
        k: Number of recommended items that count.
        metrics: Columns; those without values are left out.
    """
    shown = [metric for metric in metrics if summary[metric].notna().any()]
    rows = [["model", *(METRICS[metric].heading.format(k=k) for metric in shown)]]
    best = {metric: summary[metric].max() for metric in shown}
    for _, line in summary.iterrows():
        cells = [clean(str(line["model"]))]
        for metric in shown:
            star = "*" if line[metric] == best[metric] and len(summary) > 1 else " "
            cells.append(
                f"{line[metric]:.3f}{_half_interval(line, metric, ' ±')}{star}" if pd.notna(line[metric]) else "– "
            )
        rows.append(cells)
    return aligned(rows)


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as lines: the first column left-aligned, the others right-aligned, a rule under the first row."""
    widths = [max(_display_width(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = []
    for row in rows:
        first = row[0] + " " * (widths[0] - _display_width(row[0]))
        rest = [" " * (width - _display_width(cell)) + cell for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join([first, *rest]).rstrip())
    lines.insert(1, "─" * (sum(widths) + 2 * (len(widths) - 1)))
    return "\n".join(lines)


def histogram(shape: RankHistogram, label: str, width: int = 40) -> str:
    """Return the rank histogram of one model as bars of characters, one line per bar.

    Args:
        shape: The histogram.
        label: The model.
        width: Length of the longest bar, characters.
    """
    shares = shape.shares[label]
    top = max(float(shares.max()), 1e-9)
    wide = max(len(name) for name in shape.bars)
    lines = [f"{clean(label)}: {captions.histogram_title(shape, label)}"]
    for name, share in zip(shape.bars, shares, strict=True):
        whole, part = divmod(round(8 * width * float(share) / top), 8)
        bar = "█" * whole + (BLOCKS[part] if part else "")
        lines.append(f"{name:>{wide}} {bar} {captions.share(float(share))}")
    return "\n".join(lines)


def csv(frame: pd.DataFrame) -> str:
    """A table as CSV. Text that a spreadsheet would take for a formula gets a leading apostrophe."""
    return csv_text(frame)


def latex(summary: pd.DataFrame, k: int, caption: str = "", metrics: Sequence[str] = COLUMNS) -> str:
    """Return the table for a paper: booktabs, the best of each column in bold, intervals as ± half their width.

    Args:
        summary: Frame as from `metrics.summary`.
        k: Number of recommended items that count.
        caption: Caption of the table; "": none.
        metrics: Columns; those without values are left out.
    """
    shown = [metric for metric in metrics if summary[metric].notna().any()]
    best = {metric: summary[metric].max() for metric in shown}
    heads = [METRICS[metric].heading.format(k=k) for metric in shown]
    lines = [r"\begin{table}", r"\centering"]
    if caption:
        lines.append(rf"\caption{{{_escape_latex(caption)}}}")
    lines += [rf"\begin{{tabular}}{{l{'r' * len(shown)}}}", r"\toprule"]
    lines += [" & ".join(["Model", *map(_escape_latex, heads)]) + r" \\", r"\midrule"]
    for _, line in summary.iterrows():
        cells = [_escape_latex(clean(str(line["model"])))]
        for metric in shown:
            if pd.isna(line[metric]):
                cells.append("--")
                continue
            number = f"{line[metric]:.3f}"
            number = rf"\textbf{{{number}}}" if line[metric] == best[metric] and len(summary) > 1 else number
            cells.append(number + _half_interval(line, metric, r" {\scriptsize $\pm$ ", "}"))
        lines.append(" & ".join(cells) + r" \\")
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", r"\end{table}", ""])


def _half_interval(line: pd.Series, metric: str, before: str, after: str = "") -> str:
    """Return half the width of the interval; "" where there is none."""
    if f"{metric}_low" not in line:
        return ""
    half = (line[f"{metric}_high"] - line[f"{metric}_low"]) / 2
    return f"{before}{half:.3f}{after}" if isfinite(half) else ""


def _display_width(text: str) -> int:
    """Return the columns that a text takes in a terminal: Hangul and Han take two, combining marks none."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def _escape_latex(text: str) -> str:
    return "".join(LATEX.get(character, character) for character in text)
