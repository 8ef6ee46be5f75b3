"""What is damaged is found, does not hide anything else, and is repaired without losing what people made."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from tagviz.curation.decisions import resolve
from tagviz.errors import StoreError
from tagviz.operations import corpora, curation, database, health, jobs, models
from tagviz.operations.context import Context
from tagviz.operations.health import Repair
from tagviz.store import checksums
from tagviz.store.workspace import ModelAnnotations, Workspace
from tests.corpora import checkerboard, make_corpus


@pytest.fixture
def context(tmp_path: Path) -> Context:
    context = Context(Workspace(tmp_path / "home"))
    context.workspace.save_corpus(make_corpus([{"tags": ["a", "b"]}, {"tags": ["b"]}], name="other"))
    context.workspace.save_corpus(checkerboard())
    corpus = corpora.open_corpus(context, "checkerboard")
    models.annotate(context, models.train(context, corpus, "spectral"), ModelAnnotations(note="mine"))
    return context


def one(context: Context, pattern: str) -> Path:
    return next(path for path in sorted(context.workspace.home.glob(pattern)) if path.name[0] != ".")


def flip(path: Path) -> None:
    content = path.read_bytes()
    at = len(content) // 2
    path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])


def test_a_healthy_workspace_has_no_finding(context: Context) -> None:
    curation.add(context, "checkerboard", resolve("block", ["t0"], "", "Ann", ""))
    assert health.examine(context) == health.examine(context, whole=False) == []


@pytest.mark.parametrize("file", ["corpora/*.json", "corpora/*/songs.parquet", "names/checkerboard/*.json"])
def test_a_damaged_corpus_leaves_the_others_and_is_imported_again(context: Context, file: str) -> None:
    fingerprint = context.workspace.versions("checkerboard")[-1].fingerprint
    path = next(path for path in context.workspace.home.glob(file) if fingerprint in str(path) or "names" in file)
    flip(path)
    assert "other" in [info.name for info in corpora.list_corpora(context)]
    (finding,) = health.examine(context)
    assert "checkerboard" in finding.what
    if "names" not in file:
        with pytest.raises(StoreError, match="damaged"):
            corpora.open_corpus(context, "checkerboard")
    context.workspace.save_corpus(checkerboard())
    assert len(corpora.open_corpus(context, "checkerboard")) == 24
    assert "names" in file or health.examine(context) == []


def test_a_damaged_model_is_named_and_trained_again(context: Context) -> None:
    corpus = corpora.open_corpus(context, "checkerboard")
    (info,) = models.list_models(context, corpus.fingerprint)
    path = one(context, "models/*/*.json")
    flip(path)
    assert models.list_models(context, corpus.fingerprint) == []
    (error,) = models.damaged_models(context, corpus.fingerprint)
    assert info.id in error.title
    with pytest.raises(StoreError, match=info.id):
        models.open_model(context, corpus, info.id)
    assert models.train(context, corpus, "spectral").id == info.id
    assert models.open_model(context, corpus, info.id).info.marks.note == "mine"


def test_a_repair_sets_aside_and_deletes_nothing(context: Context) -> None:
    flip(one(context, "models/*/*/state.json"))
    flip(one(context, "marks/*/*.json"))
    flip(one(context, "names/other/*.json"))
    findings = health.examine(context)
    assert {finding.repair for finding in findings} == {Repair.SET_ASIDE, Repair.REWRITE}
    before = sum(1 for path in context.workspace.home.rglob("*") if path.is_file())
    assert all(done.repaired for done in health.repair(context, findings))
    assert sum(1 for path in context.workspace.home.rglob("*") if path.is_file()) == before
    assert health.examine(context) == []


def test_data_that_nothing_describes_is_found_when_no_process_can_be_writing_it(context: Context) -> None:
    one(context, "models/*/*.json").unlink()
    folder = one(context, "models/*/*")
    assert health.examine(context) == []
    old = folder.stat().st_mtime - 3600
    os.utime(folder, (old, old))
    (finding,) = health.examine(context)
    assert finding.place == folder.relative_to(context.workspace.home).as_posix()


def test_a_description_that_cannot_be_read_leaves_its_data_alone(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once read again, it describes them; those of a damaged one go where it goes."""
    path = one(context, "models/*/*.json")
    folder = path.with_suffix("")
    os.utime(folder, (0, 0))
    flip(path)
    place = folder.relative_to(context.workspace.home).as_posix()
    (finding,) = health.examine(context)
    assert finding.moved == (f"{place}.json", place)
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).suffix != ".json" or mode != os.R_OK)
    (finding,) = health.examine(context)
    assert (finding.place, finding.repair, finding.moved) == (f"{place}.json", Repair.PERMIT, ())


