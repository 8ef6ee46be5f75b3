"""Uploaded files."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from tagviz.errors import StoreError
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace
from tagviz.ui.components import upload


class File(io.BytesIO):
    """An uploaded file."""

    def __init__(self, name: str, content: bytes) -> None:
        super().__init__(content)
        self.name = name


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tagviz.ui.cache.context", lambda: Context(Workspace(tmp_path)))
    return tmp_path


def test_files_are_stored_inside_the_workspace_and_old_ones_deleted(workspace: Path) -> None:
    one = upload.keep([File("../../lists.csv", b"a,b")])
    assert one.read_bytes() == b"a,b"
    assert one.parent.parent == workspace / "uploads"
    os.utime(one.parent, (1, 1))
    two = upload.keep([File("a.json", b"1"), File("b.json", b"2")])
    assert sorted(path.name for path in two.iterdir()) == ["a.json", "b.json"]
    assert not one.exists()


def test_a_disk_that_cannot_be_written_is_an_error(workspace: Path) -> None:
    (workspace / "uploads").write_text("in the way")
    with pytest.raises(StoreError, match="cannot be stored"):
        upload.keep([File("a.csv", b"")])
