"""Disk use, and deleted models."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tagviz.operations import models
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace
from tagviz.ui import pages
from tests.ui.screen import texts

Open = Callable[..., AppTest]
TRAIN = pages.TRAIN.path


def test_what_was_deleted_is_listed_and_comes_back(app: Open, home: Path) -> None:
    ws = Workspace(home)
    info = models.train(Context(ws), ws.open_corpus("awkward"), "cooccurrence", {"a": 0.77})
    token = models.delete(Context(ws), info)
    test = app(TRAIN, tab="models")
    assert not test.exception
    assert "Whole workspace" in texts(test)
    test.button(key=f"restore-{token}").click().run()
    assert not test.exception
    assert info.id in [one.id for one in models.list_models(Context(ws), info.fingerprint)]
    gone = models.delete(Context(ws), info)
    test = app(TRAIN, tab="models")
    test.button(key=f"discard-{gone}").click().run()
    assert not test.exception
    assert gone not in [one.token for one in ws.deleted()]
