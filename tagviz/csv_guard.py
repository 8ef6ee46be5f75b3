"""The one way in which tables become CSV: text that a spreadsheet would run as a formula is defused, reversibly.

A cell that begins with = + - @, a tab, a carriage return or the full-width forms of these gets an apostrophe in front,
as OWASP advises; so does one that begins with apostrophes and then such a sign: `unguard` gives every text back.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

_FORMULA = re.compile("'*[=+\\-@\\t\\r＝＋－＠]")
_GUARDED = re.compile("'+[=+\\-@\\t\\r＝＋－＠]")
BOM = "\ufeff"
"""What makes Excel read UTF-8."""


def guard(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguard(text: str) -> str:
    """The text that `guard` was given."""
    return text[1:] if _GUARDED.match(text) else text


def is_guarded(text: str) -> bool:
    """Whether `unguard` would change a text."""
    return _GUARDED.match(text) is not None


def guarded(frame: pd.DataFrame) -> pd.DataFrame:
    """A table whose text cells (and column names) no spreadsheet takes for formulas; numbers stay numbers."""
    safe = frame.rename(columns=lambda name: guard(str(name)))
    for name in safe.columns:
        if pd.api.types.is_string_dtype(safe[name]) or safe[name].dtype == object:
            safe[name] = [guard(cell) if isinstance(cell, str) else cell for cell in safe[name]]
    return safe


def csv_text(frame: pd.DataFrame, separator: str = ",") -> str:
    """A table as CSV text (RFC 4180, line feeds)."""
    return guarded(frame).to_csv(index=False, sep=separator)


def csv_bytes(frame: pd.DataFrame, separator: str = ",") -> bytes:
    """A table as CSV in UTF-8 with a byte order mark, which Excel needs."""
    return (BOM + csv_text(frame, separator)).encode("utf-8", "replace")


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Writes a table as CSV that Excel opens."""
    path.write_bytes(csv_bytes(frame))
