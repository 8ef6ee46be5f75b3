"""How good answers to questions like this one have been."""

from __future__ import annotations

import streamlit as st

from tagviz.calibration import FIRST
from tagviz.types import Expectation, Kind, Ranking
from tagviz.ui import formatting
from tagviz.ui.i18n import _


def show(ranking: Ranking) -> None:
    """Show what to expect of an answer, if the model has learned it and the answer is not likely poor."""
    if ranking.expected is not None and not ranking.expected.poor:
        st.caption(in_words(ranking.expected, ranking.kind))


def warn_if_poor(ranking: Ranking) -> None:
    """Warn of an answer that is likely poor."""
    if ranking.expected is not None and ranking.expected.poor:
        text = _("This answer is likely poor. {expectation}")
        st.warning(text.format(expectation=in_words(ranking.expected, ranking.kind)), icon=":material/warning:")


def in_words(expected: Expectation, kind: Kind) -> str:
    """Return what to expect as a sentence.

    Such as "Of answers to titles like this, 4 in 10 songs were right (90 questions)."

    Args:
        expected: What to expect.
        kind: What is recommended.
    """
    right = round(expected.share * FIRST)
    amount = _("{n} in {of}") if right else _("fewer than 1 in {of}")
    text = _("Of answers to questions like this, {amount} {items} were right ({questions}).")
    return text.format(
        amount=amount.format(n=right, of=FIRST),
        items=_(formatting.PLURALS[kind]),
        questions=formatting.count(expected.questions, "question"),
    )
