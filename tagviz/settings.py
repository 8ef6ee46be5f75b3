"""Settings, read once from the environment. Nothing else in tagviz reads `os.environ`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tagviz.errors import InvalidParameterError

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent
"""Folder that holds the package: the checkout, or the site-packages of an installation."""
ASSETS = PACKAGE / "assets" if (PACKAGE / "assets").is_dir() else ROOT / "assets"
"""Icons, style sheet, browser components and the demo: inside an installed package, at the top of a checkout."""
DASHBOARD = PACKAGE / "dashboard" if (PACKAGE / "dashboard").is_dir() else ROOT
"""Folder of app.py, pages/ and .streamlit/config.toml: inside an installed package, at the top of a checkout."""


@dataclass(frozen=True)
class Settings:
    """Where artifacts are stored and how much of the machine may be used.

    Attributes:
        home: Folder of everything that is stored (`TAGVIZ_HOME`, default `.tagviz` in the current folder).
        database_url: SQLAlchemy URL (`TAGVIZ_DATABASE_URL`, default SQLite inside `home`).
        seed: Seed of everything random (`TAGVIZ_SEED`, default 42).
        threads: Limit for numeric libraries (`TAGVIZ_THREADS`, default the number of cores).
        niceness: Priority that jobs give up, 0 to 19 (`TAGVIZ_NICENESS`, default 10).
        sentence_model: `minilm` (English) or `e5` (multilingual), both carried by packages, or the name or folder of
            any sentence-transformers model (`TAGVIZ_SENTENCE_MODEL`, default `minilm`).
        log: How logs are written (`TAGVIZ_LOG`): `json`, or "" for warnings and errors as text.
        alerts: Addresses that hear of checks with a bad result (`TAGVIZ_ALERTS`, separated by spaces; none by default).
        alert_level: The result from which on they hear of it, amber or red (`TAGVIZ_ALERT_LEVEL`, default red).
    """

    home: Path
    database_url: str
    seed: int
    threads: int
    niceness: int
    sentence_model: str
    log: str = ""
    alerts: tuple[str, ...] = ()
    alert_level: str = "red"

    @classmethod
    def from_environment(cls) -> Settings:
        """Read the settings of the environment.

        Raises:
            InvalidParameterError: a variable holds a value that is not allowed.
        """
        home = Path(os.environ.get("TAGVIZ_HOME") or ".tagviz").expanduser().absolute()
        return cls(
            home=home,
            database_url=os.environ.get("TAGVIZ_DATABASE_URL") or f"sqlite:///{home / 'tagviz.db'}",
            seed=_whole_number("TAGVIZ_SEED", 42, lowest=0),
            threads=_whole_number("TAGVIZ_THREADS", os.cpu_count() or 1, lowest=1),
            niceness=_whole_number("TAGVIZ_NICENESS", 10, lowest=0),
            sentence_model=os.environ.get("TAGVIZ_SENTENCE_MODEL") or "minilm",
            log=_one_of("TAGVIZ_LOG", ("", "json")),
            alerts=tuple(os.environ.get("TAGVIZ_ALERTS", "").split()),
            alert_level=_one_of("TAGVIZ_ALERT_LEVEL", ("red", "amber")),
        )


def _whole_number(name: str, default: int, lowest: int) -> int:
    text = os.environ.get(name)
    if not text:
        return default
    try:
        number = int(text)
    except ValueError:
        number = lowest - 1
    if number < lowest:
        raise InvalidParameterError(
            f"{name} is {text!r}", f"a whole number from {lowest} was expected", f"set {name} or unset it"
        )
    return number


def _one_of(name: str, values: tuple[str, ...]) -> str:
    """One of the values, of which the first is the default."""
    text = os.environ.get(name, "").strip().lower() or values[0]
    if text not in values:
        expected = " or ".join(value for value in values if value)
        raise InvalidParameterError(f"{name} is {text[:40]!r}", f"{expected} was expected", f"set {name} or unset it")
    return text


@cache
def settings() -> Settings:
    """Return the settings of this process, read at the first call."""
    return Settings.from_environment()
