"""A backup brings everything back, on this machine, another database or another version."""

from __future__ import annotations

import shutil
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tagviz.curation.decisions import resolve
from tagviz.errors import SourceError, StoreError
from tagviz.evaluation.split import SplitSpec
from tagviz.operations import backup, corpora, curation, evaluation, feedback, golden, jobs, maps, models, recommend
from tagviz.operations.context import Context
from tagviz.store.feedback import Answer
from tagviz.store.workspace import ModelAnnotations, Workspace
from tagviz.types import Kind, Query
from tests.corpora import checkerboard


def filled(home: Path) -> Context:
    """A workspace with one of everything that people make."""
    context = Context(Workspace(home))
    context.workspace.save_corpus(checkerboard())
    curation.add(context, "checkerboard", resolve("merge", ["t0", "t2"], "t0", "Ann", "the same"))
    corpus = corpora.open_corpus(context, "checkerboard")
    model = models.open_model(context, corpus, "spectral")
    models.annotate(context, model.info, ModelAnnotations(note="as it was"))
    maps.project(context, corpus, model)
    evaluation.evaluate(context, corpus, ["popularity"], SplitSpec("tags"))
    query = Query("even list", ("t4",), (), (), 5)
    ranking = recommend.recommend(corpus, model, query, Kind.TAG)
    about = feedback.feedback_context(corpus, model, query, Kind.TAG)
    feedback.record_feedback(context, feedback.verdict(about, ranking, 0, "Ann", Answer.RIGHT))
    golden.add(context, "checkerboard", query, ["tag:t6"])
    jobs.submit(context, "train", {"corpus": "checkerboard", "method": "popularity"}, start=False)
    return context


def answers(home: Path) -> dict[str, Any]:
    """What a person sees of a workspace."""
    context = Context(Workspace(home))
    corpus = corpora.open_corpus(context, "checkerboard")
    model = models.open_model(context, corpus, "spectral")
    ranking = recommend.recommend(corpus, model, Query("even list", ("t4",), (), (), 5), Kind.TAG)
    reports = evaluation.list_reports(context, corpus.fingerprint)
    return {
        "corpora": [replace(info, size=0) for info in corpora.list_corpora(context)],
        "models": models.list_models(context, corpus.fingerprint),
        "ranking": (ranking.keys, ranking.scores.tolist()),
        "map": maps.open_map(context, corpus, model).xy.tolist(),
        "reports": [evaluation.open_report(context, corpus.fingerprint, str(one["id"])).labels for one in reports],
        "decisions": curation.history(context, "checkerboard"),
        "verdicts": feedback.current_feedback(context, "checkerboard"),
        "golden": golden.list_queries(context, "checkerboard"),
        "jobs": [(job.id, job.kind, job.state, job.arguments) for job in jobs.list_jobs(context)],
    }


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("home") / "home").workspace.home


def test_an_empty_folder_becomes_the_workspace_again(home: Path, tmp_path: Path) -> None:
    before = answers(home)
    written = backup.backup(Context(Workspace(home)), tmp_path / "all.tagviz")
    assert written.rows["decisions"] == written.rows["verdicts"] == written.rows["jobs"] == 1
    done = backup.restore(Context(Workspace(tmp_path / "new")), tmp_path / "all.tagviz")
    assert (done.files, done.rows, done.aside) == (written.files, written.rows, "")
    assert answers(tmp_path / "new") == before


def test_a_workspace_that_was_changed_goes_back_and_what_was_there_is_set_aside(home: Path, tmp_path: Path) -> None:
    place = Path(shutil.copytree(home, tmp_path / "home"))
    context = Context(Workspace(place))
    before = answers(place)
    backup.backup(context, tmp_path / "all.tagviz")
    curation.add(context, "checkerboard", resolve("block", ["t4"], "", "Ben", "not music"))
    context.workspace.save_corpus(replace(checkerboard(5), name="later"))
    (place / "corpora").rename(place / "lost")
    done = backup.restore(context, tmp_path / "all.tagviz")
    assert answers(place) == before
    assert (place / done.aside / "names" / "later").is_dir()
    assert (place / done.aside / "tagviz.db").is_file()


