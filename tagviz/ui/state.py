"""What a page shows is said by its address, so that a link, a reload and the back button bring the same view.

The address is the only place where state is kept: widgets are set from it before they are drawn and write to it on a
change. (Streamlit's own `bind="query-params"` loses values between pages and adds no step to the browser's history.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from tagviz.errors import TagvizError

HOME, MAP, RECOMMEND, EVALUATE, TRAIN, DATA, JUDGE, CURATE, WATCH = (
    "app.py",
    "pages/1_Tag_map.py",
    "pages/2_Recommend.py",
    "pages/3_Evaluate.py",
    "pages/4_Train.py",
    "pages/5_Data.py",
    "pages/6_Judge.py",
    "pages/7_Curate.py",
    "pages/8_Watch.py",
)

EVERYWHERE = ("corpus", "model", "me")
"""Parameters that travel from page to page."""

_FAILED = "failed"

Value = str | int | float | bool | None


def value(name: str, default: str = "") -> str:
    """One parameter of the address."""
    return st.query_params.get(name, default)


def values(name: str) -> tuple[str, ...]:
    """All values of a repeated parameter, without repetitions."""
    return tuple(dict.fromkeys(st.query_params.get_all(name)))


def put(**params: str | Iterable[str]) -> None:
    """Write parameters; an empty value takes its parameter out of the address."""
    for name, given in params.items():
        filled = given if isinstance(given, str) else [text for text in given if text]
        if filled:
            st.query_params[name] = filled
        elif name in st.query_params:
            del st.query_params[name]


def add(name: str, text: str) -> None:
    put(**{name: (*values(name), text)})


def drop(name: str, text: str) -> None:
    put(**{name: [other for other in values(name) if other != text]})


def carried(**params: str | Iterable[str]) -> dict[str, str | Iterable[str]]:
    """The address of a link to another page: corpus and model as they are now, plus what is given."""
    kept = {name: st.query_params[name] for name in EVERYWHERE if name in st.query_params}
    return {**kept, **{name: given for name, given in params.items() if given}}


def tied(
    name: str, default: Value, allowed: Sequence[Any] | None = None, key: str = "", redraws: Sequence[str] = ()
) -> dict[str, Any]:
    """Arguments that tie a widget to a parameter: `st.slider("k", 1, 20, **tied("k", 5, range(1, 21)))`.

    A value that cannot be read or is not among `allowed` counts as the default; the default is left out of the address.
    key: for a second widget on the same parameter; and, holding the default, where the default moves by itself: a new
    default then makes a new widget, and what a browser that has not heard of it sends once more is no choice.
    redraws: the fragments that a change draws anew, instead of the one that the widget stands in (see `redraw`).
    """
    st.session_state[key or name] = current(name, default, allowed)
    return {"key": key or name, "on_change": _store, "args": (key or name, name, default, tuple(redraws))}


def current(name: str, default: Value, allowed: Sequence[Any] | None = None) -> Any:
    """What a tied widget's parameter says now."""
    text = st.query_params.get(name)
    if text is None:
        return default
    read = _readers.get(type(default), str)
    try:
        found = read(text)
    except ValueError:
        return default
    return found if allowed is None or found in allowed else default


def _truth(text: str) -> bool:
    return text == "yes"


_readers: dict[type, Callable[[str], Any]] = {bool: _truth, int: int, float: float}


def _store(key: str, name: str, default: Value, redraws: tuple[str, ...]) -> None:
    given = st.session_state[key]
    if given is None or given == default:
        put(**{name: ""})
    else:
        put(**{name: ("yes" if given else "no") if isinstance(given, bool) else str(given)})
    if redraws:
        redraw(*redraws)


def careful(callback: Callable[..., None]) -> Callable[..., None]:
    """A widget's callback that may fail: the page is then drawn as it was, with what went wrong at its top (see
    `failed`), and nothing that a person had on screen is lost."""

    @wraps(callback)
    def called(*args: Any, **kwargs: Any) -> None:
        try:
            callback(*args, **kwargs)
        except TagvizError as error:
            st.session_state[_FAILED] = error
            st.rerun()  # all of the page, of which a fragment may be a part only

    return called


def failed() -> TagvizError | None:
    """What went wrong in the last callback, once."""
    error: TagvizError | None = st.session_state.pop(_FAILED, None)
    return error


def redraw(*fragments: str) -> None:
    """Ends a widget's callback: only these fragments are drawn anew, by their keys, in this order. The whole page is
    where one of them is not there yet."""
    try:
        st.rerun(list(fragments))
    except StreamlitAPIException:
        st.rerun()
