"""Bad input gets an answer or one clear sentence, the same wherever it is asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tagviz.errors import InvalidParameterError, SourceError
from tagviz.operations import corpora, golden, models, recommend
from tagviz.operations.context import Context
from tagviz.operations.models import Model
from tagviz.settings import ASSETS
from tagviz.store.workspace import Workspace
from tagviz.types import Corpus, Kind, Query

ANSWERED: dict[str, dict[str, Any]] = {
    "one emoji": {"title": "🎷"},
    "emoji that mean nothing here": {"title": "🪿🪿🪿"},
    "a script that no model reads": {"title": "ᚠᛇᚻ ᛒᛦᚦ"},
    "markup": {"title": "<script>alert(1)</script> **jazz** ![x](http://x)"},
    "control characters": {"title": "\x00\x07ja\x1bzz\u202e\u200b"},
    "avoids what it asks": {"title": "jazz but not jazz"},
    "five hundred tags": {"tags": (*(f"tag {number}" for number in range(499)), "jazz")},
}
NOTHING_KNOWN = ("a script that no model reads", "emoji that mean nothing here")
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a megabyte": ({"title": "jazz " * 200_000}, "1,000,000 characters, at most 1,000"),
    "five thousand tags": ({"tags": ("jazz",) * 5_000}, "5,000 (given|entries), at most 1,000"),
}


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Context:
    return Context(Workspace(tmp_path_factory.mktemp("home"), ASSETS / "demo"))


@pytest.fixture(scope="module")
def corpus(context: Context) -> Corpus:
    return corpora.open_corpus(context, "demo")


@pytest.fixture(scope="module")
def model(context: Context, corpus: Corpus) -> Model:
    return models.open_model(context, corpus, "best")


def predicted(corpus: Corpus, model: Model, asked: dict[str, Any], folder: Path) -> tuple[list[str], int]:
    """The tags of a file's only question, and how many questions popularity answered."""
    question = {"id": "q", "plylst_title": asked.get("title", ""), "tags": list(asked.get("tags", ())), "songs": []}
    (folder / "questions.json").write_text(json.dumps([question]))
    summary = recommend.predict(corpus, model, folder / "questions.json", folder / "out.json")
    return json.loads((folder / "out.json").read_text())[0]["tags"], summary.fallback


@pytest.mark.parametrize("name", ANSWERED)
def test_odd_questions_are_answered_alike(
    name: str, context: Context, corpus: Corpus, model: Model, tmp_path: Path
) -> None:
    asked = ANSWERED[name]
    ranking = recommend.recommend(corpus, model, Query(**asked, n=10), Kind.TAG, reasons=False)
    tags, fallback = predicted(corpus, model, asked, tmp_path)
    assert tags == list(ranking.labels)
    assert (fallback == 1) == ranking.fallback == (name in NOTHING_KNOWN)
    file = tmp_path / "golden.json"
    names = {"title": asked.get("title", ""), "asked_tags": list(asked.get("tags", ()))}
    file.write_text(json.dumps([{"id": "q", "may_tags": ["jazz"], **names}]))
    (report,) = golden.evaluate(context, corpus, ["best"], file)
    assert bool(report.frame["fallback"].iloc[0]) == ranking.fallback


@pytest.mark.parametrize("name", REFUSED)
def test_too_much_is_refused_alike(name: str, context: Context, corpus: Corpus, model: Model, tmp_path: Path) -> None:
    asked, sentence = REFUSED[name]
    with pytest.raises(InvalidParameterError, match=sentence):
        recommend.recommend(corpus, model, Query(**asked, n=10), Kind.TAG)
    with pytest.raises(InvalidParameterError, match=f"question q: {sentence}"):
        predicted(corpus, model, asked, tmp_path)
    file = tmp_path / "golden.json"
    names = {"title": asked.get("title", ""), "asked_tags": list(asked.get("tags", ()))}
    file.write_text(json.dumps([{"id": "q", "may_tags": ["jazz"], **names}]))
    with pytest.raises(SourceError, match=sentence):
        golden.evaluate(context, corpus, ["best"], file)


@pytest.mark.parametrize("title", ["", "   ", "\x00\x07"])
def test_nothing_is_answered_by_popularity_and_says_so(
    title: str, corpus: Corpus, model: Model, tmp_path: Path
) -> None:
    ranking = recommend.recommend(corpus, model, Query(title=title, n=10), Kind.TAG)
    assert ranking.fallback
    assert predicted(corpus, model, {"title": title}, tmp_path) == (list(ranking.labels), 1)


def test_a_title_alone_is_no_playlist_of_the_corpus(corpus: Corpus) -> None:
    first = corpus.playlists.iloc[0]
    entry = {"id": first["id"], "plylst_title": "another title", "tags": [], "songs": []}
    assert recommend.seen_in_training(corpus, [entry]) == []
    assert recommend.seen_in_training(corpus, [{**entry, "plylst_title": first["title"]}]) != []
