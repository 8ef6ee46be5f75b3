"""The demo's build on a small corpus, and what ships."""

from __future__ import annotations

from pathlib import Path

import pytest

from tagviz.operations import answers, corpora, demo, maps, models, verdicts
from tagviz.settings import ASSETS
from tagviz.sources import demo as source
from tagviz.store.arrays import size_of
from tagviz.store.workspace import Workspace
from tagviz.types import Corpus, Kind, Query

LIMIT = 8 * 2**20
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
    assert made["judged"] == [demo.UNTUNED, "spectral", "popularity"]
    ws = Workspace(tmp_path / "home", tmp_path / "out")
    corpus = corpora.open_corpus(ws, board.name)
    assert {info.method for info in models.models(ws, corpus.fingerprint)} == {"spectral", "word2vec"}
    assert maps.is_ready(ws, models.open_model(ws, corpus, "spectral"))
    (report,) = verdicts.reports(ws, corpus.fingerprint)
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
    (info,) = corpora.corpora(shipped)
    assert info.synthetic
    corpus = corpora.open_corpus(shipped, info.name)
    known = models.models(shipped, corpus.fingerprint)
    assert {"spectral", "word2vec", "sentence", "neighbours"} <= {model.method for model in known}
    assert maps.is_ready(shipped, models.open_model(shipped, corpus, "spectral"), Kind.TAG)
    assert verdicts.reports(shipped, corpus.fingerprint)
    ranking = answers.recommend(corpus, models.open_model(shipped, corpus, "spectral"), Query(tags=("jazz",)), Kind.TAG)
    assert len(ranking.keys) == 20
    assert not any(shipped.home.iterdir())  # nothing had to be made
