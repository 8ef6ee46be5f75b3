"""Search as you type: a box, its hits as pills, and what has been chosen so far."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from tagviz.errors import UnknownTerm
from tagviz.types import Kind, key_of
from tagviz.ui import cached, plain, state
from tagviz.ui.frame import Here

HITS = 12
_AGAIN = "picked"


def hits(here: Here, text: str, kinds: Sequence[Kind], n: int = HITS) -> list[cached.Item]:
    """What the corpus holds that reads like the text."""
    return cached.complete(*here.names, text, tuple(kinds), n) if text.strip() else []


@st.fragment
def chooser(
    here: Here, label: str, param: str, kind: Kind, placeholder: str, help: str = "", keyed: bool = False
) -> None:
    """Choose any number of items of one kind; kept in the address under `param`, as typed or as keys (`keyed`).

    What is not known can be added too: the answer says how it was read.
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
    chosen = state.values(param)
    found = hits(here, typed or "", [kind])
    offered = {_ident(item.key, keyed): item.label for item in found}
    own = (typed or "").strip()
    if own and own not in offered and not keyed:
        offered[own] = f"“{own}”"
    if own:
        if not offered:
            st.caption(f"No {kind} here reads like this.")
        st.pills(
            f"Found {kind}s",
            [ident for ident in offered if ident not in chosen],
            format_func=lambda ident: plain.escape(offered[ident], 50),
            key=f"found-{param}",
            on_change=_take,
            args=(param,),
            label_visibility="collapsed",
        )
    if chosen:
        st.session_state[f"chosen-{param}"] = list(chosen)
        st.pills(
            f"Chosen {kind}s, click to take one away",
            chosen,
            format_func=lambda ident: f"{plain.escape(name_of(here, ident, kind, keyed), 50)} :material/close:",
            selection_mode="multi",
            key=f"chosen-{param}",
            on_change=_keep,
            args=(param,),
            label_visibility="collapsed",
        )


def name_of(here: Here, ident: str, kind: Kind, keyed: bool) -> str:
    """What a person reads for a chosen item; an unknown one as it was typed."""
    try:
        return cached.item(*here.names, ident if keyed else key_of(kind, ident)).label
    except UnknownTerm:
        return ident


def _ident(key: str, keyed: bool) -> str:
    return key if keyed else key.partition(":")[2]


def _take(param: str) -> None:
    taken = st.session_state[f"found-{param}"]
    if taken:
        state.add(param, taken)
        st.session_state[f"type-{param}"] = ""
        st.session_state[f"found-{param}"] = None
        st.session_state[_AGAIN] = True


def _keep(param: str) -> None:
    state.put(**{param: st.session_state[f"chosen-{param}"]})
    st.session_state[_AGAIN] = True
