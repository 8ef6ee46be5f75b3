"""The playlists behind a number: what was shown, what was hidden, what each model suggested, with hits marked."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from tagviz.errors import TagvizError
from tagviz.evaluate import heatmaps, lookup, ranks
from tagviz.evaluate.lookup import QuestionView
from tagviz.evaluate.report import EvalReport
from tagviz.operations import panels
from tagviz.types import Kind
from tagviz.ui import plain, state, widgets
from tagviz.ui.judging import CASES, View

MOST = 200
"""Playlists that are listed."""


def show(view: View) -> None:
    """What was clicked as a table of playlists, and the one that is chosen of them, opened."""
    behind = state.value("behind") or f"model|{view.panel.best}"
    title, rows = _rows(view, behind)
    st.subheader(plain.escape(title, 200), anchor=False)
    if not len(rows):
        st.caption("No playlist lies behind this.")
        return
    listed = lookup.listed(view.opened, rows, view.kind, min(view.k, view.opened.depth(view.kind)), MOST)
    labels = [label for label in _best_first(view) if label in listed]
    frame = listed[["title", "case", "shown", "hidden", *labels]].assign(
        case=[CASES.get(str(case), str(case)) for case in listed["case"]]
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
        on_select="rerun",
        selection_mode="single-cell",
    )
    if len(rows) > MOST:
        st.caption(f"The first {MOST} of {len(rows):,}.")
    row = widgets.clicked(picked, shown)
    ident = str(listed["id"].iloc[row]) if row is not None else state.value("question")
    if row is not None and ident != state.value("question"):
        state.put(question=ident)
    chosen = _row(view.opened, ident) if ident else int(listed["row"].iloc[0])
    if chosen is not None:
        _open(view, lookup.question_view(view.opened, chosen, max(view.k, 10)))


def _best_first(view: View) -> list[str]:
    """The models that answer for this kind, in the order of the panel's table."""
    order = view.panel.summary.sort_values("ndcg", ascending=False, kind="stable")["model"].tolist()
    return [label for label in order if label in view.opened.labels_for(view.kind)]


def _row(report: EvalReport, ident: str) -> int | None:
    try:
        return lookup.row_of(report, ident)
    except TagvizError as error:
        widgets.problem(error)
        return None


def _rows(view: View, behind: str) -> tuple[str, NDArray[np.int64]]:
    """The title and the rows of what the address says was clicked; anything unreadable is the best model's worst."""
    report, what, rest = view.opened, *behind.partition("|")[::2]
    label, *numbers = rest.split("|")
    at = [int(number) for number in numbers if number.isdigit()]
    if label not in report.labels_for(view.kind):
        label = view.panel.best
    if what == "bar" and len(at) == 1 and at[0] <= view.k:
        shape = ranks.histogram(report, view.kind, view.k, view.case, [label])
        bar = shape.bars[min(at[0], len(shape.bars) - 1)]
        where = "that it did not find" if bar == "not found" else f"that it put at place {bar}"
        found = ranks.questions_in_bar(report, label, view.kind, view.k, at[0], view.case)
        return f"Playlists with hidden {view.kind}s {where}: {label}", found
    if what == "similarity" and len(at) == 2:
        found = heatmaps.questions_in_cell(report, label, at[0], at[1], view.case)
        return f"Playlists behind place {at[0] + 1} and this hidden tag, the least alike first: {label}", found
    if what == "instead" and len(at) == 2:
        cells = heatmaps.instead(report, label, view.k, view.case)
        if max(at) < len(cells.tags):
            hidden, given = (int(cells.tags[number]) for number in at)
            found = heatmaps.questions_instead(report, label, hidden, given, view.k, view.case)
            names = cells.names[at[0]], cells.names[at[1]]
            same = (
                f"“{names[0]}” was hidden and found"
                if at[0] == at[1]
                else f"“{names[0]}” was hidden, “{names[1]}” given"
            )
            return f"Playlists where {same}: {label}", found
    found = lookup.questions_of(report, label, view.kind, view.k, case=view.case)
    return f"Playlists that {label} answers worst", found


def _open(view: View, question: QuestionView) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.subheader(plain.escape(question.title or "Untitled playlist", 120), anchor=False, width="content")
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
                frame = pd.DataFrame(
                    {
                        "hit": ["✓" if hit else "" for hit in answer["hit"]],
                        "rank": answer["rank"],
                        "label": answer["label"],
                    }
                )
                _small(frame, f"{label}: suggestions, ✓ marks those that were hidden")
        if view.kind is Kind.TAG and len(question.hidden[Kind.TAG]):
            label = view.label or view.panel.best
            heat = panels.question_heatmap(view.opened, label, question.row, view.k, widgets.dark())
            widgets.figure(heat, "question-heatmap", f"What {label} suggests against what was hidden")


def _given(view: View, question: QuestionView) -> None:
    st.text("Shown and hidden")
    parts = [
        pd.DataFrame({"what": f"shown {kind}", "label": frame["label"]})
        for kind, frame in question.shown.items()
        if kind is not Kind.WORD
    ]
    parts.append(pd.DataFrame({"what": f"hidden {view.kind}", "label": question.hidden[view.kind]["label"]}))
    _small(pd.concat(parts, ignore_index=True), "What was shown and what was hidden")


def _small(frame: pd.DataFrame, alt: str) -> None:
    st.dataframe(
        frame,
        hide_index=True,
        alt=alt,
        height=320,
        column_config={
            "what": st.column_config.TextColumn("", width=90),
            "hit": st.column_config.TextColumn("", width=30, help="✓: it was hidden, so it is right"),
            "rank": st.column_config.NumberColumn("#", width=35),
            "label": st.column_config.TextColumn(""),
        },
    )
