"""Settings, read once from the environment. Nothing else in tagviz reads `os.environ`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tagviz.errors import BadParameter

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "assets"


@dataclass(frozen=True)
class Settings:
    """Where things are kept and how much of the machine may be used.

    home: folder for everything that is made (`TAGVIZ_HOME`, default `.tagviz` in the current folder).
    database_url: SQLAlchemy URL (`TAGVIZ_DATABASE_URL`, default SQLite inside `home`).
    seed: seed of everything random (`TAGVIZ_SEED`, default 42).
    threads: cap for numeric libraries (`TAGVIZ_THREADS`, default the number of cores).
    niceness: how far jobs give way to everything else, 0 to 19 (`TAGVIZ_NICENESS`, default 10).
    sentence_model: `minilm` (carried by a package), `e5` (multilingual, optional package), or the name or folder of any
        sentence-transformers model (`TAGVIZ_SENTENCE_MODEL`).
    """

    home: Path
    database_url: str
    seed: int
    threads: int
    niceness: int
    sentence_model: str

    @classmethod
    def from_environment(cls) -> Settings:
        home = Path(os.environ.get("TAGVIZ_HOME") or ".tagviz").expanduser().absolute()
        return cls(
            home=home,
            database_url=os.environ.get("TAGVIZ_DATABASE_URL") or f"sqlite:///{home / 'tagviz.db'}",
            seed=_whole_number("TAGVIZ_SEED", 42, lowest=0),
            threads=_whole_number("TAGVIZ_THREADS", os.cpu_count() or 1, lowest=1),
            niceness=_whole_number("TAGVIZ_NICENESS", 10, lowest=0),
            sentence_model=os.environ.get("TAGVIZ_SENTENCE_MODEL") or "minilm",
        )


def _whole_number(name: str, default: int, lowest: int) -> int:
    text = os.environ.get(name)
    if not text:
        return default
    try:
        value = int(text)
    except ValueError:
        value = lowest - 1
    if value < lowest:
        raise BadParameter(
            f"{name} is {text!r}", f"a whole number from {lowest} was expected", f"set {name} or unset it"
        )
    return value


@cache
def settings() -> Settings:
    """The settings of this process, read at the first call."""
    return Settings.from_environment()
