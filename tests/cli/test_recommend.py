"""The table of recommendations says why."""

from __future__ import annotations

from typing import Any

import pytest

from tagviz.cli.tables import MOST_PLAYLISTS, show_document


def shown(capsys: pytest.CaptureFixture[str], reasons: list[dict[str, Any]]) -> str:
    item = {"key": "tag:swing", "label": "swing", "score": 0.5, "reasons": reasons}
    show_document("recommend", {"fallback": False, "readings": [], "items": [item]})
    return capsys.readouterr().out


def told(via: str, *labels: str) -> list[dict[str, Any]]:
    return [{"key": f"{via}:{label}", "label": label, "weight": 0.1, "via": via} for label in labels]


def test_asked_items_come_before_playlists(capsys: pytest.CaptureFixture[str]) -> None:
    out = shown(capsys, told("asked", "jazz", "blues") + told("playlist", "late night"))
    assert "jazz, blues" in out
    assert "late night" not in out


def test_playlists_are_named_where_nothing_else_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    out = shown(capsys, told("playlist", "one", "", *(f"more {number}" for number in range(5))))
    assert "playlists one, untitled, more 0" in out
    assert out.count("more") == MOST_PLAYLISTS - 2
