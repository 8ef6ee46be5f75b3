"""The form for a decision of one's own."""

from __future__ import annotations

import streamlit as st

from tagviz.curation.decisions import TARGETED, resolve
from tagviz.ui.components import errors, feedback_buttons
from tagviz.ui.context import PageContext
from tagviz.ui.curation import preview
from tagviz.ui.curation.labels import ACTS, TARGETS
from tagviz.ui.i18n import _, label_of


def show(here: PageContext) -> None:
    """Show the form, and the preview of what is entered."""
    grid = st.grid(3, min_column_width=220, gap="medium", vertical_alignment="bottom")
    tags_cell, act_cell, target_cell = grid.cell(), grid.cell(), grid.cell()
    with tags_cell:
        typed = st.text_input(
            _("Tags"),
            key="curate-tags",
            placeholder=_("for example hip-hop, hiphop"),
            help=_("Several tags are separated by commas"),
        )
    with act_cell:
        act = st.selectbox(_("Decision"), list(ACTS), format_func=label_of(ACTS), key="curate-act")
    target = ""
    with target_cell:
        if act in TARGETED:
            example = _("for example hip hop")
            target = st.text_input(_(TARGETS[act]), key="curate-target", placeholder=example) or ""
    placeholder = _("for whoever reads this later")
    reason = st.text_input(_("Reason"), key="curate-reason", max_chars=500, placeholder=placeholder) or ""
    tags = [tag.strip() for tag in (typed or "").split(",") if tag.strip()]
    if tags and (target or act not in TARGETED):
        with errors.show_errors():
            preview.show(here, resolve(act, tags, target, feedback_buttons.reviewer(), reason), reason)
