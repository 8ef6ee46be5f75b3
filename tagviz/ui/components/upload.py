"""Uploaded files: stored in a folder until a job has read them."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any

import streamlit as st

from tagviz.operations import import_preview, server_paths
from tagviz.ui import formatting
from tagviz.ui.components.file_upload import tickets
from tagviz.ui.i18n import _


def path_input(key: str) -> str:
    """Draw a field for a path on the server; its help names the folders in which it may lie."""
    roots = [str(root) for root in server_paths.import_roots()]
    folders = formatting.escape(_("In {folders}").format(folders=formatting.listing(roots)), 500)
    return st.text_input(_("Path"), placeholder=f"{roots[0]}/…", key=key, max_chars=1000, help=folders) or ""


def keep(files: list[Any]) -> Path:
    """Store uploaded files in a new folder and delete old ones.

    Args:
        files: What `st.file_uploader` returns.

    Returns:
        The file, or the folder if there are several; a folder that was uploaded keeps its name.

    Raises:
        StoreError: If they cannot be written.
    """
    folder = tickets.new_folder()
    try:
        for file in files:
            path = folder / tickets.place_inside(file.name)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as target:
                file.seek(0)
                shutil.copyfileobj(file, target)
    except OSError as error:
        raise tickets.not_stored(error) from error
    return tickets.whole(folder)


def keep_text(text: str) -> Path:
    """Store pasted text as a file whose name ends as its content asks; arguments and errors as of `keep`."""
    file = io.BytesIO(text.encode("utf-8", "replace"))
    file.name = f"pasted{import_preview.suffix_of(text)}"
    return keep([file])
