"""The queue: one item after another, marked as right or wrong or skipped with one key."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from tagviz.operations import feedback
from tagviz.operations.feedback import Task
from tagviz.store.feedback import Answer
from tagviz.ui import cache, formatting, url_state
from tagviz.ui.components import errors, feedback_buttons, undo_bar
from tagviz.ui.context import PageContext
from tagviz.ui.feedback.controls import BUTTONS, DISAGREEMENT, QueueChoice, show_query
from tagviz.ui.i18n import _, translated

BATCH = 4
"""Questions that are searched for tasks at a time."""
MOST_QUESTIONS = 400
"""Questions after which the queue says that it is empty."""
FRAGMENT = "feedback-queue"
"""Key of the queue's fragment."""


@st.fragment(key=FRAGMENT)
@errors.guarded
def show(here: PageContext, choice: QueueChoice) -> None:
    """Show the next task with its buttons."""
    model_key = here.model_key
    second = choice.second_model if choice.order == DISAGREEMENT else ""
    parts = (*here.names, model_key.model, choice.order, choice.kind, second, feedback_buttons.reviewer())
    name = "queue-" + "-".join(parts)
    task = _next_task(here, name, choice)
    if task is None:
        errors.empty(_("No more questions here. Choose the other kind, another model or another order."))
    else:
        show_query(here, task.verdict.query)
        with st.container(border=True, horizontal_alignment="center", gap="small"):
            st.caption(_("Does this belong on the playlist?"), width="content")
            st.subheader(formatting.escape(task.label, 120), anchor=False, width="content")
            with st.container(horizontal=True, horizontal_alignment="center", gap="small"):
                for button in BUTTONS:
                    st.button(
                        _(button.label),
                        f"answer-{button.answer}",
                        on_click=_answer,
                        args=(name, task, button.answer),
                        icon=button.icon,
                        type="primary" if button.answer is Answer.RIGHT else "secondary",
                        shortcut=button.key,
                    )
                st.button(
                    _("Skip"),
                    "answer-skip",
                    on_click=_skip,
                    args=(name,),
                    icon=":material/skip_next:",
                    shortcut="s",
                    type="tertiary",
                )
                _undo_button(name)
            reason = _("Why this question: {reason}.").format(reason=translated(task.why))
            st.caption(formatting.escape(reason, 200), width="content")
    _progress()


def _undo_button(name: str) -> None:
    st.button(
        _("Undo"),
        "answer-undo",
        on_click=_undo,
        args=(name,),
        icon=":material/undo:",
        shortcut="u",
        type="tertiary",
        disabled=not feedback_buttons.recorded(),
    )


def _next_task(here: PageContext, name: str, choice: QueueChoice) -> Task | None:
    """Return the first task of the queue, which is filled when it is empty."""
    waiting: list[Task] = st.session_state.setdefault(name, [])
    start = st.session_state.setdefault(f"{name}-start", 0)
    by_disagreement = choice.order == DISAGREEMENT
    while not waiting and start < MOST_QUESTIONS:
        second = choice.second_model
        other = here.with_model(second).opened_model if by_disagreement and second else None
        if by_disagreement and other is None:
            return None
        model_key = here.model_key
        request = feedback.QueueRequest(choice.kind, feedback_buttons.reviewer(), choice.order, other, start, BATCH)
        waiting += feedback.tasks(cache.context(), model_key.opened, model_key.opened_model, request)
        start += BATCH
        st.session_state[f"{name}-start"] = start
    return waiting[0] if waiting else None


@url_state.safe_callback
def _answer(name: str, task: Task, answer: Answer) -> None:
    feedback_buttons.record(replace(task.verdict, answer=answer), partial(_take_back, name))
    _skip(name)
    st.session_state.setdefault(f"{name}-done", []).append(task)
    url_state.redraw(FRAGMENT, undo_bar.FRAGMENT)


def _skip(name: str) -> None:
    if st.session_state.get(name):
        st.session_state[name].pop(0)


@url_state.safe_callback
def _undo(name: str) -> None:
    _take_back(name)
    url_state.redraw(FRAGMENT, undo_bar.FRAGMENT)


def _take_back(name: str) -> None:
    """Undo the last verdict, and ask its question again."""
    feedback_buttons.undo()
    done = st.session_state.get(f"{name}-done")
    if done:
        st.session_state[name].insert(0, done.pop())


def _progress() -> None:
    verdicts = [verdict for verdict in feedback_buttons.recorded() if verdict.answer is not Answer.NONE]
    right = sum(verdict.answer is Answer.RIGHT for verdict in verdicts)
    keys = _("Keys: **Y** right, **N** wrong, **S** skip, **U** undo.")
    if not verdicts:
        hint = _("Your feedback changes the next recommendations at once.")
        st.caption(f"{keys} {hint}")
        return
    items = formatting.count(len(verdicts), "item")
    progress = _("{items} answered in this session, {right:,} of them right.").format(items=items, right=right)
    st.caption(f"{keys} {progress}")
