"""Files for the map are named by their content, stored once, and the oldest go first."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from tagviz.store.map_files import MapFiles


def test_content_is_stored_once_and_found_by_its_name(tmp_path: Path) -> None:
    kept = MapFiles(tmp_path / "map")
    address = kept.put(b"points")
    assert kept.put(b"points") == address
    name = address.rsplit("/", 1)[1]
    path = kept.get(name)
    assert path is not None
    assert gzip.decompress(path.read_bytes()) == b"points"
    assert len(list((tmp_path / "map").iterdir())) == 1
    assert kept.put(b"points", "json") != address


@pytest.mark.parametrize("name", ["../a.bin", "a" * 24, "a" * 24 + ".exe", "A" * 24 + ".bin", "a" * 24 + ".bin", ""])
def test_other_names_are_no_files(tmp_path: Path, name: str) -> None:
    assert MapFiles(tmp_path).get(name) is None


def test_what_was_not_asked_for_the_longest_goes(tmp_path: Path) -> None:
    kept = MapFiles(tmp_path, keep=100)
    first = kept.put(os.urandom(60)).rsplit("/", 1)[1]
    os.utime(tmp_path / first, (1, 1))
    second = kept.put(os.urandom(60)).rsplit("/", 1)[1]
    assert kept.get(first) is None
    assert kept.get(second) is not None
