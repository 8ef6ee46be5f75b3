"""A corpus and a map written into a folder come back equal."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tagviz.errors import StoreError
from tagviz.store import serialization
from tagviz.types import Kind, Projection, Vocab
from tests.corpora import make_corpus


@pytest.mark.parametrize("packed", [False, True])
def test_a_corpus_comes_back(tmp_path: Path, packed: bool) -> None:
    corpus = make_corpus([{"title": "비", "tags": ["a", "b"], "songs": ["1"]}, {"tags": ["b"]}])
    info = serialization.corpus_info(corpus)
    assert (info["playlists"], info["sizes"]["tag"]) == (2, 2)
    serialization.write_corpus(tmp_path, corpus, packed)
    back = serialization.read_corpus(tmp_path, "name", info)
    assert (back.name, back.fingerprint) == ("name", corpus.fingerprint)
    assert (back.matrix(Kind.TAG) != corpus.matrix(Kind.TAG)).nnz == 0
    (tmp_path / "facets.json").unlink()
    with pytest.raises(StoreError):
        serialization.read_corpus(tmp_path, "name", info)


def test_a_map_comes_back(tmp_path: Path) -> None:
    vocab = Vocab.of(Kind.TAG, ["a", "b"], ["A", "b"])
    levels = (np.array([0, 1], dtype=np.int32),)
    xy = np.array([[0, 1], [2, 3]], dtype=np.float32)
    projection = Projection(vocab, xy, levels, (("one", "two"),), np.ones(2, dtype=np.float32), "pca", {"a": 1})
    serialization.write_projection(tmp_path, projection)
    back = serialization.read_projection(tmp_path, serialization.projection_info(projection))
    assert back.xy.tolist() == xy.tolist()
    assert (back.names, back.method, dict(back.params)) == ((("one", "two"),), "pca", {"a": 1})
    assert back.vocab.label_list(np.arange(2)) == ["A", "b"]
    assert back.levels[0].tolist() == [0, 1]
    assert back.near is None
