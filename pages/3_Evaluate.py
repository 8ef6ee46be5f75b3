"""Evaluate: how good is the model, and where does it fail?"""

from __future__ import annotations

import streamlit as st

from tagviz.ui import context, model_names, page_layout, pages, stored_reports
from tagviz.ui.components import errors, jobs
from tagviz.ui.evaluation import analyses, golden, panel, playlists, reports
from tagviz.ui.i18n import _


@st.fragment(key=panel.PANEL)
def draw_panel(report_key: stored_reports.ReportKey) -> None:
    """Draw the choices and the panel."""
    with errors.show_errors():
        panel.controls(report_key)
        panel.show(panel.selection(report_key))


@st.fragment(key=panel.PLAYLISTS)
def draw_playlists(report_key: stored_reports.ReportKey) -> None:
    """Draw the playlists behind what was clicked."""
    with errors.show_errors():
        if panel.drawn():
            with st.container(key="evaluate-behind"):  # the panel's program scrolls to it
                st.divider()
                playlists.show(panel.selection(report_key))


@st.fragment(key=panel.ANALYSES)
def draw_analyses(here: context.PageContext, report_key: stored_reports.ReportKey) -> None:
    """Draw the tabs of further analyses."""
    with errors.show_errors():
        if panel.drawn():
            st.divider()
            analyses.show(here, panel.selection(report_key))


@st.fragment(key=panel.PREFETCH)
def prefetch(report_key: stored_reports.ReportKey) -> None:
    """Send the panel what it shows for other choices; draws nothing."""
    with errors.show_errors():
        if panel.drawn():
            panel.prefetch(panel.selection(report_key))


here = page_layout.open_page(pages.EVALUATE)
with errors.show_errors():
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        ident = reports.choose(here)
        if ident:
            with st.popover(_("New evaluation"), icon=":material/add:", key=f"new-{reports.pending_job()}"):
                reports.form(here)
    if not ident:
        st.text(
            _(
                "This corpus has no evaluation yet. An evaluation tests models on playlists that are not in their "
                "training data."
            )
        )
        reports.form(here)
    jobs.show(("evaluate", "leak"), here.corpus.name)
    if ident:
        report_key = model_names.report_key(here.corpus.fingerprint, ident)
        reports.about(here, report_key.opened)
        draw_panel(report_key)
        draw_playlists(report_key)
        draw_analyses(here, report_key)
        prefetch(report_key)
    golden.show(here)
