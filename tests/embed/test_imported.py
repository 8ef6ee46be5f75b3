"""Vectors that others made: each format from its own library's writer, and files that must be refused."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tagviz.embed import imported, vector_formats
from tagviz.errors import InvalidParameterError, NotReadyError, SourceError, TagvizError
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
    """GloVe's text is word2vec's without the first line; gensim writes both."""
    from gensim.models import KeyedVectors

    vectors = KeyedVectors(vector_size=3)
    vectors.add_vectors(WORDS, VECTORS)
    vectors.save_word2vec_format(str(path), binary=False, write_header=False)


def _gensims_projector(path: Path) -> None:
    """As gensim's own script for TensorBoard writes it: v_tensor.tsv and v_metadata.tsv."""
    from gensim.scripts.word2vec2tensor import word2vec2tensor

    text = path.with_name("v.vec")
    _gensim(text, binary=False)
    word2vec2tensor(str(text), str(path.with_name("v")))


def _projector(path: Path) -> None:
    pd.DataFrame(VECTORS).to_csv(path, sep="\t", header=False, index=False)
    pd.DataFrame({"word": WORDS, "count": 1}).to_csv(path.with_name("metadata.tsv"), sep="\t", index=False)


def _trained(path: Path) -> None:
    """A model that gensim has trained, its vectors replaced by ours."""
    from gensim.models import Word2Vec

    model = Word2Vec([WORDS] * 5, vector_size=3, min_count=1, epochs=1)
    model.wv.vectors[[model.wv.key_to_index[word] for word in WORDS]] = VECTORS
    model.wv.sort_by_descending_frequency()
    model.wv.save_word2vec_format(str(path), binary=True)


WRITERS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "word2vec-text": ("v.vec", lambda path: _gensim(path, binary=False)),
    "word2vec-binary": ("v.bin", lambda path: _gensim(path, binary=True)),
    "glove": ("v.txt", _glove),
    "projector": ("vectors.tsv", _projector),
    "projector, by gensim": ("v_tensor.tsv", _gensims_projector),
    "word2vec-binary, trained": ("v.bin", _trained),
    "npz": ("v.npz", lambda path: np.savez(path, keys=np.array(WORDS), vectors=VECTORS)),
    "parquet": ("v.parquet", lambda path: pd.DataFrame({"key": WORDS, "vector": list(VECTORS)}).to_parquet(path)),
}


@pytest.mark.parametrize("format", WRITERS)
def test_every_format_is_recognised_and_read(format: str, tmp_path: Path) -> None:
    name, write = WRITERS[format]
    write(tmp_path / name)
    found = imported.read(tmp_path / name)
    assert found.format == format.partition(",")[0]
    order = [found.words.index(word) for word in WORDS]
    assert sorted(order) == list(range(len(found.words)))
    np.testing.assert_allclose(found.vectors[order], VECTORS, rtol=1e-6)


def test_words_are_matched_by_key_spelling_and_normal_form() -> None:
    corpus = make_corpus([{"title": "rock", "tags": ["rock", "Hip Hop", "jazz", "blues"]}])
    read = imported.ImportedVectors((*WORDS, "hip hop"), np.vstack([VECTORS, VECTORS[:1]]), "glove")
    embedding, match = imported.match(read, corpus)
    assert match.matched == {Kind.TAG: 3, Kind.WORD: 1}  # rock is a tag and a word of the title
    assert match.missing == ("여행",)
    assert match.unreached == ("blues",)
    assert match.ambiguous == (("tag:Hip Hop", ("hip_hop", "hip hop")),)
    assert embedding.vocabs[Kind.TAG].keys([0, 1, 2]) == ["tag:rock", "tag:Hip Hop", "tag:jazz"]
    np.testing.assert_allclose(embedding.of(Kind.TAG)[2], [0.6, 0.8, 0])  # (3, 4, 0) / 5
    np.testing.assert_allclose(embedding.raw(Kind.TAG)[1], [0, 2, 0])


