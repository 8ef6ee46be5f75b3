"""The audit log as a table, of everybody or of one person."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from tagviz.access.roles import WAYS
from tagviz.operations import access
from tagviz.store.audit import AuditEntry
from tagviz.ui import cache, formatting, url_state
from tagviz.ui.components import errors, tables
from tagviz.ui.i18n import N_, _

MOST = 1000
"""Newest entries that are shown."""
_WAYS = dict(zip(WAYS, (N_("dashboard"), N_("command line"), N_("job")), strict=True))


def show() -> None:
    """Show the newest changes, and the pickers of person and corpus."""
    newest = access.audit_entries(cache.context(), limit=MOST)
    if not newest:
        errors.empty(_("Nothing has been changed yet. Imports, trainings, decisions and deletions are listed here."))
        return
    people = sorted({entry.person for entry in newest})
    corpora = sorted({entry.corpus for entry in newest if entry.corpus})
    grid = st.grid(3, min_column_width=200, gap="medium")
    with grid.cell():
        person = _picker(_("Person"), "person", people)
    with grid.cell():
        corpus = _picker(_("Corpus"), "audit_corpus", corpora)
    chosen = [entry for entry in newest if person in ("", entry.person) and corpus in ("", entry.corpus)]
    tables.table(
        frame_of(chosen),
        "audit",
        formatting.count(len(chosen), "change"),
        alt=_("The newest changes: when, who, what, and of which corpus"),
    )
    if len(newest) == MOST:
        st.caption(_("Only the newest {n:,} changes are shown; `tagviz audit` lists all.").format(n=MOST))


def frame_of(entries: list[AuditEntry]) -> pd.DataFrame:
    """Return audit entries as the table that is shown."""
    rows = [
        {
            _("When"): formatting.moment(datetime.fromtimestamp(entry.at, UTC).isoformat()),
            _("Person"): entry.person,
            _("Action"): entry.action,
            _("Corpus"): entry.corpus,
            _("Through"): _(_WAYS.get(entry.way, entry.way)),
            _("Details"): ", ".join(f"{key}: {value}" for key, value in (entry.details or {}).items()),
            _("Result"): _("failed") if entry.failed else _("done"),
        }
        for entry in entries
    ]
    return pd.DataFrame(rows)


def _picker(label: str, param: str, options: list[str]) -> str:
    choice: str = st.selectbox(
        label,
        ["", *options],
        format_func=lambda name: formatting.one_line(name, 40) or _("all"),
        **url_state.bind_param(param, "", options),
    )
    return choice
