"""Artifacts appear whole or not at all, are replaced at once, deleted and restored."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tagviz.errors import NotFoundError, StoreError
from tagviz.store.artifacts import STALE_SECONDS, ArtifactStore


def put(store: ArtifactStore, key: str, text: str) -> None:
    store.put(key, {"text": text}, lambda folder: (folder / "a.txt").write_text(text) and None)


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore("models", tmp_path / "home", tmp_path / "base")


def test_an_artifact_is_found_listed_and_replaced(store: ArtifactStore) -> None:
    put(store, "f1/m1", "old")
    old = store.get("f1/m1").folder
    put(store, "f1/m1", "new")
    put(store, "f1/m2", "other")
    found = store.get("f1/m1")
    assert (found.info["text"], (found.folder / "a.txt").read_text(), found.shipped) == ("new", "new", False)
    assert not old.exists()
    assert [one.key for one in store.entries("f1")] == [one.key for one in store.entries()] == ["f1/m1", "f1/m2"]
    assert store.folders() == ["f1"]
    assert store.find("f1/none") is None
    with pytest.raises(NotFoundError, match="no model"):
        store.get("f1/none")


def test_a_failed_write_leaves_nothing(store: ArtifactStore) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").write_text("half")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.put("f1/m1", {}, fail)
    assert store.entries() == []
    assert list((store.home / "models" / "f1").iterdir()) == []


def test_the_base_is_read_only(store: ArtifactStore, tmp_path: Path) -> None:
    put(ArtifactStore("models", tmp_path / "base"), "f1/m1", "shipped")
    assert store.get("f1/m1").shipped
    with pytest.raises(StoreError, match="ships"):
        store.remove("f1/m1", tmp_path / "trash")
    put(store, "f1/m1", "mine")
    assert not store.get("f1/m1").shipped


def test_a_deleted_artifact_comes_back_unless_there_is_another(store: ArtifactStore, tmp_path: Path) -> None:
    put(store, "f1/m1", "one")
    token = store.remove("f1/m1", tmp_path / "trash")
    assert store.find("f1/m1") is None
    assert store.restore(token, tmp_path / "trash") == "f1/m1"
    assert (store.get("f1/m1").folder / "a.txt").read_text() == "one"
    token = store.remove("f1/m1", tmp_path / "trash")
    put(store, "f1/m1", "two")
    with pytest.raises(StoreError, match="again"):
        store.restore(token, tmp_path / "trash")


def test_folders_of_dead_processes_are_removed(store: ArtifactStore) -> None:
    put(store, "f1/m1", "one")
    dead = store.home / "models" / "f1" / ".m2.dead"
    dead.mkdir()
    old = dead.stat().st_mtime - STALE_SECONDS - 10
    os.utime(dead, (old, old))
    put(store, "f1/m3", "three")
    assert not dead.exists()