def test_a_bare_number_is_never_a_song() -> None:
    corpus = make_corpus([{"tags": ["a"], "songs": ["7"]}])
    with pytest.raises(NotReadyError):
        imported.match(imported.ImportedVectors(("7",), VECTORS[:1], "glove"), corpus)
    embedding, _ = imported.match(imported.ImportedVectors(("song:7",), VECTORS[:1], "glove"), corpus)
    assert embedding.vocabs[Kind.SONG].key(0) == "song:7"


def test_our_own_file_comes_back(tmp_path: Path) -> None:
    corpus = make_corpus([{"title": "rock", "tags": ["rock", "jazz"]}])
    first, _ = imported.match(imported.ImportedVectors(tuple(WORDS), VECTORS, "glove"), corpus)
    imported.write_npz(tmp_path / "own.npz", first)
    again = imported.load(tmp_path / "own.npz", corpus)
    np.testing.assert_allclose(again.vectors, first.vectors, rtol=1e-6)
    assert list(again.vocabs) == list(first.vocabs)


class _Trap:
    """What a malicious pickle does: leaves a trace when it is loaded."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return (Path.touch, (self.trace,))


@pytest.mark.parametrize("name", ["w2v.model", "v.kv", "v.bin", "v.txt", "v.npz", "v.vec", "v.pt"])
def test_pickles_are_refused_and_run_nothing(name: str, tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    (tmp_path / name).write_bytes(pickle.dumps(_Trap(trace)))
    with pytest.raises(SourceError, match="pickled") as refused:
        imported.read(tmp_path / name)
    assert "save_word2vec_format" in refused.value.remedy
    assert not trace.exists()


def test_an_npz_of_objects_is_refused_and_runs_nothing(tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    np.savez(tmp_path / "v.npz", keys=np.array([_Trap(trace)], dtype=object), vectors=VECTORS[:1])
    with pytest.raises(SourceError, match="without running code"):
        imported.read(tmp_path / "v.npz")
    assert not trace.exists()


def test_a_gensim_model_of_its_own_format_is_refused_with_the_line_that_converts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import gensim

    gensim.models.Word2Vec([WORDS], vector_size=3, min_count=1, epochs=1).save(str(tmp_path / "w2v.model"))
    with pytest.raises(SourceError, match="pickled") as refused:
        imported.read(tmp_path / "w2v.model")
    line = refused.value.remedy.partition(": ")[2]
    monkeypatch.chdir(tmp_path)
    exec(line, {"gensim": gensim, "path": "w2v.model"})
    assert set(imported.read(tmp_path / "vectors.bin").words) == set(WORDS)


HOSTILE = "=cmd|'/c calc'!A1\t<script>alert(1)</script>"


def test_a_hostile_table_of_words_is_only_text(tmp_path: Path) -> None:
    """Formulas, markup, control characters and paths in metadata stay words; a column more is not taken for one."""
    pd.DataFrame(VECTORS[:3]).to_csv(tmp_path / "vectors.tsv", sep="\t", header=False, index=False)
    (tmp_path / "metadata.tsv").write_text(f"{HOSTILE}\n../../etc/passwd\n__import__('os').system('id')\n")
    found = imported.read(tmp_path / "vectors.tsv")
    assert found.words == ("=cmd|'/c calc'!A1", "../../etc/passwd", "__import__('os').system('id')")
    (tmp_path / "vectors.tsv").write_text("1\t2\n__import__('os').system('id')\t4\n")
    with pytest.raises(SourceError, match="cut off or damaged"):
        imported.read(tmp_path / "vectors.tsv")


def test_an_npz_that_unpacks_to_more_than_is_allowed_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A megabyte of zeros packs to a kilobyte; the header is believed, and nothing is unpacked."""
    np.savez_compressed(tmp_path / "v.npz", keys=np.array(["a"]), vectors=np.zeros((1, 2**18), dtype=np.float32))
    assert (tmp_path / "v.npz").stat().st_size < 10_000
    monkeypatch.setattr(vector_formats, "LARGEST_BYTES", 2**19)
    with pytest.raises(SourceError, match="unpacks to 1,048,576 bytes"):
        imported.read(tmp_path / "v.npz")
    pd.DataFrame({"key": ["a"] * 2**15, "x": np.arange(2**15) / 7}).to_parquet(tmp_path / "v.parquet")
    monkeypatch.setattr(vector_formats, "LARGEST_BYTES", 2**17 + (tmp_path / "v.parquet").stat().st_size // 2)
    with pytest.raises(SourceError, match="too large"):
        imported.read(tmp_path / "v.parquet")


def test_bytes_left_over_after_the_last_vector_refuse_the_file(tmp_path: Path) -> None:
    _gensim(tmp_path / "v.bin", binary=True)
    whole = (tmp_path / "v.bin").read_bytes()
    (tmp_path / "v.bin").write_bytes(whole + b"rock \x00\x01\x02\x03")
    with pytest.raises(SourceError, match="left over"):
        imported.read(tmp_path / "v.bin")
    (tmp_path / "v.bin").write_bytes(whole + b"\n")
    assert list(imported.read(tmp_path / "v.bin").words) == WORDS


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("9 2\na 1 2\nb 3 4\n", "header says"),  # less than half of what the header promises
        ("2 2\na 1 2\nb 3\n", "line 3"),
        ("2 2\na 1 nan\nb 3 4\n", "finite"),
        ("9999999 300\na 1\n", "header says"),
        ("just some prose without vectors\n", "known here"),
    ],
)
def test_damaged_text_says_where(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "v.txt").write_text(text)
    with pytest.raises(SourceError, match=said):
        imported.read(tmp_path / "v.txt")


