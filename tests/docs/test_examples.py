"""The Python examples of the docs run and print what is shown."""

from __future__ import annotations

import doctest
from collections.abc import Iterator
from pathlib import Path

import pytest

from tagviz.settings import settings
from tests.docs.pages import PAGES


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A workspace of its own, named by the environment."""
    monkeypatch.setenv("TAGVIZ_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TAGVIZ_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.slow
@pytest.mark.parametrize(
    "page", [page for page in PAGES if ">>> " in page.read_text(encoding="utf-8")], ids=lambda page: page.name
)
def test_python_examples_run(page: Path, home: None) -> None:
    failed, attempted = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert attempted
    assert failed == 0
