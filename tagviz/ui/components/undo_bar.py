"""The bar at the bottom of the window that undoes the last change, for ten seconds.

A change calls `offer`; `page_layout.open_page` draws the bar on every page. A callback inside a fragment ends with
`url_state.redraw(…, undo_bar.FRAGMENT)`, so that the bar is drawn as well.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic as time

import streamlit as st

from tagviz.ui import formatting, url_state
from tagviz.ui.i18n import _

FRAGMENT = "undo-bar"
"""Key of the bar's fragment."""
SECONDS = 10
"""How long the bar is shown; page.css hides it after the same time, unless the pointer or the focus is on it."""
LATE = 60
"""Seconds after which a button that was kept on the screen no longer undoes."""
_OFFER, _COUNT = "undo-offer", "undo-offers"


@dataclass(frozen=True)
class Offer:
    """A change that can be undone.

    Attributes:
        number: Counts the offers of a session, so that each has a bar of its own.
        text: What was done.
        undo: Takes it back.
        until: When the bar disappears, as `time.monotonic` counts.
    """

    number: int
    text: str
    undo: Callable[[], object]
    until: float


def offer(text: str, undo: Callable[[], object]) -> None:
    """Offer to undo a change that was just made; it replaces the offer before.

    Args:
        text: What was done, as a sentence without a full stop.
        undo: Takes it back; it may raise a TagvizError.
    """
    number = st.session_state.get(_COUNT, 0) + 1
    st.session_state[_COUNT] = number
    st.session_state[_OFFER] = Offer(number, text, undo, time() + SECONDS)


def clear_params(text: str, *names: str) -> None:
    """Remove parameters from the URL, and offer to put them back.

    Args:
        text: What was done.
        names: The parameters.
    """
    before = {name: url_state.params(name) for name in names}
    url_state.set_params(**dict.fromkeys(names, ""))
    offer(text, lambda: url_state.set_params(**before))


def withdraw() -> None:
    """Take the offer away, because its change was undone in another way."""
    st.session_state.pop(_OFFER, None)


def take_back(number: int) -> None:
    """Undo the offered change of this number, if no other one has been made since."""
    current: Offer | None = st.session_state.get(_OFFER)
    if current is not None and current.number == number and time() < current.until + LATE:
        withdraw()
        current.undo()


def show() -> None:
    """Show the bar while there is something to undo; it takes no room on the page."""
    with st.container(key="undo-slot"):
        _bar()


@st.fragment(key=FRAGMENT)
def _bar() -> None:
    current: Offer | None = st.session_state.get(_OFFER)
    if current is None or time() > current.until:
        return
    with st.container(
        key=f"undo-bar-{current.number}", horizontal=True, vertical_alignment="center", gap="small", width="content"
    ):
        st.html(f'<span role="status">{html.escape(formatting.one_line(current.text, 120))}</span>', width="content")
        st.button(
            _("Undo"),
            f"undo-{current.number}",
            icon=":material/undo:",
            type="primary",
            on_click=url_state.safe_callback(_undo),
            args=(current.number,),
        )


def _undo(number: int) -> None:
    take_back(number)
    st.rerun()  # the whole page, not this fragment alone