def test_a_binary_cut_off_says_where(tmp_path: Path) -> None:
    _gensim(tmp_path / "v.bin", binary=True)
    data = (tmp_path / "v.bin").read_bytes()
    (tmp_path / "v.bin").write_bytes(data[:-6])
    with pytest.raises(SourceError, match="number 4"):
        imported.read(tmp_path / "v.bin")


def test_words_that_occur_twice_are_told(tmp_path: Path) -> None:
    (tmp_path / "v.txt").write_text("3 2\na 1 2\na 5 6\nb 3 4\n")
    found = imported.read(tmp_path / "v.txt")
    assert found.words == ("a", "b")
    assert "1 words occurred more than once" in found.notes[0]
    np.testing.assert_array_equal(found.vectors[0], [1, 2])


def test_words_with_blanks_in_a_binary_file_keep_their_vectors(tmp_path: Path) -> None:
    from gensim.models import KeyedVectors

    rng = np.random.default_rng(0)
    words = [f"hip hop {n}" for n in range(200)] + ["rock", "비 오는 날"]
    values = rng.standard_normal((len(words), 50)).astype(np.float32)
    vectors = KeyedVectors(vector_size=50)
    vectors.add_vectors(words, values)
    vectors.save_word2vec_format(str(tmp_path / "v.bin"), binary=True)
    found = imported.read(tmp_path / "v.bin")
    assert list(found.words) == words
    np.testing.assert_array_equal(found.vectors, values)
    (tmp_path / "v.bin").write_bytes((tmp_path / "v.bin").read_bytes()[:-3])
    with pytest.raises(SourceError, match="cut off"):
        imported.read(tmp_path / "v.bin")


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("3 2\na 1 2\nb 3 4\n", "the header says 3 words"),
        ("1 2\na 1 2\nb 3 4\n", "the header says 1 words"),
        ("2 2\na 1,0 2,0\nb 3,0 4,0\n", "decimal comma"),
        ("\ufeff2 2\na\t1\t2\r\nb\t3\t4\r\n", ""),
    ],
)
def test_text_as_programs_write_it(tmp_path: Path, text: str, note: str) -> None:
    (tmp_path / "v.txt").write_text(text, "utf-8", newline="")
    found = imported.read(tmp_path / "v.txt")
    assert found.words == ("a", "b")
    np.testing.assert_array_equal(found.vectors, [[1, 2], [3, 4]])
    assert any(note in one for one in found.notes) if note else not found.notes


