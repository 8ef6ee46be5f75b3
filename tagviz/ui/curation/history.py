"""The history of decisions: everything that was decided, rejected and undone, each with a button that takes it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pandas as pd
import streamlit as st

from tagviz.access.roles import Permission
from tagviz.curation.decisions import Act, Decision
from tagviz.operations import curation
from tagviz.store.decisions import Event
from tagviz.ui import cache
from tagviz.ui.components import errors, permissions, tables
from tagviz.ui.context import PageContext
from tagviz.ui.curation import changes
from tagviz.ui.curation.labels import sentence
from tagviz.ui.i18n import N_, _

TABLE = "history"
TAKEN, UNDONE, REJECTED, REOPENED = "taken", "undone", "rejected", "reopened"
"""What an event did."""
MESSAGES = {
    TAKEN: "{decision}",
    UNDONE: N_("undone: {decision}"),
    REJECTED: N_("rejected: {decision}"),
    REOPENED: N_("may be suggested again: {decision}"),
}
BUTTONS = {TAKEN: N_("Undo"), UNDONE: N_("Suggest again"), REJECTED: N_("Suggest again"), REOPENED: ""}


def show(here: PageContext) -> None:
    """Show all events, the newest first; the newest of each decision has a button."""
    events = curation.history(cache.context(), here.corpus.name)
    if not events:
        errors.empty(_("There are no decisions yet."))
        return
    sorts = kinds_of(events)[::-1]
    events = events[::-1]
    decisions = [Decision(Act(event.act), event.tags, event.target, event.author, event.reason) for event in events]
    may = permissions.may(Permission.DECIDE)
    newest = {event.decision: row for row, event in reversed(list(enumerate(events)))}
    buttons = [
        _(BUTTONS[sort]) if may and newest[event.decision] == row else ""
        for row, (event, sort) in enumerate(zip(events, sorts, strict=True))
    ]
    frame = pd.DataFrame(
        {
            "back": [button or None for button in buttons],
            "when": pd.to_datetime([datetime.fromtimestamp(event.at) for event in events]),
            "author": [event.author for event in events],
            "decision": [
                _(MESSAGES[sort]).format(decision=sentence(decision))
                for sort, decision in zip(sorts, decisions, strict=True)
            ],
            "reason": [event.reason for event in events],
        }
    )
    config = st.column_config
    tables.table(
        frame,
        TABLE,
        columns={
            "back": config.ButtonColumn(
                "",
                width=112,
                key="undo",
                type="tertiary",
                on_click=_take_back,
                args=(here, decisions, [sort if button else "" for sort, button in zip(sorts, buttons, strict=True)]),
                help=_("Undo a decision, or let a rejected one be suggested again"),
            ),
            "when": config.DatetimeColumn(_("When"), format=_("D MMM YYYY, HH:mm"), width=150),
            "author": config.TextColumn(_("Author"), width=100),
            "decision": config.TextColumn(_("Decision"), width=360),
            "reason": config.TextColumn(_("Reason"), width=360),
        },
        alt=_("Decisions and undos, the newest first"),
    )


def kinds_of(events: Sequence[Event]) -> list[str]:
    """Return what each event did: TAKEN, UNDONE, REJECTED or REOPENED.

    Args:
        events: The events of a corpus, oldest first.
    """
    before: dict[str, str] = {}
    kinds = []
    for event in events:
        last = before.get(event.decision, REOPENED)
        undone = {TAKEN: UNDONE, REOPENED: REJECTED}.get(last, REOPENED)
        before[event.decision] = undone if event.undone else TAKEN
        kinds.append(before[event.decision])
    return kinds


def _take_back(here: PageContext, decisions: list[Decision], sorts: list[str]) -> None:
    row = tables.pressed("undo", TABLE)
    if row is None or row >= len(sorts):
        return
    if sorts[row] == TAKEN:
        changes.undo(here, decisions, TABLE)
    elif sorts[row]:
        changes.reopen(here, decisions[row])
