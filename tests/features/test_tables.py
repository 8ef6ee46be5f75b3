"""Tables of numbers per song: what is kept, what is dropped, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tagviz.errors import SourceError
from tagviz.features.tables import read_features

TABLE = """,song,artist,tempo,energy,key,flat
0,a,Ann,120,0.5,C,1
1,b,Ben,90,,D,1
2,c,Cid,inf,0.7,E,1
"""


def write(folder: Path, text: str, name: str = "features.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_ids_numbers_and_what_is_dropped_are_told_apart(tmp_path: Path) -> None:
    read = read_features(write(tmp_path, TABLE))
    assert list(read.table.ids) == ["a", "b", "c"]
    assert read.table.columns == ("tempo", "energy")
    assert {use.name: use.role for use in read.columns if use.name in ("song", "tempo", "key", "flat")} == {
        "song": "id",
        "tempo": "number",
        "key": "",
        "flat": "",
    }
    assert next(use.why for use in read.columns if use.name == "flat") == "the same number in all rows"


def test_missing_and_infinite_cells_are_counted(tmp_path: Path) -> None:
    read = read_features(write(tmp_path, TABLE))
    np.testing.assert_array_equal(np.isnan(read.table.values), [[False, False], [False, True], [True, False]])
    note = next(note for note in read.notes if "finite" in note["what"])
    assert (note["count"], note["action"]) == (2, "take the column's median")


def test_repeated_songs_count_once_and_are_named(tmp_path: Path) -> None:
    read = read_features(write(tmp_path, "id,x,y\na,1,2\na,1,2\nb,3,4\nb,5,6\n,7,8\nc,,\n"))
    assert list(read.table.ids) == ["a", "b"]
    assert read.table.values.tolist() == [[1, 2], [3, 4]]
    assert {note["what"]: (note["count"], note["examples"]) for note in read.notes} == {
        "cells that are no finite number": (2, ["x: 1", "y: 1"]),
        "rows without an id": (1, ["5"]),
        "rows without any number": (1, ["c"]),
        "rows that repeat a song": (1, ["a"]),
        "rows with other numbers for a song": (1, ["b"]),
    }


@pytest.mark.parametrize("form", ["parquet", "npz", "semicolon"])
def test_other_forms_read_alike(tmp_path: Path, form: str) -> None:
    frame = pd.DataFrame({"track": ["7", "8"], "tempo": [120.5, 90.0], "energy": [0.5, 0.25]})
    if form == "parquet":
        path = tmp_path / "features.parquet"
        frame.to_parquet(path)
    elif form == "npz":
        path = tmp_path / "features.npz"
        matrix = frame[["tempo", "energy"]].to_numpy()
        np.savez(path, ids=np.array([7, 8]), values=matrix, columns=np.array(["tempo", "energy"]))
    else:
        path = write(tmp_path, frame.to_csv(index=False, sep=";", decimal=","))
    table = read_features(path).table
    assert list(table.ids) == ["7", "8"]
    assert table.columns == ("tempo", "energy")
    np.testing.assert_allclose(table.values, [[120.5, 0.5], [90, 0.25]])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,name\na,x\nb,y\n", "no column of numbers"),
        ("one,two,x\na,c,1\nb,d,2\n", "cannot be told"),
        ("id,x\n", "holds no row|has no rows|no row"),
    ],
)
def test_what_is_no_table_of_numbers_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        read_features(write(tmp_path, text))


def test_the_column_of_ids_can_be_named(tmp_path: Path) -> None:
    path = write(tmp_path, "one,two,x\na,c,1\nb,d,2\n")
    assert list(read_features(path, "two").table.ids) == ["c", "d"]
    with pytest.raises(SourceError, match="no column 'three'"):
        read_features(path, "three")


def test_an_npz_that_does_not_say_whose_numbers_they_are_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "features.npz"
    np.savez(path, ids=np.array(["a", "b", "c"]), values=np.ones((2, 4)))
    with pytest.raises(SourceError, match="whose numbers"):
        read_features(path)
    np.savez(path, pickled=np.array([{"a": 1}], dtype=object))
    with pytest.raises(SourceError, match="read safely"):
        read_features(path)
