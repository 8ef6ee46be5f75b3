"""The Train page: what can be started, searched, loaded and compared there."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tagviz.operations import jobs, models, tuning
from tagviz.store.workspace import Marks, Workspace
from tagviz.types import Progress

Open = Callable[..., AppTest]
TRAIN = "pages/4_Train.py"


def texts(test: AppTest) -> str:
    kinds = (test.subheader, test.markdown, test.caption, test.text)
    return "\n".join(str(element.value) for elements in kinds for element in elements)


def test_a_search_is_queued_shown_and_its_best_can_be_trained(app: Open, home: Path) -> None:
    test = app(TRAIN, do="tune", tune="cooccurrence")
    assert not test.exception
    assert "No trial yet" in texts(test)
    test.number_input(key="tune-trials").set_value(3).run()
    test.button(key="tune-start").click().run()
    assert not test.exception
    assert "Search settings of Co-occurrence on awkward" in texts(test)
    ws = Workspace(home)
    job = next(job for job in jobs.jobs(ws) if job.kind == "tune")
    assert job.arguments["until"] == 3
    tuning.tune(ws, ws.open_corpus("awkward"), "cooccurrence", until=3)
    jobs.cancel(ws, job.id)
    test = app(TRAIN, do="tune", tune="cooccurrence")
    assert not test.exception
    assert {"Best Arena score", "The defaults"} <= {metric.label for metric in test.metric}
    test.button(key="tune-train").click().run()
    assert "Train Co-occurrence on awkward" in texts(test)


def test_vectors_from_elsewhere_are_looked_at_before_they_are_kept(app: Open, home: Path, tmp_path: Path) -> None:
    lines = [f"tag{n} {1 + 0.01 * n} {n % 2} {(n + 1) % 2}" for n in range(12)] + ["stranger 1 1 1"]
    (tmp_path / "mine.txt").write_text("\n".join(lines) + "\n")
    test = app(TRAIN, do="load")
    assert not test.exception
    test.session_state["vectors-from"] = "path"
    test.run()
    test.text_input(key="vectors-path").set_value(str(tmp_path / "mine.txt")).run()
    test.button(key="vectors-look").click().run()
    assert not test.exception
    shown = {metric.label: metric.value for metric in test.metric}
    assert (shown["Tags with a vector"], shown["Unknown words"]) == ("12", "1")
    assert "stranger" in texts(test)
    test.button(key="vectors-keep").click().run()
    assert not test.exception
    assert str(test.query_params["model"]).startswith("foreign-")
    ws = Workspace(home)
    infos = models.models(ws, ws.open_corpus("awkward").fingerprint)
    assert [info.marks.title for info in infos if info.method == "foreign"] == ["mine"]


def test_a_pickled_file_is_refused_with_the_reason(app: Open, tmp_path: Path) -> None:
    (tmp_path / "w2v.model").write_bytes(b"\x80\x04nothing")
    test = app(TRAIN, do="load")
    test.session_state["vectors-from"] = "path"
    test.run()
    test.text_input(key="vectors-path").set_value(str(tmp_path / "w2v.model")).run()
    test.button(key="vectors-look").click().run()
    assert not test.exception
    assert "is a pickled file" in texts(test).replace("\\", "")
    assert "save_word2vec_format" in texts(test)


def test_a_running_training_shows_its_curve_and_the_neighbours_of_what_is_watched(app: Open, home: Path) -> None:
    test = app(TRAIN, method="word2vec")
    assert len(test.multiselect(key="watch").value) == 3
    test.multiselect(key="watch").set_value(["tag:tag0"]).run()
    test.button(key="start").click().run()
    assert not test.exception
    queue = jobs.queue(Workspace(home))
    job = next(job for job in queue.list() if job.arguments.get("method") == "word2vec")
    assert job.arguments["watch"] == ["tag:tag0"]
    while (claimed := queue.claim("me")) is not None and claimed.id != job.id:
        queue.stop(claimed.id, "me")
    told = Progress("Training Word2Vec", 0.5, "epoch 3", {"loss": 1.0}, {"tag:tag0": ["tag2", "<b>bold</b>"]})
    queue.tell(job.id, "me", told, [(1.0, {"loss": 2.0}), (2.0, {"loss": 1.0})])
    test.run()
    assert not test.exception
    assert "tag2" in texts(test)
    assert "<b>" not in texts(test)
    queue.stop(job.id, "me")


def test_the_models_are_listed_and_one_is_compared_with_another(
    app: Open, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ws = Workspace(home)
    corpus = ws.open_corpus("awkward")
    models.train(ws, corpus, "spectral", {"dimensions": 3})
    monkeypatch.setattr("tagviz.ui.widgets.clicked", lambda picked, shown: 0)
    test = app(TRAIN, do="keep")
    assert not test.exception
    assert "on disk" in texts(test)
    infos = models.models(ws, corpus.fingerprint)
    other = next(info.id for info in infos[1:] if info.method == "spectral")
    test.selectbox(key=f"beside-{infos[0].id}").set_value(other).run()
    assert not test.exception
    assert "Settings that differ" in texts(test)


def test_models_of_earlier_versions_are_offered_for_training_on_the_newest(app: Open, home: Path) -> None:
    ws = Workspace(home)
    old = replace(ws.open_corpus("awkward"), name="growing")
    ws.save_corpus(old)
    info = models.train(ws, old, "cooccurrence", {"a": 0.3})
    ws.save_corpus(old.select(np.arange(40)))
    test = app(TRAIN, corpus="growing", do="keep")
    assert not test.exception
    test.button(key=f"again-{info.id}").click().run()
    assert not test.exception
    assert "Train Co-occurrence on growing" in texts(test)
    ws.remove_corpus("growing")


def finished(ws: Workspace, ident: int) -> dict[str, object]:
    """Does a queued job here and now, as a worker would; what it made."""
    queue = jobs.queue(ws)
    while (claimed := queue.claim("me")) is not None and claimed.id != ident:
        queue.stop(claimed.id, "me")
    assert claimed is not None
    result = jobs.KINDS[claimed.kind](ws, claimed.arguments, lambda progress: None)
    assert queue.finish(ident, "me", result)
    return result


def test_a_finished_training_is_judged_against_another_model_and_made_the_default(app: Open, home: Path) -> None:
    ws = Workspace(home)
    asked = {"corpus": "awkward", "method": "neighbours", "values": {"k": 20}}
    made = finished(ws, jobs.submit(ws, "train", asked, start=False))
    test = app(TRAIN)
    assert not test.exception
    assert "is ready" in texts(test)
    test.button(key="outcome-judge").click().run()
    job = next(job for job in jobs.jobs(ws) if job.kind == "evaluate" and not job.over)
    assert job.arguments["models"][0] == made["model"]
    finished(ws, job.id)
    test = app(TRAIN)
    assert not test.exception
    assert re.search(
        r"(Better than|Worse than|Too close to|The same answers as) .*0\.\d{3} against 0\.\d{3}", texts(test)
    )
    test.button(key="outcome-default").click().run()
    assert not test.exception
    fingerprint = ws.corpus_entry("awkward").key
    assert models.default(ws, fingerprint) == made["model"]
    (info,) = [info for info in models.models(ws, fingerprint) if info.marks.pinned]
    models.mark(ws, info, Marks())


def test_what_was_deleted_is_listed_and_comes_back(app: Open, home: Path) -> None:
    ws = Workspace(home)
    info = models.train(ws, ws.open_corpus("awkward"), "cooccurrence", {"a": 0.77})
    token = models.delete(ws, info)
    test = app(TRAIN, do="keep")
    assert not test.exception
    assert "The whole workspace" in texts(test)
    test.button(key=f"restore-{token}").click().run()
    assert not test.exception
    assert info.id in [one.id for one in models.models(ws, info.fingerprint)]
    gone = models.delete(ws, info)
    test = app(TRAIN, do="keep")
    test.button(key=f"discard-{gone}").click().run()
    assert not test.exception
    assert gone not in [one.token for one in ws.deleted()]
