"""The API reference builds from docstrings and Markdown, without warnings and without network."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, ROOT


@pytest.mark.slow
def test_the_documentation_builds(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", str(DOCS), str(tmp_path)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280)
    assert built.returncode == 0, built.stderr
    reference = (tmp_path / "api.html").read_text(encoding="utf-8")
    for name in ("tagviz.library.open_corpus", "tagviz.types.Query", "tagviz.errors.NotFoundError"):
        assert f'id="{name}"' in reference, name
    pages = [path.read_text(encoding="utf-8") for path in tmp_path.glob("*.html")]
    assert not [page for page in pages if '<script src="http' in page or 'rel="stylesheet" href="http' in page]
