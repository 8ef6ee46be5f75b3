"""The form of a decision, its preview, and what follows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tagviz.curation.decisions import Act
from tagviz.operations import curation
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace
from tests.ui.screen import press, texts


def test_a_merge_is_previewed_and_applied(curate: Callable[..., AppTest], home: Path) -> None:
    test = curate("New decision")
    test.text_input(key="curate-tags").set_value("tag2, tag4").run()
    test.text_input(key="curate-target").set_value("tag0").run()
    test.text_input(key="curate-reason").set_value("one thing").run()
    assert not test.exception
    assert "Merge “tag2” and “tag4” into “tag0”" in texts(test).replace("\\", "")
    press(test, "Apply this decision")
    assert not test.exception
    (decision,) = curation.current_overlay(Context(Workspace(home)), "awkward")
    assert (decision.act, decision.tags, decision.target) == (Act.MERGE, ("tag2", "tag4"), "tag0")
    assert (decision.author, decision.reason) == ("ann", "one thing")
    assert any("Merge “tag2”" in element.proto.body for element in test.get("html"))
    press(test, "Undo")
    assert not test.exception
    assert not len(curation.current_overlay(Context(Workspace(home)), "awkward"))


def test_a_tag_that_does_not_exist_is_named(curate: Callable[..., AppTest]) -> None:
    test = curate("New decision")
    test.selectbox(key="curate-act").set_value(Act.BLOCK).run()
    test.text_input(key="curate-tags").set_value("nowhere").run()
    assert not test.exception
    assert "nowhere" in texts(test)
    assert not [button for button in test.button if button.label == "Apply this decision"]
