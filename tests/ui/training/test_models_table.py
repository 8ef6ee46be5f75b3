"""The table of models."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tagviz.operations import models
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace
from tagviz.ui import pages
from tests.ui.screen import texts

Open = Callable[..., AppTest]
TRAIN = pages.TRAIN.path


def test_the_models_are_listed_and_one_is_compared_with_another(
    app: Open, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ws = Workspace(home)
    corpus = ws.open_corpus("awkward")
    models.train(Context(ws), corpus, "spectral", {"dimensions": 3})
    monkeypatch.setattr("tagviz.ui.components.tables.clicked", lambda picked, shown: 0)
    test = app(TRAIN, tab="models")
    assert not test.exception
    assert "on disk" in texts(test)
    infos = models.list_models(Context(ws), corpus.fingerprint)
    other = next(info.id for info in infos[1:] if info.method == "spectral")
    test.selectbox(key=f"compare-{infos[0].id}").set_value(other).run()
    assert not test.exception
    assert "Settings that differ" in texts(test)
