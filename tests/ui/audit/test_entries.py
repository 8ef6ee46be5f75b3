"""The page Audit: changes as a table, for admins."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tagviz.operations import access
from tagviz.operations.context import Context
from tagviz.store.audit import AuditEntry
from tagviz.store.workspace import Workspace
from tagviz.ui import pages
from tagviz.ui.audit.entries import frame_of

Open = Callable[..., AppTest]


def test_an_entry_is_readable() -> None:
    entry = AuditEntry(1_700_000_000.0, "kim", "job", "train model", "demo", {"method": "best"}, failed=True)
    row = frame_of([entry]).iloc[0]
    assert "Nov 2023" in row["When"]
    assert tuple(row[1:]) == ("kim", "train model", "demo", "job", "method: best", "failed")


def test_changes_are_listed(app: Open, home: Path) -> None:
    access.create_token(Context(Workspace(home)), "Kim")
    test = app(pages.AUDIT.path)
    assert not test.exception
    assert "create access token" in list(test.dataframe[0].value["Action"])
