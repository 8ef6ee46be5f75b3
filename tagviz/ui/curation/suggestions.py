"""Suggested decisions with their evidence; a click shows what one would change."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from tagviz.access.roles import Permission
from tagviz.types import Kind, key_of
from tagviz.ui import cache, formatting, url_state
from tagviz.ui.components import errors, permissions, pills, tables
from tagviz.ui.context import PageContext
from tagviz.ui.curation import changes, preview
from tagviz.ui.curation.labels import sentence
from tagviz.ui.i18n import N_, _, label_of, translated

LISTED_PX = 560
"""Height of the table: the effect, below it in a narrow window, is still in view."""
SORTS = {
    "spellings": N_("Spelling variants"),
    "synonyms": N_("Synonyms"),
    "broader": N_("Parent tags"),
    "not music": N_("Not about music"),
}


def show(here: PageContext) -> None:
    """Show the suggestions of one sort, with buttons to accept and reject."""
    sort = st.segmented_control(
        _("Suggestions from the data"),
        list(SORTS),
        format_func=label_of(SORTS),
        required=True,
        **url_state.bind_param("suggestions", "spellings", list(SORTS)),
    )
    tags = _tag_filter(here)
    listed = changes.suggested(here.model_key, sort, tags)
    if not listed:
        errors.empty(
            _("No suggestions of this sort for these tags. Add a decision yourself, or show all tags.")
            if tags
            else _("No suggestions of this sort are left.")
        )
        return
    frame = pd.DataFrame(
        {
            "accept": _("Accept"),  # first: in a narrow window the last columns are cut
            "reject": _("Reject"),
            "decision": [sentence(one.decision) for one in listed],
            "playlists": [one.playlists for one in listed],
            "evidence": [translated(one.evidence) for one in listed],
        }
    )
    if not permissions.may(Permission.DECIDE):
        frame = frame.drop(columns=["accept", "reject"])
    name = f"suggestions-{sort.replace(' ', '-')}"
    config, arguments = st.column_config, (here, listed, name)
    grid = st.grid(5, min_column_width=170, gap="medium")
    listed_cell, effect_cell = grid.cell(column_span=3), grid.cell(column_span=2)
    with listed_cell:
        picked, shown = tables.table(
            frame,
            name,
            formatting.count(len(listed), "suggestion"),
            columns={
                "decision": config.TextColumn(_("Suggestion"), width=250),
                "playlists": config.NumberColumn(_("Playlists"), format="localized", width=75),
                "evidence": config.TextColumn(_("Reason"), width=250),
                "accept": config.ButtonColumn(
                    "", width=66, key="accept", type="tertiary", on_click=changes.accept, args=arguments
                ),
                "reject": config.ButtonColumn(
                    "", width=62, key="reject", type="tertiary", on_click=changes.reject, args=arguments
                ),
            },
            alt=_("Suggestions, the strongest first; click one to see what it would change"),
            on_select="rerun",
            selection_mode="single-cell",
            height=LISTED_PX,
        )
        with pills.row():
            for label, icon, change in (
                (_("Accept all {n:,} shown"), ":material/done_all:", changes.accept_all),
                (_("Reject all {n:,} shown"), ":material/remove_done:", changes.reject_all),
            ):
                st.button(
                    label.format(n=len(shown)),
                    icon=icon,
                    type="tertiary",
                    on_click=change,
                    args=arguments,
                    **permissions.gate(Permission.DECIDE),
                )
    row = tables.clicked(picked, shown)
    with effect_cell:
        if row is not None and row < len(listed):
            preview.show(here, listed[row].decision, translated(listed[row].evidence))
        else:
            st.caption(_("Click a suggestion to preview its effect."))


def _tag_filter(here: PageContext) -> tuple[str, ...]:
    """Return the tags that the URL asks for, shown as pills with a button for all tags; () if it names none."""
    known = here.model_key.opened.vocab(Kind.TAG)
    tags = tuple(tag for tag in url_state.params("tag") if known.row(tag, missing="skip") >= 0)
    if tags:
        with pills.row():
            st.caption(_("Only about"), width="content")
            for tag in tags:
                pills.item_link(cache.item(*here.names, key_of(Kind.TAG, tag)), here)
            st.button(
                _("All tags"),
                "curate-all",
                on_click=url_state.set_params,
                kwargs={"tag": ""},
                icon=":material/close:",
                type="tertiary",
            )
    return tags
