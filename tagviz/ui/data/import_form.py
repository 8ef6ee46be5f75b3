"""Import of playlists: files, a folder, pasted text or a path on the server; first shown, then imported as a job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from tagviz.access.roles import Permission
from tagviz.operations import access, corpora, server_paths
from tagviz.operations import jobs as job_operations
from tagviz.store.workspace import checked_new_name
from tagviz.ui import cache
from tagviz.ui.components import file_upload, permissions, upload
from tagviz.ui.data import import_preview, import_result
from tagviz.ui.i18n import N_, _, label_of

SOURCES = {
    "upload": N_("Files"),
    "folder": N_("Folder"),
    "text": N_("Pasted text"),
    "path": N_("Path on the server"),
}
_STORED = "import-stored"
_ROUND = "import-round"


def show() -> None:
    """Show the form and, once there is a file, what it is taken for; an existing name gets a newest version."""
    if not permissions.allowed(Permission.IMPORT):
        return
    location = _location()
    if location is None:
        st.session_state.pop(_STORED, None)
        return
    with st.container(border=True):
        looked, readable = import_preview.show(location)
        if not readable:
            return
        default = corpora.valid_name(location.name.split(".")[0])
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = st.text_input(_("Name of the corpus"), default, key=f"import-name-{location}", max_chars=80) or ""
            pressed = st.button(
                _("Import"),
                type="primary",
                icon=":material/download_done:",
                disabled=looked is None,
                key="read",
                width="content",
            )
        if looked is None:
            st.caption(_("Answer the question or correct the reading above, then import."))
        elif name.strip() in {info.name for info in cache.corpora()}:
            st.caption(_("There is a corpus of this name: the import becomes its newest version."))
    if pressed and looked is not None:
        preview, choices = looked
        arguments = {
            "path": str(location),
            "name": checked_new_name(name.strip() or default),
            "format": preview.format,
            "options": dict(choices.options),
        }
        import_result.follow(job_operations.submit(cache.context(), "import", arguments))
        st.session_state[_ROUND] = _round() + 1  # empties the form
        st.rerun()


def _round() -> int:
    return int(st.session_state.get(_ROUND, 0))


def _location() -> Path | None:
    """Show where the playlists come from; return the file or folder to look at, or None where there is none yet."""
    sources = [name for name in SOURCES if name != "path" or server_paths.import_roots()]
    source = st.segmented_control(
        _("Source"), sources, format_func=label_of(SOURCES), default="upload", required=True, key="from"
    )
    if source == "path":
        path = upload.path_input(f"import-path-{_round()}").strip()
        if not path:
            return None
        access.check(cache.context(), Permission.IMPORT)
        return server_paths.check_path(cache.context(), path)
    if source == "text":
        text = st.text_area(
            _("Text"),
            key=f"import-text-{_round()}",
            height=160,
            placeholder=_("A table copied from a spreadsheet, JSON, or the content of a playlist file"),
        )
        return _stored(("text", text), lambda: upload.keep_text(text)) if (text or "").strip() else None
    uploaded = file_upload.show(
        f"upload-{source}-{_round()}",
        folder=source == "folder",
        hint=""
        if source == "folder"
        else _("Any file, several that belong together such as train.json and song_meta.json, or an archive"),
    )
    return _stored(uploaded.ident, lambda: uploaded.path) if uploaded else None


def _stored(ident: Any, keep: Any) -> Path:
    """Return where an upload is stored; it is stored once, and only for a person who may import."""
    access.check(cache.context(), Permission.IMPORT)
    known = st.session_state.get(_STORED)
    if known is None or known[0] != ident or not known[1].exists():
        known = st.session_state[_STORED] = (ident, keep())
    path: Path = known[1]
    return path
