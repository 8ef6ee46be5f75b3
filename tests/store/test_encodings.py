"""A text is read once, whoever asks again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from tagviz.errors import StoreError
from tagviz.methods import Encode
from tagviz.store.encodings import AT_ONCE, Kept
from tagviz.types import Floats


class Reader:
    """A model that counts what it reads: a text becomes (its length, 1)."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.loads = 0

    def load(self) -> Encode:
        self.loads += 1
        return self

    def __call__(self, texts: Sequence[str]) -> Floats:
        self.read += texts
        return np.array([[len(text), 1] for text in texts], dtype=np.float32)


def test_each_text_is_read_once_and_comes_back_in_its_place(tmp_path: Path) -> None:
    reader = Reader()
    kept = Kept(tmp_path / "e.db", "m", reader.load)
    assert kept(["a", "비오는날", "a"]).tolist() == [[1, 1], [4, 1], [1, 1]]
    assert reader.read == ["a", "비오는날"]
    again = Reader()
    assert Kept(tmp_path / "e.db", "m", again.load)(["비오는날", "a"]).tolist() == [[4, 1], [1, 1]]
    assert (again.read, again.loads) == ([], 0)


def test_models_do_not_mix(tmp_path: Path) -> None:
    Kept(tmp_path / "e.db", "one", Reader().load)(["a"])
    other = Reader()
    Kept(tmp_path / "e.db", "two", other.load)(["a"])
    assert other.read == ["a"]


def test_many_texts_and_lone_surrogates(tmp_path: Path) -> None:
    reader = Reader()
    kept = Kept(tmp_path / "e.db", "m", reader.load)
    texts = [f"text {n}" for n in range(2 * AT_ONCE + 1)] + ["\ud800"]
    first, second = kept(texts), kept(texts)
    assert first.tolist() == second.tolist() == [[len(text), 1] for text in texts]
    assert len(reader.read) == len(texts)


def test_a_broken_file_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "e.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(StoreError, match="delete this file"):
        Kept(tmp_path / "e.db", "m", Reader().load)(["a"])
