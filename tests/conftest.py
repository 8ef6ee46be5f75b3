"""Fixtures that every room's tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tagviz.types import Corpus
from tests.corpora import checkerboard

REAL_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


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
