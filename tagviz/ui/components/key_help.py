"""The list of a page's keys, which "?" opens; its program is assets/key_help/key_help.js."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import streamlit as st

from tagviz.settings import ASSETS
from tagviz.ui import pages
from tagviz.ui.components.bundles import LOADER, Bundle
from tagviz.ui.i18n import N_, _

BUNDLE = Bundle("key_help", ASSETS / "key_help" / "key_help.js")

Row = tuple[tuple[str, ...], str]
"""Keys, each of which does the same, and what they do."""

EVERYWHERE: tuple[Row, ...] = (
    (("/",), N_("Go to the search box")),
    (("↑", "↓"), N_("Choose in a list")),
    (("Enter",), N_("Take what is chosen; open the cell of a table")),
    (("Esc",), N_("Close a list or a panel; empty the search box")),
    (("Tab",), N_("Go to the next control")),
    (("?",), N_("Show or hide these keys")),
)
"""Keys of all pages."""
OF_PAGE: Mapping[str, tuple[Row, ...]] = {
    pages.TAG_MAP.path: (
        (("Tab",), N_("From the map to its first point, then to the next")),
        (("Enter",), N_("Select the point")),
        (("←", "→", "↑", "↓"), N_("Move the map")),
        (("+", "−"), N_("Zoom in or out")),
        (("0",), N_("Show the whole map")),
        (("Esc",), N_("Clear the selection")),
    ),
    pages.EVALUATE.path: (
        (("[", "]"), N_("Look at fewer or more suggestions")),
        (("←", "→", "↑", "↓"), N_("Go through the cells and bars of a figure")),
        (("Enter",), N_("List the playlists behind it")),
    ),
    pages.FEEDBACK.path: (
        (("Y",), N_("It is right")),
        (("N",), N_("It is wrong")),
        (("S",), N_("Skip it")),
        (("U",), N_("Undo the last answer")),
    ),
}
"""Further keys of a page, by its script."""


@cache
def _component() -> Any:
    return st.components.v2.component("tagviz_keys", html='<div class="tagviz-keys"></div>', js=LOADER)


def show(page: pages.Page) -> None:
    """Show the button that opens the list of keys; "?" opens it too.

    Args:
        page: The page that is drawn.
    """
    groups = [(_("On this page"), OF_PAGE[page.path])] if page.path in OF_PAGE else []
    groups.append((_("On every page"), EVERYWHERE))
    _component()(
        key="key-help",
        data={
            "bundle": BUNDLE.url,
            "texts": {"title": _("Keys"), "close": _("Close")},
            "groups": [(title, [(keys, _(meaning)) for keys, meaning in rows]) for title, rows in groups],
        },
        height="content",
    )
