"""Active decisions, and their export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tagviz.curation.decisions import resolve
from tagviz.operations import curation
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace
from tests.ui.screen import texts


def test_decisions_are_listed_with_author_and_reason(curate: Callable[..., AppTest], home: Path) -> None:
    assert "There are no decisions yet" in texts(curate("Active decisions"))
    curation.add(Context(Workspace(home)), "awkward", resolve("block", ["tag2"], author="bob", reason="too common"))
    test = curate("Active decisions")
    assert not test.exception
    assert "1 active decision on awkward" in texts(test)
    frame = test.dataframe[0].value
    assert frame[["decision", "author", "reason"]].values.tolist() == [["Never recommend “tag2”", "bob", "too common"]]
    assert {"YAML", "SKOS"} <= {button.label for button in test.get("download_button")}
