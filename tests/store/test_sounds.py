"""Sound files beside feature tables."""

from __future__ import annotations

from pathlib import Path

from tagviz.store import sounds
from tagviz.store.workspace import Workspace


def test_a_sound_is_found_at_home_and_in_the_base(tmp_path: Path) -> None:
    base, home = Workspace(tmp_path / "base"), Workspace(tmp_path / "home", tmp_path / "base")
    sounds.write_sound(base, "abc", "../a b", b"sound")
    found = sounds.find_sound(home, "abc", "../a b")
    assert found is not None
    assert found.read_bytes() == b"sound"
    assert found.parent == tmp_path / "base" / "sounds" / "abc"
    assert sounds.find_sound(home, "abc", "other") is None
    assert sounds.find_sound(home, "abc", "x" * 5000) is None
    assert sounds.find_sound(home, "other", "../a b") is None
