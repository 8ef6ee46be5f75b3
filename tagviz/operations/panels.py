"""What a page or file shows of a report: tables, sentences and figures put together. Nothing is scored or computed
here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from tagviz.evaluate import beyond, compare, heatmaps, html, metrics, ranks, segments, words
from tagviz.evaluate.heatmaps import Instead, Similarity
from tagviz.evaluate.ranks import RankHistogram
from tagviz.evaluate.report import EvalReport
from tagviz.figures import evaluation as draw
from tagviz.figures.fitting import untitled
from tagviz.figures.places import rank_histogram
from tagviz.types import Kind

if TYPE_CHECKING:
    import plotly.graph_objects as go

SHOWN = ("precision", "recall", "f1", "ndcg")
Reading = Literal["similarity", "instead"]
READINGS: tuple[Reading, ...] = ("similarity", "instead")


@dataclass(frozen=True, eq=False)
class Facts:
    """What the panel says at one k, without its figures: `summary` (see metrics.summary), `comparison` (see
    compare.compare; `even` names the models that cannot be told from the best), what the table says in a sentence, and
    where the hidden items come."""

    k: int
    summary: pd.DataFrame
    comparison: pd.DataFrame
    best: str
    even: tuple[str, ...]
    sentence: str
    shape: RankHistogram


@dataclass(frozen=True, eq=False)
class Panel(Facts):
    """The evaluation at a glance: the facts with three figures, and beside each a sentence of how to read it."""

    dots: go.Figure
    heatmap: go.Figure | None
    heatmap_reading: str
    histogram: go.Figure
    histogram_reading: str


def facts(
    report: EvalReport, kind: Kind = Kind.TAG, ks: Sequence[int] = (10,), case: str = "", resamples: int = 400
) -> list[Facts]:
    """The panel's facts at several k, kept with the report. The intervals of the comparison are left out."""
    key = ("facts", kind, case, resamples)
    known: dict[int, Facts] = report.memo.setdefault(key, {})
    missing = [k for k in ks if k not in known]
    if missing:
        compared = compare.compare_at(report, "ndcg", kind, missing, case, resamples=0)
        for k, comparison in zip(missing, compared, strict=True):
            summary = metrics.summary(report, kind, k, case, resamples=resamples)
            known[k] = _facts(report, kind, k, case, summary, comparison)
    return [known[k] for k in ks]


def _facts(report: EvalReport, kind: Kind, k: int, case: str, summary: pd.DataFrame, comparison: pd.DataFrame) -> Facts:
    best = leader(report, summary)
    verdicts = compare.verdicts(comparison, best)
    return Facts(
        k=k,
        summary=summary,
        comparison=comparison,
        best=best,
        even=tuple(other for other, verdict in verdicts.items() if verdict in (compare.UNCLEAR, compare.SAME)),
        sentence=words.table_sentence(summary, comparison, k, kind),
        shape=ranks.histogram(report, kind, k, case),
    )


def panel(
    report: EvalReport,
    label: str = "",
    kind: Kind = Kind.TAG,
    k: int = 10,
    case: str = "",
    reading: Reading | None = "similarity",
    cumulative: bool = False,
    overlaid: bool = True,
    dark: bool = False,
    resamples: int = 1000,
) -> Panel:
    """The panel for one kind, k and case. label: the model of the heatmap, and of the histogram unless all are
    `overlaid` ("": the best one). The heatmaps are about tags: None where the report or the model has none, or
    no vectors to measure similarity by, or where `reading` is None."""
    summary = metrics.summary(report, kind, k, case, resamples=resamples)
    comparison = compare.compare(report, "ndcg", kind, k, case, resamples)
    found = _facts(report, kind, k, case, summary, comparison)
    label = label or found.best
    shape = found.shape
    shares = shape.shares if overlaid else {label: shape.shares[label]}
    title = words.histogram_title(shape, label)
    histogram = rank_histogram(shape.bars, shares, title, kind, shape.median, shape.ends, cumulative, dark)
    return Panel(
        **vars(found),
        dots=draw.metric_dots(summary, SHOWN, found.sentence, dark),
        heatmap=heatmap(report, label, k, case, reading, dark) if reading else None,
        heatmap_reading=words.READ_INSTEAD if reading == "instead" else words.READ_SIMILARITY,
        histogram=histogram,
        histogram_reading=words.READ_HISTOGRAM,
    )


def leader(report: EvalReport, summary: pd.DataFrame, metric: str = "ndcg") -> str:
    """The model with the greatest value; the report's first where there is none."""
    known = summary.dropna(subset=[metric])
    return str(known.iloc[int(known[metric].to_numpy().argmax())]["model"]) if len(known) else report.labels[0]


