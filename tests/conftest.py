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


BUSY = ("browser/", "map/", "operations/jobs/test_worker.py", "operations/jobs/test_killed.py", "cli/")
"""Where real browsers and processes wait for one another."""


SLOW = (
    "browser/",
    "compute/",
    "contracts/",
    "embed/test_finetune.py",
    "embed/test_sentence.py",
    "map/test_browser.py",
    "operations/maps/test_explore.py",
    "map/test_tag_map_page.py",
    "operations/test_database.py",
    "operations/test_demo.py",
    "operations/jobs/test_killed.py",
    "operations/jobs/test_limits.py",
    "operations/jobs/test_concurrent_people.py",
    "operations/models/test_tuning.py",
    "operations/jobs/test_worker.py",
    "sources/test_demo.py",
    "sources/test_real.py",
    "ui/test_forged_messages.py",
    "ui/test_login.py",
    "deployment/test_nginx.py",
    "ui/test_memory.py",
    "ui/test_network.py",
    "ui/test_security.py",
    "ui/test_server.py",
)
"""Browsers, servers, Spark, workers and long trainings: `make check` leaves them out, `make test` runs them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """On a busy machine a browser or a process may come too late once; what is broken fails every time."""
    for item in items:
        path = str(item.path.relative_to(Path(__file__).parent))
        if path.startswith(BUSY):
            item.add_marker(pytest.mark.flaky(reruns=1))
        if path.startswith(SLOW):
            item.add_marker(pytest.mark.slow)


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
