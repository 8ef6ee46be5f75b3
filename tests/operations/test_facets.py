"""Questions that write facets before tags are read, and answered in the same way."""

from __future__ import annotations

import json
from pathlib import Path

from tagviz.operations import models, recommend
from tagviz.operations.context import Context
from tagviz.operations.facets import read_short
from tagviz.store.workspace import Workspace
from tagviz.types import Corpus
from tests.corpora import make_corpus


def tagged() -> Corpus:
    playlists = [{"tags": ["rock", "guitar", "happy"]}, {"tags": ["rock", "guitar"]}, {"tags": ["jazz", "piano"]}] * 3
    facets = {"rock": "genre", "jazz": "genre", "guitar": "instrument", "piano": "instrument", "happy": "mood"}
    return make_corpus(playlists, facets=facets)


def test_the_long_form_is_read_and_remembered() -> None:
    lists, spelling = read_short(tagged(), [["genre---rock", "mood/theme---happy", "jazz", "genre---unheard"]])
    assert lists == [["rock", "happy", "jazz", "genre---unheard"]]
    assert spelling.written(tagged()) == ["genre---rock", "guitar", "mood/theme---happy", "genre---jazz", "piano"]


def test_answers_are_written_like_the_questions(tmp_path: Path) -> None:
    corpus = tagged()
    ws = Workspace(tmp_path / "home")
    ws.save_corpus(corpus)
    corpus = ws.open_corpus(corpus.name)
    model = models.open_model(Context(ws), corpus, "cooccurrence")
    for number, asked in enumerate((["genre---rock", "instrument---guitar"], ["rock", "guitar"])):
        questions = tmp_path / f"{number}.json"
        questions.write_text(json.dumps([{"id": 1, "tags": asked, "songs": [], "plylst_title": ""}]))
        recommend.predict(corpus, model, questions, tmp_path / "out.json")
        (answer,) = json.loads((tmp_path / "out.json").read_text())
        assert answer["tags"][0] == "happy"
        assert ("genre---jazz" in answer["tags"], "jazz" in answer["tags"]) == (number == 0, number == 1)
