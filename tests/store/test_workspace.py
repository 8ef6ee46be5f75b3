"""What is stored comes back equal, and a name always means its newest version."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tagviz.errors import NotFoundError, StoreError
from tagviz.store import records
from tagviz.store.workspace import ModelAnnotations, ModelInfo, Workspace
from tagviz.types import Corpus, Kind, Projection
from tests.corpora import make_corpus


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "home")


def info(corpus: Corpus, ident: str = "factors-1", created: str = "2024-01-01") -> ModelInfo:
    return ModelInfo(ident, "factors", {"factors": 8}, corpus.name, corpus.fingerprint, 42, "0", created, 1.5)


@pytest.mark.parametrize("packed", [False, True])
def test_a_corpus_comes_back_as_it_was(tmp_path: Path, packed: bool) -> None:
    corpus = make_corpus(
        [
            {
                "title": "비 오는 날",
                "tags": ["비", "<b>"],
                "songs": ["1", "2"],
                "date": "2019-05-01",
                "likes": 3,
                "group": "g",
            },
            {"title": "", "tags": ["비"], "songs": []},
        ],
        {"1": {"name": "A\n", "artist": "B", "artists": ["9"], "genres": ["GN1"], "date": "2001-01-01"}},
        {"비": "weather"},
    )
    ws = Workspace(tmp_path, packed=packed)
    ws.save_corpus(corpus)
    back = ws.open_corpus("tiny")
    assert back.stored_fingerprint == corpus.fingerprint
    assert replace(back, stored_fingerprint="").fingerprint == corpus.fingerprint
    pd.testing.assert_frame_equal(back.playlists, corpus.playlists)
    pd.testing.assert_frame_equal(back.songs, corpus.songs)
    assert (back.matrix(Kind.TAG) != corpus.matrix(Kind.TAG)).nnz == 0
    assert (back.matrix(Kind.ARTIST) != corpus.matrix(Kind.ARTIST)).nnz == 0
    assert back.vocab(Kind.SONG).label_list([0]) == ["A\n"]
    assert list(back.facets) == ["weather", ""]


def test_a_new_version_under_the_same_name_becomes_current_and_the_old_one_stays(ws: Workspace) -> None:
    old, new = make_corpus([{"tags": ["a"]}]), make_corpus([{"tags": ["a", "b"]}])
    ws.save_corpus(old)
    ws.save_corpus(new)
    assert [version.fingerprint for version in ws.versions("tiny")] == [old.fingerprint, new.fingerprint]
    assert len(ws.open_corpus("tiny").vocab(Kind.TAG)) == 2
    assert len(ws.open_corpus("tiny", old.fingerprint[:6]).vocab(Kind.TAG)) == 1


def test_deleting_and_bringing_back(ws: Workspace, board: Corpus) -> None:
    ws.save_corpus(board)
    token = ws.remove_corpus("checkerboard")
    with pytest.raises(NotFoundError, match="checkerboard"):
        ws.open_corpus("checkerboard")
    assert ws.restore(token) == "checkerboard"
    assert len(ws.open_corpus("checkerboard")) == len(board)

    ws.save_model(info(board), {"vectors": np.eye(2)}, {})
    token = ws.remove_model(board.fingerprint, "factors-1")
    assert ws.model_infos(board.fingerprint) == []
    ws.restore(token)
    assert ws.open_model(board.fingerprint, "factors-1").arrays["vectors"].tolist() == [[1, 0], [0, 1]]


def test_a_model_comes_back_memory_mapped_and_read_only(ws: Workspace, board: Corpus) -> None:
    vectors = np.arange(6, dtype=np.float32).reshape(2, 3)
    arrays = {"vectors": vectors, "rows.tag": np.array([1, 2]), "member/../../x": np.zeros(1)}
    saved = ws.save_model(info(board), arrays, {"factors": 8})
    stored = ws.open_model(board.fingerprint, "factors-1")
    assert stored.info == saved
    assert stored.state == {"factors": 8}
    assert set(stored.arrays) == set(arrays)
    assert stored.arrays["vectors"].tolist() == vectors.tolist()
    assert isinstance(stored.arrays["vectors"].base, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        stored.arrays["vectors"][0, 0] = 1


def test_storing_the_same_model_again_replaces_it_and_readers_of_the_old_one_go_on(
    ws: Workspace, board: Corpus
) -> None:
    ws.save_model(info(board), {"vectors": np.zeros(3)}, {})
    old = ws.open_model(board.fingerprint, "factors-1")
    ws.save_model(info(board), {"vectors": np.ones(3)}, {})
    assert old.arrays["vectors"].tolist() == [0, 0, 0]
    assert ws.open_model(board.fingerprint, "factors-1").arrays["vectors"].tolist() == [1, 1, 1]
    assert len(list((ws.home / "models" / board.fingerprint).iterdir())) == 2  # the commit and one folder


def test_packed_matrices_keep_a_byte_of_each_entry(tmp_path: Path, board: Corpus) -> None:
    ws = Workspace(tmp_path, packed=True)
    vectors = np.random.default_rng(0).normal(size=(50, 20)).astype(np.float32)
    ws.save_model(info(board), {"vectors": vectors, "norms": vectors[:, 0]}, {})
    back = ws.open_model(board.fingerprint, "factors-1").arrays
    assert back["vectors"].dtype == np.float32
    half_a_step = np.abs(vectors).max(axis=1, keepdims=True) / 127 / 2
    assert (np.abs(back["vectors"] - vectors) <= half_a_step * 1.001).all()
    np.testing.assert_array_equal(back["norms"], vectors[:, 0])


def test_what_is_shipped_lies_beneath_and_cannot_be_deleted(tmp_path: Path, board: Corpus) -> None:
    shipped = Workspace(tmp_path / "base", packed=True)
    shipped.save_corpus(board)
    shipped.save_model(info(board), {"v": np.zeros(1)}, {})
    ws = Workspace(tmp_path / "home", tmp_path / "base")
    assert ws.names() == ["checkerboard"]
    (known,) = ws.model_infos(board.fingerprint)
    assert known.shipped
    with pytest.raises(StoreError, match="ships with tagviz"):
        ws.remove_model(board.fingerprint, "factors-1")
    with pytest.raises(StoreError, match="ships with tagviz"):
        ws.remove_corpus("checkerboard")
    ws.mark(board.fingerprint, "factors-1", ModelAnnotations(note="mine", archived=True))
    assert ws.model_infos(board.fingerprint)[0].marks == ModelAnnotations(note="mine", archived=True)
    assert not (tmp_path / "base" / "marks").exists()


def test_models_are_listed_newest_first_also_when_the_clock_was_set_back(ws: Workspace, board: Corpus) -> None:
    for ident, year in (("a", 2025), ("c", 2026), ("b", 2024), ("d", 2024)):
        ws.save_model(info(board, ident, f"{year}-01-01T00:00:00.000000+00:00"), {}, {})
    assert [one.id for one in ws.model_infos(board.fingerprint)] == ["d", "b", "c", "a"]


def test_the_newest_version_is_the_last_import_also_when_the_clock_was_set_back(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpora = [make_corpus([{"tags": ["a", f"b{number}"]}]) for number in range(4)]
    for corpus, year in zip(corpora, (2025, 2027, 2020, 2021), strict=True):
        moment = datetime(year, 6, 1, tzinfo=UTC)
        monkeypatch.setattr(
            records, "datetime", type("Clock", (datetime,), {"now": staticmethod(lambda _, at=moment: at)})
        )
        ws.save_corpus(corpus)
    assert [one.fingerprint for one in ws.versions("tiny")] == [corpus.fingerprint for corpus in corpora]
    stamps = [one.imported for one in ws.versions("tiny")]
    assert stamps == sorted(set(stamps))


def test_an_empty_folder_is_no_corpus(ws: Workspace) -> None:
    (ws.home / "names" / "nothing").mkdir(parents=True)
    (ws.home / "names" / "file").touch()
    assert ws.names() == []


def test_a_map_comes_back(ws: Workspace, board: Corpus) -> None:
    vocab = board.vocab(Kind.TAG)
    count = len(vocab)
    xy = np.arange(2 * count, dtype=np.float32).reshape(count, 2)
    levels = (np.zeros(count, np.int32), np.arange(count, dtype=np.int32))
    made = Projection(
        vocab,
        xy,
        levels,
        (("all",), tuple(vocab.ids)),
        np.ones(count, np.float32),
        "umap",
        {"seed": 1},
        {"trust": 0.9},
        "f",
    )
    ws.save_projection("m-1", "p-1", made, {"seconds": 2.0})
    back = ws.open_projection("m-1", "p-1")
    assert back.xy.tolist() == xy.tolist()
    assert [level.tolist() for level in back.levels] == [level.tolist() for level in levels]
    assert back.names == made.names
    assert (back.params, back.measures, back.method, back.fingerprint) == ({"seed": 1}, {"trust": 0.9}, "umap", "f")
    assert list(back.vocab.ids) == list(vocab.ids)


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../x", "a/b", "a\\b", ".hidden", "a b", "x" * 81, "a\x00", "한" * 70, "a\n"]
)
def test_names_that_are_no_names(ws: Workspace, name: str) -> None:
    with pytest.raises(StoreError, match="cannot be a name"):
        ws.save_corpus(make_corpus([{"tags": ["a"]}], name=name))


@pytest.mark.parametrize("name", ["-rf", "--help", "CON", "nul", "NUL.txt", "com1", "Lpt9.csv", "list.", "a.."])
def test_names_on_which_a_shell_or_another_system_trips(ws: Workspace, name: str) -> None:
    with pytest.raises(StoreError, match="cannot be a name"):
        ws.save_corpus(make_corpus([{"tags": ["a"]}], name=name))
    assert not (ws.home / "names").exists()


@pytest.mark.parametrize("name", ["demo", "Demo", "DEMO"])
def test_nobody_shadows_what_ships(tmp_path: Path, name: str) -> None:
    Workspace(tmp_path / "base").save_corpus(make_corpus([{"tags": ["a"]}], name="demo"))
    ws = Workspace(tmp_path / "home", tmp_path / "base")
    with pytest.raises(StoreError, match="ships with tagviz"):
        ws.save_corpus(make_corpus([{"tags": ["b"]}], name=name))
    assert ws.versions("demo")[-1].shipped


def test_three_imports_of_one_name_at_once_are_three_versions_or_one(ws: Workspace) -> None:
    corpora = [make_corpus([{"tags": ["a", f"b{number // 3}"]}]) for number in range(9)]
    with ThreadPoolExecutor(9) as pool:
        list(pool.map(ws.save_corpus, corpora))
    versions = [one.fingerprint for one in ws.versions("tiny")]
    assert set(versions) == {corpus.fingerprint for corpus in corpora}
    assert all(len(ws.open_corpus("tiny", fingerprint)) == 1 for fingerprint in versions)
    assert all(one != other for one, other in pairwise(versions))
    stamps = [one.imported for one in ws.versions("tiny")]
    assert stamps == sorted(set(stamps))


@pytest.mark.parametrize("name", ["lastfm", "멜론-2020", "été_v1.2", "हिन्दी"])
def test_names_of_any_language(ws: Workspace, name: str) -> None:
    ws.save_corpus(make_corpus([{"tags": ["a"]}], name=name))
    assert ws.names() == [name]
