"""One model: its name, use and deletion."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tagviz.operations import models
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace
from tagviz.ui import pages
from tagviz.ui.training.model_details import changed_settings
from tests.ui.screen import press

Open = Callable[..., AppTest]
TRAIN = pages.TRAIN.path


def test_a_model_is_renamed_used_deleted_and_restored(app: Open, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = Context(Workspace(home))
    info = models.train(context, context.workspace.open_corpus("awkward"), "cooccurrence", {"a": 0.3})
    assert changed_settings(info) == "a 0.3"
    listed = [one.id for one in models.list_models(context, info.fingerprint)]
    monkeypatch.setattr("tagviz.ui.components.tables.clicked", lambda picked, shown: listed.index(info.id))
    test = app(TRAIN, tab="models")
    test.text_input(key=f"title-{info.id}").set_value("mine").run()
    assert not test.exception
    (named,) = [one for one in models.list_models(context, info.fingerprint) if one.marks.title == "mine"]
    assert named.id == info.id
    test.button(key=f"use-{info.id}").click().run()
    assert test.query_params["model"] == info.id
    test.button(key=f"delete-{info.id}").click().run()
    assert info.id not in [one.id for one in models.list_models(context, info.fingerprint)]
    press(test, "Undo")
    assert not test.exception
    assert info.id in [one.id for one in models.list_models(context, info.fingerprint)]
    assert test.query_params["model"] == info.id


def test_annotations_are_undone(app: Open, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = Context(Workspace(home))
    first, *_others = models.list_models(context, context.workspace.open_corpus("awkward").fingerprint)
    monkeypatch.setattr("tagviz.ui.components.tables.clicked", lambda picked, shown: 0)
    test = app(TRAIN, tab="models")
    test.toggle(key=f"pinned-{first.id}").set_value(True).run()
    marks = [one.marks.pinned for one in models.list_models(context, first.fingerprint)]
    assert marks[0]
    assert sum(marks) == 1
    press(test, "Undo")
    assert not test.exception
    assert not any(one.marks.pinned for one in models.list_models(context, first.fingerprint))
    assert test.toggle(key=f"pinned-{first.id}").value is False
