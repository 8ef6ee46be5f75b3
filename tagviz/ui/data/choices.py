"""What a person has chosen for the file that is looked at: its format and the options of its reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st

from tagviz.operations.import_preview import ROLES, ImportPreview, Question

_KEY = "import-choices"


@dataclass
class Choices:
    """Choices for one file; a new file starts with none.

    Attributes:
        location: The file or folder.
        format: Name of a format, or auto.
        options: Options of the reader by name, as the command line takes them.
        asked: Questions that the file has raised, answered or not, by key.
        seen: The last preview that could be read.
        round: Grows when an option is set by a button, so that its widget is made anew.
    """

    location: str
    format: str = "auto"
    options: dict[str, str] = field(default_factory=dict)
    asked: dict[str, Question] = field(default_factory=dict)
    seen: ImportPreview | None = None
    round: int = 0

    @classmethod
    def of(cls, location: Path) -> Choices:
        """Return the choices for a file in this session."""
        kept: Choices | None = st.session_state.get(_KEY)
        if kept is None or kept.location != str(location):
            kept = st.session_state[_KEY] = cls(str(location))
        return kept

    def key(self, name: str) -> str:
        """Return the key of a widget for this file."""
        return f"import-{name}-{abs(hash(self.location)) % 10**8}-{self.round}"

    def set(self, name: str, setting: str) -> None:
        """Set an option; an empty setting leaves it to the reader."""
        if name == "format":
            self.format = setting or "auto"
        elif setting:
            self.options[name] = setting
        else:
            self.options.pop(name, None)

    def set_column(self, role: str, column: str) -> None:
        """Give a role to a column, which then has no other by choice; no column means that none has the role."""
        for other in ROLES:
            if column and self.options.get(other) == column:
                del self.options[other]
        self.options[role] = column or "-"

    def set_others(self, names: list[str], settings: Mapping[str, Any]) -> None:
        """Replace the options of these names by those in `settings`."""
        for name in names:
            self.set(name, str(settings[name]) if name in settings else "")

    def apply(self, name: str, setting: str) -> None:
        """Set an option that a remedy or an offer names."""
        self.set(name, setting)
        self.round += 1

    @property
    def arguments(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        """Format and options in a form that can be a key of a cache."""
        return self.format, tuple(sorted(self.options.items()))
