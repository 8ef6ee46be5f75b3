"""Golden queries asked of a real model, through the operations and the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tagviz.cli import main
from tagviz.errors import InvalidParameterError, SourceError
from tagviz.operations import golden
from tagviz.operations.context import Context
from tagviz.settings import settings
from tagviz.store.workspace import Workspace
from tagviz.types import Query
from tests.corpora import checkerboard

QUERIES = [
    {"id": "same world", "title": "", "asked_tags": ["t0"], "may_tags": ["t2", "t4"], "not_tags": ["t1"]},
    {"id": "other world", "asked_tags": ["t0"], "may_tags": ["t1"], "not_tags": ["t2"]},
    {"id": "artist", "asked_tags": ["t0"], "may_artists": ["a0"], "not_artists": ["a1"]},
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "golden.json"
    path.write_text(json.dumps(QUERIES), encoding="utf-8")
    return path


def test_a_model_is_asked_as_a_person_asks(ws: Workspace, file: Path) -> None:
    (report,) = golden.evaluate(Context(ws), checkerboard(), ["cooccurrence"], file)
    frame = report.frame.set_index("id")
    assert frame["understood"].to_dict() == {"same world": True, "other world": False, "artist": True}
    # a world has eight songs, so that the last two of ten are of the other one
    assert frame["violations"].to_dict() == {"same world": 0, "other world": 1, "artist": 2}


def test_without_a_file_or_a_model_it_says_what_to_do(ws: Workspace, file: Path) -> None:
    with pytest.raises(SourceError, match="--file"):
        golden.evaluate(Context(ws), checkerboard(), ["cooccurrence"])
    with pytest.raises(InvalidParameterError):
        golden.evaluate(Context(ws), checkerboard(), [], file)


def test_from_the_command_line(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TAGVIZ_HOME", str(tmp_path))
    settings.cache_clear()
    try:
        corpus = checkerboard()
        Workspace(tmp_path).save_corpus(corpus)
        command = ["evaluate", corpus.name, "--protocol", "golden", "--file", str(file)]
        assert main([*command, "--model", "cooccurrence", "popularity"]) == 0
    finally:
        settings.cache_clear()
    shown = capsys.readouterr().out
    assert "3 golden queries" in shown
    assert "cooccurrence − popularity: understood" in shown


def test_queries_that_were_added_are_kept_replaced_and_asked(ws: Workspace) -> None:
    context, corpus = Context(ws), checkerboard()
    ws.save_corpus(corpus)
    with pytest.raises(InvalidParameterError):
        golden.add(context, corpus.name, Query(tags=("t0",)), [])
    golden.add(context, corpus.name, Query(tags=("t0",)), ["tag:t1"])
    golden.add(context, corpus.name, Query(tags=("t2",)), ["tag:t4", "song:s0"], ["tag:t3"])
    golden.add(context, corpus.name, Query(tags=("t0",)), ["tag:t2"])
    first, second = golden.list_queries(context, corpus.name)
    assert (first.asked_tags, first.must_tags, first.not_tags) == (("t2",), ("t4",), ("t3",))
    assert len(first.must_songs) == 1
    assert (second.asked_tags, second.must_tags) == (("t0",), ("t2",))
    (report,) = golden.evaluate(context, corpus, ["cooccurrence"])
    assert report.frame["understood"].tolist() == [True, True]
