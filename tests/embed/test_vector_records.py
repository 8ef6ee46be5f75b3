"""Vectors in CSV and JSON, and in the forms of other programs that are easily read wrongly."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tagviz.embed import imported
from tagviz.errors import SourceError

WORDS = ["rock", "hip hop", "재즈"]
VECTORS = np.array([[0.5, -1.25, 2.0], [0.25, 0.0, -3.5], [1.5, 4.75, 0.125]], dtype=np.float32)


def _frame(index: str | None = None) -> pd.DataFrame:
    return pd.DataFrame(VECTORS, index=pd.Index(WORDS, name=index))


FILES = {
    "index.csv": _frame().to_csv(),
    "headless.csv": _frame().to_csv(header=False),
    "counted.csv": _frame("tag").assign(count=[3, 2, 1]).to_csv(),
    "numbered.csv": _frame().reset_index().to_csv(),
    "last.csv": pd.DataFrame(VECTORS).assign(word=WORDS).to_csv(index=False),
    "lists.csv": pd.DataFrame({"word": WORDS, "vec": [str(row.tolist()) for row in VECTORS]}).to_csv(index=False),
    "numpy.csv": pd.DataFrame({"word": WORDS, "vec": [str(row) for row in VECTORS]}).to_csv(index=False),
    "europe.csv": _frame("word").to_csv(sep=";", decimal=","),
    "europe-headless.csv": _frame().to_csv(sep=";", decimal=",", header=False),
    "object.json": json.dumps(dict(zip(WORDS, VECTORS.tolist(), strict=True))),
    "split.json": json.dumps({"words": WORDS, "vectors": VECTORS.tolist()}),
    "records.json": json.dumps([{"word": w, "vector": v} for w, v in zip(WORDS, VECTORS.tolist(), strict=True)]),
    "lines.jsonl": "".join(
        json.dumps({"tag": w, "emb": v}) + "\n" for w, v in zip(WORDS, VECTORS.tolist(), strict=True)
    ),
    "dimension.txt": "3 2\n" + _frame().set_axis([w.replace(" ", "_") for w in WORDS]).to_csv(sep=" ", header=False),
}


@pytest.mark.parametrize("name", FILES)
def test_word_i_keeps_vector_i(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(FILES[name], "utf-8")
    found = imported.read(tmp_path / name)
    assert [word.replace("_", " ") for word in found.words] == WORDS
    np.testing.assert_array_equal(found.vectors, VECTORS)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("cut.csv", "word,vec\nrock,[0.1 0.2 ... 0.9]\n", "shortened"),
        ("two.csv", "word,label,a,b\nrock,x,1,2\n", "several columns that could be meant: word, label"),
        ("ragged.csv", "rock,1,2\npop,1\n", "row 2 has 2 cells"),
        ("uneven.json", '{"words": ["a", "b"], "vectors": [[1, 2], [1]]}', "different lengths"),
        ("metadata.json", '{"a": 1}', "expected an object of word"),
    ],
)
def test_what_could_be_misread_is_refused(name: str, text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(SourceError, match=said):
        imported.read(tmp_path / name)


def test_words_that_are_not_in_utf_8_are_refused(tmp_path: Path) -> None:
    (tmp_path / "v.txt").write_bytes("2 2\n재즈 1 2\nrock 3 4\n".encode("cp949"))
    with pytest.raises(SourceError, match="not written in UTF-8"):
        imported.read(tmp_path / "v.txt")
    np.save(tmp_path / "emb.npy", VECTORS)
    (tmp_path / "emb.txt").write_bytes("\n".join(WORDS).encode("cp949"))
    with pytest.raises(SourceError, match="not written in UTF-8"):
        imported.read(tmp_path / "emb.npy")


def test_places_on_a_map_and_neighbours_are_no_vectors(tmp_path: Path) -> None:
    places = {"tag": WORDS, "projection_x": [1.0, 2, 3], "projection_y": [1.0, 2, 3], "count": [1, 2, 3]}
    pd.DataFrame({**places, "neighbors": [[1, 2], [0, 2], [0, 1]]}).to_parquet(tmp_path / "map.parquet")
    with pytest.raises(SourceError, match="holds no vectors"):
        imported.read(tmp_path / "map.parquet")
    pd.DataFrame({**places, "emb": list(VECTORS), "xy": [[1.0, 2]] * 3}).to_parquet(tmp_path / "both.parquet")
    np.testing.assert_array_equal(imported.read(tmp_path / "both.parquet").vectors, VECTORS)
    pd.DataFrame({"w": WORDS, "e": [str(row.tolist()) for row in VECTORS]}).to_parquet(tmp_path / "text.parquet")
    np.testing.assert_array_equal(imported.read(tmp_path / "text.parquet").vectors, VECTORS)


def test_arrays_of_words_and_ids(tmp_path: Path) -> None:
    np.save(tmp_path / "vectors.npy", VECTORS)
    np.save(tmp_path / "words.npy", np.array(WORDS))
    assert imported.read(tmp_path / "vectors.npy").words == tuple(WORDS)
    np.save(tmp_path / "words.npy", np.array(WORDS, dtype=object))
    with pytest.raises(SourceError, match="holds Python objects"):
        imported.read(tmp_path / "vectors.npy")
    np.savez(tmp_path / "items.npz", item_ids=np.array([10, 11, 12]), vectors=VECTORS)
    assert imported.read(tmp_path / "items.npz").words == ("10", "11", "12")


def test_a_tensor_a_word(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    save_file({word: row.copy() for word, row in zip(WORDS, VECTORS, strict=True)}, tmp_path / "v.safetensors")
    found = imported.read(tmp_path / "v.safetensors")
    assert dict(zip(found.words, found.vectors.tolist(), strict=True)) == dict(
        zip(WORDS, VECTORS.tolist(), strict=True)
    )
