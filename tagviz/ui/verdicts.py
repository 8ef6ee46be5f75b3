"""Verdicts on a page: who judges, one key or click a verdict, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import streamlit as st

from tagviz.operations import feedback
from tagviz.store.verdicts import Answer, Verdict
from tagviz.types import Kind, Query, Ranking, key_of
from tagviz.ui import cached, plain, state, widgets

NOBODY = "guest"
"""The name under which somebody judges who has chosen none."""
MOST_INSTEAD = 8
"""Items that are offered to stand instead of another."""
_GIVEN, _ASKED = "verdicts-given", "verdicts-instead"


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


@dataclass(frozen=True)
class Suggested:
    """Items that can be judged: what they are suggested for, by what, the best first.

    model: what suggests them, an id or a word for what is no model; trained: the fingerprint of what it has learned
    from. scores: one an item, or none where none were kept.
    """

    corpus: str
    fingerprint: str
    model: str
    trained: str
    query: Query
    kind: Kind
    keys: tuple[str, ...]
    scores: Sequence[float] = ()

    def verdict(self, row: int, answer: Answer) -> Verdict:
        """A verdict of who judges on the item in a row (from 0)."""
        return Verdict(
            reviewer=me(),
            corpus=self.corpus,
            corpus_fingerprint=self.fingerprint,
            model=self.model,
            model_fingerprint=self.trained,
            query=self.query,
            kind=self.kind,
            key=self.keys[row],
            rank=row + 1,
            score=float(self.scores[row]) if len(self.scores) else 0.0,
            answer=answer,
        )


def answered(place: cached.Place, query: Query, ranking: Ranking) -> Suggested:
    """A model's answer as what can be judged."""
    model = place.opened_model
    return Suggested(
        *(place.opened.name, place.opened.fingerprint, model.ref, model.info.fingerprint),
        *(_read(query, ranking), ranking.kind, ranking.keys, tuple(map(float, ranking.scores))),
    )


def marks(suggested: Suggested) -> list[Answer]:
    """For each item what this reviewer says of it, NONE where nothing."""
    if not cached.verdicts(suggested.corpus):
        return [Answer.NONE] * len(suggested.keys)
    said = feedback.said(cached.workspace(), suggested.corpus, me(), suggested.query)
    return [said[key].answer if key in said else Answer.NONE for key in suggested.keys]


def columns(name: str, suggested: Suggested, other: bool = False) -> tuple[dict[str, list[str]], dict[str, Any]]:
    """Two columns of a table that say right and wrong of each item with one click: their signs, and how they are shown.

    name: the table's. The same verdict again takes it back. other: a third column, which asks for what belongs there
    instead; the page then calls `ask_instead`.
    """
    marked = marks(suggested)
    signs = {
        "right": ["☑" if mark is Answer.RIGHT else "✓" for mark in marked],
        "wrong": ["☒" if mark in (Answer.WRONG, Answer.INSTEAD) else "✗" for mark in marked],
    }
    said = {"right": "Right: it belongs there", "wrong": "Wrong: it does not belong there"}
    shown = {of: _button(name, of, said[of], _on_click, suggested, Answer(of), marked) for of in signs}
    if other:
        signs["instead"] = ["⇄"] * len(marked)
        shown["instead"] = _button(name, "instead", "Rather this instead: name what belongs there", _ask, suggested)
    return signs, shown


def _button(table: str, name: str, help: str, clicked: Callable[..., None], *told: Any) -> Any:
    return st.column_config.ButtonColumn(
        "", width=34, help=help, type="tertiary", key=f"{table}-{name}", on_click=partial(clicked, table, *told)
    )


@state.careful
def _on_click(table: str, suggested: Suggested, answer: Answer, marked: list[Answer]) -> None:
    row = widgets.pressed(f"{table}-{answer}", table)
    if row is not None and row < len(suggested.keys):
        give(suggested.verdict(row, Answer.NONE if marked[row] is answer else answer))


def _ask(table: str, suggested: Suggested) -> None:
    row = widgets.pressed(f"{table}-instead", table)
    if row is not None and row < len(suggested.keys):
        st.session_state[_ASKED] = (suggested, row)


def ask_instead() -> None:
    """Opens the box that the last click on ⇄ asked for; called once, where the tables of a part of a page end."""
    if asked := st.session_state.pop(_ASKED, None):
        _box(*asked)


@st.dialog("What belongs there instead?")
def _box(suggested: Suggested, row: int) -> None:
    with widgets.forgiving():
        given = cached.item(suggested.corpus, suggested.fingerprint, suggested.keys[row])
        st.text(f"Instead of {plain.one_line(given.label, 60)}:")
        if _choose(suggested, row):
            st.rerun()


def instead(place: cached.Place, query: Query, ranking: Ranking, row: int) -> None:
    """Choose the item that should stand where another was suggested."""
    with st.popover("Rather this instead", icon=":material/swap_horiz:", type="tertiary"):
        if _choose(answered(place, query, ranking), row):
            st.rerun()


def _choose(suggested: Suggested, row: int) -> bool:
    """A box to search in, and a button for each item that reads like it; whether one was chosen and is kept."""
    key = f"{suggested.model}-{suggested.keys[row]}"
    typed = st.text_input("What belongs there?", key=f"instead-{key}", type="search", live="250ms", max_chars=200)
    if not (typed or "").strip():
        return False
    kinds = (suggested.kind,)
    found = cached.complete(suggested.corpus, suggested.fingerprint, typed, kinds, MOST_INSTEAD)
    if not found:
        st.caption("Nothing here reads like this.")
    for item in found:
        told = plain.escape(item.label, 60)
        if item.key != suggested.keys[row] and st.button(told, key=f"rather-{key}-{item.key}"):
            give(replace(suggested.verdict(row, Answer.INSTEAD), instead=item.key))
            return True
    return False


def _read(query: Query, ranking: Ranking) -> Query:
    """The question with its tags and songs as they were read, so that two spellings of one question are one."""
    found = {reading.typed: reading.key for reading in ranking.readings if reading.key}
    tags, songs = (
        tuple(found.get(term, key_of(kind, term)).removeprefix(f"{kind}:") for term in terms)
        for kind, terms in ((Kind.TAG, query.tags), (Kind.SONG, query.songs))
    )
    return replace(query, tags=tags, songs=songs)