def test_a_backup_is_whole_while_others_write(home: Path, tmp_path: Path) -> None:
    place = Path(shutil.copytree(home, tmp_path / "home"))
    context, over = Context(Workspace(place)), threading.Event()

    def write() -> None:
        number = 0
        while not over.is_set():
            number += 1
            context.workspace.save_corpus(replace(checkerboard(2 + number % 7), name=f"c{number % 3}"))
            curation.add(context, "checkerboard", resolve("rename", ["t8"], f"name {number}", "Ann", ""))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            backup.backup(context, tmp_path / f"{number}.tagviz")
    finally:
        over.set()
        writer.join()
    for number in range(3):
        other = Context(Workspace(tmp_path / f"restored{number}"))
        backup.restore(other, tmp_path / f"{number}.tagviz")
        assert not corpora.damaged_corpora(other)
        for info in corpora.list_corpora(other):
            assert len(corpora.open_corpus(other, info.name))


def test_another_workspace_gets_what_it_does_not_have(home: Path, tmp_path: Path) -> None:
    backup.backup(Context(Workspace(home)), tmp_path / "all.tagviz")
    other = Context(Workspace(tmp_path / "other"))
    other.workspace.save_corpus(replace(checkerboard(5), name="mine"))
    curation.add(other, "mine", resolve("block", ["t1"], "", "Ben", ""))
    done = backup.merge(other, tmp_path / "all.tagviz")
    assert done.rows == {"decisions": 1, "verdicts": 1}
    wanted, got = answers(home), answers(tmp_path / "other")
    for part in ("models", "ranking", "map", "reports", "golden"):
        assert got[part] == wanted[part]
    assert [one.name for one in got["corpora"]] == ["checkerboard", "mine"]
    assert len(curation.history(other, "mine")) == 1
    again = backup.merge(other, tmp_path / "all.tagviz")
    assert (again.files, again.rows) == (0, {"decisions": 0, "verdicts": 0})


@pytest.mark.parametrize("spoil", ["truncated", "flipped", "text", "newer", "outside"])
def test_a_file_that_is_no_whole_backup_changes_nothing(home: Path, tmp_path: Path, spoil: str) -> None:
    path = tmp_path / "all.tagviz"
    backup.backup(Context(Workspace(home)), path)
    content = path.read_bytes()
    if spoil == "truncated":
        path.write_bytes(content[: len(content) // 2])
    elif spoil == "flipped":
        with zipfile.ZipFile(path) as archive:
            biggest = max(archive.infolist(), key=lambda info: info.compress_size)
        at = biggest.header_offset + 200
        path.write_bytes(content[:at] + bytes([content[at] ^ 16]) + content[at + 1 :])
    elif spoil == "text":
        path.write_text("no archive")
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("tagviz.json", '{"format": 99}' if spoil == "newer" else '{"format": 1}')
            archive.writestr("../outside.txt", "x")
    place = Path(shutil.copytree(home, tmp_path / "home"))
    before = answers(place)
    with pytest.raises(SourceError, match=r"all\.tagviz"):
        backup.restore(Context(Workspace(place)), path)
    assert answers(place) == before
    assert not (tmp_path / "outside.txt").exists()
    assert not list(place.glob(".restore*"))


def test_nothing_is_restored_under_a_running_worker(home: Path, tmp_path: Path) -> None:
    from filelock import FileLock

    place = Path(shutil.copytree(home, tmp_path / "home"))
    backup.backup(Context(Workspace(place)), tmp_path / "all.tagviz")
    with FileLock(place / "worker.lock"), pytest.raises(StoreError, match="worker is running"):
        backup.restore(Context(Workspace(place)), tmp_path / "all.tagviz")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from tests.postgres import postgres

    with postgres(tmp_path_factory.mktemp("server")) as url:
        yield url


def test_a_backup_of_sqlite_is_restored_into_postgresql(
    home: Path, tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tagviz.settings import settings

    before = answers(home)
    backup.backup(Context(Workspace(home)), tmp_path / "all.tagviz")
    monkeypatch.setenv("TAGVIZ_HOME", str(tmp_path / "new"))
    monkeypatch.setenv("TAGVIZ_DATABASE_URL", server)
    settings.cache_clear()
    try:
        context = Context(Workspace(tmp_path / "new"))
        backup.restore(context, tmp_path / "all.tagviz")
        assert answers(tmp_path / "new") == before
        assert jobs.submit(context, "train", {"corpus": "checkerboard", "method": "neighbours"}, start=False) == 2
        backup.backup(context, tmp_path / "postgres.tagviz")
        backup.restore(context, tmp_path / "postgres.tagviz")
        assert len(jobs.list_jobs(context)) == 2
    finally:
        settings.cache_clear()
