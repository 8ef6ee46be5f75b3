"""The table of commands: each names a function that exists, and only that of the typed command is imported."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from tagviz.cli import commands


@pytest.mark.parametrize("name", [*commands.COMMANDS.values(), *commands._SHOWN.values(), "jobs.queued"])
def test_a_command_names_a_function(name: str) -> None:
    module, _, function = name.partition(".")
    assert callable(getattr(importlib.import_module(f"tagviz.cli.{module}"), function))


def test_a_preview_imports_no_methods(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,title,tags\n1,a,rock\n")
    program = (
        "import sys; from tagviz import cli; code = cli.main(sys.argv[1:]);"
        "print([name for name in sys.modules if name.startswith(('tagviz.recommenders', 'sqlalchemy', 'gensim'))])"
    )
    command = [sys.executable, "-c", program, "import", str(tmp_path / "t.csv"), "--preview"]
    said = subprocess.run(command, capture_output=True, text=True, check=True, env={"TAGVIZ_HOME": str(tmp_path / "h")})
    assert said.stdout.splitlines()[-2:] == ["nothing was kept", "[]"]
