"""The playlists behind a number, and one of them opened: what was shown and hidden, and each model's suggestions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from tagviz.errors import TagvizError
from tagviz.evaluation import drilldown as questions
from tagviz.evaluation import heatmaps, rank_histogram, segments
from tagviz.evaluation.drilldown import Drilldown, QuestionView
from tagviz.evaluation.report import EvalReport
from tagviz.figures.page_titles import move_title_to_meta
from tagviz.operations.evaluation import views
from tagviz.types import Kind
from tagviz.ui import formatting, pages, url_state
from tagviz.ui.components import charts, errors, feedback_buttons, tables
from tagviz.ui.evaluation.panel import ReportSelection, current_drilldown
from tagviz.ui.i18n import N_, _

MOST = 200
"""Playlists that are listed."""
LISTED_PX = 388
"""Height of their table: ten rows, so that the open playlist stays visible."""
SHOWN = {Kind.TAG: N_("shown tag"), Kind.SONG: N_("shown song")}
HIDDEN = {Kind.TAG: N_("hidden tag"), Kind.SONG: N_("hidden song")}
HIDDEN_PLURAL = {Kind.TAG: N_("Hidden tags"), Kind.SONG: N_("Hidden songs")}


@dataclass(frozen=True)
class PlaylistSelection:
    """The playlists behind what was clicked.

    Attributes:
        title: What they have in common, in words.
        rows: Rows of the report's questions, in the order in which they are listed.
    """

    title: str
    rows: NDArray[np.int64]


def show(view: ReportSelection) -> None:
    """Show the playlists behind what was clicked as a table, and the one that is open."""
    target = current_drilldown(view) or Drilldown("model", view.best)
    listed = _select(view, target)
    st.subheader(formatting.escape(listed.title, 200), anchor=False)
    if not len(listed.rows):
        st.caption(_("No playlists."))
        return
    depth = min(view.k, view.opened.depth(view.kind))
    frame = questions.question_table(view.opened, listed.rows, view.kind, depth, MOST)
    row = _table(view, frame)
    if len(listed.rows) > MOST:
        st.caption(_("The first {n} of {total:,}.").format(n=MOST, total=len(listed.rows)))
    ident = str(frame["id"].iloc[row]) if row is not None else url_state.param("question")
    if row is not None and ident != url_state.param("question"):
        url_state.set_params(question=ident)
    if not ident and not url_state.has("drilldown"):
        st.caption(_("Click a playlist to open it, or any cell, bar, mark or model above to list its playlists."))
        return
    chosen = _row_of(view.opened, ident) if ident else int(frame["row"].iloc[0])
    if chosen is not None:
        _open(view, questions.question_view(view.opened, chosen, max(view.k, 10)))


def _table(view: ReportSelection, listed: pd.DataFrame) -> int | None:
    """Show the playlists; return the row that is clicked."""
    labels = [label for label in _best_first(view) if label in listed]
    frame = listed[["title", "case", "shown", "hidden", *labels]].assign(
        title=listed["title"].where(listed["title"] != "", listed["id"]),
        case=[_(formatting.CASES.get(str(case), str(case))) for case in listed["case"]],
    )
    hits_help = _("Hidden items that this model suggests")
    picked, shown = tables.table(
        frame,
        "playlists-behind",
        columns={
            "title": st.column_config.TextColumn(_("Playlist"), width=160),
            "case": st.column_config.TextColumn(_("Case"), width=140),
            "shown": st.column_config.TextColumn(_("Shown"), width=220),
            "hidden": st.column_config.TextColumn(_(HIDDEN_PLURAL[view.kind]), width=220),
        }
        | {
            label: st.column_config.NumberColumn(f"✓ {formatting.one_line(label, 24)}", width=84, help=hits_help)
            for label in labels
        },
        alt=_("Playlists; click one to open it"),
        height=LISTED_PX,
        on_select="rerun",
        selection_mode="single-cell",
    )
    return tables.clicked(picked, shown)


def _best_first(view: ReportSelection) -> list[str]:
    """Return the labels of the models that recommend this kind, in the order of the panel's table."""
    order = view.facts.summary.sort_values("ndcg", ascending=False, kind="stable")["model"].tolist()
    return [label for label in order if label in view.opened.labels_for(view.kind)]


