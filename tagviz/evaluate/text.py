"""The report for a terminal, a spreadsheet and a paper: aligned tables, a histogram of characters, CSV, LaTeX."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from math import isfinite

import pandas as pd

from tagviz.evaluate import words
from tagviz.evaluate.ranks import RankHistogram
from tagviz.text import clean

COLUMNS = ("precision", "recall", "f1", "ndcg", "song_ndcg", "tag_ndcg", "arena")
HEADS = {
    "precision": "P@{k}",
    "recall": "R@{k}",
    "f1": "F1@{k}",
    "ndcg": "nDCG@{k}",
    "ndcg_cut": "nDCG'@{k}",
    "hit": "Hit@{k}",
    "mrr": "MRR@{k}",
    "song_ndcg": "song nDCG@100",
    "tag_ndcg": "tag nDCG@10",
    "arena": "Arena",
}
BLOCKS = " ▏▎▍▌▋▊▉█"
LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


def table(summary: pd.DataFrame, k: int, metrics: Sequence[str] = COLUMNS) -> str:
    """Models × metrics with half the width of the 95 % interval, the best of each column starred; columns without
    values are left out. summary: as from metrics.summary."""
    shown = [metric for metric in metrics if summary[metric].notna().any()]
    rows = [["model", *(HEADS[metric].format(k=k) for metric in shown)]]
    best = {metric: summary[metric].max() for metric in shown}
    for _, line in summary.iterrows():
        cells = [clean(str(line["model"]))]
        for metric in shown:
            star = "*" if line[metric] == best[metric] and len(summary) > 1 else " "
            cells.append(f"{line[metric]:.3f}{_half(line, metric, ' ±')}{star}" if pd.notna(line[metric]) else "– ")
        rows.append(cells)
    return aligned(rows)


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows as lines, the first column left-aligned, the others right-aligned, a rule under the first row."""
    widths = [max(_width(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = []
    for row in rows:
        first = row[0] + " " * (widths[0] - _width(row[0]))
        rest = [" " * (width - _width(cell)) + cell for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join([first, *rest]).rstrip())
    lines.insert(1, "─" * (sum(widths) + 2 * (len(widths) - 1)))
    return "\n".join(lines)


def histogram(shape: RankHistogram, label: str, width: int = 40) -> str:
    """The rank histogram of one model as bars of characters, one line a bar."""
    shares = shape.shares[label]
    top = max(float(shares.max()), 1e-9)
    wide = max(len(name) for name in shape.bars)
    lines = [f"{clean(label)}: {words.histogram_title(shape, label)}"]
    for name, value in zip(shape.bars, shares, strict=True):
        whole, part = divmod(round(8 * width * float(value) / top), 8)
        bar = "█" * whole + (BLOCKS[part] if part else "")
        lines.append(f"{name:>{wide}} {bar} {words.share(float(value))}")
    return "\n".join(lines)


def csv(frame: pd.DataFrame) -> str:
    """A table as CSV. Text that a spreadsheet would take for a formula gets a leading apostrophe."""
    safe = frame.copy()
    for name in safe.columns:
        if pd.api.types.is_string_dtype(safe[name]) or safe[name].dtype == object:
            safe[name] = [
                f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t") else value
                for value in safe[name]
            ]
    return safe.to_csv(index=False)


def latex(summary: pd.DataFrame, k: int, caption: str = "", metrics: Sequence[str] = COLUMNS) -> str:
    """The table for a paper: booktabs, the best of each column in bold, intervals as ± half their width."""
    shown = [metric for metric in metrics if summary[metric].notna().any()]
    best = {metric: summary[metric].max() for metric in shown}
    heads = [HEADS[metric].format(k=k) for metric in shown]
    lines = [r"\begin{table}", r"\centering"]
    if caption:
        lines.append(rf"\caption{{{_tex(caption)}}}")
    lines += [rf"\begin{{tabular}}{{l{'r' * len(shown)}}}", r"\toprule"]
    lines += [" & ".join(["Model", *map(_tex, heads)]) + r" \\", r"\midrule"]
    for _, line in summary.iterrows():
        cells = [_tex(clean(str(line["model"])))]
        for metric in shown:
            if pd.isna(line[metric]):
                cells.append("--")
                continue
            number = f"{line[metric]:.3f}"
            number = rf"\textbf{{{number}}}" if line[metric] == best[metric] and len(summary) > 1 else number
            cells.append(number + _half(line, metric, r" {\scriptsize $\pm$ ", "}"))
        lines.append(" & ".join(cells) + r" \\")
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", r"\end{table}", ""])


def _half(line: pd.Series, metric: str, before: str, after: str = "") -> str:
    """Half the width of the interval; "" where there is none."""
    if f"{metric}_low" not in line:
        return ""
    half = (line[f"{metric}_high"] - line[f"{metric}_low"]) / 2
    return f"{before}{half:.3f}{after}" if isfinite(half) else ""


def _width(text: str) -> int:
    """Columns that the text takes in a terminal: Hangul and Han take two, combining marks none."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def _tex(text: str) -> str:
    return "".join(LATEX.get(character, character) for character in text)
