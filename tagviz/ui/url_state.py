"""The URL holds the state of a page, so that a link, a reload and the back button bring the same view.

Widgets are set from the URL before they are drawn and write to it on a change. (Streamlit's own `bind="query-params"`
loses values between pages and adds no step to the browser's history.) `tagviz/aliases.py` lists all parameters; old
names in links are read as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any, TypeAlias

import streamlit as st
from streamlit.errors import StreamlitAPIException

from tagviz import aliases
from tagviz.errors import TagvizError
from tagviz.ui.i18n import _

EVERYWHERE = ("corpus", "version", "model", "me", "lang")
"""Parameters that go from page to page."""

MOVED_FROM = "moved_from"
"""Parameter that the server adds when it redirects an old page name: that name."""

_ERROR = "callback-error"
_ANNOUNCED = "renames-announced"

Scalar: TypeAlias = str | int | float | bool | None


def _present(name: str) -> str:
    """Return the name under which a parameter is in the URL: its own, an old one, or "" if it is absent."""
    return next((known for known in (name, *aliases.old_parameters(name)) if known in st.query_params), "")


def has(name: str) -> bool:
    """Return whether a parameter is in the URL."""
    return bool(_present(name))


def param(name: str, default: str = "") -> str:
    """Return a parameter of the URL, or `default` if it is absent."""
    present = _present(name)
    return aliases.new_value(name, st.query_params[present]) if present else default


def params(name: str) -> tuple[str, ...]:
    """Return all values of a repeated parameter, each once."""
    present = _present(name)
    return tuple(dict.fromkeys(st.query_params.get_all(present))) if present else ()


def set_params(**params: str | Iterable[str]) -> None:
    """Write parameters to the URL, as one step of the browser's history; an empty value removes its parameter."""
    replaced = {old for name in params for old in aliases.old_parameters(name)}
    merged = {name: st.query_params.get_all(name) for name in st.query_params if name not in replaced}
    for name, content in params.items():
        merged[name] = [text for text in ([content] if isinstance(content, str) else content) if text]
    st.query_params.from_dict({name: texts for name, texts in merged.items() if texts})


def add_param(name: str, text: str) -> None:
    """Add a value to a repeated parameter."""
    set_params(**{name: (*params(name), text)})


def drop_param(name: str, text: str) -> None:
    """Remove a value from a repeated parameter."""
    set_params(**{name: [other for other in params(name) if other != text]})


def link_params(**params: str | Iterable[str]) -> dict[str, str | Iterable[str]]:
    """Return the parameters of a link to another page: those of EVERYWHERE as they are now, plus `params`."""
    kept = {name: st.query_params[name] for name in EVERYWHERE if name in st.query_params}
    return {**kept, **{name: content for name, content in params.items() if content}}


def bind_param(
    name: str, default: Scalar, allowed: Sequence[Any] | None = None, key: str = "", redraws: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the arguments that bind a widget to a parameter: `st.slider("k", 1, 20, **bind_param("k", 5))`.

    Args:
        name: The parameter.
        default: What the widget shows when the URL says nothing; it is left out of the URL.
        allowed: Permitted values; any other value in the URL counts as the default.
        key: Key of the widget, for a second widget on the same parameter. Put the default into it where the default can
            change by itself: the new default then makes a new widget, and what the browser still sends for the old one
            is not taken for a choice.
        redraws: Keys of the fragments that a change draws again, instead of the fragment of the widget.
    """
    st.session_state[key or name] = current_value(name, default, allowed)
    return {"key": key or name, "on_change": _store, "args": (key or name, name, default, tuple(redraws))}


def current_value(name: str, default: Scalar, allowed: Sequence[Any] | None = None) -> Any:
    """Return what a bound parameter says now, in the type of its default."""
    if not has(name):
        return default
    read = _readers.get(type(default), str)
    try:
        parsed = read(param(name))
    except ValueError:
        return default
    return parsed if allowed is None or parsed in allowed else default


def _is_yes(text: str) -> bool:
    return text == "yes"


_readers: dict[type, Callable[[str], Any]] = {bool: _is_yes, int: int, float: float}


def _store(key: str, name: str, default: Scalar, redraws: tuple[str, ...]) -> None:
    chosen = st.session_state[key]
    if chosen is None or chosen == default:
        set_params(**{name: ""})
    else:
        set_params(**{name: ("yes" if chosen else "no") if isinstance(chosen, bool) else str(chosen)})
    if redraws:
        redraw(*redraws)


def renames(page: str) -> list[tuple[str, str]]:
    """Return the old names in the URL of a page with their new names, each only once in a session.

    Args:
        page: The page's URL path.
    """
    old_page = st.query_params.get(MOVED_FROM, "")
    pairs = [(old_page, aliases.PAGES[old_page])] if old_page in aliases.PAGES else []
    pairs += [(old, new) for old in st.query_params if (new := aliases.new_parameter(old, page))]
    models = [st.query_params.get(name, "") for name in aliases.MODEL_PARAMETERS]
    pairs += [(name, aliases.METHODS[name]) for name in models if name in aliases.METHODS]
    announced: set[str] = st.session_state.setdefault(_ANNOUNCED, set())
    fresh = [(old, new) for old, new in pairs if old not in announced]
    announced.update(old for old, _new in fresh)
    return fresh


def announce_renames(page: str) -> None:
    """Say once which names of an old link have changed.

    Args:
        page: The page's URL path.
    """
    for old, new in renames(page):
        text = _("This link is old: “{old}” is now called “{new}”. It still works.")
        st.toast(text.format(old=old, new=new.replace("_", "\\_")), icon=":material/link:")


def safe_callback(callback: Callable[..., object]) -> Callable[..., None]:
    """Wrap a widget's callback that may fail.

    On a TagvizError the page is drawn as it was with the error at its top (see `last_error`), so that nothing on the
    screen is lost.
    """

    @wraps(callback)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        try:
            callback(*args, **kwargs)
        except TagvizError as error:
            st.session_state[_ERROR] = error
            st.rerun()  # the whole page, of which a fragment may be a part only

    return wrapped


def last_error() -> TagvizError | None:
    """Return the error of the last callback, once."""
    error: TagvizError | None = st.session_state.pop(_ERROR, None)
    return error


def redraw(*fragments: str) -> None:
    """End a widget's callback: draw only these fragments again, by their keys and in this order.

    The whole page is drawn where one of them does not exist yet.
    """
    try:
        st.rerun(list(fragments))
    except StreamlitAPIException:
        st.rerun()