def _row_of(report: EvalReport, ident: str) -> int | None:
    try:
        return questions.row_of(report, ident)
    except TagvizError as error:
        errors.show_error(error)
        return None


def _select(view: ReportSelection, target: Drilldown) -> PlaylistSelection:
    """Return the playlists behind what was clicked; the best model's worst where that does not exist."""
    known = view.opened.labels_for(view.kind)
    selector = SELECTORS.get(target.view)
    if selector is not None and target.label in known:
        selected = selector(view, target)
        if selected is not None:
            return selected
    label = target.label if target.label in known else view.best
    return PlaylistSelection(_("Playlists with the worst results of {model}").format(model=label), _worst(view, label))


def _worst(view: ReportSelection, label: str) -> NDArray[np.int64]:
    return questions.worst_questions(view.opened, label, view.kind, view.k, case=view.case)


def _in_bar(view: ReportSelection, target: Drilldown) -> PlaylistSelection | None:
    shape = rank_histogram.histogram(view.opened, view.kind, view.k, view.case, [target.label])
    number = _number(target.args[0], len(shape.bars))
    if number is None:
        return None
    bar = shape.bars[number]
    text = (
        _("Playlists with {hidden} that {model} did not find")
        if bar == "not found"
        else _("Playlists with {hidden} at rank {rank} of {model}")
    )
    hidden = formatting.one_line(_(HIDDEN_PLURAL[view.kind])).lower()
    rows = rank_histogram.questions_in_bar(view.opened, target.label, view.kind, view.k, number, view.case)
    return PlaylistSelection(text.format(hidden=hidden, rank=bar, model=target.label), rows)


def _in_similarity_cell(view: ReportSelection, target: Drilldown) -> PlaylistSelection | None:
    rank, column = _number(target.args[0], heatmaps.PLACES), _number(target.args[1], heatmaps.COLUMNS)
    if rank is None or column is None:
        return None
    rows = heatmaps.questions_in_cell(view.opened, target.label, rank, column, view.case)
    text = _("Playlists behind rank {rank} and hidden tag {column} of {model}, the least similar first")
    return PlaylistSelection(text.format(rank=rank + 1, column=column + 1, model=target.label), rows)


def _in_confusion_cell(view: ReportSelection, target: Drilldown) -> PlaylistSelection | None:
    cells = heatmaps.instead(view.opened, target.label, view.k, view.case)
    row, column = (_number(text, len(cells.tags)) for text in target.args)
    if row is None or column is None:
        return None
    rows = heatmaps.questions_instead(
        view.opened, target.label, int(cells.tags[row]), int(cells.tags[column]), view.k, view.case
    )
    text = (
        _("Playlists where “{hidden}” was hidden and {model} found it")
        if row == column
        else _("Playlists where “{hidden}” was hidden and {model} suggested “{suggested}” instead")
    )
    title = text.format(hidden=cells.names[row], suggested=cells.names[column], model=target.label)
    return PlaylistSelection(title, rows)


def _in_segment(view: ReportSelection, target: Drilldown) -> PlaylistSelection | None:
    by, name = target.args
    rows = segments.questions_in_segment(view.opened, by, name, view.kind)
    worst = _worst(view, target.label)
    text = _("Playlists of the segment “{segment}” with the worst results of {model}")
    title = text.format(segment=_(formatting.CASES.get(name, name)), model=target.label)
    return PlaylistSelection(title, worst[np.isin(worst, rows)])


def _in_comparison(view: ReportSelection, target: Drilldown) -> PlaylistSelection | None:
    other = target.args[0]
    if other not in view.opened.labels_for(view.kind):
        return None
    rows = questions.questions_by_difference(view.opened, target.label, other, view.kind, view.k, case=view.case)
    text = _("Playlists where {model} is better than {other}, the largest difference first")
    return PlaylistSelection(text.format(model=target.label, other=other), rows)


def _number(text: str, below: int) -> int | None:
    return int(text) if text.isdecimal() and int(text) < below else None


SELECTORS: Mapping[str, Callable[[ReportSelection, Drilldown], PlaylistSelection | None]] = {
    "bar": _in_bar,
    "similarity": _in_similarity_cell,
    "instead": _in_confusion_cell,
    "part": _in_segment,
    "pair": _in_comparison,
}
"""For each view of a drill-down, the function that selects the playlists."""