def shape(
    report: EvalReport, label: str, k: int = 10, case: str = "", reading: Reading = "similarity"
) -> tuple[Similarity | Instead, str] | None:
    """The data of one of the two heatmaps over all questions of a case, and its title; None as in `panel`."""
    similar = reading == "instead" or report.items[Kind.TAG].vectors.shape[1] > 0
    if not similar or (label, Kind.TAG) not in report.rows:
        return None
    if reading == "instead":
        mixed = heatmaps.instead(report, label, k, case)
        return mixed, words.instead_title(mixed, k)
    near = heatmaps.similarity(report, label, k, case)
    return near, words.similarity_title(near, k)


def heatmap(
    report: EvalReport, label: str, k: int = 10, case: str = "", reading: Reading = "similarity", dark: bool = False
) -> go.Figure | None:
    """One of the two heatmaps over all questions of a case as a figure; None as in `panel`."""
    found = shape(report, label, k, case, reading)
    if found is None:
        return None
    data, title = found
    if isinstance(data, Instead):
        return draw.instead_heatmap(data.values, data.names, title, data.counts, dark)
    return draw.similarity_heatmap(data.values, data.rows, data.columns, title, dark=dark)


def question_heatmap(
    report: EvalReport, label: str, row: int, k: int = 10, dark: bool = False, reading: Reading = "similarity"
) -> go.Figure:
    """One of the two heatmaps of one question."""
    if reading == "instead":
        shape = heatmaps.instead_of(report, label, row, k)
        title, height = words.instead_of_title(shape), 190 + 18 * len(shape.rows)
        return draw.instead_heatmap(shape.values, shape.rows, title, None, dark, height, shape.columns)
    near = heatmaps.similarity_of(report, label, row, k)
    title = words.similarity_title(near, k)
    return draw.similarity_heatmap(near.values, near.rows, near.columns, title, one_question=True, dark=dark)


def html_report(report: EvalReport, k: int = 10, dark: bool = False, resamples: int = 1000) -> str:
    """The whole report as one HTML file that opens offline."""
    sections: list[html.Section] = []
    for kind in report.kinds:
        depth = min(k, report.depth(kind))
        whole = panel(report, kind=kind, k=depth, dark=dark, resamples=resamples)
        columns = [*SHOWN, *(c for c in ("song_ndcg", "tag_ndcg", "arena") if whole.summary[c].notna().any())]
        sections.append(
            html.Section(
                f"How good are the {kind}s?",
                (words.READ_TABLE,),
                whole.dots,
                whole.summary[["model", *columns, "questions", "empty"]].rename(columns=draw.NAMES),
                best=[draw.NAMES[c] for c in columns],
            )
        )
        sections.append(html.Section("Where do the right ones come?", (words.READ_HISTOGRAM,), whole.histogram))
        readings: tuple[tuple[Reading, str], ...] = (
            ("similarity", words.READ_SIMILARITY),
            ("instead", words.READ_INSTEAD),
        )
        for reading, read in readings if kind is Kind.TAG else ():
            near = heatmap(report, whole.best, depth, reading=reading, dark=dark)
            if near is not None:
                sections.append(html.Section(f"Suggested against hidden tags: {whole.best}", (read,), near))
        if len(report.labels_for(kind)) > 1:
            pairs = [words.comparison_sentence(row, "nDCG") for _, row in whole.comparison.iterrows()]
            sections.append(
                html.Section("Which differences are real?", pairs, table=whole.comparison.drop(columns="p"))
            )
            alike = beyond.agreement(report, kind, depth)
            title = f"How alike the first {depth} {kind}s are"
            sections.append(
                html.Section(
                    "Do the models agree?",
                    ("1: the same list in the same order; 0: nothing in common.",),
                    draw.agreement_heatmap(alike.to_numpy(), list(alike.columns), title, dark),
                )
            )
        if len(report.cases) > 1:
            parts = segments.segments(report, "case", kind, depth, resamples=resamples)
            shown = draw.segments_dots(parts, "ndcg", "nDCG by what is shown", "What the question shows", dark)
            sections.append(html.Section(f"{kind.title()}s by what is shown", (), shown))
        popular = segments.segments(report, "popularity", kind, depth, resamples=resamples)
        shown = draw.segments_dots(popular, "recall", f"Recall of common and rare {kind}s", "", dark)
        sections.append(html.Section(f"Common and rare {kind}s", (words.READ_BANDS,), shown))
        sections.append(html.Section("Beyond accuracy", (words.READ_BEYOND,), table=beyond.beyond(report, kind, depth)))
    models = pd.DataFrame(
        [[m.label, m.method, m.model, ", ".join(f"{a} = {b}" for a, b in m.params.items())] for m in report.models],
        columns=["label", "method", "model", "parameters"],
    )
    sections.append(html.Section("What was judged", (words.about(report), *report.notes), table=models))
    for section in sections:
        if section.figure is not None:
            untitled(section.figure)
    return html.page(report.name, words.about(report), sections, report.warnings, dark)
