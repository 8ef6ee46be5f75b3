"""What a page or file shows of a report: tables, sentences and figures put together.

Nothing is scored or computed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import pandas as pd

from tagviz.evaluation import (
    beyond_accuracy,
    captions,
    compare,
    export_html,
    heatmaps,
    metrics,
    rank_histogram,
    segments,
)
from tagviz.evaluation.heatmaps import Instead, Similarity
from tagviz.evaluation.memoize import per_report
from tagviz.evaluation.metric_registry import ARENA, METRICS, PER_QUESTION, titles
from tagviz.evaluation.rank_histogram import RankHistogram
from tagviz.evaluation.report import EvalReport
from tagviz.figures import evaluation as draw
from tagviz.figures import heatmaps as heatmap_figures
from tagviz.figures.page_titles import move_title_to_meta
from tagviz.figures.rank_histogram import RankShares, rank_histogram_figure
from tagviz.song_words import in_words
from tagviz.types import Kind

if TYPE_CHECKING:
    import plotly.graph_objects as go

Reading = Literal["similarity", "instead"]
READINGS: tuple[Reading, ...] = ("similarity", "instead")


@dataclass(frozen=True, eq=False)
class Facts:
    """What the panel says at one k, without its figures.

    `summary` (see metrics.summary), `comparison` (see compare.compare; `even` names the models that cannot be told from
    the best), what the table says in a sentence, and where the hidden items come.
    """

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
    known = _known_facts(report, kind, case, resamples)
    missing = [k for k in ks if k not in known]
    if missing:
        compared = compare.compare_at(report, "ndcg", kind, missing, case, resamples=0)
        for k, comparison in zip(missing, compared, strict=True):
            summary = metrics.summary(report, kind, k, case, resamples=resamples)
            known[k] = _facts(report, kind, k, case, summary, comparison)
    return [known[k] for k in ks]


@per_report
def _known_facts(report: EvalReport, kind: Kind, case: str, resamples: int) -> dict[int, Facts]:
    """The facts by k that `facts` has computed so far."""
    return {}


def _facts(report: EvalReport, kind: Kind, k: int, case: str, summary: pd.DataFrame, comparison: pd.DataFrame) -> Facts:
    best = leader(report, summary)
    outcomes = compare.outcomes_for(comparison, best)
    return Facts(
        k=k,
        summary=summary,
        comparison=comparison,
        best=best,
        even=tuple(other for other, outcome in outcomes.items() if outcome in (compare.UNCLEAR, compare.SAME)),
        sentence=captions.table_sentence(summary, comparison, k, kind),
        shape=rank_histogram.histogram(report, kind, k, case),
    )


@dataclass(frozen=True)
class PanelOptions:
    """How the panel's figures are drawn.

    Attributes:
        label: The model of the heatmap, and of the histogram unless all models are overlaid; empty for the best.
        reading: Which heatmap; None for none.
        cumulative: Whether the histogram adds up.
        overlaid: Whether the histogram shows all models.
        dark: Whether the theme is dark.
        resamples: Bootstrap resamples behind the intervals.
    """

    label: str = ""
    reading: Reading | None = "similarity"
    cumulative: bool = False
    overlaid: bool = True
    dark: bool = False
    resamples: int = 1000


def panel(
    report: EvalReport,
    kind: Kind = Kind.TAG,
    k: int = 10,
    case: str = "",
    options: PanelOptions = PanelOptions(),
) -> Panel:
    """Build the panel of a report: table, heatmap and histogram.

    The heatmaps are about tags: None where the report or the model has none, or no vectors to measure similarity by.

    Args:
        report: The report.
        kind: Kind of the recommended items.
        k: How many recommendations count.
        case: Only questions of this case; empty for all.
        options: How the figures are drawn.
    """
    reading, dark, resamples = options.reading, options.dark, options.resamples
    summary = metrics.summary(report, kind, k, case, resamples=resamples)
    comparison = compare.compare(report, "ndcg", kind, k, case, resamples)
    known = _facts(report, kind, k, case, summary, comparison)
    label = options.label or known.best
    shape = known.shape
    shares = shape.shares if options.overlaid else {label: shape.shares[label]}
    title = captions.histogram_title(shape, label)
    ranks = RankShares(shape.bars, shares, kind, shape.median, shape.ends)
    histogram = rank_histogram_figure(ranks, title, options.cumulative, dark)
    return Panel(
        **vars(known),
        dots=draw.metric_dots(summary, [METRICS[name] for name in PER_QUESTION], known.sentence, dark),
        heatmap=heatmap(report, label, k, case, reading, dark) if reading else None,
        heatmap_reading=captions.READ_INSTEAD if reading == "instead" else captions.READ_SIMILARITY,
        histogram=histogram,
        histogram_reading=captions.READ_HISTOGRAM,
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
        return mixed, captions.instead_title(mixed, k)
    near = heatmaps.similarity(report, label, k, case)
    return near, captions.similarity_title(near, k)


def heatmap(
    report: EvalReport, label: str, k: int = 10, case: str = "", reading: Reading = "similarity", dark: bool = False
) -> go.Figure | None:
    """One of the two heatmaps over all questions of a case as a figure; None as in `panel`."""
    drawn = shape(report, label, k, case, reading)
    if drawn is None:
        return None
    data, title = drawn
    if isinstance(data, Instead):
        return heatmap_figures.instead_heatmap(data.values, data.names, title, data.counts, dark)
    return heatmap_figures.similarity_heatmap(data.values, data.rows, data.columns, title, dark=dark)


def question_heatmap(
    report: EvalReport, label: str, row: int, k: int = 10, dark: bool = False, reading: Reading = "similarity"
) -> go.Figure:
    """One of the two heatmaps of one question."""
    if reading == "instead":
        shape = heatmaps.instead_of(report, label, row, k)
        title = captions.instead_of_title(shape)
        return heatmap_figures.instead_heatmap(shape.values, shape.rows, title, None, dark, shape.columns)
    near = heatmaps.similarity_of(report, label, row, k)
    title = captions.similarity_title(near, k)
    return heatmap_figures.similarity_heatmap(near.values, near.rows, near.columns, title, one_question=True, dark=dark)


def html_report(
    report: EvalReport, k: int = 10, dark: bool = False, resamples: int = 1000, songs_are: str = "tracks"
) -> str:
    """The whole report as one HTML file that opens offline; songs are called what they are (see `song_words`)."""
    sections: list[export_html.Section] = []
    for kind in report.kinds:
        depth = min(k, report.depth(kind))
        whole = panel(report, kind, depth, options=PanelOptions(dark=dark, resamples=resamples))
        columns = [*PER_QUESTION, *(c for c in ARENA if whole.summary[c].notna().any())]
        sections.append(
            export_html.Section(
                f"How good are the {kind}s?",
                (captions.READ_TABLE,),
                whole.dots,
                whole.summary[["model", *columns, "questions", "empty"]].rename(columns=titles()),
                best=[METRICS[c].title for c in columns],
            )
        )
        sections.append(
            export_html.Section("Where do the right ones come?", (captions.READ_HISTOGRAM,), whole.histogram)
        )
        readings: tuple[tuple[Reading, str], ...] = (
            ("similarity", captions.READ_SIMILARITY),
            ("instead", captions.READ_INSTEAD),
        )
        for reading, read in readings if kind is Kind.TAG else ():
            near = heatmap(report, whole.best, depth, reading=reading, dark=dark)
            if near is not None:
                sections.append(export_html.Section(f"Suggested against hidden tags: {whole.best}", (read,), near))
        if len(report.labels_for(kind)) > 1:
            pairs = [captions.comparison_sentence(row, "nDCG") for _, row in whole.comparison.iterrows()]
            sections.append(
                export_html.Section("Which differences are real?", pairs, table=whole.comparison.drop(columns="p"))
            )
            alike = beyond_accuracy.agreement(report, kind, depth)
            title = f"How alike the first {depth} {kind}s are"
            sections.append(
                export_html.Section(
                    "Do the models agree?",
                    ("1: the same list in the same order; 0: nothing in common.",),
                    heatmap_figures.agreement_heatmap(alike.to_numpy(), list(alike.columns), title, dark),
                )
            )
        if len(report.cases) > 1:
            parts = segments.segments(report, "case", kind, depth, resamples=resamples)
            shown = draw.segments_dots(parts, METRICS["ndcg"], "nDCG by what is shown", "What the question shows", dark)
            sections.append(export_html.Section(f"{kind.title()}s by what is shown", (), shown))
        popular = segments.segments(report, "popularity", kind, depth, resamples=resamples)
        shown = draw.segments_dots(popular, METRICS["recall"], f"Recall of common and rare {kind}s", "", dark)
        sections.append(export_html.Section(f"Common and rare {kind}s", (captions.READ_BANDS,), shown))
        sections.append(
            export_html.Section(
                "Beyond accuracy", (captions.READ_BEYOND,), table=beyond_accuracy.beyond(report, kind, depth)
            )
        )
    models = pd.DataFrame(
        [[m.label, m.method, m.model, ", ".join(f"{a} = {b}" for a, b in m.params.items())] for m in report.models],
        columns=["label", "method", "model", "parameters"],
    )
    sections.append(export_html.Section("What was judged", (captions.about(report), *report.notes), table=models))
    for section in sections:
        if section.figure is not None:
            move_title_to_meta(section.figure)
    worded = [_in_words(section, songs_are) for section in sections]
    return export_html.page(report.name, in_words(captions.about(report), songs_are), worded, report.warnings, dark)


def _in_words(section: export_html.Section, songs_are: str) -> export_html.Section:
    """A section in the words of the corpus: its heading, sentences, and the titles of its figure."""
    if section.figure is not None:
        drawing = section.figure.layout
        drawing.meta = in_words(str(drawing.meta or ""), songs_are)
        for axis in (drawing.xaxis, drawing.yaxis):
            axis.title.text = in_words(str(axis.title.text or ""), songs_are)
    return replace(
        section,
        heading=in_words(section.heading, songs_are),
        sentences=[in_words(sentence, songs_are) for sentence in section.sentences],
    )
