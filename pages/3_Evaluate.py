"""Evaluate: how good is it, and where does it fail?"""

from __future__ import annotations

import streamlit as st

from tagviz.ui import behind, cached, deeper, frame, judging, reports, widgets, work


@st.fragment(key=judging.PANEL)
def panel(place: cached.ReportPlace) -> None:
    """The filters, and what they and the slider of k change at once."""
    with widgets.forgiving():
        judging.controls(place)
        judging.show(judging.view(place))


@st.fragment(key=judging.BEHIND)
def playlists(place: cached.ReportPlace) -> None:
    with widgets.forgiving():
        if judging.drawn():
            st.divider()
            behind.show(judging.view(place))


@st.fragment(key=judging.DEEPER)
def further(here: frame.Here, place: cached.ReportPlace) -> None:
    with widgets.forgiving():
        if judging.drawn():
            st.divider()
            deeper.show(here, judging.view(place))


@st.fragment(key=judging.LATER)
def later(place: cached.ReportPlace) -> None:
    """What the panel shows when it is played with."""
    with widgets.forgiving():
        if judging.drawn():
            judging.later(judging.view(place))


here = frame.open_page("Evaluate", "How good is it, and where does it fail?")
with widgets.forgiving():
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        ident = reports.choose(here)
        if ident:
            with st.popover("New evaluation", icon=":material/add:", key=f"new-{reports.asked()}"):
                reports.ask(here)
    if not ident:
        st.text("Nothing has been judged here yet. This asks the models about playlists that they have not seen.")
        reports.ask(here)
    work.work(("evaluate", "leak"))
    if ident:
        place = cached.ReportPlace(here.corpus.fingerprint, ident)
        reports.about(here, place.opened)
        panel(place)
        playlists(place)
        further(here, place)
        later(place)
