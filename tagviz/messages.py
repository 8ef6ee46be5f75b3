"""Marks texts below the screen that people read there, so that they get into its catalogues (docs/translation.md)."""

from __future__ import annotations


def shown(text: str) -> str:
    """Return an English text unchanged: a sentence, f-string or not, that pages translate when they show it."""
    return text
