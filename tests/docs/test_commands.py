"""Every command in a ```console block of the README and the docs runs, and prints what is shown below it.

The commands of a page run in order, in a workspace and a folder of their own that holds the example files of the page.
`python -m tagviz` runs in this process, which saves the start of Python and its libraries; everything else runs in a
shell.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tagviz.cli import main
from tagviz.server_settings import server_settings
from tagviz.settings import settings
from tests.docs.pages import PAGES, ROOT, Shown, files, transcript

NUMBER = re.compile(r"-?\d+\.\d+")
SHELL = re.compile(r"[|&;`]|\$\(|\$[a-z{]")
ASSIGNMENT = re.compile(r"[A-Z_]+=")


def settled(output: str) -> str:
    """Output without what differs between machines: the decimals of numbers, and blanks."""
    return "\n".join(" ".join(NUMBER.sub("#", line).split()) for line in output.strip().splitlines())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A current folder and a workspace of their own, named by the environment as a person would."""
    place = tmp_path / "main"
    place.mkdir()
    (place / "docs").symlink_to(ROOT / "docs")
    monkeypatch.chdir(place)
    monkeypatch.setenv("TAGVIZ_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TAGVIZ_DATABASE_URL", raising=False)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    settings.cache_clear()
    server_settings.cache_clear()
    yield place
    settings.cache_clear()
    server_settings.cache_clear()


@pytest.mark.slow
@pytest.mark.timeout(900)  # docs/commands.md trains a dozen models: six minutes on a busy machine
@pytest.mark.parametrize("page", [page for page in PAGES if transcript(page)], ids=lambda page: page.name)
def test_commands_of_the_page_run(page: Path, folder: Path, request: pytest.FixtureRequest) -> None:
    if any("../shared" in shown.command for shown in transcript(page)):
        (folder.parent / "shared").symlink_to(request.getfixturevalue("real_data").parent)
    for name, text in files(page).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    for shown in transcript(page):
        code, output, errors = run(shown, folder)
        assert code == 0, f"$ {shown.command}\n{output}\n{errors}"
        assert settled(shown.output) in ("", settled(output)), f"$ {shown.command}\n{output}"


def run(shown: Shown, folder: Path) -> tuple[int, str, str]:
    """Exit code, output and errors of one command."""
    words = [] if SHELL.search(shown.command) else shlex.split(shown.command)
    variables = [word for word in words if ASSIGNMENT.match(word)]
    if words[len(variables) : len(variables) + 3] == ["python", "-m", "tagviz"]:
        return _inside(words[len(variables) + 3 :], dict(word.split("=", 1) for word in variables), folder)
    done = subprocess.run(["bash", "-c", shown.command], cwd=folder, capture_output=True, text=True, timeout=280)
    return done.returncode, done.stdout, done.stderr


def _inside(words: list[str], variables: dict[str, str], folder: Path) -> tuple[int, str, str]:
    """Run `python -m tagviz` in this process; `> FILE` at its end is where the output goes."""
    file = folder / words[-1] if len(words) > 1 and words[-2] == ">" else None
    output, errors = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        for name, text in variables.items():
            patch.setenv(name, text)
        settings.cache_clear()
        server_settings.cache_clear()
        code = main(words[:-2] if file else words)
    settings.cache_clear()
    server_settings.cache_clear()
    output.flush()
    text = output.buffer.getvalue().decode()  # type: ignore[attr-defined]
    if file:
        file.write_text(text, encoding="utf-8")
        return code, "", errors.getvalue()
    return code, text, errors.getvalue()
