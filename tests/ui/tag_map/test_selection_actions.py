"""Actions on all tags of a lasso selection."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tagviz.curation.decisions import Act
from tagviz.operations import curation
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace
from tagviz.ui import pages
from tests.ui.screen import press

Open = Callable[..., AppTest]


@pytest.fixture
def selected(app: Open, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The map with three tags in a lasso."""
    keys = ("tag:tag0", "tag:tag2", "tag:tag4")
    monkeypatch.setattr("tagviz.ui.tag_map.map_view.selection", lambda *arguments: keys)
    test = app(pages.TAG_MAP.path, model="spectral", me="ann")
    assert not test.exception
    return test


@pytest.mark.parametrize(
    ("button", "act", "target"),
    [
        ("Merge 3 tags", Act.MERGE, "tag0"),
        ("Never recommend 3 tags", Act.BLOCK, ""),
        ("Set it for 3 tags", Act.FACET, "mood"),
    ],
)
def test_one_decision_for_all_and_its_undo(selected: AppTest, home: Path, button: str, act: Act, target: str) -> None:
    context = Context(Workspace(home))
    if act is Act.FACET:
        selected.selectbox(key="facet-selection").set_value("mood").run()
    press(selected, button)
    assert not selected.exception
    (decision,) = curation.current_overlay(context, "awkward")
    assert (decision.act, decision.target, decision.author) == (act, target, "ann")
    assert {*decision.tags, target} >= {"tag2", "tag4"}
    press(selected, "Undo")
    assert not len(curation.current_overlay(context, "awkward"))