def test_vectors_that_are_not_those_of_their_name_are_found(context: Context) -> None:
    path = context.workspace.home / "foreign" / "0123456789abcdef.npz"
    path.parent.mkdir()
    np.savez(path, words=np.frombuffer(b'["a"]', np.uint8), vectors=np.ones((1, 2), np.float32))
    (finding,) = health.examine(context)
    assert finding.place == "foreign/0123456789abcdef.npz"
    np.savez(path, other=np.zeros(2))
    assert len(health.examine(context)) == 1


def test_an_empty_file_of_trials_is_set_aside_and_damaged_answers_are_removed(context: Context) -> None:
    home = context.workspace.home
    (home / "tuning.db").touch()
    (home / "golden" / "answers").mkdir(parents=True)
    (home / "golden" / "answers" / "other.json").write_text("[1, 2")
    findings = health.examine(context)
    assert {finding.place: finding.repair for finding in findings} == {
        "tuning.db": Repair.RECOVER,
        "golden/answers/other.json": Repair.REMOVE,
    }
    assert all(done.repaired for done in health.repair(context, findings))
    assert health.examine(context) == []


def test_a_damaged_database_is_set_aside_and_its_rows_are_recovered(context: Context) -> None:
    for number in range(300):
        jobs.job_queue(context).submit("import", {"path": f"{number} {'long ' * 200}"})
    curation.add(context, "checkerboard", resolve("block", ["t0"], "", "Ann", ""))
    corpora.open_corpus(context, "checkerboard")
    file = context.workspace.home / "tagviz.db"
    with sqlite3.connect(file) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    context.database.dispose()
    content = bytearray(file.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 2 * 4096] = os.urandom(2 * 4096)
    file.write_bytes(content)
    (finding,) = [one for one in health.examine(context) if one.place == "tagviz.db"]
    assert finding.repair is Repair.RECOVER
    (done,) = health.repair(context, [finding])
    assert done.repaired, done.outcome
    assert health.examine(context) == []
    assert len(jobs.list_jobs(context, 1000)) > 250
    assert [event.tags for event in curation.history(context, "checkerboard")] == [("t0",)]
    assert len(list(context.workspace.home.glob("tagviz.db.aside-????????"))) == 1


@pytest.mark.parametrize("way", ["missing", "empty", "damaged", "locked", "folder"])
def test_corpora_and_models_answer_as_before_while_the_database_cannot_be_read(
    context: Context, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tagviz.store.database.PATIENCE_SECONDS", 2.0)  # of a writer, for the locked one
    curation.add(context, "checkerboard", resolve("merge", ["t0", "t2"], "t0", "Ann", ""))
    before = corpora.open_corpus(context, "checkerboard")
    model = models.open_model(context, before, "spectral")
    context.database.dispose()
    file = context.workspace.home / "tagviz.db"
    content = file.read_bytes()
    for path in context.workspace.home.glob("tagviz.db-*"):
        path.unlink()
    holder = None
    if way == "locked":
        holder = sqlite3.connect(file, isolation_level=None)
        holder.execute("PRAGMA locking_mode=EXCLUSIVE")
        holder.execute("BEGIN EXCLUSIVE")
    else:
        file.unlink()
        if way in ("empty", "damaged"):
            file.write_bytes(b"" if way == "empty" else b"no database at all" * 1000)
        elif way == "folder":
            file.mkdir()
    try:
        now = corpora.open_corpus(context, "checkerboard")
        assert now.fingerprint == before.fingerprint
        assert models.open_model(context, now, "spectral").info == model.info
        assert [info.name for info in corpora.list_corpora(context)] == ["checkerboard", "other"]
        problem = database.problem(context)
        assert problem is not None
        assert problem.remedy
        with pytest.raises(StoreError):
            curation.add(context, "checkerboard", resolve("block", ["t4"], "", "Ann", ""))
    finally:
        if holder is not None:
            holder.close()
    if way != "locked":
        file.rmdir() if file.is_dir() else file.unlink(missing_ok=True)
        file.write_bytes(content)
    database_again(context)
    assert corpora.open_corpus(context, "checkerboard").fingerprint == before.fingerprint
    assert database.problem(context) is None
    curation.add(context, "checkerboard", resolve("block", ["t4"], "", "Ann", ""))


def database_again(context: Context) -> None:
    """Wait as long as nobody asks a database that did not answer."""
    import time

    from tagviz.store.database import RETRY_SECONDS

    time.sleep(RETRY_SECONDS)


def test_a_seal_finds_every_flipped_bit(tmp_path: Path) -> None:
    sealed = checksums.seal(b'{\n  "a": 1\n}')
    assert checksums.unseal(sealed) == b'{\n  "a": 1\n}'
    assert checksums.unseal(checksums.seal(b"{}")) == b"{}"
    assert checksums.unseal(b'{"written": "by an older version"}') == b'{"written": "by an older version"}'
    start = sealed.index(b'"a"')
    for at in range(start, len(sealed)):
        for bit in range(8):
            with pytest.raises(ValueError, match="checksum"):
                checksums.unseal(sealed[:at] + bytes([sealed[at] ^ (1 << bit)]) + sealed[at + 1 :])
