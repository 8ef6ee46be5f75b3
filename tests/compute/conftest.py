"""A workspace with a corpus of two worlds, for this process and for Spark."""

from __future__ import annotations

from pathlib import Path

import pytest

from tagviz.store.workspace import Workspace
from tests.corpora import checkerboard


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "home")
    made.save_corpus(checkerboard(half=60))
    return made
