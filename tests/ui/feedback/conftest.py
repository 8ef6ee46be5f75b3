"""What the tests of the Feedback page share."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def whole_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw the whole page after each answer: AppTest finds no other page when only fragments are drawn."""
    monkeypatch.setattr("tagviz.ui.url_state.redraw", lambda *fragments: None)
