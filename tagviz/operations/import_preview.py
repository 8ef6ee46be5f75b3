"""Looking at a file before it is imported: the one way for the command line and the Data page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tagviz.sources import options_of
from tagviz.sources.findings import ColumnRole, Question, UndecidedError
from tagviz.sources.inspection import ImportPreview, PreviewRow, inspect, suffix_of
from tagviz.sources.roles import ROLES

__all__ = [
    "ROLES", "ColumnRole", "ImportPreview", "PreviewRow", "Question", "UndecidedError", "options_of", "preview",
    "suffix_of",
]  # fmt: skip


def preview(path: Path, format: str = "auto", options: Mapping[str, Any] | None = None) -> ImportPreview:
    """What a file, folder or archive is taken for; keeps nothing.

    Args:
        path: The file or folder.
        format: `auto` or the name of a format.
        options: The reader's options, among them a column's name by role.

    Returns:
        Format, encoding, columns and their roles, the first ten playlists, counts, what is dropped or changed, and the
        questions that must be answered before the import.

    Raises:
        SourceError: The file cannot be read at all.
        InvalidParameterError: An option does not exist.
    """
    return inspect(path, format, options)
