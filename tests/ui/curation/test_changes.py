"""Changes to the decisions of a corpus."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tagviz.curation.decisions import Act, resolve
from tagviz.operations import curation
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace
from tagviz.types import Kind
from tagviz.ui import cache
from tagviz.ui.context import PageContext
from tagviz.ui.curation import changes


@pytest.fixture
def here(curate: Callable[..., AppTest]) -> PageContext:
    curate("History")
    return PageContext(next(info for info in cache.corpora() if info.name == "awkward"), "spectral")


def test_decide_then_undo_and_import(here: PageContext, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = Context(Workspace(home))
    monkeypatch.setattr("tagviz.ui.components.feedback_buttons.reviewer", lambda: "ann")
    monkeypatch.setattr("tagviz.ui.components.tables.pressed", lambda button, table: 0)
    changes.decide(here, resolve(Act.BLOCK, ["tag2"], ""), "because")
    (decision,) = curation.current_overlay(context, "awkward")
    text = curation.export_yaml(context, "awkward").encode()
    changes.undo(here, [decision], "decisions")
    assert not len(curation.current_overlay(context, "awkward"))
    changes.import_file(here, text, "awkward-tags.yaml")
    assert [one.tags for one in curation.current_overlay(context, "awkward")] == [("tag2",)]


def test_only_suggestions_about_some_tags(here: PageContext) -> None:
    every = changes.suggested(here.model_key, "synonyms")
    assert len(every) <= changes.LISTED
    some = changes.suggested(here.model_key, "synonyms", ("tag0",))
    assert all("tag0" in {*one.decision.tags, one.decision.target} for one in some)
    assert here.model_key.opened.has(Kind.TAG)
