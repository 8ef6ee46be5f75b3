"""The blind comparison: one list mixed from two models' recommendations."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from tagviz.operations import feedback
from tagviz.store.feedback import Answer, Verdict
from tagviz.ui import cache, formatting, pages, url_state
from tagviz.ui.components import errors, feedback_buttons, undo_bar
from tagviz.ui.context import PageContext
from tagviz.ui.feedback.controls import BUTTONS, QueueChoice, show_query
from tagviz.ui.i18n import _

SEED = 7
"""Seed of the order of playlists."""
FRAGMENT = "feedback-blind"
"""Key of the fragment."""


@st.fragment(key=FRAGMENT)
@errors.guarded
def show(here: PageContext, choice: QueueChoice) -> None:
    """Show a playlist and the mixed list; which model suggested what appears only in the results."""
    if not choice.second_model:
        errors.empty(
            _("This comparison needs a second model."),
            pages.TRAIN.path,
            _("Train a model"),
            pages.TRAIN.icon,
        )
        return
    number = st.session_state.setdefault("blind-number", 0)
    first, second = here.model_key, here.with_model(choice.second_model)
    questions = feedback.questions(first.opened, number, 1, seed=SEED)
    if not questions:
        errors.empty(_("There are no more playlists to compare."))
        return
    query = questions[0]
    st.caption(_("This list mixes the recommendations of two models. The results show which model suggested what."))
    show_query(here, query)
    mixed = feedback.interleaved(first.opened, (first.opened_model, second.opened_model), query, choice.kind)
    reviewer = feedback_buttons.reviewer()
    earlier = feedback.answers_by(cache.context(), here.corpus.name, reviewer, query)
    vocab = first.opened.vocab(choice.kind)
    for row, (pick, verdict) in enumerate(mixed):
        own = replace(verdict, reviewer=reviewer)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            current = earlier[pick.key].answer if pick.key in earlier else Answer.NONE
            for button in BUTTONS:
                chosen = current is button.answer
                st.button(
                    _(button.label),
                    f"blind-{number}-{row}-{button.answer}",
                    icon=button.icon,
                    type="primary" if chosen else "tertiary",
                    on_click=_answer,
                    args=(replace(own, answer=Answer.NONE if chosen else button.answer),),
                )
            st.text(formatting.one_line(vocab.label(vocab.row(pick.key.partition(":")[2])), 80), width="content")
    st.button(_("Next playlist"), "blind-next", on_click=_next_playlist, icon=":material/arrow_forward:", shortcut="n")


@url_state.safe_callback
def _answer(verdict: Verdict) -> None:
    feedback_buttons.record(verdict)
    url_state.redraw(FRAGMENT, undo_bar.FRAGMENT)


def _next_playlist() -> None:
    st.session_state["blind-number"] += 1
