"""Damaged artifacts, named where they would stand."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from tagviz.errors import StoreError
from tagviz.operations.health import Finding
from tagviz.ui import formatting
from tagviz.ui.i18n import _, translated

MOST = 20
"""Damaged things that are listed."""


def show(errors: Sequence[StoreError]) -> None:
    """Name damaged artifacts of a list and what helps; nothing for none."""
    for error in errors[:MOST]:
        remedy = _("What to do: {remedy}").format(remedy=translated(error.remedy))
        st.warning(
            formatting.escape(f"{translated(error.title)}: {translated(error.detail)}. {remedy}", 600),
            icon=":material/broken_image:",
        )


def show_findings(findings: Sequence[Finding]) -> None:
    """Show what is damaged in the workspace, with what helps; nothing for none."""
    if not findings:
        return
    label = _("Damaged files: {n}").format(n=len(findings))
    with st.expander(label, icon=":material/broken_image:"):
        st.text(
            _("On the server, “tagviz doctor” checks everything, and “tagviz doctor --repair” repairs what it can.")
        )
        for finding in findings[:MOST]:
            with st.container(border=True, gap="xxsmall"):
                remedy = _("What to do: {remedy}").format(remedy=translated(finding.remedy))
                st.text(f"{translated(finding.what)} ({finding.place}): {translated(finding.why)}\n{remedy}")
