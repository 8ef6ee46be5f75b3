"""The README and the docs as the tests read them: pages, sections, and the commands that they show."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
FILE = re.compile(r"^```\w+ file=(\S+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Shown:
    """A command that a page shows, and the output below it ("" where none is shown)."""

    command: str
    output: str = ""

    @property
    def words(self) -> list[str]:
        """The words of the command after `python -m tagviz`; empty for another program."""
        marker = "python -m tagviz "
        tail = self.command.partition(marker)[2] if marker in self.command else ""
        try:
            return shlex.split(tail)
        except ValueError:
            return tail.split()


@cache
def transcript(page: Path) -> tuple[Shown, ...]:
    """The commands after `$ ` of all console blocks, each with the output shown; a backslash continues a line."""
    shown: list[Shown] = []
    for line in "\n".join(BLOCK.findall(page.read_text(encoding="utf-8"))).replace("\\\n", " ").splitlines():
        if line.startswith("$ "):
            shown.append(Shown(line[2:]))
        elif shown:
            shown[-1] = Shown(shown[-1].command, f"{shown[-1].output}{line}\n")
    return tuple(shown)


@cache
def sections(page: Path, level: int = 2) -> dict[str, str]:
    """Text of each section by its heading, without backticks; lower headings belong to the section."""
    parts = re.split(rf"^{'#' * level} (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {heading.replace("`", "").strip(): body for heading, body in zip(parts[1::2], parts[2::2], strict=True)}


def files(page: Path) -> dict[str, str]:
    """Text of the example files that a page shows in blocks such as ```json file=NAME."""
    return dict(FILE.findall(page.read_text(encoding="utf-8")))


def executed() -> list[Shown]:
    """Every command of every page; `test_commands.py` runs them all."""
    return [shown for page in PAGES for shown in transcript(page)]
