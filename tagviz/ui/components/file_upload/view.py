"""The field: what is sent to the browser, and what has arrived on the disk."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from tagviz.server_settings import server_settings
from tagviz.settings import ASSETS
from tagviz.ui.components.bundles import LOADER, Bundle
from tagviz.ui.components.file_upload import tickets
from tagviz.ui.components.file_upload.routes import PATH
from tagviz.ui.i18n import _

BUNDLE = Bundle("file_upload", ASSETS / "file_upload" / "file_upload.js")
_NAME = "example.csv"


@dataclass(frozen=True)
class Uploaded:
    """What has arrived.

    Attributes:
        path: The file, or the folder where there are several.
        ident: Another whenever a file came or went.
    """

    path: Path
    ident: tuple[Any, ...]


@cache
def _component() -> Any:
    return st.components.v2.component("tagviz_upload", html='<div class="tagviz-upload"></div>', js=LOADER)


def show(key: str, folder: bool = False, hint: str = "") -> Uploaded | None:
    """Show the field and return what has arrived; None where nothing has.

    Args:
        key: Its key; another key is an empty field.
        folder: Take a folder with all in it.
        hint: What may be sent.

    Raises:
        StoreError: The disk of the server is full or may not be written.
    """
    place = f"{key}-ticket"
    ticket = tickets.find(st.session_state.get(place, ""))
    if ticket is None:
        st.session_state[place] = tickets.issue()
        ticket = tickets.find(st.session_state[place])
    refusal = tickets.too_large("{name}", 10**12)
    _component()(
        key=key,
        data={
            "bundle": BUNDLE.url,
            "url": f"{PATH}/{st.session_state[place]}",
            "limit": tickets.largest_bytes(),
            "folder": folder,
            "hint": hint,
            "texts": {
                "drop": _("Drop a folder here") if folder else _("Drop files here"),
                "choose": _("Choose folder") if folder else _("Choose files"),
                "limit": _("{size} MB at most").format(size=f"{server_settings().largest_upload:,}"),
                "cancel": _("Cancel {name}"),
                "remove": _("Remove {name}"),
                "progress": _("Uploading {name}"),
                "arrived": _("{name} has arrived"),
                "failed": _("The server did not answer. Send the file again."),
                "refused": str(refusal).replace("1,000,000 MB", "{size} MB").replace("1000000", "{size}"),
            },
        },
        height="content",
        default={"arrived": 0},
        on_arrived_change=_nothing,
    )
    if ticket is None or not ticket.sizes:
        return None
    return Uploaded(tickets.whole(ticket.folder), (key, *ticket.ident))


def _nothing() -> None:
    """Do nothing; Streamlit reports only events with a callback."""
