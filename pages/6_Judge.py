"""Judge: is it right? A verdict a key, and the next answers follow."""

from __future__ import annotations

import streamlit as st

from tagviz.ui import frame, reviewing, widgets

here = frame.open_page("Judge", "Is it right? A key a verdict, and the next answers follow.")
with widgets.forgiving():
    by, kind, beside = reviewing.controls(here)
    queue, blind, results = st.tabs(
        ["One by one", "Two models, blind", "What the verdicts say"], key="judge-tab", on_change="rerun"
    )
    if queue.open:
        with queue, widgets.forgiving():
            reviewing.queue(here, by, kind, beside)
    if blind.open:
        with blind, widgets.forgiving():
            reviewing.blind(here, kind, beside)
    if results.open:
        with results, widgets.forgiving():
            reviewing.results(here)
