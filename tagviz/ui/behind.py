"""The playlists behind a number: what was shown, what was hidden, what each model suggested, with hits marked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from tagviz.errors import TagvizError
from tagviz.evaluate import heatmaps, lookup, ranks, segments
from tagviz.evaluate.lookup import QuestionView
from tagviz.evaluate.report import EvalReport
from tagviz.figures.fitting import untitled
from tagviz.operations import panels
from tagviz.types import Kind
from tagviz.ui import plain, state, verdicts, widgets
from tagviz.ui.judging import CASES, View

MOST = 200
"""Playlists that are listed."""
LISTED_PX = 388
"""Height of their table: ten rows, so that the playlist that is opened stands in sight."""


def show(view: View) -> None:
    """What was clicked as a table of playlists, and the one that is chosen of them, opened."""
    behind = state.value("behind") or f"model|{view.best}"
    title, rows = _rows(view, behind)
    st.subheader(plain.escape(title, 200), anchor=False)
    if not len(rows):
        st.caption("No playlist lies behind this.")
        return
    listed = lookup.listed(view.opened, rows, view.kind, min(view.k, view.opened.depth(view.kind)), MOST)
    labels = [label for label in _best_first(view) if label in listed]
    frame = listed[["title", "case", "shown", "hidden", *labels]].assign(
        title=listed["title"].where(listed["title"] != "", listed["id"]),
        case=[CASES.get(str(case), str(case)) for case in listed["case"]],
    )
    picked, shown = widgets.table(
        frame,
        "behind",
        columns={
            "title": st.column_config.TextColumn("Playlist", width=160),
            "case": st.column_config.TextColumn("Case", width=140),
            "shown": st.column_config.TextColumn("Shown", width=220),
            "hidden": st.column_config.TextColumn(f"Hidden {view.kind}s", width=220),
        }
        | {
            label: st.column_config.NumberColumn(
                f"✓ {plain.one_line(label, 24)}", width=84, help=f"Hidden {view.kind}s that this model suggests"
            )
            for label in labels
        },
        alt="Playlists; click one to open it",
        height=LISTED_PX,
        on_select="rerun",
        selection_mode="single-cell",
    )
    if len(rows) > MOST:
        st.caption(f"The first {MOST} of {len(rows):,}.")
    row = widgets.clicked(picked, shown)
    ident = str(listed["id"].iloc[row]) if row is not None else state.value("question")
    if row is not None and ident != state.value("question"):
        state.put(question=ident)
    if not ident and not state.value("behind"):
        st.caption("Click a playlist to open it, or any cell, bar, mark or model above for the playlists behind it.")
        return
    chosen = _row(view.opened, ident) if ident else int(listed["row"].iloc[0])
    if chosen is not None:
        _open(view, lookup.question_view(view.opened, chosen, max(view.k, 10)))


def _best_first(view: View) -> list[str]:
    """The models that answer for this kind, in the order of the panel's table."""
    order = view.facts.summary.sort_values("ndcg", ascending=False, kind="stable")["model"].tolist()
    return [label for label in order if label in view.opened.labels_for(view.kind)]


def _row(report: EvalReport, ident: str) -> int | None:
    try:
        return lookup.row_of(report, ident)
    except TagvizError as error:
        widgets.problem(error)
        return None


def _rows(view: View, behind: str) -> tuple[str, NDArray[np.int64]]:
    """The title and the rows of what the address says was clicked; anything unreadable is the best model's worst."""
    what, _, rest = behind.partition("|")
    reader, count = READERS.get(what, (None, 0))
    label, *more = rest.rsplit("|", count) if count else [rest]
    known = view.opened.labels_for(view.kind)
    if reader is not None and label in known and len(more) == count:
        found = reader(view, label, more)
        if found is not None:
            return found
    label = label if label in known else view.best
    return f"Playlists that {label} answers worst", _worst_first(view, label)


Found = tuple[str, NDArray[np.int64]] | None


def _worst_first(view: View, label: str) -> NDArray[np.int64]:
    return lookup.questions_of(view.opened, label, view.kind, view.k, case=view.case)


def _bar(view: View, label: str, more: list[str]) -> Found:
    shape = ranks.histogram(view.opened, view.kind, view.k, view.case, [label])
    number = _number(more[0], len(shape.bars))
    if number is None:
        return None
    bar = shape.bars[number]
    where = "that it did not find" if bar == "not found" else f"that it put at place {bar}"
    found = ranks.questions_in_bar(view.opened, label, view.kind, view.k, number, view.case)
    return f"Playlists with hidden {view.kind}s {where}: {label}", found


def _near(view: View, label: str, more: list[str]) -> Found:
    place, column = _number(more[0], heatmaps.PLACES), _number(more[1], heatmaps.COLUMNS)
    if place is None or column is None:
        return None
    found = heatmaps.questions_in_cell(view.opened, label, place, column, view.case)
    return f"Playlists behind place {place + 1} and hidden tag {column + 1}, the least alike first: {label}", found


