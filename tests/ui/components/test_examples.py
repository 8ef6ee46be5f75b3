"""The examples of the home page."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tagviz.settings import ASSETS
from tagviz.store.workspace import Workspace
from tagviz.text import tokenizer_of
from tagviz.ui.components.examples import KNOWN_TITLES

ROOT = Path(__file__).resolve().parents[3]
OPENED = """
import sys
from streamlit.testing.v1 import AppTest
test = AppTest.from_file("app.py", default_timeout=60).run()
assert not test.exception, test.exception
print("kiwipiepy" in sys.modules)
"""


@pytest.mark.parametrize("title", KNOWN_TITLES)
def test_a_title_is_kept_with_its_words(title: str, tmp_path: Path) -> None:
    demo = Workspace(tmp_path, ASSETS / "demo").open_corpus("demo")
    assert tuple(tokenizer_of(demo)(title)) == KNOWN_TITLES[title]


def test_the_home_page_loads_no_dictionary(tmp_path: Path) -> None:
    environment = {**os.environ, "TAGVIZ_HOME": str(tmp_path), "TAGVIZ_DATABASE_URL": ""}
    done = subprocess.run(
        [sys.executable, "-c", OPENED], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip().splitlines()[-1] == "False"
