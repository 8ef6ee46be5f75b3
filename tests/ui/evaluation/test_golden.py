"""The panel of golden queries."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tagviz.operations import golden
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace
from tagviz.types import Query
from tagviz.ui import pages
from tests.ui.screen import press, tables, texts

Open = Callable[..., AppTest]


def test_without_golden_queries_it_says_how_to_get_some(app: Open) -> None:
    test = app(pages.EVALUATE.path)
    assert not test.exception
    assert "press “Add to golden queries”" in texts(test)


def test_models_are_asked_and_compared(app: Open, home: Path) -> None:
    context = Context(Workspace(home))
    golden.add(context, "awkward", Query(tags=("tag0",)), ["tag:tag2"])
    golden.add(context, "awkward", Query(title="비오는날"), ["tag:tag1"], ["tag:tag2"])
    test = app(pages.EVALUATE.path, golden_by="language", golden_measure="mrr")
    assert "2 questions with answers" in texts(test)
    press(test, "Ask 1 model")
    assert not test.exception
    assert "Mean reciprocal rank" in texts(test)
    frame = next(one.value for one in test.dataframe if "understood" in one.value.columns)
    assert frame["segment"].tolist() == ["not stated", "Korean"]
    assert frame["understood"][0].startswith("1.00 [")
    assert not [button for button in test.button if button.label.startswith("Ask ")]
    assert ["title", "language", "hard"] in [columns[:3] for columns in tables(test)]