def _open(view: ReportSelection, question: QuestionView) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.subheader(formatting.escape(question.title or question.id, 120), anchor=False, width="content")
            st.page_link(
                pages.RECOMMEND.path,
                label=_("Open in Recommend"),
                icon=pages.RECOMMEND.icon,
                query_params=url_state.link_params(
                    title=question.query.title,
                    tag=question.query.tags,
                    song=question.query.songs[:100],
                    date=question.query.date,
                ),
            )
        case = _(formatting.CASES.get(question.case, question.case))
        parts = [case, question.date, "" if question.titled else _("title hidden")]
        st.caption(formatting.escape(" · ".join(part for part in parts if part), 200))
        if question.fallback:
            text = _("{models} knew nothing that was shown and recommended the most popular items.")
            names = formatting.listing(list(question.fallback))
            st.caption(formatting.escape(text.format(models=names), 300))
        _lists(view, question)
        feedback_buttons.show_replacement_dialog()
        if view.kind is Kind.TAG and len(question.hidden[Kind.TAG]):
            label = view.label or view.best
            heat = views.question_heatmap(view.opened, label, question.row, view.k, charts.dark(), view.heatmap)
            move_title_to_meta(heat)
            st.markdown(f"**{formatting.escape(str(heat.layout.meta), 200)}**")
            alt = _("Suggestions of {model} compared with the hidden tags").format(model=label)
            charts.figure(heat, "question-heatmap", alt)


def _lists(view: ReportSelection, question: QuestionView) -> None:
    """Show what was shown and hidden, and beside it each model's suggestions with feedback buttons."""
    labels = _best_first(view)
    grid = st.grid(min(4, 1 + len(labels)), min_column_width=200, gap="medium")
    with grid.cell():
        _shown_and_hidden(view, question)
    for label in labels:
        with grid.cell():
            st.text(formatting.one_line(label, 40))
            answer = question.answers[label, view.kind]
            cells, buttons = feedback_buttons.columns(
                f"question-{label}", _suggestions(view, question, label), with_replacement=True
            )
            frame = pd.DataFrame(
                {
                    "hit": ["●" if hit else "" for hit in answer["hit"]],
                    "rank": answer["rank"],
                    "label": answer["label"],
                    **cells,
                }
            )
            alt = _("Suggestions of {model}; ● marks hidden items").format(model=label)
            _small_table(frame, alt, buttons)


def _suggestions(view: ReportSelection, question: QuestionView, label: str) -> feedback_buttons.SuggestionList:
    """Return a model's suggestions for this playlist for feedback; a report stores no scores."""
    report = view.opened
    about = next(model for model in report.models if model.label == label)
    return feedback_buttons.SuggestionList(
        corpus=report.corpus,
        fingerprint=report.fingerprint,
        model=about.model or label,
        trained=about.trained_on or report.trained,
        query=question.query,
        kind=view.kind,
        keys=tuple(question.answers[label, view.kind]["key"]),
    )


def _shown_and_hidden(view: ReportSelection, question: QuestionView) -> None:
    st.text(_("Shown and hidden"))
    parts = [
        pd.DataFrame({"what": _(SHOWN[kind]), "label": frame["label"]})
        for kind, frame in question.shown.items()
        if kind in SHOWN
    ]
    parts.append(pd.DataFrame({"what": _(HIDDEN[view.kind]), "label": question.hidden[view.kind]["label"]}))
    _small_table(pd.concat(parts, ignore_index=True), _("Shown and hidden items"))


def _small_table(frame: pd.DataFrame, alt: str, buttons: Mapping[str, Any] | None = None) -> None:
    st.dataframe(
        frame,
        hide_index=True,
        alt=alt,
        height=320,
        column_config={
            "what": st.column_config.TextColumn("", width=90),
            "hit": st.column_config.TextColumn("", width=30, help=_("● it was hidden, so it is right")),
            "rank": st.column_config.NumberColumn("#", width=35, help=_("Rank")),
            "label": st.column_config.TextColumn("", width=None if buttons is None else 110),
            **(buttons or {}),
        },
    )
