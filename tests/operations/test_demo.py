"""The demo's build on a small corpus, and what ships."""

from __future__ import annotations

from pathlib import Path

import pytest

from tagviz.features import mel
from tagviz.operations import corpora, demo, evaluation, features, maps, models, recommend
from tagviz.operations.context import Context
from tagviz.settings import ASSETS
from tagviz.sources import demo as source
from tagviz.store.files import size_of
from tagviz.store.workspace import Workspace
from tagviz.types import Corpus, Kind, Query

LIMIT = 8_000_000
"""Bytes that may ship."""


def test_a_build_replaces_the_old_one_whole(tmp_path: Path, board: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "generate", lambda seed, progress: board)
    monkeypatch.setattr(demo, "NAME", board.name)
    monkeypatch.setattr(demo, "MODELS", (("spectral", {"dimensions": 4}), ("word2vec", {"epochs": 2})))
    monkeypatch.setattr(demo, "MAPS", ("spectral",))
    monkeypatch.setattr(demo, "JUDGED", ("spectral", "popularity"))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old").touch()
    made = demo.build(tmp_path / "out")
    assert not (tmp_path / "out" / "old").exists()
    assert made["sounds"] == {"songs": 0, "played": []}  # its songs are not the demo's
    assert made["judged"] == [demo.UNTUNED, "spectral", "popularity"]
    ws = Workspace(tmp_path / "home", tmp_path / "out")
    corpus = corpora.open_corpus(Context(ws), board.name)
    assert {info.method for info in models.list_models(Context(ws), corpus.fingerprint)} == {"spectral", "word2vec"}
    assert maps.is_ready(Context(ws), models.open_model(Context(ws), corpus, "spectral"))
    (report,) = evaluation.list_reports(Context(ws), corpus.fingerprint)
    assert report["id"] == made["report"]
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "names",
        "corpora",
        "models",
        "projections",
        "reports",
    }


@pytest.fixture
def shipped(tmp_path: Path) -> Workspace:
    if not (ASSETS / "demo").is_dir():
        pytest.skip("no demo has been built here")
    return Workspace(tmp_path, ASSETS / "demo")


def test_what_ships_is_small_and_there_at_once(shipped: Workspace) -> None:
    assert size_of(ASSETS / "demo") <= LIMIT
    (info,) = corpora.list_corpora(Context(shipped))
    assert info.synthetic
    corpus = corpora.open_corpus(Context(shipped), info.name)
    known = models.list_models(Context(shipped), corpus.fingerprint)
    assert {"spectral", "word2vec", "sentence", "neighbours"} <= {model.method for model in known}
    assert maps.is_ready(Context(shipped), models.open_model(Context(shipped), corpus, "spectral"), Kind.TAG)
    assert evaluation.list_reports(Context(shipped), corpus.fingerprint)
    (table,) = features.tables_of(Context(shipped), info.name)
    assert (table.source, table.songs) == (mel.SOURCE, len(corpus.songs))
    ranking = recommend.recommend(
        corpus, models.open_model(Context(shipped), corpus, "spectral"), Query(tags=("jazz",)), Kind.TAG
    )
    assert len(ranking.keys) == 20
    assert not any(shipped.home.iterdir())  # nothing had to be made
