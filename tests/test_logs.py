"""Logs as JSON, one object per line."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from tagviz import logs
from tagviz.errors import InvalidParameterError
from tagviz.settings import settings


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    logger = logging.getLogger("tagviz")
    before = (logger.handlers[:], logger.level, logger.propagate)
    yield
    logger.handlers[:], logger.propagate = before[0], before[2]
    logger.setLevel(before[1])
    settings.cache_clear()


def use(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("TAGVIZ_LOG", text)
    settings.cache_clear()


def test_each_line_is_an_object(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    use(monkeypatch, "json")
    logs.configure()
    logs.configure()
    logs.JOBS.info("job", extra={"kind": "train", "seconds": 1.5})
    (line,) = capsys.readouterr().err.splitlines()
    assert {"level": "INFO", "logger": "tagviz.jobs", "kind": "train", "seconds": 1.5}.items() <= json.loads(
        line
    ).items()


def test_nothing_is_written_without_the_setting(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    use(monkeypatch, "")
    logs.configure()
    logs.JOBS.info("job")
    assert capsys.readouterr().err == ""


def test_an_unknown_format_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, "xml")
    with pytest.raises(InvalidParameterError, match="json was expected"):
        settings()
