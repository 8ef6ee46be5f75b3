"""Fixtures that every room's tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tagviz.store.workspace import Workspace
from tagviz.types import Corpus
from tests.chromium import browser
from tests.corpora import checkerboard

__all__ = ["browser"]

os.environ.setdefault("TAGVIZ_NICENESS", "0")
"""Nobody else is served meanwhile: a test that waits for a job would only wait longer."""

REAL_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


BUSY = ("browser/", "map/", "operations/test_worker.py", "operations/test_killed.py", "cli/")
"""Where real browsers and processes wait for one another."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """On a busy machine a browser or a process may come too late once; what is broken fails every time."""
    for item in items:
        if str(item.path.relative_to(Path(__file__).parent)).startswith(BUSY):
            item.add_marker(pytest.mark.flaky(reruns=2))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of public data sets beside the project; tests that need it are skipped where it is absent."""
    if not REAL_DATA.is_dir():
        pytest.skip("the real data sets are not beside the project")
    return REAL_DATA


@pytest.fixture(scope="session")
def board() -> Corpus:
    """The checkerboard corpus: two worlds that share nothing."""
    return checkerboard()


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A workspace of its own that holds the checkerboard; rooms that need another one name theirs the same."""
    made = Workspace(tmp_path)
    made.save_corpus(checkerboard())
    return made
