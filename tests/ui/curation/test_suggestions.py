"""Suggested decisions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from tagviz.curation.decisions import Act, Decision
from tagviz.curation.suggestions import Suggestion
from tagviz.operations import curation
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace
from tests.ui.screen import press, texts


@pytest.fixture
def one_suggestion(monkeypatch: pytest.MonkeyPatch) -> Suggestion:
    """A single suggestion, whatever the corpus holds."""
    one = Suggestion(Decision(Act.MERGE, ("tag2",), "tag0"), 1.0, "spelled alike", 21)
    cached = SimpleNamespace(clear=lambda: None)

    def suggested(*arguments: object) -> list[Suggestion]:
        return [one]

    suggested.clear = cached.clear  # type: ignore[attr-defined]
    monkeypatch.setattr("tagviz.ui.curation.changes.suggested", suggested)
    return one


def test_suggestions_are_listed_and_a_click_previews_one(
    curate: Callable[..., AppTest], one_suggestion: Suggestion, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = curate("Suggestions")
    assert not test.exception
    frame = test.dataframe[0].value
    assert frame["decision"].tolist() == ["Merge “tag2” into “tag0”"]
    assert frame["evidence"].tolist() == [one_suggestion.evidence]
    assert "Click a suggestion to preview its effect." in texts(test)
    monkeypatch.setattr("tagviz.ui.components.tables.clicked", lambda picked, shown: 0)
    assert "After merging" in texts(test.run())


def test_a_sort_without_suggestions_says_so(curate: Callable[..., AppTest]) -> None:
    test = curate("Suggestions", suggestions="broader", tag=["tag0", "gone"])
    assert not test.exception
    assert "No suggestions of this sort for these tags" in texts(test)


def test_all_that_are_shown_are_accepted_or_rejected_at_once_and_that_is_undone(
    curate: Callable[..., AppTest], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = [Suggestion(Decision(Act.MERGE, (f"tag{n}",), f"tag{n + 1}"), 1.0, "spelled alike", 21) for n in (2, 4, 6)]
    listed.append(Suggestion(Decision(Act.APART, ("tag2", "tag3")), 0.5, "of two kinds", 3))  # merged a moment before

    def suggested(*arguments: object) -> list[Suggestion]:
        return listed

    suggested.clear = lambda: None  # type: ignore[attr-defined]
    monkeypatch.setattr("tagviz.ui.curation.changes.suggested", suggested)
    context = Context(Workspace(home))
    test = curate("Suggestions")
    press(test, "Accept all 4 shown")
    assert not test.exception
    assert [one.tags for one in curation.current_overlay(context, "awkward")] == [("tag2",), ("tag4",), ("tag6",)]
    said = [element.proto.body for element in test.get("html") if "status" in element.proto.body]
    assert "3 decisions taken; 1 suggestion left out because they contradict others" in said[0]
    press(test, "Undo")
    assert not len(curation.current_overlay(context, "awkward"))
    assert curation.rejected(curation.history(context, "awkward")) == set()
    press(test, "Reject all 4 shown")
    assert len(curation.rejected(curation.history(context, "awkward"))) == 4
    press(test, "Undo")
    assert curation.rejected(curation.history(context, "awkward")) == set()
