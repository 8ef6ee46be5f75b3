"""The tags that are new, removed, rising or falling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import pandas as pd
import streamlit as st

from tagviz.types import Kind, key_of
from tagviz.ui import pages, url_state
from tagviz.ui.components import tables
from tagviz.ui.i18n import N_, _, label_of

LABELS = {
    "renamed": N_("Renamed"),
    "new": N_("New"),
    "gone": N_("Removed"),
    "rising": N_("Rising"),
    "falling": N_("Falling"),
}
TITLES = {
    "renamed": N_("Probably renamed tags"),
    "new": N_("New tags"),
    "gone": N_("Removed tags"),
    "rising": N_("Rising tags"),
    "falling": N_("Falling tags"),
}
LISTED_PX = 388
"""Height of the table: ten rows."""


def show(run: Mapping[str, Any]) -> None:
    """Show one of the lists of changed tags; a click on a tag opens its page.

    Args:
        run: A stored check, as `tagviz.operations.monitoring` returns it.
    """
    lists = {name: rows for name, rows in run["changed"].items() if rows}
    if not lists:
        st.caption(_("No tag is new, removed, rising or falling."))
        return
    name: str = st.segmented_control(
        _("Changes"),
        list(lists),
        format_func=label_of(LABELS),
        required=True,
        label_visibility="collapsed",
        **url_state.bind_param("change", next(iter(lists)), list(lists)),
    )
    rows = pd.DataFrame(lists[name])
    if name == "renamed":
        _renamed(rows)
        return
    picked, shown = tables.table(
        rows[["label", "before", "after", "share_before", "share_after"]],
        f"monitor-{name}",
        _(TITLES[name]),
        columns={
            "label": st.column_config.TextColumn(_("Tag"), width=150),
            "before": _number_column(_("Before"), _("Playlists with the tag before"), "localized"),
            "after": _number_column(_("Now"), _("Playlists with the tag now"), "localized"),
            "share_before": _number_column(_("Share before"), _("Share of all playlists before"), "percent"),
            "share_after": _number_column(_("Share now"), _("Share of all playlists now"), "percent"),
        },
        alt=_("{title}; click one to open its page").format(title=_(TITLES[name])),
        height=LISTED_PX,
        on_select="rerun",
        selection_mode="single-cell",
    )
    row = tables.clicked(picked, shown)
    if row is not None and name != "gone":
        key = key_of(Kind.TAG, str(rows["tag"].iloc[row]))
        st.switch_page(pages.ITEM.path, query_params=url_state.link_params(item=key))


def _renamed(rows: pd.DataFrame) -> None:
    """Show which tags go on under another name; a click opens the new one."""
    picked, shown = tables.table(
        rows[["label", "to_label", "both", "before", "after"]],
        "monitor-renamed",
        _(TITLES["renamed"]),
        columns={
            "label": st.column_config.TextColumn(_("Before"), width=150),
            "to_label": st.column_config.TextColumn(_("Now"), width=150),
            "both": _number_column(
                _("In common"), _("Playlists that had the old tag and have the new one"), "localized"
            ),
            "before": _number_column(_("Before"), _("Playlists with the tag before"), "localized"),
            "after": _number_column(_("Now"), _("Playlists with the tag now"), "localized"),
        },
        alt=_("Probably renamed tags; click one to open its page"),
        height=LISTED_PX,
        on_select="rerun",
        selection_mode="single-cell",
    )
    row = tables.clicked(picked, shown)
    if row is not None:
        key = key_of(Kind.TAG, str(rows["to"].iloc[row]))
        st.switch_page(pages.ITEM.path, query_params=url_state.link_params(item=key))


def _number_column(label: str, text: str, number_format: Literal["localized", "percent"]) -> Any:
    """Return a column that is narrow enough for the whole table to fit into a small window."""
    return st.column_config.NumberColumn(label, help=text, format=number_format, width=78)
