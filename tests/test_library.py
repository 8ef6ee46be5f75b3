"""The public library: its names, its example, and each of its functions on real corpora."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path

import pytest

import tagviz
from tagviz.store.workspace import Workspace
from tagviz.types import Kind


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, as the environment names it."""
    monkeypatch.setattr(Workspace, "default", classmethod(lambda cls: cls(tmp_path, tagviz.settings.ASSETS / "demo")))
    return tmp_path


def test_the_example_of_the_package_runs(home: Path) -> None:
    failed, attempted = doctest.testmod(tagviz)
    assert attempted >= 6
    assert failed == 0


def test_every_public_name_loads_and_is_described() -> None:
    for name in tagviz.__all__:
        public = getattr(tagviz, name)
        assert name == "__version__" or (public.__doc__ or "").strip(), name
    assert set(tagviz.__all__) <= set(dir(tagviz))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        tagviz.nothing  # noqa: B018


def test_importing_the_package_loads_nothing_heavy() -> None:
    loaded = "import sys, tagviz; print([m for m in ('numpy', 'pandas', 'pydantic', 'torch') if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_a_corpus_is_imported_trained_asked_and_evaluated(tmp_path: Path) -> None:
    ws = Workspace(tmp_path / "home")
    rows = [
        f"p{p},{tag}"
        for p in range(40)
        for tag in (("jazz", "bebop", "sax", "trio") if p % 2 else ("rock", "punk", "loud", "fast"))
    ]
    table = tmp_path / "lists.csv"
    table.write_text("playlist,tag\n" + "\n".join(rows) + "\n", encoding="utf-8")
    corpus = tagviz.import_corpus(table, "lists", workspace=ws)
    assert len(corpus) == 40
    assert [info.name for info in tagviz.list_corpora(ws)] == ["lists"]
    assert tagviz.open_corpus("lists", ws).fingerprint == corpus.fingerprint
    model = tagviz.train(corpus, "neighbours", workspace=ws)
    assert tagviz.open_model(corpus, model.ref, ws).info.id == model.info.id
    ranking = tagviz.recommend(corpus, tagviz.Query(tags=("jazz", "sax", "trio"), n=1), model=model)
    assert ranking.keys == ("tag:bebop",)
    assert tagviz.recommend(corpus, "no such words", Kind.TAG, model).fallback
    near = tagviz.neighbours(corpus, "tag:punk", model=model, n=3)
    assert set(near.keys) == {"tag:rock", "tag:loud", "tag:fast"}
    report = tagviz.evaluate(corpus, ["neighbours", "popularity"], workspace=ws)
    table_of = tagviz.summary(report, "tag", 3).set_index("model")
    assert table_of.loc["neighbours", "ndcg"] > table_of.loc["popularity", "ndcg"]


def test_a_kind_that_does_not_exist_is_refused(home: Path) -> None:
    with pytest.raises(tagviz.InvalidParameterError, match="no kind 'genres'"):
        tagviz.recommend(tagviz.open_corpus(), "jazz", kind="genres", model="spectral")
