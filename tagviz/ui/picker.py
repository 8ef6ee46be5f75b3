"""Search as you type: a box, its hits as pills, and what has been chosen so far."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from tagviz.errors import UnknownTerm
from tagviz.types import Kind, key_of
from tagviz.ui import cached, plain, state, widgets
from tagviz.ui.frame import Here

HITS = 12
_AGAIN = "picked"
_PHRASE = "phrase\n"
"""Before a term that is a phrase and no key."""


def hits(here: Here, text: str, kinds: Sequence[Kind], n: int = HITS) -> list[cached.Item]:
    """What the corpus holds that reads like the text."""
    return cached.complete(*here.names, text, tuple(kinds), n) if text.strip() else []


@st.fragment
def chooser(here: Here, label: str, param: str, kinds: Sequence[Kind], placeholder: str, help: str = "") -> None:
    """Choose any number of items; the address keeps them under `param`.

    Of one kind they are kept by their own names; what is not known can be added too (the answer says how it was read),
    of several kinds they are kept as keys.
    """
    if st.session_state.pop(_AGAIN, False):
        st.rerun()
    typed = st.text_input(
        label,
        key=f"type-{param}",
        type="search",
        live="200ms",
        placeholder=placeholder,
        help=help or None,
        max_chars=200,
    )
    own = (typed or "").strip()
    chosen = state.values(param)
    if own:
        _offer(here, own, param, kinds, chosen)
    if chosen:
        st.session_state[f"chosen-{param}"] = list(chosen)
        st.pills(
            f"{label}: chosen, click to take one away",
            chosen,
            format_func=lambda term: f"{plain.escape(name_of(here, term, kinds), 50)} :material/close:",
            selection_mode="multi",
            key=f"chosen-{param}",
            on_change=_keep,
            args=(param,),
            label_visibility="collapsed",
        )


@st.fragment
def one(here: Here, label: str, param: str, kinds: Sequence[Kind], placeholder: str, phrase: str = "") -> None:
    """Choose one item of some kinds; the address keeps its key under `param`.

    phrase: where what was typed can be kept as a phrase of its own; choosing either takes the other away."""
    if st.session_state.pop(_AGAIN, False):
        st.rerun()
    typed = st.text_input(
        label,
        key=f"type-{param}",
        type="search",
        live="200ms",
        placeholder=placeholder,
        max_chars=200,
        label_visibility="collapsed",
    )
    if (typed or "").strip():
        _offer(here, (typed or "").strip(), param, kinds, (), single=True, phrase=phrase)


def name_of(here: Here, term: str, kinds: Sequence[Kind]) -> str:
    """What a person reads for a chosen item; an unknown one as it was typed."""
    try:
        return cached.item(*here.names, term if len(kinds) > 1 else key_of(kinds[0], term)).label
    except UnknownTerm:
        return term


def _offer(
    here: Here,
    own: str,
    param: str,
    kinds: Sequence[Kind],
    chosen: Sequence[str],
    single: bool = False,
    phrase: str = "",
) -> None:
    found = {_term(item.key, kinds): item for item in hits(here, own, kinds)}
    icons = {term: f"{widgets.ICONS[item.kind]} " if len(kinds) > 1 else "" for term, item in found.items()}
    names = {term: item.label for term, item in found.items()}
    if own not in names and len(kinds) == 1:
        names[own] = f"“{own}” as typed"
    if phrase and own not in names.values():
        names[_PHRASE + own] = f"“{own}” as a phrase"
    if not names:
        st.caption("Nothing here reads like this.")
    st.pills(
        "Found",
        [term for term in names if term not in chosen],
        format_func=lambda term: (
            icons.get(term, ":material/star: " if term.startswith(_PHRASE) else "") + plain.escape(names[term], 50)
        ),
        key=f"found-{param}",
        on_change=_take,
        args=(param, single, phrase),
        label_visibility="collapsed",
    )


def _term(key: str, kinds: Sequence[Kind]) -> str:
    return key if len(kinds) > 1 else key.partition(":")[2]


def _take(param: str, single: bool, phrase: str = "") -> None:
    taken = st.session_state[f"found-{param}"]
    if taken:
        if taken.startswith(_PHRASE):
            state.put(**{phrase: taken.removeprefix(_PHRASE), param: ""})
        elif single:
            state.put(**{param: taken, **({phrase: ""} if phrase else {})})
        else:
            state.add(param, taken)
        st.session_state[f"type-{param}"] = ""
        st.session_state[f"found-{param}"] = None
        st.session_state[_AGAIN] = True


def _keep(param: str) -> None:
    state.put(**{param: st.session_state[f"chosen-{param}"]})
    st.session_state[_AGAIN] = True
