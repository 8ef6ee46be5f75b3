"""Files are written whole or not at all and read without running what they say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from tagviz.errors import StoreError
from tagviz.store import files
from tagviz.types import Kind, Vocab


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.bin"
    with files.atomic_file(path) as file:
        file.write(b"old")

    def fail() -> None:
        with files.atomic_file(path) as file:
            file.write(b"new")
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_bytes() == b"old"
    assert [one.name for one in path.parent.iterdir()] == ["a.bin"]


@pytest.mark.parametrize("durable", [True, False])
def test_readers_see_the_old_file_until_the_new_one_is_whole(tmp_path: Path, durable: bool) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    with files.atomic_file(path, durable) as file:
        file.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"


def test_json_comes_back_and_damage_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    files.write_json(path, {"비": np.float32(0.5), "rows": np.arange(2)})
    assert files.read_json(path) == {"비": 0.5, "rows": [0, 1]}
    assert files.read_object(tmp_path / "none.json") is None
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(StoreError, match="damaged"):
        files.read_json(path)


@pytest.mark.parametrize("packed", [False, True])
def test_arrays_come_back_read_only(tmp_path: Path, packed: bool) -> None:
    arrays = {"a/b": np.arange(4, dtype=np.int64), "m": np.array([[1, -0.5], [0, 0]], dtype=np.float32)}
    files.write_arrays(tmp_path, arrays, packed)
    back = files.read_arrays(tmp_path)
    assert set(back) == set(arrays)
    assert back["a/b"].tolist() == [0, 1, 2, 3]
    assert back["m"] == pytest.approx(arrays["m"], abs=1 / 254)
    assert not any(array.flags.writeable for array in back.values())


def test_an_object_array_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "evil.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(StoreError, match="damaged"):
        files.read_arrays(tmp_path)


def test_tables_vocabularies_and_links_come_back(tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": ["1"], "date": pd.to_datetime(["2020-01-02"]).astype("datetime64[s]")})
    files.write_table(tmp_path / "t.parquet", frame)
    back = files.read_table(tmp_path / "t.parquet")
    assert back["date"].dtype == "datetime64[s]"
    assert back["id"].tolist() == ["1"]
    files.write_vocabs(tmp_path, {Kind.TAG: Vocab.of(Kind.TAG, ["a", "b"], ["A", "b"])})
    assert files.read_vocabs(tmp_path, [Kind.TAG])[Kind.TAG].label_list(np.arange(2)) == ["A", "b"]
    matrix = sp.csr_matrix(np.array([[1, 0, 1], [0, 0, 0]], dtype=np.float32))
    assert (files.binary_matrix("x", files.binary_parts("x", matrix)) != matrix).nnz == 0


def test_the_size_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "a").write_bytes(b"123")
    (tmp_path / "in" / "b").write_bytes(b"45")
    assert files.size_of(tmp_path) == 5
