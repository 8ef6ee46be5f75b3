"""Verdicts on a page: who judges, one key or click a verdict, and the way back."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from tagviz.operations import feedback
from tagviz.store.verdicts import Answer, Verdict
from tagviz.types import Kind, Query, Ranking, key_of
from tagviz.ui import cached, picker, plain, state
from tagviz.ui.frame import Here

NOBODY = "guest"
"""The name under which somebody judges who has chosen none."""
_GIVEN = "verdicts-given"


def me() -> str:
    """The name of who judges."""
    return state.value("me", NOBODY).strip()[:60] or NOBODY


def name_box() -> None:
    st.text_input(
        "Your name",
        max_chars=60,
        help="Any name by which you know yourself again; your verdicts are kept under it",
        **state.tied("me", NOBODY),
    )


def give(verdict: Verdict) -> None:
    """Keeps a verdict, and what it replaced, for the way back."""
    before = feedback.said(cached.workspace(), verdict.corpus, verdict.reviewer, verdict.query).get(verdict.key)
    same = before is not None and before.subject == verdict.subject
    feedback.give(cached.workspace(), verdict)
    st.session_state.setdefault(_GIVEN, []).append(
        (verdict, before if same else replace(verdict, answer=Answer.NONE, instead=""))
    )


def given() -> list[Verdict]:
    """What was judged in this browser, the oldest first."""
    return [verdict for verdict, _ in st.session_state.get(_GIVEN, [])]


def undo() -> None:
    """Takes the last verdict back: what it replaced stands again."""
    if st.session_state.get(_GIVEN):
        _, before = st.session_state[_GIVEN].pop()
        feedback.give(cached.workspace(), replace(before, id=0, at=0.0))


def marks(here: Here, query: Query, ranking: Ranking) -> list[Answer]:
    """For each item of an answer what this reviewer says of it, NONE where nothing."""
    if not cached.verdicts(here.corpus.name):
        return [Answer.NONE] * len(ranking.keys)
    said = feedback.said(cached.workspace(), here.corpus.name, me(), _read(query, ranking))
    return [said[key].answer if key in said else Answer.NONE for key in ranking.keys]


def on_click(
    click: str, place: cached.Place, query: Query, ranking: Ranking, answer: Answer, marked: list[Answer]
) -> None:
    """A verdict on the item of the clicked row; the same verdict again takes it back."""
    clicked = st.session_state.get(click)
    if clicked is not None and clicked.row < len(ranking.keys):
        again = marked[clicked.row] is answer
        give(_verdict(place, query, ranking, clicked.row, Answer.NONE if again else answer))


def instead(here: Here, place: cached.Place, query: Query, ranking: Ranking, row: int) -> None:
    """Choose the item that should stand where another was suggested."""
    kind = ranking.kind
    with st.popover("Rather this instead", icon=":material/swap_horiz:", type="tertiary"):
        typed = st.text_input("What belongs there?", key=f"instead-{place.model}-{ranking.keys[row]}", max_chars=200)
        found = picker.hits(here, typed or "", (kind,), 8)
        for item in found:
            if item.key != ranking.keys[row]:
                st.button(
                    plain.escape(item.label, 60),
                    key=f"rather-{place.model}-{ranking.keys[row]}-{item.key}",
                    on_click=_instead,
                    args=(place, query, ranking, row, item.key),
                )


def _instead(place: cached.Place, query: Query, ranking: Ranking, row: int, key: str) -> None:
    give(replace(_verdict(place, query, ranking, row, Answer.INSTEAD), instead=key))


def _verdict(place: cached.Place, query: Query, ranking: Ranking, row: int, answer: Answer) -> Verdict:
    return feedback.verdict(place.opened, place.opened_model, _read(query, ranking), ranking, row, me(), answer)


def _read(query: Query, ranking: Ranking) -> Query:
    """The question with its tags and songs as they were read, so that two spellings of one question are one."""
    found = {reading.typed: reading.key for reading in ranking.readings if reading.key}
    tags, songs = (
        tuple(found.get(term, key_of(kind, term)).removeprefix(f"{kind}:") for term in terms)
        for kind, terms in ((Kind.TAG, query.tags), (Kind.SONG, query.songs))
    )
    return replace(query, tags=tags, songs=songs)
