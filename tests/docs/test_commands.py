"""Every command that the README and the docs show in a ```console block runs, in order, in a home of its own, and
prints what is shown below it, if anything is."""

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


NUMBER = re.compile(r"-?\d+\.\d+")


def transcript(page: Path) -> list[tuple[str, str]]:
    """The commands after `$ ` of all console blocks, each with the output shown; a backslash continues a line."""
    found: list[tuple[str, str]] = []
    for line in "\n".join(BLOCK.findall(page.read_text(encoding="utf-8"))).replace("\\\n", " ").splitlines():
        if line.startswith("$ "):
            found.append((line[2:], ""))
        elif found:
            found[-1] = (found[-1][0], f"{found[-1][1]}{line}\n")
    return found


def settled(output: str) -> str:
    """Output without what differs between machines: the decimals of numbers, and blanks."""
    return "\n".join(" ".join(NUMBER.sub("#", line).split()) for line in output.strip().splitlines())


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if transcript(page)], ids=lambda page: page.name)
def test_commands_of_the_page_run(page: Path, tmp_path: Path, real_data: Path) -> None:
    shutil.copytree(ROOT / "tagviz", tmp_path / "main" / "tagviz", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "assets", tmp_path / "main" / "assets")
    (tmp_path / "shared").symlink_to(real_data.parent)
    paths = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": paths, "TAGVIZ_HOME": str(tmp_path / "home")}
    for command, shown in transcript(page):
        done = subprocess.run(
            ["bash", "-c", command], cwd=tmp_path / "main", env=environment, capture_output=True, text=True, timeout=280
        )
        assert done.returncode == 0, f"$ {command}\n{done.stdout}\n{done.stderr}"
        assert settled(shown) in ("", settled(done.stdout)), f"$ {command}\n{done.stdout}"
