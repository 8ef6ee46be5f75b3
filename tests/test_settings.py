"""Settings from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from tagviz.errors import InvalidParameterError
from tagviz.settings import Settings

NAMES = ("HOME", "DATABASE_URL", "SEED", "THREADS", "NICENESS", "SENTENCE_MODEL")


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(f"TAGVIZ_{name}", raising=False)


def test_defaults_lie_in_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings.from_environment()
    assert settings.home == tmp_path / ".tagviz"
    assert settings.database_url == f"sqlite:///{tmp_path / '.tagviz' / 'tagviz.db'}"
    assert (settings.seed, settings.niceness, settings.sentence_model) == (42, 10, "minilm")
    assert settings.threads >= 1


def test_variables_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAGVIZ_HOME", str(tmp_path))
    monkeypatch.setenv("TAGVIZ_THREADS", "3")
    settings = Settings.from_environment()
    assert (settings.home, settings.threads) == (tmp_path, 3)


@pytest.mark.parametrize(("name", "text"), [("THREADS", "0"), ("SEED", "-1"), ("NICENESS", "low")])
def test_numbers_that_are_none_are_refused(name: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"TAGVIZ_{name}", text)
    with pytest.raises(InvalidParameterError, match=f"TAGVIZ_{name} is '{text}'"):
        Settings.from_environment()
