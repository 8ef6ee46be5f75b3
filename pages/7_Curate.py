"""Curate: which tags are one, which say nothing of music, and what lies under what?"""

from __future__ import annotations

import streamlit as st

from tagviz.ui import curating, frame, verdicts, widgets

here = frame.open_page("Curate", "Which tags are one, and which say nothing of music?")
curating.note()
with widgets.forgiving():
    who, _ = st.columns([1, 3])
    with who:
        verdicts.name_box()
    proposed, own, standing, history = st.tabs(
        ["Proposed", "Decide yourself", "What stands", "History"], key="curate-tab", on_change="rerun"
    )
    for tab, room in (
        (proposed, curating.proposals),
        (own, curating.own),
        (standing, curating.standing),
        (history, curating.history),
    ):
        if tab.open:
            with tab, widgets.forgiving():
                room(here)
