"""Evaluations over time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tagviz.evaluation.split import SplitSpec
from tagviz.operations import evaluation
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace
from tagviz.ui import pages
from tagviz.ui.evaluation import analyses
from tests.ui.screen import texts

Open = Callable[..., AppTest]
PAGE = pages.EVALUATE.path


def opened(app: Open, tab: str, **address: str | list[str]) -> AppTest:
    """The page with a tab of the analyses open."""
    test = app(PAGE, **address)
    test.session_state[analyses.TABS_KEY] = tab
    return test.run()


def test_two_evaluations_are_compared(app: Open, home: Path) -> None:
    context = Context(Workspace(home))
    evaluation.evaluate(context, context.workspace.open_corpus("awkward"), ["spectral"], SplitSpec("arena", seed=7))
    test = opened(app, "Over time")
    assert not test.exception
    assert "over 2 evaluations" in texts(test)
    assert "Compare two evaluations" in texts(test)
    settings = next(frame.value for frame in test.dataframe if "setting" in frame.value.columns)
    assert "seed" in settings["setting"].str.lower().tolist()
