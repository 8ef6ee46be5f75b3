"""Feedback: mark recommendations as right or wrong; later answers use it."""

from __future__ import annotations

import streamlit as st

from tagviz.access.roles import Permission
from tagviz.ui import page_layout, pages
from tagviz.ui.components import errors, permissions
from tagviz.ui.feedback import blind, controls, queue, summary
from tagviz.ui.i18n import _

here = page_layout.open_page(pages.FEEDBACK)
with errors.show_errors():
    may_judge = permissions.allowed(Permission.FEEDBACK)
    choice = controls.show(here)
    queue_tab, blind_tab, summary_tab = st.tabs(
        [_("One by one"), _("Blind comparison"), _("Results")], key="feedback-tab", on_change="rerun"
    )
    if queue_tab.open and may_judge:
        with queue_tab, errors.show_errors():
            queue.show(here, choice)
    if blind_tab.open and may_judge:
        with blind_tab, errors.show_errors():
            blind.show(here, choice)
    if summary_tab.open:
        with summary_tab, errors.show_errors():
            summary.show(here)
