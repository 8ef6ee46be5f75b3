"""The thresholds of a corpus, above which a measure is amber or red; they are used from the next check on."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from tagviz.access.roles import Permission
from tagviz.errors import TagvizError
from tagviz.monitoring.lights import Thresholds
from tagviz.operations import monitoring
from tagviz.ui import cache, formatting, url_state
from tagviz.ui.components import errors, params_form, permissions, undo_bar
from tagviz.ui.context import PageContext
from tagviz.ui.i18n import N_, _

PAIRS = {
    "golden": N_("Golden queries: share no longer understood, or more violations per question"),
    "drop": N_("Recommendation quality: share of nDCG lost"),
    "verdicts": N_("Feedback: decrease of the share marked as right"),
    "new": N_("New tags: share of all uses"),
    "gone": N_("Removed tags: share of the earlier uses"),
    "lost": N_("Playlists and songs gone: share of the earlier version"),
    "moved": N_("Rising and falling tags: share of all tags"),
    "tags": N_("Tag usage: distance from 0 to 1"),
    "psi": N_("Playlist lengths and scripts: population stability index"),
    "overlap": N_("Nearest tags: share in common (lower is worse)"),
}
"""Measures with two thresholds, amber and red."""
SINGLE = {
    "significance": N_("Significance level"),
    "points": N_("Versions before control limits are used"),
    "verdicts": N_("Least verdicts on each side"),
    "days": N_("Days that count as recent"),
    "k": N_("Nearest tags that are compared"),
}
"""Other settings."""
_SEEN, _OUTCOME = "thresholds-seen", "thresholds-outcome"


def show(here: PageContext) -> None:
    """Show the form in an expander."""
    outcome: TagvizError | str = st.session_state.pop(_OUTCOME, "")
    expander = st.expander(
        _("Thresholds for amber and red"), key="thresholds-open", icon=":material/tune:", on_change="rerun"
    )
    if not expander.open:
        return
    with expander:
        if isinstance(outcome, TagvizError):
            errors.show_error(outcome)
        elif outcome:
            st.caption(f":material/check: {outcome}")
        _form(here.corpus.name)


def _form(name: str) -> None:
    stored = monitoring.open_thresholds(cache.context(), name).model_dump()
    if st.session_state.get(_SEEN) != (name, stored) or any(_key(field) not in st.session_state for field in stored):
        st.session_state[_SEEN] = (name, stored)
        for field, number in stored.items():
            st.session_state[_key(field)] = number
    with st.form("thresholds", border=False):
        grid = st.grid(2, min_column_width=300, gap="medium")
        for measure, title in PAIRS.items():
            lower_is_worse = measure == "overlap"
            with grid.container(gap="xsmall"):
                st.markdown(f"**{_(title)}**")
                with st.container(horizontal=True):
                    _number(f"{measure}_amber", _("Amber below") if lower_is_worse else _("Amber from"))
                    _number(f"{measure}_red", _("Red below") if lower_is_worse else _("Red from"))
        grid = st.grid(3, min_column_width=220, gap="medium", vertical_alignment="bottom")
        for field, title in SINGLE.items():
            with grid.container():
                _number(field, _(title))
        st.form_submit_button(
            _("Save thresholds"), on_click=_save, args=(name,), type="primary", **permissions.gate(Permission.DEFAULTS)
        )
    if stored != Thresholds().model_dump():
        st.button(
            _("Reset to defaults"),
            on_click=_save,
            args=(name, Thresholds().model_dump()),
            **permissions.gate(Permission.DEFAULTS),
        )


def _number(field: str, label: str) -> None:
    info = Thresholds.model_fields[field]
    low, high = params_form.limits_of(info)
    text = formatting.escape(info.description or "", 200)
    if info.annotation is int:
        st.number_input(label, int(low or 0), step=1, key=_key(field), help=text)
    else:
        st.number_input(label, low, high, step=0.01, format="%.3g", key=_key(field), help=text)


def _key(field: str) -> str:
    return f"threshold-{field}"


@url_state.safe_callback
def _save(name: str, numbers: Mapping[str, Any] | None = None) -> None:
    """Store the numbers, or what the form holds where there are none."""
    entered = numbers or {field: st.session_state[_key(field)] for field in Thresholds.model_fields}
    before = monitoring.open_thresholds(cache.context(), name).model_dump()
    try:
        monitoring.set_thresholds(cache.context(), name, entered)
    except TagvizError as error:
        st.session_state[_OUTCOME] = error
    else:
        st.session_state[_OUTCOME] = _("Saved. The next check uses these thresholds.")
        back = partial(monitoring.set_thresholds, cache.context(), name, before)
        undo_bar.offer(_("Thresholds of {corpus} saved").format(corpus=name), back)
