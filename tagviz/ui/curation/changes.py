"""Changes to the decisions of a corpus: accept, reject, undo, import; each can be taken back in the undo bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from tagviz.curation.decisions import Decision
from tagviz.curation.suggestions import Suggestion
from tagviz.operations import curation
from tagviz.operations.curation import DecisionFile, suggestions
from tagviz.ui import cache, formatting, url_state
from tagviz.ui.components import feedback_buttons, tables, undo_bar
from tagviz.ui.context import PageContext
from tagviz.ui.curation.labels import sentence
from tagviz.ui.i18n import _, lazy

LISTED = 200
"""Suggestions that are listed at most."""


@st.cache_data(max_entries=20, show_spinner=lazy("Searching for suggestions"))
def suggested(model_key: cache.ModelKey, sort: str, tags: tuple[str, ...] = ()) -> list[Suggestion]:
    """Return suggestions of one sort, the strongest first.

    Args:
        model_key: Corpus and model.
        sort: Sort of suggestions, as `tagviz.operations.curation.suggestions` calls it.
        tags: Only suggestions that name one of these tags; () for all.
    """
    model = model_key.opened_model if sort == "synonyms" and model_key.opened_model.embedding is not None else None
    ranked = suggestions.suggest(cache.context(), model_key.opened, sort, model)
    if tags:
        ranked = [one for one in ranked if {*one.decision.tags, one.decision.target} & {*tags}]
    return ranked[:LISTED]


def _changed(message: str, undo_with: Callable[[], object]) -> None:
    """Read the lists again, and offer to undo the change."""
    _clear()

    def back() -> None:
        undo_with()
        _clear()

    undo_bar.offer(message, back)


def _clear() -> None:
    cache.clear_lists()
    suggested.clear()


@url_state.safe_callback
def decide(here: PageContext, decision: Decision, reason: str) -> None:
    """Add a decision."""
    name, author = here.corpus.name, feedback_buttons.reviewer()
    added = curation.add(cache.context(), name, replace(decision, author=author, reason=reason))
    st.session_state["curate-tags"] = ""
    text = _("Decided: {decision}").format(decision=sentence(added))
    _changed(text, partial(curation.withdraw, cache.context(), name, [added.id], author))


@url_state.safe_callback
def accept(here: PageContext, listed: list[Suggestion], table: str) -> None:
    """Accept the suggestion whose button was pressed."""
    row = tables.pressed("accept", table)
    if row is not None and row < len(listed):
        decide(here, listed[row].decision, listed[row].evidence)


@url_state.safe_callback
def reject(here: PageContext, listed: list[Suggestion], table: str) -> None:
    """Reject the suggestion whose button was pressed; it is stored as a decision that was undone at once."""
    row = tables.pressed("reject", table)
    if row is not None and row < len(listed):
        name, author, decision = here.corpus.name, feedback_buttons.reviewer(), listed[row].decision
        curation.reject(cache.context(), name, decision, author)
        text = _("Rejected, and not suggested again: {decision}").format(decision=sentence(decision))
        _changed(text, partial(curation.withdraw, cache.context(), name, [decision.id], author))


@url_state.safe_callback
def accept_all(here: PageContext, listed: list[Suggestion], table: str) -> None:
    """Accept every suggestion that the table shows; those that contradict another one are left out and named."""
    name, author = here.corpus.name, feedback_buttons.reviewer()
    chosen = [replace(one.decision, author=author, reason=one.evidence) for one in _shown(listed, table)]
    stored, refused = curation.add_all(cache.context(), name, chosen)
    text = _("{decisions} taken").format(decisions=formatting.count(len(stored), "decision"))
    if refused:
        left_out = formatting.count(len(refused), "suggestion")
        text = _("{taken}; {left_out} left out because they contradict others").format(taken=text, left_out=left_out)
    _changed(text, partial(curation.withdraw, cache.context(), name, [one.id for one in stored], author))


@url_state.safe_callback
def reject_all(here: PageContext, listed: list[Suggestion], table: str) -> None:
    """Reject every suggestion that the table shows."""
    name, author = here.corpus.name, feedback_buttons.reviewer()
    rejected = curation.reject_all(cache.context(), name, [one.decision for one in _shown(listed, table)], author)
    text = _("{suggestions} rejected").format(suggestions=formatting.count(len(rejected), "suggestion"))
    _changed(text, partial(curation.withdraw, cache.context(), name, [one.id for one in rejected], author))


def _shown(listed: list[Suggestion], table: str) -> list[Suggestion]:
    """Return the suggestions that match the search box of the table."""
    return [listed[row] for row in tables.shown_rows(table, len(listed))]


@url_state.safe_callback
def undo(here: PageContext, decisions: Sequence[Decision], table: str) -> None:
    """Undo the decision whose button was pressed."""
    row = tables.pressed("undo", table)
    if row is not None and row < len(decisions):
        decision = decisions[row]
        name, author = here.corpus.name, feedback_buttons.reviewer()
        curation.undo(cache.context(), name, decision.id, author)
        text = _("Undone: {decision}").format(decision=sentence(decision))
        _changed(text, partial(curation.add, cache.context(), name, decision))


@url_state.safe_callback
def reopen(here: PageContext, decision: Decision) -> None:
    """Suggest a decision again that was rejected or undone."""
    name, author = here.corpus.name, feedback_buttons.reviewer()
    curation.reopen(cache.context(), name, decision.id, author)
    text = _("May be suggested again: {decision}").format(decision=sentence(decision))
    _changed(text, partial(curation.reject, cache.context(), name, decision, author))


@url_state.safe_callback
def import_file(here: PageContext, text: bytes, file: str) -> None:
    """Import the decisions of a file."""
    name, author = here.corpus.name, feedback_buttons.reviewer()
    summary = curation.import_decisions(cache.context(), name, DecisionFile(text, file), author)
    added = [one.id for one in summary.merged.added]
    message = _("{decisions} imported").format(decisions=formatting.count(len(added), "decision"))
    _changed(message, partial(curation.withdraw, cache.context(), name, added, author))
