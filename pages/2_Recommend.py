"""Recommend: what would you add to this playlist, and why?"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from tagviz.operations.methods import METHODS
from tagviz.types import Kind, Query
from tagviz.ui import answer, cached, examples, frame, plain, question, state, widgets

SPANS = {Kind.TAG: 2, Kind.SONG: 3}


def start(here: frame.Here) -> None:
    """What stands above the answers while nothing is asked."""
    with widgets.row():
        st.text("For example", width="content")
        for example in examples.examples(*here.names):
            if example.page == state.RECOMMEND:
                label = plain.escape(example.question, 70)
                st.button(f":blue-badge[{label}]", type="tertiary", on_click=state.put, kwargs=example.params)


def methods(here: frame.Here) -> tuple[str, str]:
    """The model that answers, and another beside it ("" none)."""
    refs = list(dict.fromkeys([*frame.model_refs(here.corpus.fingerprint), here.model, *METHODS]))
    grid = st.grid(3, min_column_width=220, gap="medium", vertical_alignment="bottom")
    one, two, three = grid.cell(), grid.cell(), grid.cell()
    label = {ref: frame.model_label(ref, here.corpus.fingerprint) for ref in refs}
    with one:
        tied = state.tied("model", refs[0], refs, key=f"by-{refs[0]}")
        st.selectbox("Answered by", refs, format_func=label.__getitem__, **tied)
    with two:
        other = st.selectbox(
            "Side by side with",
            ["", *refs],
            format_func=lambda ref: label.get(ref, "nothing"),
            help="Ask a second model the same",
            **state.tied("beside", "", refs),
        )
    with three:
        question.fine(here)
    return here.model, other


def answers(here: frame.Here, query: Query, other: str) -> None:
    kinds = [kind for kind in (Kind.TAG, Kind.SONG) if here.place.opened.has(kind)]
    if not other:
        # songs have longer names than tags: of five columns they take three
        grid = st.grid(5, min_column_width=180)
        for kind in kinds:
            with grid.cell(column_span=SPANS[kind] if len(kinds) > 1 else "all"):
                answer.show(here, here.place, query, kind, f"{kind.capitalize()}s to add")
        return
    places = (here.place, here.with_model(other))
    for tab, kind in zip(st.tabs([f"{kind.capitalize()}s to add" for kind in kinds]), kinds, strict=True):
        with tab:
            grid = st.grid(2, min_column_width=400, gap="large")
            for place, beside in zip(places, reversed(places), strict=True):
                with grid.cell(), widgets.forgiving():
                    title = frame.model_label(place.model, place.fingerprint)
                    answer.show(
                        here, place, query, kind, title, cached.recommend(beside, query, kind, question.taste())
                    )


here = frame.open_page("Recommend", "What would you add to this playlist, and why?")
with widgets.forgiving():
    query = question.ask(here)
    _, other = methods(here)
    if question.is_empty(query):
        start(here)
        st.caption("Nothing is asked yet: these are simply the most popular.")
    else:
        first = next(kind for kind in (Kind.TAG, Kind.SONG) if here.place.opened.has(kind))
        ranking = cached.recommend(here.place, query, first, question.taste())
        meant = question.mended(query.title, ranking.readings) if ranking.fallback else query.title
        if meant != query.title:  # not a word of it is known: what it is a slip of is better than what everybody likes
            st.caption(f"Read as “{plain.escape(meant, 100)}”.")
            query = replace(query, title=meant)
            ranking = cached.recommend(here.place, query, first, question.taste())
        question.show_readings(here, ranking.readings)
        if ranking.fallback:
            st.warning(
                "Nothing in this question is known here, so these are simply the most popular.", icon=":material/info:"
            )
    answers(here, query, other)
