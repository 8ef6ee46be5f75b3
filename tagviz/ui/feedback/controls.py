"""The choices above the Feedback page, and what its parts share."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from tagviz.operations import feedback
from tagviz.store.feedback import Answer
from tagviz.types import Kind, Query, key_of
from tagviz.ui import cache, formatting, model_names, url_state
from tagviz.ui.components import feedback_buttons, pills
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import N_, _, label_of

IMPORTANCE, DISAGREEMENT, RARE = feedback.WAYS
"""Orders of the queue, as the operations call them."""
ORDERS = {
    IMPORTANCE: N_("Most informative first"),
    DISAGREEMENT: N_("Where two models disagree"),
    RARE: N_("New and rare tags first"),
}


@dataclass(frozen=True)
class AnswerButton:
    """How an answer is given.

    Attributes:
        answer: The answer.
        label: The button's label.
        key: The keyboard shortcut.
        icon: The button's icon.
    """

    answer: Answer
    label: str
    key: str
    icon: str


BUTTONS = (
    AnswerButton(Answer.RIGHT, N_("Right"), "y", ":material/check:"),
    AnswerButton(Answer.WRONG, N_("Wrong"), "n", ":material/close:"),
)


@dataclass(frozen=True)
class QueueChoice:
    """What is asked about.

    Attributes:
        order: Order of the queue, one of ORDERS.
        kind: Tags or songs.
        second_model: The model to compare with; "" for none.
    """

    order: str
    kind: Kind
    second_model: str


def show(here: PageContext) -> QueueChoice:
    """Show the choices and return them."""
    grid = st.grid(4, min_column_width=180, gap="medium", vertical_alignment="bottom")
    name_cell, kind_cell, order_cell, model_cell = (grid.cell() for cell in range(4))
    with name_cell:
        feedback_buttons.name_box()
    kinds = [str(kind) for kind in (Kind.TAG, Kind.SONG) if here.model_key.opened.has(kind)]
    with kind_cell:
        kind = st.segmented_control(
            _("Feedback on"),
            kinds,
            format_func=label_of(formatting.PLURALS),
            required=True,
            **url_state.bind_param("kind", kinds[0], kinds),
        )
    with order_cell:
        order = st.selectbox(
            _("Order"),
            list(ORDERS),
            format_func=label_of(ORDERS),
            **url_state.bind_param("order", IMPORTANCE, list(ORDERS)),
        )
    refs = [
        ref
        for ref in model_names.model_refs(here.corpus.fingerprint)
        if cache.resolved(here.corpus.fingerprint, ref) != here.model_key.model
    ]
    with model_cell:
        second = st.selectbox(
            _("Compare with"),
            refs or [""],
            format_func=lambda ref: (
                model_names.model_label(ref, here.corpus.fingerprint) if ref else _("no other model")
            ),
            help=_("The second model, for disagreements and for the blind comparison"),
            **url_state.bind_param("compare", refs[0] if refs else "", refs),
        )
    return QueueChoice(order, Kind(kind), second)


def show_query(here: PageContext, query: Query) -> None:
    """Show the playlist that the question is about."""
    with st.container(gap="xsmall"):
        st.markdown(f"**{formatting.escape(query.title or _('Untitled playlist'), 120)}**")
        with pills.row():
            for kind, terms in ((Kind.TAG, query.tags), (Kind.SONG, query.songs)):
                for term in terms:
                    pills.item_link(cache.item(*here.names, key_of(kind, term)), here)
