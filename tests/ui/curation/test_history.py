"""The history of decisions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tagviz.curation.decisions import resolve
from tagviz.operations import curation
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace
from tests.ui.screen import texts


def test_decisions_and_undos_are_listed_the_newest_first(curate: Callable[..., AppTest], home: Path) -> None:
    assert "There are no decisions yet" in texts(curate("History"))
    context = Context(Workspace(home))
    decision = curation.add(context, "awkward", resolve("block", ["tag2"], author="bob"))
    curation.undo(context, "awkward", decision.id, "ann")
    test = curate("History")
    assert not test.exception
    frame = test.dataframe[0].value
    assert frame["decision"].tolist() == ["undone: Never recommend “tag2”", "Never recommend “tag2”"]
    assert frame["author"].tolist() == ["ann", "bob"]
    assert frame["back"].fillna("").tolist() == ["Suggest again", ""], (
        "only the newest event of a decision has a button"
    )


def test_rejected_and_reopened_are_told_apart(curate: Callable[..., AppTest], home: Path) -> None:
    context = Context(Workspace(home))
    decision = resolve("block", ["tag2"])
    curation.reject(context, "awkward", decision, "ann")
    curation.reopen(context, "awkward", decision.id, "bob")
    curation.add(context, "awkward", resolve("block", ["tag3"], author="bob"))
    frame = curate("History").dataframe[0].value
    assert frame["decision"].tolist() == [
        "Never recommend “tag3”",
        "may be suggested again: Never recommend “tag2”",
        "rejected: Never recommend “tag2”",
    ]
    assert frame["back"].fillna("").tolist() == ["Undo", "", ""]
