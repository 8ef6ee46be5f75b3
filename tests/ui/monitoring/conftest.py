"""A corpus of two versions, whose newer tags are awkward."""

from __future__ import annotations

from pathlib import Path

import pytest

from tagviz.store.workspace import Workspace
from tests.corpora import make_corpus
from tests.ui.conftest import AWKWARD


@pytest.fixture
def ws(home: Path) -> Workspace:
    """The pages' workspace with two versions of one more corpus: its newer tags are awkward."""
    ws = Workspace(home)
    for extra in ((), AWKWARD):
        rows = [{"id": str(n), "title": f"list {n}", "tags": [f"t{n % 3}", "all", *extra]} for n in range(30)]
        ws.save_corpus(make_corpus(rows, name="watched"))
    return ws