def _instead(view: View, label: str, more: list[str]) -> Found:
    cells = heatmaps.instead(view.opened, label, view.k, view.case)
    row, column = (_number(text, len(cells.tags)) for text in more)
    if row is None or column is None:
        return None
    found = heatmaps.questions_instead(
        view.opened, label, int(cells.tags[row]), int(cells.tags[column]), view.k, view.case
    )
    hidden, given = cells.names[row], cells.names[column]
    said = f"“{hidden}” was hidden " + ("and found" if row == column else f"and missed, “{given}” given")
    return f"Playlists where {said}: {label}", found


def _part(view: View, label: str, more: list[str]) -> Found:
    by, name = more
    rows = segments.questions_in_segment(view.opened, by, name, view.kind)
    worst = _worst_first(view, label)
    name = CASES.get(name, name)
    return f"Playlists of the segment “{name}” that {label} answers worst", worst[np.isin(worst, rows)]


def _pair(view: View, label: str, more: list[str]) -> Found:
    other = more[0]
    if other not in view.opened.labels_for(view.kind):
        return None
    rows = lookup.where_they_differ(view.opened, label, other, view.kind, view.k, case=view.case)
    return f"Playlists that {label} answers better than {other}, the largest difference first", rows


def _number(text: str, below: int) -> int | None:
    return int(text) if text.isdecimal() and int(text) < below else None


READERS: Mapping[str, tuple[Callable[[View, str, list[str]], Found], int]] = {
    "bar": (_bar, 1),
    "similarity": (_near, 2),
    "instead": (_instead, 2),
    "part": (_part, 2),
    "pair": (_pair, 1),
}
"""What can be clicked: who finds the playlists behind it, and how many words follow the model's name in the address."""


def _open(view: View, question: QuestionView) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.subheader(plain.escape(question.title or question.id, 120), anchor=False, width="content")
            st.page_link(
                state.RECOMMEND,
                label="Ask this on Recommend",
                icon=":material/queue_music:",
                query_params=state.carried(
                    title=question.query.title,
                    tag=question.query.tags,
                    song=question.query.songs[:100],
                    date=question.query.date,
                ),
            )
        about = [
            CASES.get(question.case, question.case),
            question.date,
            "" if question.titled else "its title was hidden",
        ]
        st.caption(plain.escape(" · ".join(part for part in about if part), 200))
        if question.fallback:
            names = plain.listing(list(question.fallback))
            st.caption(plain.escape(f"{names} knew nothing that was shown and answered by popularity.", 300))
        labels = _best_first(view)
        grid = st.grid(min(4, 1 + len(labels)), min_column_width=200, gap="medium")
        with grid.cell():
            _given(view, question)
        for label in labels:
            with grid.cell():
                st.text(plain.one_line(label, 40))
                answer = question.answers[label, view.kind]
                signs, buttons = verdicts.columns(f"behind-{label}", _suggested(view, question, label), other=True)
                frame = pd.DataFrame(
                    {
                        "hit": ["●" if hit else "" for hit in answer["hit"]],
                        "rank": answer["rank"],
                        "label": answer["label"],
                        **signs,
                    }
                )
                _small(frame, f"{label}: suggestions, ● marks those that were hidden", buttons)
        verdicts.ask_instead()
        if view.kind is Kind.TAG and len(question.hidden[Kind.TAG]):
            label = view.label or view.best
            heat = panels.question_heatmap(view.opened, label, question.row, view.k, widgets.dark(), view.reading)
            untitled(heat)
            st.markdown(f"**{plain.escape(str(heat.layout.meta), 200)}**")
            widgets.figure(heat, "question-heatmap", f"What {label} suggests against what was hidden")


def _suggested(view: View, question: QuestionView, label: str) -> verdicts.Suggested:
    """What a model suggested for this playlist, as what can be judged; a report keeps no scores."""
    report = view.opened
    about = next(model for model in report.models if model.label == label)
    return verdicts.Suggested(
        corpus=report.corpus,
        fingerprint=report.fingerprint,
        model=about.model or label,
        trained=about.trained_on or report.trained,
        query=question.query,
        kind=view.kind,
        keys=tuple(question.answers[label, view.kind]["key"]),
    )


def _given(view: View, question: QuestionView) -> None:
    st.text("Shown and hidden")
    parts = [
        pd.DataFrame({"what": f"shown {kind}", "label": frame["label"]})
        for kind, frame in question.shown.items()
        if kind is not Kind.WORD
    ]
    parts.append(pd.DataFrame({"what": f"hidden {view.kind}", "label": question.hidden[view.kind]["label"]}))
    _small(pd.concat(parts, ignore_index=True), "What was shown and what was hidden")


def _small(frame: pd.DataFrame, alt: str, more: Mapping[str, Any] | None = None) -> None:
    st.dataframe(
        frame,
        hide_index=True,
        alt=alt,
        height=320,
        column_config={
            "what": st.column_config.TextColumn("", width=90),
            "hit": st.column_config.TextColumn("", width=30, help="●: it was hidden, so it is right"),
            "rank": st.column_config.NumberColumn("#", width=35),
            "label": st.column_config.TextColumn("", width=None if more is None else 110),
            **(more or {}),
        },
    )
