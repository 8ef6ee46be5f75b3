"""Vectors as other programs read them: as many words as there are items, and the same vectors when they come back."""

# ruff: noqa: E501

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tagviz.embed import imported, vector_files
from tagviz.types import Kind
from tests.corpora import make_corpus

TAGS = ["hip hop", "hip_hop", "hip-hop", "a b", "a\xa0b", "a_b", "100%", "a%20b", '7" single', '"rock"', "#chill", "=1+1", "É", "é",
        "ﬁ", "fi", "no_space_", "1 2 3", "word:x", "비 오는 날", "🔥"]  # fmt: skip


def about(tags: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"key": [f"tag:{tag}" for tag in tags], "label": tags, "count": 1})


def vectors_of(count: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal((count, 5)).astype(np.float32)


@pytest.mark.parametrize(("form", "name"), [("word2vec", "v.txt"), ("word2vec-binary", "v.bin"), ("npz", "v.npz")])
def test_tags_that_stumble_come_back_with_their_vectors(tmp_path: Path, form: str, name: str) -> None:
    vectors = vectors_of(len(TAGS))
    (tmp_path / name).write_bytes(vector_files.written(about(TAGS), vectors, form))
    corpus = make_corpus([{"tags": TAGS}])
    embedding, match = imported.match(imported.read(tmp_path / name), corpus)
    assert match.matched[Kind.TAG] == len(corpus.vocab(Kind.TAG))
    for tag, vector in zip(TAGS, vectors, strict=True):
        row = embedding.vocabs[Kind.TAG].row(tag)
        np.testing.assert_allclose(embedding.raw(Kind.TAG)[row], vector, rtol=1e-5, err_msg=tag)


@pytest.mark.parametrize("form", ["word2vec", "word2vec-binary"])
def test_gensim_reads_as_many_words_as_there_are_tags(tmp_path: Path, form: str) -> None:
    from gensim.models import KeyedVectors

    vectors = vectors_of(len(TAGS))
    (tmp_path / "v").write_bytes(vector_files.written(about(TAGS), vectors, form))
    read = KeyedVectors.load_word2vec_format(str(tmp_path / "v"), binary=form.endswith("binary"))
    assert len(read) == len(TAGS)
    np.testing.assert_allclose(read["tag:#chill"], vectors[TAGS.index("#chill")], rtol=1e-5)


def test_numpy_reads_keys_and_vectors(tmp_path: Path) -> None:
    (tmp_path / "v.npz").write_bytes(vector_files.written(about(TAGS), vectors_of(len(TAGS)), "npz"))
    with np.load(tmp_path / "v.npz", allow_pickle=False) as arrays:
        assert arrays["keys"].tolist() == [f"tag:{tag}" for tag in TAGS]
        np.testing.assert_array_equal(arrays["vectors"], vectors_of(len(TAGS)))


def test_tensorboard_reads_a_line_a_tag_without_quoting(tmp_path: Path) -> None:
    vectors = vectors_of(len(TAGS))
    with zipfile.ZipFile(io.BytesIO(vector_files.written(about(TAGS), vectors, "projector"))) as files:
        files.extractall(tmp_path)
    (tmp_path / "projector_config.pbtxt").write_text(
        'embeddings { tensor_name: "tags" tensor_path: "vectors.tsv" metadata_path: "metadata.tsv" }'
    )
    metadata, tensor = _served_by_tensorboard(tmp_path)
    np.testing.assert_allclose(np.frombuffer(tensor, np.float32).reshape(len(TAGS), -1), vectors, rtol=1e-6)
    # its page splits what the server sends by line feeds, then by tabs, and does nothing else
    rows = [line.split("\t") for line in metadata.decode().split("\n") if line]
    assert rows[0] == ["key", "label", "count"]
    assert [row[1] for row in rows[1:]] == TAGS
    found = imported.read(tmp_path / "vectors.tsv")
    assert found.words == tuple(f"tag:{tag}" for tag in TAGS)
    np.testing.assert_allclose(found.vectors, vectors, rtol=1e-6)


def _served_by_tensorboard(folder: Path) -> tuple[bytes, bytes]:
    """The words and vectors of a folder as TensorBoard's own projector reads and serves them."""
    from tensorboard.plugins.base_plugin import TBContext
    from tensorboard.plugins.projector.projector_plugin import ProjectorPlugin
    from werkzeug.test import Client

    apps = ProjectorPlugin(TBContext(logdir=str(folder))).get_plugin_apps()
    answers = [
        Client(apps[path]).get("/", query_string={"run": ".", "name": "tags"}) for path in ("/metadata", "/tensor")
    ]
    assert [answer.status_code for answer in answers] == [200, 200], answers[0].data
    return answers[0].data, answers[1].data


@pytest.mark.parametrize(("form", "name"), [("word2vec", "v.txt"), ("word2vec-binary", "v.bin"), ("npz", "v.npz")])
@given(st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_vectors_come_back(tmp_path: Path, form: str, name: str, data: st.DataObject) -> None:
    tags = sorted({normalised for word in data.draw(keys) if (normalised := " ".join(word.split()))})
    if not tags:
        return
    vectors = data.draw(arrays(np.float32, (len(tags), 3), elements=st.floats(-1e4, 1e4, width=32)))
    vectors = np.where(
        np.abs(vectors) < 1e-9, np.float32(0), vectors
    )  # what is nearly nothing tells blanks from numbers
    (tmp_path / name).write_bytes(vector_files.written(about(tags), vectors, form))
    found = imported.read(tmp_path / name)
    assert len(found.words) == len(tags)
    np.testing.assert_allclose(found.vectors, vectors, rtol=1e-6)


keys = st.lists(
    st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=6),
    min_size=1,
    max_size=12,
    unique=True,
)


@given(keys)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_two_words_become_one_and_none_holds_a_blank(names: list[str]) -> None:
    words = vector_files.distinct_words([f"tag:{name}" for name in names])
    assert len(set(words)) == len(names)
    assert not any(any(char.isspace() for char in word) for word in words)
