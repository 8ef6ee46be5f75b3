"""The Melon-shaped generator: its files, its statistics, and that it gives the same again."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tagviz.errors import InvalidParameterError
from tagviz.sources import read
from tagviz.sources.generate import Shape, check, generate


def _digest(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*.json"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def test_same_seed_same_files(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        generate(tmp_path / name, Shape(0.002, seed))
    assert _digest(tmp_path / "a") == _digest(tmp_path / "b")
    assert _digest(tmp_path / "a") != _digest(tmp_path / "c")


def test_its_statistics_are_the_published_ones_at_its_scale(tmp_path: Path) -> None:
    generate(tmp_path, Shape(0.02))
    for statistic in check(tmp_path, 0.02):
        assert statistic.generated == pytest.approx(statistic.published, rel=0.15), statistic


def test_the_files_are_read_like_the_real_ones(tmp_path: Path) -> None:
    counts = generate(tmp_path, Shape(0.002))
    corpus = read(tmp_path, format="melon")
    assert len(corpus) == counts["train"]


def test_a_scale_out_of_range_is_refused() -> None:
    with pytest.raises(InvalidParameterError, match="out of range"):
        Shape(0)