def test_song_ids_and_addresses_go_to_songs_and_never_to_artists(tmp_path: Path) -> None:
    rows = [{"tags": ["a", "80"], "songs": [str(n) for n in range(10, 20)]}]
    corpus = make_corpus(rows)
    words = tuple(str(n) for n in range(10, 18))
    vectors = np.eye(8, dtype=np.float32)
    _, match = imported.match(imported.ImportedVectors(words, vectors, "glove"), corpus)
    assert match.matched == {Kind.SONG: 8}
    assert "never to artists" in match.why
    assert match.unreached == ("18", "19")
    addresses = imported.ImportedVectors(tuple(f"spotify:track:{word}" for word in words), vectors, "glove")
    assert imported.match(addresses, corpus)[1].matched == {Kind.SONG: 8}
    one = imported.ImportedVectors(("10",), vectors[:1], "glove")
    assert imported.match(imported.keyed(one, Kind.SONG), corpus)[1].matched == {Kind.SONG: 1}
    both = make_corpus([{"tags": [str(n) for n in range(10, 20)], "songs": [str(n) for n in range(10, 20)]}])
    with pytest.raises(InvalidParameterError, match="--kind song"):
        imported.match(imported.ImportedVectors(words, vectors, "glove"), both)


def test_arrays_with_a_list_of_words_beside_them(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    np.save(tmp_path / "v.npy", VECTORS)
    with pytest.raises(SourceError, match=r"v\.txt"):
        imported.read(tmp_path / "v.npy")
    save_file({"embedding": VECTORS}, tmp_path / "v.safetensors")
    (tmp_path / "v.txt").write_text("\n".join(WORDS) + "\n", "utf-8")
    for name in ("v.npy", "v.safetensors"):
        found = imported.read(tmp_path / name)
        assert list(found.words) == WORDS
        np.testing.assert_array_equal(found.vectors, VECTORS)
    (tmp_path / "v.txt").write_text("\n".join(WORDS[:-1]), "utf-8")
    with pytest.raises(SourceError, match="no list of words"):
        imported.read(tmp_path / "v.npy")


def test_the_one_column_of_lists_is_the_vector_whatever_its_name(tmp_path: Path) -> None:
    frame = pd.DataFrame({"tag": WORDS, "x": VECTORS[:, 0], "y": VECTORS[:, 1], "count": 3, "emb": list(VECTORS)})
    frame.to_parquet(tmp_path / "v.parquet")
    np.testing.assert_array_equal(imported.read(tmp_path / "v.parquet").vectors, VECTORS)
    frame.drop(columns="emb").to_parquet(tmp_path / "v.parquet")
    with pytest.raises(SourceError, match="holds no vectors"):
        imported.read(tmp_path / "v.parquet")
    frame.assign(other=list(VECTORS)).to_parquet(tmp_path / "v.parquet")
    with pytest.raises(SourceError, match="several columns of lists"):
        imported.read(tmp_path / "v.parquet")


FUZZ = Path(__file__).resolve().parents[3] / "shared" / "cases" / "fuzz"


@pytest.mark.real_data
@pytest.mark.skipif(not FUZZ.is_dir(), reason="the cases are not beside the project")
@pytest.mark.parametrize("name", [path.name for path in sorted(FUZZ.glob("*embed*"))] if FUZZ.is_dir() else [])
def test_files_that_once_broke_the_reader(name: str) -> None:
    corpus = make_corpus([{"tags": ["jazz", "night"]}])
    for path in (FUZZ / name).iterdir():
        try:
            imported.load(path, corpus)
        except TagvizError as error:
            assert error.remedy  # noqa: PT017  # some of these files can be read now
