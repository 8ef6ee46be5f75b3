"""Curate: which tags mean the same, which are not about music, and which tag is broader than another?"""

from __future__ import annotations

import streamlit as st

from tagviz.access.roles import Permission
from tagviz.ui import page_layout, pages
from tagviz.ui.components import errors, feedback_buttons, permissions
from tagviz.ui.curation import active_decisions, decision_form, history, suggestions
from tagviz.ui.i18n import _

here = page_layout.open_page(pages.CURATE)
with errors.show_errors():
    name_column, _space = st.columns([1, 3])
    with name_column:
        feedback_buttons.name_box()
    permissions.allowed(Permission.DECIDE)
    tabs = st.tabs(
        [_("Suggestions"), _("New decision"), _("Active decisions"), _("History")], key="curate-tab", on_change="rerun"
    )
    for tab, part in zip(tabs, (suggestions, decision_form, active_decisions, history), strict=True):
        if tab.open:
            with tab, errors.show_errors():
                part.show(here)
