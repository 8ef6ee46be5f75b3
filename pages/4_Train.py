"""Train: what is running, and what can be made?"""

from __future__ import annotations

import os
from typing import Any

import streamlit as st

from tagviz.operations import estimates
from tagviz.operations.jobs import TRAINS
from tagviz.operations.methods import FINE_TUNED, METHODS
from tagviz.types import Kind
from tagviz.ui import cached, frame, loading, outcome, parameters, plain, registry, state, tuning, widgets, work

WATCHABLE = ("word2vec",)
"""Methods whose space forms in steps that can be watched."""


def cards() -> None:
    """Every method with one sentence."""
    chosen: str = state.current("method", next(iter(METHODS)), list(METHODS))
    grid = st.grid(2, min_column_width=230, gap="small")
    for name, method in METHODS.items():
        with grid.container(border=True, gap="xsmall", height="stretch"):
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                st.markdown(f"**{method.title}**", width="content")
                st.button(
                    "Chosen" if name == chosen else "Choose",
                    key=f"choose-{name}",
                    type="primary" if name == chosen else "tertiary",
                    icon=":material/check:" if name == chosen else None,
                    on_click=state.put,
                    kwargs={"method": name},
                )
            st.caption(method.sentence)


def watched(here: frame.Here) -> list[str]:
    """Up to three tags whose neighbours are shown while the space forms."""
    popular = cached.popular(*here.names, Kind.TAG, 500)
    labels = dict(zip(popular["key"], popular["label"], strict=True))
    return st.multiselect(
        "Watch the neighbours of",
        list(labels),
        list(labels)[:3],
        format_func=lambda key: plain.one_line(labels[key], 40),
        max_selections=3,
        key="watch",
        help="Every few seconds of the training you see what is nearest to these tags",
    )


def expected(here: frame.Here, name: str, values: dict[str, Any]) -> str:
    """Time and memory that the training will take, as this machine's earlier ones say."""
    found = estimates.estimate(cached.jobs(), cached.corpus(*here.names), name, values)
    if found is None:
        return "Not trained on this machine yet: how long it takes here is known after the first time."
    taught = plain.count(found.jobs, "earlier training")
    span = f"between {plain.duration(found.low)} and {plain.duration(found.high)}"
    needs = f"{span}), {plain.size(found.peak)} of memory"
    text = f"About {plain.duration(found.seconds)} ({needs}, going by {taught} here."
    there = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return f"{text} :material/warning: This machine has {plain.size(there)}." if found.peak > 0.8 * there else text


def settings(here: frame.Here, name: str) -> None:
    method = METHODS[name]
    with st.container(border=True):
        st.subheader(f"{method.title} on {plain.escape(here.corpus.name)}", anchor=False)
        st.caption(f"Takes {plain.escape(method.cost, 200)}.")
        values = parameters.form(method.params, method.name)
        with st.popover("How it works", type="tertiary", icon=":material/help:"):
            st.code(method.formula, language=None, wrap_lines=True)
            if method.source:
                st.caption(plain.escape(method.source, 300))
        watch = watched(here) if name in WATCHABLE else []
        judged = name != FINE_TUNED and parameters.taught_too(here.corpus.name)
        st.caption(expected(here, name, values))
        if st.button("Start training", key="start", type="primary", icon=":material/play_arrow:"):
            st.toast("It is at work: watch it at the top of this page.", icon=":material/arrow_upward:")
            asked: dict[str, Any] = {"corpus": here.corpus.name, "values": values}
            if name == FINE_TUNED:
                cached.submit("fine-tune", asked)
            else:
                more: dict[str, Any] = {"watch": watch} if watch else {}
                cached.submit("train", {**asked, "method": name, "verdicts": judged, **more})
            st.rerun()


here = frame.open_page("Train", "What is running, and what can be made?")
with widgets.forgiving():
    work.work((*TRAINS, "tune", "evaluate", "project"))
    outcome.show(here)
    TABS = {
        "": "Make a new model",
        "tune": "Search the best settings",
        "load": "Load vectors",
        "keep": "Models of this corpus",
    }
    tab = st.segmented_control(
        "What",
        list(TABS),
        format_func=TABS.__getitem__,
        label_visibility="collapsed",
        **state.tied("do", "", list(TABS)),
    )
    with widgets.forgiving():
        if tab == "tune":
            tuning.show(here)
        elif tab == "load":
            loading.show(here)
        elif tab == "keep":
            registry.show(here)
        else:
            halves = st.grid(2, min_column_width=400, gap="medium")
            with halves.container():
                settings(here, state.current("method", next(iter(METHODS)), list(METHODS)))
            with halves.container():
                cards()
