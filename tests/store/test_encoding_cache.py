"""A text is read once, whoever asks again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from tagviz.store.encoding_cache import AT_ONCE, EncodingCache
from tagviz.training import Encode
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
    kept = EncodingCache(tmp_path / "e.db", "m", reader.load)
    assert kept(["a", "비오는날", "a"]).tolist() == [[1, 1], [4, 1], [1, 1]]
    assert reader.read == ["a", "비오는날"]
    again = Reader()
    assert EncodingCache(tmp_path / "e.db", "m", again.load)(["비오는날", "a"]).tolist() == [[4, 1], [1, 1]]
    assert (again.read, again.loads) == ([], 0)


def test_models_do_not_mix(tmp_path: Path) -> None:
    EncodingCache(tmp_path / "e.db", "one", Reader().load)(["a"])
    other = Reader()
    EncodingCache(tmp_path / "e.db", "two", other.load)(["a"])
    assert other.read == ["a"]


def test_many_texts_and_lone_surrogates(tmp_path: Path) -> None:
    reader = Reader()
    kept = EncodingCache(tmp_path / "e.db", "m", reader.load)
    texts = [f"text {n}" for n in range(2 * AT_ONCE + 1)] + ["\ud800"]
    first, second = kept(texts), kept(texts)
    assert first.tolist() == second.tolist() == [[len(text), 1] for text in texts]
    assert len(reader.read) == len(texts)


@pytest.mark.parametrize("spoil", ["bytes", "folder"])
def test_a_damaged_file_is_set_aside_and_made_anew(tmp_path: Path, spoil: str) -> None:
    path = tmp_path / "e.db"
    path.write_bytes(b"this is no database" * 100) if spoil == "bytes" else path.mkdir()
    assert EncodingCache(path, "m", Reader().load)(["a"]).tolist() == [[1, 1]]
    again = Reader()
    assert EncodingCache(path, "m", again.load)(["a"]).tolist() == [[1, 1]]
    assert again.read == []
    assert len(list(tmp_path.glob("e.db.aside-*"))) == 1


def test_without_a_place_to_write_the_texts_are_read_each_time(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    reader = Reader()
    kept = EncodingCache(tmp_path / "file" / "e.db", "m", reader.load)
    assert [kept(["a"]).tolist(), kept(["a"]).tolist()] == [[[1, 1]], [[1, 1]]]
    assert reader.read == ["a", "a"]
    assert kept.missing(["a", "b"]) == 2
