"""The field: what is sent to the browser, and what comes back.

The browser sends the state `typed` while one types, and the triggers `entered` (Enter, or the field was left) and
`chosen` (an option was taken). Each carries the serial number of the value that the field had: what was typed before a
link, a click elsewhere or the back button changed the value no longer counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Literal

import streamlit as st

from tagviz.settings import ASSETS
from tagviz.ui.components.bundles import LOADER, Bundle
from tagviz.ui.i18n import _

BUNDLE = Bundle("search_box", ASSETS / "search_box" / "search_box.js")
LONGEST = 300
"""Characters of a text that are used."""
LIVE_MS = 150
"""Pause in typing after which the server is asked."""


@dataclass(frozen=True)
class Option:
    """What can be chosen.

    Attributes:
        value: What the server gets.
        label: What a person reads; plain text.
        icon: Name of a Material symbol; "" for none.
        color: One of Streamlit's named colours.
        note: A few words beside the label.
    """

    value: str
    label: str
    icon: str = ""
    color: str = "gray"
    note: str = ""


@dataclass(frozen=True)
class Field:
    """A field.

    Attributes:
        key: Its key.
        label: Its label.
        placeholder: Text in the empty field.
        mode: text: holds a text, which Enter applies. choice: Enter takes the first option, and the field is empty
            again. filter: what is typed counts at once.
        hide_label: Show the label to screen readers only.
        inline: Show the options as a row of pills below the field, not in a list above the page.
        idle_ms: Pause in typing after which a text is applied without Enter; 0 for never.
        width: Its width in pixels.
    """

    key: str
    label: str
    placeholder: str = ""
    mode: Literal["text", "choice", "filter"] = "choice"
    hide_label: bool = False
    inline: bool = False
    idle_ms: int = 0
    width: int | Literal["stretch"] = "stretch"


Options = Callable[[str], Sequence[Option]]


@cache
def _component() -> Any:
    return st.components.v2.component("tagviz_search", html='<div class="tagviz-search"></div>', js=LOADER)


def show(
    field: Field,
    value: str = "",
    options: Options | None = None,
    on_entered: Callable[[str], None] | None = None,
    on_chosen: Callable[[str], None] | None = None,
) -> str:
    """Show the field and return its text as it is now, without spaces around it.

    Args:
        field: The field.
        value: Its text, of a field that holds one; a long one is cut, and the field says so.
        options: Returns what can be chosen for a typed text; None for a field without options.
        on_entered: Called with the text that was entered.
        on_chosen: Called with the value of the option that was chosen. In the mode `choice`, Enter also chooses.
    """
    cut, value = len(value) > LONGEST, value[:LONGEST]
    serial = _serial(field.key, value)
    text = typed(field.key, value)
    offered = list(options(text)) if options and text else []

    def entered() -> None:
        entry = _event(field.key, "entered", "text")
        if field.mode == "choice" and entry and options and on_chosen:
            first = next(iter(options(entry)), None)
            if first is not None:
                on_chosen(first.value)
        elif on_entered and field.mode == "text":
            on_entered(entry)

    def chosen() -> None:
        picked = _event(field.key, "chosen", "value")
        if on_chosen and picked:
            on_chosen(picked)

    _component()(
        key=field.key,
        data={
            "bundle": BUNDLE.url,
            "serial": serial,
            "value": value,
            "cut": cut,
            "label": field.label,
            "hide_label": field.hide_label,
            "placeholder": field.placeholder,
            "mode": field.mode,
            "inline": field.inline,
            "slash": field.hide_label and field.mode == "text",
            "longest": LONGEST,
            "live_ms": LIVE_MS,
            "idle_ms": field.idle_ms,
            "options": None if options is None else [asdict(option) for option in offered],
            "options_for": text,
            "texts": {
                "cut": _("Only the first {n} characters are used.").format(n=LONGEST),
                "clear": _("Clear"),
                "options": _("Matches"),
                "count": _("Matches: {n}"),
                "none": _("Nothing matches."),
            },
        },
        width=field.width,
        height="content",
        on_typed_change=lambda: None,
        on_entered_change=entered,
        on_chosen_change=chosen,
    )
    return text


def typed(key: str, value: str = "") -> str:
    """Return the text of a field as it is now, before it is drawn in this run.

    Args:
        key: Its key.
        value: Its value, which counts where nothing has been typed since it was set.
    """
    state = st.session_state.get(key)
    typed = state.get("typed") if isinstance(state, Mapping) else None
    if isinstance(typed, Mapping) and typed.get("serial") == _serial(key, value):
        return str(typed.get("text", ""))[:LONGEST].strip()
    return value.strip()


def _serial(key: str, value: str) -> int:
    """Return the number of the field's value, which counts up whenever the value changes."""
    known, serial = st.session_state.get(f"{key}-value", (value, 0))
    if known != value:
        serial += 1
    st.session_state[f"{key}-value"] = (value, serial)
    return int(serial)


def _event(key: str, event: str, part: str) -> str:
    """Return a part of what the browser sent, which must not be trusted; what was typed before no longer counts."""
    known, serial = st.session_state.get(f"{key}-value", ("", 0))
    st.session_state[f"{key}-value"] = (known, serial + 1)
    content = st.session_state[key].get(event)
    text = content.get(part) if isinstance(content, Mapping) else ""
    return (text if isinstance(text, str) else "")[:LONGEST].strip()
