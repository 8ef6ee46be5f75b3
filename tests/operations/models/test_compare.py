"""Two models side by side, and models of older versions on the newest."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tagviz.operations import corpora, evaluation, jobs, models
from tagviz.operations.context import Context
from tagviz.operations.models import compare
from tagviz.store.workspace import Workspace
from tagviz.types import Kind
from tests.corpora import checkerboard, make_corpus


def test_two_models_side_by_side(tmp_path: Path) -> None:
    ws, corpus = Workspace(tmp_path), checkerboard(half=40)
    ws.save_corpus(corpus)
    small = models.train(Context(ws), corpus, "spectral", {"dimensions": 4})
    large = models.train(Context(ws), corpus, "spectral", {"dimensions": 4, "songs": False})
    evaluation.evaluate(Context(ws), corpus, [small.id, large.id])
    found = compare.compare(Context(ws), corpus, small.id, large.id)
    assert found.settings.to_dict("records") == [{"setting": "songs", "first": "True", "second": "False"}]
    kinds = found.vocabulary.set_index("kind")
    assert kinds.loc["tag"].tolist() == [16, 0, 0]
    assert kinds.loc["song"].tolist() == [0, 16, 0]
    assert 0 <= found.overlap <= 1
    assert found.agreement["overlap"].is_monotonic_increasing
    assert set(found.verdicts["metric"]) == {"tag_ndcg", "recall"}
    same = compare.compare(Context(ws), corpus, small.id, f"{small.id}:voting")
    assert (same.overlap, len(same.settings), len(same.verdicts)) == (1.0, 0, 0)
    assert np.isnan(compare.compare(Context(ws), corpus, small.id, "popularity").overlap)


def test_a_model_of_an_older_version_can_be_trained_again_on_the_newest(tmp_path: Path) -> None:
    ws = Workspace(tmp_path)
    old, new = checkerboard(half=12), checkerboard(half=16)
    ws.save_corpus(old)
    info = models.train(Context(ws), old, "cooccurrence", {"a": 0.25})
    assert compare.stale(Context(ws), old.name) == []
    ws.save_corpus(new)
    assert [one.id for one in compare.stale(Context(ws), old.name)] == [info.id]
    behind = compare.left_behind(Context(ws), old.name)
    assert behind is None, "the default of a version without pinned or best models is a method, which is trained anew"
    models.make_default(Context(ws), info)
    behind = compare.left_behind(Context(ws), old.name)
    assert behind is not None
    assert behind.id == info.id
    done = jobs.run_job(Context(ws), "train", compare.retrain_job(Context(ws), old.name, info.id), lambda _: None)
    (made,) = models.list_models(Context(ws), new.fingerprint)
    assert (made.id, made.params, made.seed) == (done["model"], info.params, info.seed)
    assert compare.stale(Context(ws), old.name) == []
    assert compare.left_behind(Context(ws), old.name) is None


def test_what_a_newer_version_brought(tmp_path: Path) -> None:
    ws = Workspace(tmp_path)
    ws.save_corpus(make_corpus([{"id": "1", "tags": ["a", "b"]}, {"id": "2", "tags": ["b", "c"]}]))
    assert corpora.changes(Context(ws), "tiny") is None
    ws.save_corpus(make_corpus([{"id": "2", "tags": ["b", "c"]}, {"id": "3", "tags": ["c", "d"]}]))
    found = corpora.changes(Context(ws), "tiny")
    assert found is not None
    rows = found.counts.set_index("kind")
    assert rows.loc["playlist"].tolist() == [1, 1, 1]  # 2 stayed, 3 came, 1 went
    assert rows.loc["tag"].tolist() == [2, 1, 1]  # b and c stayed, d came, a went
    assert (found.new[Kind.TAG], found.gone[Kind.TAG]) == (("d",), ("a",))
