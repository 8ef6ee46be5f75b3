"""Vectors that others made: each format from its own library's writer, and files that must be refused."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tagviz.embed import foreign
from tagviz.errors import NotReady, SourceError
from tagviz.types import Kind
from tests.corpora import make_corpus

WORDS = ["rock", "hip_hop", "여행", "tag:jazz"]
VECTORS = np.array([[1, 0, 0.5], [0, 2, 0], [-1, 0.25, 0], [3, 4, 0]], dtype=np.float32)


def _gensim(path: Path, binary: bool) -> None:
    from gensim.models import KeyedVectors

    vectors = KeyedVectors(vector_size=3)
    vectors.add_vectors(WORDS, VECTORS)
    vectors.save_word2vec_format(str(path), binary=binary)


def _glove(path: Path) -> None:
    path.write_text(
        "".join(f"{word} {' '.join(map(str, row))}\n" for word, row in zip(WORDS, VECTORS, strict=True)), "utf-8"
    )


def _projector(path: Path) -> None:
    pd.DataFrame(VECTORS).to_csv(path, sep="\t", header=False, index=False)
    pd.DataFrame({"word": WORDS, "count": 1}).to_csv(path.with_name("metadata.tsv"), sep="\t", index=False)


WRITERS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "word2vec-text": ("v.vec", lambda path: _gensim(path, binary=False)),
    "word2vec-binary": ("v.bin", lambda path: _gensim(path, binary=True)),
    "glove": ("v.txt", _glove),
    "projector": ("vectors.tsv", _projector),
    "npz": ("v.npz", lambda path: np.savez(path, keys=np.array(WORDS), vectors=VECTORS)),
    "parquet": ("v.parquet", lambda path: pd.DataFrame({"key": WORDS, "vector": list(VECTORS)}).to_parquet(path)),
}


@pytest.mark.parametrize("format", WRITERS)
def test_every_format_is_recognised_and_read(format: str, tmp_path: Path) -> None:
    name, write = WRITERS[format]
    write(tmp_path / name)
    found = foreign.read(tmp_path / name)
    assert found.format == format
    assert list(found.words) == WORDS
    np.testing.assert_allclose(found.vectors, VECTORS, rtol=1e-6)


def test_words_are_matched_by_key_spelling_and_normal_form() -> None:
    corpus = make_corpus([{"title": "rock", "tags": ["rock", "Hip Hop", "jazz", "blues"]}])
    read = foreign.Foreign((*WORDS, "hip hop"), np.vstack([VECTORS, VECTORS[:1]]), "glove")
    embedding, match = foreign.match(read, corpus)
    assert match.matched == {Kind.TAG: 3, Kind.WORD: 1}  # rock is a tag and a word of the title
    assert match.missing == ("여행",)
    assert match.unreached == ("blues",)
    assert match.ambiguous == (("tag:Hip Hop", ("hip_hop", "hip hop")),)
    assert embedding.vocabs[Kind.TAG].keys([0, 1, 2]) == ["tag:rock", "tag:Hip Hop", "tag:jazz"]
    np.testing.assert_allclose(embedding.of(Kind.TAG)[2], [0.6, 0.8, 0])  # (3, 4, 0) / 5
    np.testing.assert_allclose(embedding.raw(Kind.TAG)[1], [0, 2, 0])


def test_a_bare_number_is_never_a_song() -> None:
    corpus = make_corpus([{"tags": ["a"], "songs": ["7"]}])
    with pytest.raises(NotReady):
        foreign.match(foreign.Foreign(("7",), VECTORS[:1], "glove"), corpus)
    embedding, _ = foreign.match(foreign.Foreign(("song:7",), VECTORS[:1], "glove"), corpus)
    assert embedding.vocabs[Kind.SONG].key(0) == "song:7"


def test_our_own_file_comes_back(tmp_path: Path) -> None:
    corpus = make_corpus([{"title": "rock", "tags": ["rock", "jazz"]}])
    first, _ = foreign.match(foreign.Foreign(tuple(WORDS), VECTORS, "glove"), corpus)
    foreign.write_npz(tmp_path / "own.npz", first)
    again = foreign.load(tmp_path / "own.npz", corpus)
    np.testing.assert_allclose(again.vectors, first.vectors, rtol=1e-6)
    assert list(again.vocabs) == list(first.vocabs)


class _Trap:
    """What a malicious pickle does: leaves a trace when it is loaded."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return (Path.touch, (self.trace,))


@pytest.mark.parametrize("name", ["w2v.model", "v.bin", "v.txt", "v.npz"])
def test_pickles_are_refused_and_run_nothing(name: str, tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    (tmp_path / name).write_bytes(pickle.dumps(_Trap(trace)))
    with pytest.raises(SourceError, match="pickled") as refused:
        foreign.read(tmp_path / name)
    assert "save_word2vec_format" in refused.value.remedy
    assert not trace.exists()


def test_an_npz_of_objects_is_refused_and_runs_nothing(tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    np.savez(tmp_path / "v.npz", keys=np.array([_Trap(trace)], dtype=object), vectors=VECTORS[:1])
    with pytest.raises(SourceError, match="without running code"):
        foreign.read(tmp_path / "v.npz")
    assert not trace.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("3 2\na 1 2\nb 3 4\n", "line 4"),  # the header promises three
        ("2 2\na 1 2\nb 3\n", "line 3"),
        ("2 2\na 1 nan\nb 3 4\n", "finite"),
        ("9999999 300\na 1\n", "header says"),
        ("just some prose without vectors\n", "known here"),
    ],
)
def test_damaged_text_says_where(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "v.txt").write_text(text)
    with pytest.raises(SourceError, match=said):
        foreign.read(tmp_path / "v.txt")


def test_a_binary_cut_off_says_where(tmp_path: Path) -> None:
    _gensim(tmp_path / "v.bin", binary=True)
    data = (tmp_path / "v.bin").read_bytes()
    (tmp_path / "v.bin").write_bytes(data[:-6])
    with pytest.raises(SourceError, match="number 4"):
        foreign.read(tmp_path / "v.bin")


def test_words_that_occur_twice_are_told(tmp_path: Path) -> None:
    (tmp_path / "v.txt").write_text("3 2\na 1 2\na 5 6\nb 3 4\n")
    found = foreign.read(tmp_path / "v.txt")
    assert found.words == ("a", "b")
    assert "1 words occurred more than once" in found.notes[0]
    np.testing.assert_array_equal(found.vectors[0], [1, 2])


def test_blanks_within_words_of_a_binary_file_are_named_as_the_cause(tmp_path: Path) -> None:
    from gensim.models import KeyedVectors

    rng = np.random.default_rng(0)
    vectors = KeyedVectors(vector_size=50)
    vectors.add_vectors([f"hip hop {n}" for n in range(200)], rng.standard_normal((200, 50)).astype(np.float32))
    vectors.save_word2vec_format(str(tmp_path / "v.bin"), binary=True)
    with pytest.raises(SourceError, match=r"blanks|cut off"):
        foreign.read(tmp_path / "v.bin")
