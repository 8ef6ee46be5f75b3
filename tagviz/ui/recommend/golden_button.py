"""The button that keeps a question, with the answers marked as right and wrong, as a golden query."""

from __future__ import annotations

from functools import partial

import streamlit as st

from tagviz.access.roles import Permission
from tagviz.operations import golden
from tagviz.store.feedback import Answer
from tagviz.types import Kind, Query
from tagviz.ui import cache, formatting, url_state
from tagviz.ui.components import feedback_buttons, permissions, undo_bar
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import _
from tagviz.ui.recommend import query_form


def show(here: PageContext, query: Query) -> None:
    """Show the button; it can be pressed once an item of the page's model is marked as right or wrong.

    Args:
        here: Corpus and model of the page.
        query: The question.
    """
    if query_form.is_empty(query):
        return
    right, wrong = marked(here, query)
    st.button(
        _("Add to golden queries"),
        icon=":material/rule:",
        type="tertiary",
        **permissions.gate(
            Permission.GOLDEN,
            not (right or wrong),
            _("Mark items with ✓ or ✗ first. Evaluations then check whether these come for this question."),
        ),
        on_click=_add,
        args=(here.corpus.name, query, right, wrong),
    )


def marked(here: PageContext, query: Query) -> tuple[list[str], list[str]]:
    """Return the keys of the recommended tags and songs that the reviewer marked as right, and as wrong."""
    right: list[str] = []
    wrong: list[str] = []
    for kind in (Kind.TAG, Kind.SONG):
        if here.model_key.opened.has(kind):
            ranking = cache.recommend(here.model_key, query, kind, query_form.answer_options())
            suggestions = feedback_buttons.suggestions_of(here.model_key, query, ranking)
            answers = feedback_buttons.current_answers(suggestions)
            pairs = list(zip(ranking.keys, answers, strict=True))
            right += [key for key, answer in pairs if answer is Answer.RIGHT]
            wrong += [key for key, answer in pairs if answer in (Answer.WRONG, Answer.INSTEAD)]
    return right, wrong


@url_state.safe_callback
def _add(name: str, query: Query, right: list[str], wrong: list[str]) -> None:
    context = cache.context()
    before = golden.list_queries(context, name)
    added = golden.add(context, name, query, right, wrong)
    after = golden.list_queries(context, name)
    replaced = [one for one in before if one not in after]
    questions = formatting.count(len(after), "question")
    text = _("Added to the golden queries ({questions})").format(questions=questions)
    undo_bar.offer(text, partial(golden.remove, context, name, added.id, replaced))
