"""Every command that the README and the docs show in a ```console block runs, in order, in a home of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands(page: Path) -> list[str]:
    """The lines after `$ ` of all console blocks; a line that ends in a backslash goes on in the next one."""
    lines = "\n".join(BLOCK.findall(page.read_text(encoding="utf-8"))).replace("\\\n", " ").splitlines()
    return [line[2:] for line in lines if line.startswith("$ ")]


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if commands(page)], ids=lambda page: page.name)
def test_commands_of_the_page_run(page: Path, tmp_path: Path, real_data: Path) -> None:
    shutil.copytree(ROOT / "tagviz", tmp_path / "main" / "tagviz", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "assets", tmp_path / "main" / "assets")
    (tmp_path / "shared").symlink_to(real_data.parent)
    paths = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": paths, "TAGVIZ_HOME": str(tmp_path / "home")}
    for command in commands(page):
        done = subprocess.run(
            ["bash", "-c", command], cwd=tmp_path / "main", env=environment, capture_output=True, text=True, timeout=280
        )
        assert done.returncode == 0, f"$ {command}\n{done.stdout}\n{done.stderr}"
